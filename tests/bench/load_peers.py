"""Measures the load generator beside k6 and vegeta: one server, one run, one core each.

``python tests/bench/load_peers.py`` prints a table in Markdown. nginx serves a small page from one core; each generator
has the other one to itself, in turn at each of the rising rates, until it no longer keeps up. It keeps up where it sent
99 % of the rate that was asked for, left nothing out and met no error; ours must also say so itself, which is stricter:
its lag at the 99th percentile is bounded. The socket protocol, which the other two do not speak, is measured with files
of 1 KiB on a server of its own.

Latencies do not mean the same: ours count from when a request was due, k6's and vegeta's from when it was sent.
"""

import math
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import requests
from pydantic import BaseModel
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from stackproof.engine.docker.images.build import BENCH, ensure_image

LOAD_CORE, SERVER_CORE = "0", "1"
PORT, SINK_PORT = 18765, 18766
URL = f"http://127.0.0.1:{PORT}/"
SINK_URL = f"mime://127.0.0.1:{SINK_PORT}"
SINK = Path(__file__).with_name("file_sink.py")
SHARE_HELD = 0.99
RATES = (1000, 2000, 3000, 4000, 5000, 7500, 10_000, 12_500, 15_000, 17_500, 20_000, 25_000, 30_000, 35_000, 40_000)

NGINX = f"""
pid /tmp/nginx.pid;
error_log stderr warn;
worker_processes 1;
events {{ worker_connections 16384; }}
http {{
  access_log off;
  client_body_temp_path /tmp/b; proxy_temp_path /tmp/p; fastcgi_temp_path /tmp/f;
  uwsgi_temp_path /tmp/u; scgi_temp_path /tmp/s;
  keepalive_requests 100000000;
  server {{ listen 127.0.0.1:{PORT} backlog=4096; location / {{ return 200 "hello, load\\n"; }} }}
}}
"""

K6 = """
import http from 'k6/http';
export const options = {
  discardResponseBodies: true,
  summaryTrendStats: ['p(50)', 'p(99)', 'max'],
  scenarios: { all: {
    executor: 'constant-arrival-rate', rate: Number(__ENV.RATE), timeUnit: '1s', duration: __ENV.SECONDS + 's',
    preAllocatedVUs: 200, maxVUs: 2000,
  } },
};
export default function () { http.get(__ENV.URL); }
export function handleSummary(data) { return { stdout: JSON.stringify(data.metrics) }; }
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a generator says of itself after one rate.

    Attributes:
        sent: Requests that it sent.
        unsent: Requests that it left out.
        errors: Requests that failed.
        rate_per_s: Rate that it reached.
        p50_ms: Median latency.
        p99_ms: 99th percentile of latency.
        lag_p99_ms: 99th percentile of its own lag; None where it does not measure that.
        honest: False where it says itself that it fell behind.
    """

    sent: int
    unsent: int
    errors: int
    rate_per_s: float
    p50_ms: float
    p99_ms: float
    lag_p99_ms: float | None = None
    honest: bool = True

    def keeps_up(self, rate_per_s: int) -> bool:
        """True where it did all that it was asked for."""
        return self.honest and not self.unsent and not self.errors and self.rate_per_s >= SHARE_HELD * rate_per_s


Measure = Callable[[int, int], Figures]


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms all are measured.

    Attributes:
        seconds: Length of each measurement.
        tries: How often a generator may try each rate.
    """

    seconds: int
    tries: int


class Ours(BaseModel):
    """What ``stackproof load --json`` prints, as far as it is used here."""

    sent: int
    dropped: int
    errors: dict[str, int]
    achieved_rate_per_s: float
    latency_ms: dict[str, float | None]
    lag_p99_ms: float
    kept_up: bool


class VegetaReport(BaseModel):
    """What ``vegeta report -type json`` prints, as far as it is used here; latencies in nanoseconds."""

    requests: int
    rate: float
    latencies: dict[str, float]
    status_codes: dict[str, int]


class K6Metric(BaseModel):
    """A metric of k6's summary; latencies in milliseconds."""

    values: dict[str, float]


class K6Summary(BaseModel):
    """What the script above prints at its end."""

    http_reqs: K6Metric
    http_req_failed: K6Metric
    http_req_duration: K6Metric
    dropped_iterations: K6Metric = K6Metric(values={"count": 0})


def ours_to(target: str) -> Measure:
    """Run ``stackproof load``, with all its processes on one core."""
    command = ["taskset", "-c", LOAD_CORE, sys.executable, "-m", "stackproof.cli", "load", target]
    return lambda rate_per_s, seconds: _ours(command, rate_per_s, seconds)


def _ours(command: list[str], rate_per_s: int, seconds: int) -> Figures:
    said = Ours.model_validate_json(_said([*command, "--rate", str(rate_per_s), "--duration", f"{seconds}s", "--json"]))
    p50_ms, p99_ms = (said.latency_ms[name] or math.nan for name in ("p50", "p99"))
    errors = sum(said.errors.values())
    rate = said.achieved_rate_per_s
    return Figures(said.sent, said.dropped, errors, rate, p50_ms, p99_ms, said.lag_p99_ms, honest=said.kept_up)


def k6_in(image: str, folder: Path, cores: str) -> Measure:
    """Run k6 at a constant arrival rate; what it could not send in time it counts as dropped iterations."""

    def measure(rate_per_s: int, seconds: int) -> Figures:
        given = ("--env", f"RATE={rate_per_s}", "--env", f"SECONDS={seconds}", "--env", f"URL={URL}")
        command = [*_docker_run(image, folder, cores), "k6", "run", "--quiet", *given, "/bench/k6.js"]
        said = K6Summary.model_validate_json(_said(command))
        sent, latency = round(said.http_reqs.values["count"]), said.http_req_duration.values
        unsent, errors = round(said.dropped_iterations.values["count"]), round(said.http_req_failed.values["passes"])
        return Figures(sent, unsent, errors, sent / seconds, latency["p(50)"], latency["p(99)"])

    return measure


