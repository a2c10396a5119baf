"""Compares the load generator with fortio and vegeta: one server, one core for each generator.

``python tests/bench/load_peers.py`` prints a table in Markdown. nginx serves a small page from one core. The generators
take turns on the other core, at rising rates, until each falls behind. A generator keeps up if it sent 99 % of the
requested rate, skipped nothing and met no error. Ours must also report that it kept up, which is stricter: its lag at
the 99th percentile is bounded. The socket protocol, which the other two do not speak, is measured with files of 1 KiB
on a server of its own.

Latencies are not comparable: ours count from when a request was due, those of fortio and vegeta from when it was sent.
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
from pydantic import BaseModel, Field
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

FORTIO_CONNECTIONS = 64
"""More than this many requests are not in flight at once, which is plenty for a server that answers within 1 ms."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a generator reports after one rate.

    Attributes:
        sent: Requests that it sent.
        unsent: Requests that it skipped.
        errors: Requests that failed.
        rate_per_s: Rate that it reached.
        p50_ms: Median latency.
        p99_ms: 99th percentile of latency.
        lag_p99_ms: 99th percentile of its own lag; None if it does not measure its lag.
        kept_up: False if it reports that it fell behind.
    """

    sent: int
    unsent: int
    errors: int
    rate_per_s: float
    p50_ms: float
    p99_ms: float
    lag_p99_ms: float | None = None
    kept_up: bool = True

    def keeps_up(self, rate_per_s: int) -> bool:
        """Whether it did all that was requested."""
        return self.kept_up and not self.unsent and not self.errors and self.rate_per_s >= SHARE_HELD * rate_per_s


Measure = Callable[[int, int], Figures]


@dataclass(frozen=True, slots=True)
class Terms:
    """The same for every generator.

    Attributes:
        seconds: Length of each measurement.
        tries: How many times a generator may try each rate.
    """

    seconds: int
    tries: int


class OurReport(BaseModel):
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


class FortioPercentile(BaseModel):
    """A percentile of fortio's histogram; the value is in seconds."""

    percentile: float = Field(alias="Percentile")
    value_s: float = Field(alias="Value")


class FortioHistogram(BaseModel):
    """How long fortio's requests took."""

    count: int = Field(alias="Count")
    percentiles: list[FortioPercentile] = Field(alias="Percentiles")


class FortioReport(BaseModel):
    """What ``fortio load -json -`` prints, as far as it is used here."""

    codes: dict[str, int] = Field(alias="RetCodes")
    histogram: FortioHistogram = Field(alias="DurationHistogram")


def ours_to(target: str) -> Measure:
    """Run ``stackproof load``, with all its processes on one core."""
    command = ["taskset", "-c", LOAD_CORE, sys.executable, "-m", "stackproof.cli", "load", target]
    return lambda rate_per_s, seconds: _ours(command, rate_per_s, seconds)


def _ours(command: list[str], rate_per_s: int, seconds: int) -> Figures:
    output = _output([*command, "--rate", str(rate_per_s), "--duration", f"{seconds}s", "--json"])
    report = OurReport.model_validate_json(output)
    p50_ms, p99_ms = (report.latency_ms[name] or math.nan for name in ("p50", "p99"))
    errors = sum(report.errors.values())
    rate = report.achieved_rate_per_s
    return Figures(report.sent, report.dropped, errors, rate, p50_ms, p99_ms, report.lag_p99_ms, kept_up=report.kept_up)


def fortio_in(image: str, folder: Path, cores: str) -> Measure:
    """Run fortio at a constant rate; it stops when the time is up, and what it has not sent by then lowers its rate."""

    def measure(rate_per_s: int, seconds: int) -> Figures:
        rate = ("-qps", str(rate_per_s), "-c", str(FORTIO_CONNECTIONS), "-uniform", "-t", f"{seconds}s")
        load = ("fortio", "load", "-quiet", *rate, "-p", "50,99", "-json", "-", URL)
        report = FortioReport.model_validate_json(_output([*_docker_run(image, folder, cores), *load]))
        sent = report.histogram.count
        errors = sum(report.codes.values()) - report.codes.get("200", 0)
        latency_ms = {each.percentile: each.value_s * 1000 for each in report.histogram.percentiles}
        return Figures(sent, 0, errors, sent / seconds, latency_ms[50], latency_ms[99])

    return measure


