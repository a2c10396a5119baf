"""What we write is what Compose read: every key keeps its meaning, whether we know it or not."""

import json
from ipaddress import IPv4Network
from pathlib import Path

import pytest
import yaml

from stackproof.engine.docker.compose.interpose import interpose
from stackproof.engine.docker.compose.layout import Layout
from stackproof.engine.docker.compose.reader import read_compose, stack_of
from stackproof.engine.docker.compose.resolving import Resolving

_FILES = {
    "deploy": """
services:
  a:
    image: x
    ports: ["80"]
    deploy:
      replicas: 2
      resources: {limits: {memory: 64m, cpus: "0.5", pids: 10}, reservations: {memory: 32m}}
      restart_policy: {condition: on-failure, delay: 5s, max_attempts: 3, window: 10s}
      update_config: {parallelism: 2, delay: 10s, order: start-first}
  off: {image: x, scale: 0}
  all: {image: x, deploy: {mode: global}}
""",
    "empty": """
services:
  a:
    image: x
    security_opt: []
    cap_add: []
    ports: []
    expose: []
    volumes: []
    environment: {}
    labels: []
    dns: []
    profiles: []
    command: []
    entrypoint: []
    networks: {}
""",
    "ports": """
services:
  a:
    image: x
    expose: [8000-8002, 53/udp, 9000/tcp]
    ports:
      - 8000-8002:8000-8002
      - 127.0.0.1:53:53/udp
      - "9000"
      - {target: 80, published: 8080-8090, protocol: tcp, mode: host}
""",
    "addresses": """
services:
  a: {image: x, expose: ["80"], networks: {n: {ipv6_address: "fd00:1::10", ipv4_address: 172.28.1.5, aliases: [q]}}}
  b: {image: x, networks: {n: {ipv6_address: "fd00:1::11", priority: 10, link_local_ips: [169.254.1.1]}}}
networks:
  n:
    enable_ipv6: true
    attachable: true
    driver_opts: {com.docker.network.bridge.name: br7}
    ipam: {config: [{subnet: "fd00:1::/64", gateway: "fd00:1::1"}, {subnet: 172.28.0.0/16, gateway: 172.28.0.1}]}
""",
    "build": """
services:
  a:
    build:
      context: .
      dockerfile_inline: |
        FROM scratch
        COPY x /
      args: {A: b}
      target: t
      cache_from: [x]
      platforms: [linux/amd64]
""",
    "secrets": """
services:
  a:
    image: x
    secrets: [s, {source: t, target: /t, mode: 0440}]
    configs: [c, {source: d, target: /d, uid: "1"}]
secrets: {s: {environment: HOME}, t: {file: ./t}}
configs: {c: {content: "hello $$X"}, d: {environment: HOME}}
""",
    "sharing": """
services:
  a: {image: x, network_mode: host}
  b: {image: x, network_mode: "service:c", pid: "service:c", volumes_from: [c]}
  c: {image: x, expose: ["80"], hostname: c, container_name: see}
  d: {image: x, network_mode: none}
  e: {image: x, links: [c, "c:sea"]}
""",
    "storage": """
services:
  a:
    image: x
    tmpfs: [/run, "/tmp:size=64m"]
    volumes:
      - ./x:/x:ro,z
      - /y
      - {type: tmpfs, target: /z, tmpfs: {size: 64m, mode: 1777}}
      - {type: bind, source: ., target: /w, bind: {propagation: rshared}}
      - {type: volume, source: q, target: /q, volume: {nocopy: true, subpath: s}}
volumes: {q: {driver: local, driver_opts: {type: none, o: bind, device: /tmp}, labels: [a=b]}}
""",
    "limits": """
services:
  a:
    image: x
    init: true
    stop_signal: SIGINT
    stop_grace_period: 1m30s
    ulimits: {nofile: {soft: 10, hard: 20}, nproc: 5}
    sysctls: {net.core.somaxconn: 1024}
    shm_size: 64m
    mem_limit: 1g
    memswap_limit: 2g
    mem_reservation: 10m
    cpus: 0.5
    cpu_shares: 5
    pids_limit: 20
    oom_score_adj: -5
    blkio_config: {weight: 300}
    logging: {driver: none}
    extra_hosts: ["h:1.2.3.4"]
    dns: 1.1.1.1
    dns_search: a.b
    group_add: [g, 5]
    post_start: [{command: [a, b], user: root}]
    pre_stop: [{command: c}]
    develop: {watch: [{path: ., action: sync, target: /a}]}
    annotations: {a: b}
    gpus: all
""",
    "texts": """
services:
  a:
    image: x
    environment: [A=$$B, "C=a b", D=1, "E=true", "F=0123", "G=1_000", "H=no"]
    command: 'sh -c "echo $$HOME"'
    labels: {x: "yes", y: "1e3", z: "2024-01-01"}
    healthcheck: {test: curl -f http://localhost, interval: 1m30s, start_interval: 5s}
    depends_on: {b: {condition: service_completed_successfully, restart: true, required: false}}
  b: {image: x, healthcheck: {test: [NONE]}}
""",
}


def _resolved(file: Path) -> object:
    resolving = Resolving(file)
    assert resolving.output.ok, resolving.output.complaint
    return yaml.safe_load(resolving.output.text)


@pytest.mark.parametrize("kind", _FILES)
def test_what_compose_reads_back_is_what_it_read(kind: str, tmp_path: Path) -> None:
    """Numbers stay numbers and texts texts; nothing is lost."""
    file, again = tmp_path / "compose.yaml", tmp_path / "again.yaml"
    file.write_text(f"name: trip\n{_FILES[kind]}", encoding="utf-8")
    (tmp_path / "t").write_text("t", encoding="utf-8")
    again.write_text(json.dumps(read_compose(file).document()), encoding="utf-8")
    assert _resolved(again) == _resolved(file)


@pytest.mark.parametrize("kind", _FILES)
def test_compose_accepts_the_file_with_proxies(kind: str, tmp_path: Path) -> None:
    """Whatever a stack declares, what we start is a compose file."""
    file, generated = tmp_path / "compose.yaml", tmp_path / "generated.yaml"
    file.write_text(f"name: trip\n{_FILES[kind]}", encoding="utf-8")
    (tmp_path / "t").write_text("t", encoding="utf-8")
    compose = read_compose(file)
    layout = Layout(
        run="r1",
        project="trip-r1",
        folder=tmp_path,
        subnets={name: IPv4Network(f"10.{place}.0.0/16") for place, name in enumerate(compose.networks, 1)},
        control=IPv4Network("10.99.0.0/24"),
        proxy_image="proxy:1",
        images={},
    )
    with_proxies = interpose(compose, stack_of(compose, file), layout).compose
    generated.write_text(json.dumps(with_proxies.document()), encoding="utf-8")
    assert _resolved(generated)