def vegeta_in(image: str, folder: Path, cores: str) -> Measure:
    """Run vegeta at a constant rate; it leaves nothing out, but falls behind its rate."""

    def measure(rate_per_s: int, seconds: int) -> Figures:
        attack = f"echo GET {URL} | vegeta attack -rate {rate_per_s} -duration {seconds}s | vegeta report -type json"
        said = VegetaReport.model_validate_json(_said([*_docker_run(image, folder, cores), "sh", "-c", attack]))
        errors = said.requests - said.status_codes.get("200", 0)
        p50_ms, p99_ms = (said.latencies[name] / 1e6 for name in ("50th", "99th"))
        return Figures(said.requests, 0, errors, said.rate, p50_ms, p99_ms)

    return measure


def _said(command: list[str]) -> str:
    """What a generator printed. The exit code tells nothing more: ours ends with 3 where it fell behind."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if not done.stdout.lstrip().startswith("{"):
        raise click.ClickException(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def _docker_run(image: str, folder: Path, cores: str) -> list[str]:
    options = ["--rm", "--network=host", f"--cpuset-cpus={cores}", "--tmpfs=/tmp"]
    return ["docker", "run", *options, f"--volume={folder}:/bench:ro", image]


@contextmanager
def served(image: str, folder: Path) -> Iterator[None]:
    """Run nginx on its own core until the block ends."""
    command = [*_docker_run(image, folder, SERVER_CORE), "nginx", "-c", "/bench/nginx.conf", "-g", "daemon off;"]
    with subprocess.Popen(command) as server:
        try:
            _wait_for_answer()
            yield
        finally:
            server.terminate()


@contextmanager
def sunk() -> Iterator[None]:
    """Run a server of the socket protocol on the server's core until the block ends."""
    command = ["taskset", "-c", SERVER_CORE, sys.executable, str(SINK), str(SINK_PORT)]
    with subprocess.Popen(command) as server:
        try:
            yield
        finally:
            server.terminate()


def _wait_for_answer() -> None:
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=Retry(connect=20, backoff_factor=0.05)))
        try:
            session.get(URL, timeout=5).raise_for_status()
        except requests.RequestException as error:
            raise click.ClickException(f"nginx did not start: {error}") from None


def row(rate_per_s: int, name: str, figures: Figures) -> str:
    """A row of the table."""
    kept = "yes" if figures.keeps_up(rate_per_s) else "no"
    lag = "" if figures.lag_p99_ms is None else f"{figures.lag_p99_ms:.3f}"
    numbers = f"{figures.rate_per_s:.0f} | {figures.unsent} | {figures.errors}"
    return f"| {rate_per_s} | {name} | {kept} | {numbers} | {figures.p50_ms:.3f} | {figures.p99_ms:.3f} | {lag} |"


def highest_held(generators: Mapping[str, Measure], rates: tuple[int, ...], terms: Terms) -> dict[str, int]:
    """Raise the rate until all have fallen behind, all in turn at each rate; gives the last that each held."""
    held = dict.fromkeys(generators, 0)
    standing = dict(generators)
    for rate_per_s in rates:
        for name, measure in tuple(standing.items()):
            if keeps_up(name, measure, rate_per_s, terms):
                held[name] = rate_per_s
            else:
                del standing[name]
    return held


def keeps_up(name: str, measure: Measure, rate_per_s: int, terms: Terms) -> bool:
    """True where it keeps up with this rate at one of its tries."""
    for _ in range(terms.tries):
        figures = measure(rate_per_s, terms.seconds)
        click.echo(row(rate_per_s, name, figures))
        if figures.keeps_up(rate_per_s):
            return True
    return False


@click.command()
@click.option("--seconds", default=10, show_default=True, help="Length of each measurement.")
@click.option("--tries", default=2, show_default=True, help="How often each may try a rate: machines have bad moments.")
@click.option("--rates", default=",".join(map(str, RATES)), show_default=True, help="Rates to try, ascending.")
@click.option("--peer-cores", default=LOAD_CORE, show_default=True, help="Cores of k6 and vegeta, as in 0,1.")
def main(seconds: int, tries: int, rates: str, peer_cores: str) -> None:
    """Measure the three generators, and print how far each holds its rate."""
    image = ensure_image(BENCH, lambda line: click.echo(line, err=True))
    steps = tuple(int(rate) for rate in rates.split(","))
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "nginx.conf").write_text(NGINX)
        (folder / "k6.js").write_text(K6)
        generators = {
            "stackproof": ours_to(URL),
            "stackproof, files": ours_to(SINK_URL),
            "k6": k6_in(image, folder, peer_cores),
            "vegeta": vegeta_in(image, folder, peer_cores),
        }
        click.echo("| rate/s | generator | keeps up | sent/s | left out | errors | p50 ms | p99 ms | lag p99 ms |")
        click.echo("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
        with served(image, folder), sunk():
            held = highest_held(generators, steps, Terms(seconds, tries))
    click.echo("\n| generator | highest rate held | stackproof holds, of that |\n| --- | --- | --- |")
    for who, rate_per_s in held.items():
        peer = who in {"k6", "vegeta"} and rate_per_s
        click.echo(
            f"| {who} | {rate_per_s} | {held['stackproof'] / rate_per_s:.1f} |"
            if peer
            else f"| {who} | {rate_per_s} | |"
        )


if __name__ == "__main__":
    main()