def vegeta_in(image: str, folder: Path, cores: str) -> Measure:
    """Run vegeta at a constant rate; it skips nothing, but falls behind its rate."""

    def measure(rate_per_s: int, seconds: int) -> Figures:
        attack = f"echo GET {URL} | vegeta attack -rate {rate_per_s} -duration {seconds}s | vegeta report -type json"
        output = _output([*_docker_run(image, folder, cores), "sh", "-c", attack])
        report = VegetaReport.model_validate_json(output)
        errors = report.requests - report.status_codes.get("200", 0)
        p50_ms, p99_ms = (report.latencies[name] / 1e6 for name in ("50th", "99th"))
        return Figures(report.requests, 0, errors, report.rate, p50_ms, p99_ms)

    return measure


def _output(command: list[str]) -> str:
    """What a generator printed. Its exit code does not matter: ours is 3 if it fell behind."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if not done.stdout.lstrip().startswith("{"):
        raise click.ClickException(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def _docker_run(image: str, folder: Path, cores: str) -> list[str]:
    options = ["--rm", "--network=host", f"--cpuset-cpus={cores}", "--tmpfs=/tmp"]
    return ["docker", "run", *options, f"--volume={folder}:/bench:ro", image]


@contextmanager
def nginx_running(image: str, folder: Path) -> Iterator[None]:
    """Run nginx on its own core until the block ends."""
    command = [*_docker_run(image, folder, SERVER_CORE), "nginx", "-c", "/bench/nginx.conf", "-g", "daemon off;"]
    with subprocess.Popen(command) as server:
        try:
            _wait_for_answer()
            yield
        finally:
            server.terminate()


@contextmanager
def file_sink_running() -> Iterator[None]:
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
    """Raise the rate until all have fallen behind, taking turns at each rate; gives the last rate that each held."""
    held = dict.fromkeys(generators, 0)
    remaining = dict(generators)
    for rate_per_s in rates:
        for name, measure in tuple(remaining.items()):
            if keeps_up(name, measure, rate_per_s, terms):
                held[name] = rate_per_s
            else:
                del remaining[name]
    return held


def keeps_up(name: str, measure: Measure, rate_per_s: int, terms: Terms) -> bool:
    """Whether it keeps up with this rate in one of its tries."""
    for _ in range(terms.tries):
        figures = measure(rate_per_s, terms.seconds)
        click.echo(row(rate_per_s, name, figures))
        if figures.keeps_up(rate_per_s):
            return True
    return False


@click.command()
@click.option("--seconds", default=10, show_default=True, help="Length of each measurement.")
@click.option("--tries", default=2, show_default=True, help="Tries at each rate: machines have bad moments.")
@click.option("--rates", default=",".join(map(str, RATES)), show_default=True, help="Rates to try, ascending.")
@click.option("--peer-cores", default=LOAD_CORE, show_default=True, help="Cores of fortio and vegeta, such as 0,1.")
def main(seconds: int, tries: int, rates: str, peer_cores: str) -> None:
    """Measure the generators, and print the highest rate that each holds."""
    image = ensure_image(BENCH, lambda line: click.echo(line, err=True))
    steps = tuple(int(rate) for rate in rates.split(","))
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "nginx.conf").write_text(NGINX)
        generators = {
            "stackproof": ours_to(URL),
            "stackproof, files": ours_to(SINK_URL),
            "fortio": fortio_in(image, folder, peer_cores),
            "vegeta": vegeta_in(image, folder, peer_cores),
        }
        click.echo("| rate/s | generator | keeps up | sent/s | skipped | errors | p50 ms | p99 ms | lag p99 ms |")
        click.echo("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
        with nginx_running(image, folder), file_sink_running():
            held = highest_held(generators, steps, Terms(seconds, tries))
    click.echo("\n| generator | highest rate held | stackproof holds, as a multiple |\n| --- | --- | --- |")
    for who, rate_per_s in held.items():
        peer = who in {"fortio", "vegeta"} and rate_per_s
        click.echo(
            f"| {who} | {rate_per_s} | {held['stackproof'] / rate_per_s:.1f} |"
            if peer
            else f"| {who} | {rate_per_s} | |"
        )


if __name__ == "__main__":
    main()
