"""Writes files that hang, swell or crash a careless reader."""

import json
import os
import random
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

GROUP = "groups:\n- name: g\n  rules:\n"
RECEIVERS = "receivers:\n- name: r\n  webhook_configs: [{url: 'http://r/'}]\n"
ROOT = "route:\n  receiver: r\n  group_by: [alertname]\n"


@dataclass(frozen=True, slots=True)
class Hostile:
    """A hostile file.

    Attributes:
        name: What is hostile in it.
        option: The option of `stackproof alerts check` that it is given to.
        found: Ids of which at least one is found in it.
        write: Writes it.
    """

    name: str
    option: str
    found: tuple[str, ...]
    write: Callable[[Path], object]

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


def _holds(content: str | bytes) -> Callable[[Path], object]:
    raw = content.encode() if isinstance(content, str) else content
    return lambda file: file.write_bytes(raw)


def _of_size(size: int) -> Callable[[Path], object]:
    def write(file: Path) -> None:
        file.touch()
        os.truncate(file, size)

    return write


def _socket(file: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(file))  # the name of a socket is short


def _doubled(times: int, first: str, following: str) -> str:
    """Lines of which each refers to the one before several times."""
    return first + "".join(following.format(this=each + 1, last=each) for each in range(times))


def rule(expr: str, more: str = "", name: str = "A") -> str:
    """An alerting rule of one line for its expression."""
    return f"  - alert: {name}\n    expr: {json.dumps(expr)}\n{more}"


def alerts(count: int) -> str:
    """A file of alerts that differ."""
    text = (
        "    for: 5m\n    labels: {{severity: warning, team: t{team}}}\n    annotations:\n"
        "      summary: '{{{{ $labels.job }}}} fails'\n"
    )
    expr = 'sum by (job) (rate(e{0}_total{{i="{0}"}}[5m])) / sum by (job) (rate(r{0}_total[5m])) > 0.0{1}'
    rules = (rule(expr.format(each, each % 9 + 1), text.format(team=each % 500), f"A{each}") for each in range(count))
    return GROUP + "".join(rules)


def routes(count: int, each: str = "  - {{receiver: r, matchers: ['team=\"t{0}\"']}}\n") -> str:
    """A configuration with many routes."""
    return f"{ROOT}  routes:\n{''.join(each.format(number) for number in range(count))}{RECEIVERS}"


def panels(count: int, expr: str = 'sum by (job) (rate(x_total{{i="{0}"}}[5m]))') -> str:
    """A dashboard with many panels."""
    listed = [{"title": f"p{each}", "targets": [{"expr": expr.format(each)}]} for each in range(count)]
    return json.dumps({"title": "many", "panels": listed}, indent=1)


def summary(text: str) -> str:
    """A file with one alert that says this."""
    return GROUP + rule("up == 0", f"    for: 5m\n    annotations:\n      summary: {json.dumps(text)}\n")


_LAUGHS = _doubled(12, "a0: &a0 [x, x]\n", "a{this}: &a{this} [*a{last}, *a{last}, *a{last}, *a{last}]\n")
_MERGES = _doubled(
    12, "a0: &a0 {k: 1}\n", "a{this}: &a{this} {{x: *a{last}, y: *a{last}, z: *a{last}, w: *a{last}, <<: *a{last}}}\n"
)

_LABELS = ",".join(f'l{each}="v"' for each in range(300_000))
_DEEP_PANELS = '{"panels":[' * 400 + panels(50_000, "sum(") + "]}" * 400

QUICK = (
    Hostile("nothing", "rules", ("file/empty",), _holds("")),
    Hostile("line breaks", "rules", ("file/empty",), _holds("\n" * 3_000_000)),
    Hostile("comments", "rules", ("file/empty",), _holds("# groups\n" * 200_000)),
    Hostile("random bytes", "rules", ("file/unreadable",), _holds(random.Random(1).randbytes(100_000))),  # noqa: S311 - no secret
    Hostile("UTF-16", "rules", ("file/unreadable",), _holds(GROUP.encode("utf-16"))),
    Hostile("a NUL", "rules", ("file/broken-yaml",), _holds(GROUP + "\0")),
    Hostile("a gibibyte", "rules", ("file/unreadable",), _of_size(1 << 30)),
    Hostile("a FIFO", "rules", ("file/unreadable",), os.mkfifo),
    Hostile("a FIFO for routes", "alertmanager", ("file/unreadable",), os.mkfifo),
    Hostile("a device", "rules", ("file/unreadable",), lambda file: file.symlink_to("/dev/zero")),
    Hostile("a socket", "dashboards", ("file/unreadable",), _socket),
    Hostile("a link to itself", "rules", ("file/unreadable", "file/missing"), lambda file: file.symlink_to(file)),
    Hostile("aliases of aliases", "rules", ("file/unreadable",), _holds(_LAUGHS)),
    Hostile("aliases of aliases for routes", "alertmanager", ("file/unreadable",), _holds(_LAUGHS)),
    Hostile("merge keys of merge keys", "rules", ("file/unreadable",), _holds(_MERGES)),
    Hostile("an alias inside itself", "rules", ("file/broken-yaml",), _holds("groups: &g [*g]\n")),
    Hostile("deep lists", "rules", ("file/unreadable",), _holds("[" * 100_000)),
    Hostile("deep maps", "alertmanager", ("file/unreadable",), _holds("{a: " * 100_000)),
    Hostile("deep objects", "dashboards", ("file/broken-json",), _holds('{"a":' * 100_000)),
    Hostile("a list", "dashboards", ("file/invalid",), _holds("[1]")),
    Hostile("a number of many digits", "dashboards", ("file/broken-json",), _holds('{"a": ' + "9" * 100_000 + "}")),
    Hostile("a huge interval", "rules", ("file/invalid",), _holds("groups:\n- name: g\n  interval: 1e999999999\n")),
    Hostile("a long interval", "rules", ("file/invalid",), _holds(f"groups:\n- name: g\n  interval: {'9' * 9999}y\n")),
    Hostile("a tag", "rules", ("file/invalid",), _holds("groups: !!python/object/apply:os.abort []\nrules: 1\n")),
    Hostile("many wrong keys", "rules", ("file/invalid",), _holds("".join(f"k{n}: 1\n" for n in range(20_000)))),
    Hostile("deep parentheses", "rules", ("promql/not-read",), _holds(GROUP + rule("(" * 9000 + "1" + ")" * 9000))),
    Hostile("many signs", "rules", ("promql/not-read",), _holds(GROUP + rule("-" * 40_000 + "1"))),
    Hostile("a long sum", "rules", ("promql/not-read",), _holds(GROUP + rule(" + ".join(["up"] * 9000)))),
    Hostile("a long expression", "rules", ("promql/not-read",), _holds(GROUP + rule("a" * 9_000_000))),
    Hostile("open brackets", "rules", ("promql/invalid",), _holds(GROUP + rule("[a" * 20_000))),
    Hostile("open brackets with a sign", "rules", ("promql/invalid",), _holds(GROUP + rule("[a" * 20_000 + "-"))),
    Hostile("open quotes", "rules", ("promql/invalid",), _holds(GROUP + rule('up{a="' + "\\" * 40_001))),
    Hostile("deep templates", "rules", ("rules/template-broken",), _holds(summary("{{ " + "(" * 50_000 + " }}"))),
    Hostile(
        "repeats of repeats",
        "alertmanager",
        ("file/invalid",),
        _holds(routes(1, "  - {{receiver: r, matchers: ['a=~\"((a{{1,999}}){{1,999}}){{1,999}}\"']}}\n")),
    ),
    Hostile("routes to nowhere", "alertmanager", ("file/invalid",), _holds(routes(2000, "  - {{receiver: no{0}}}\n"))),
    Hostile(
        "an open matcher",
        "alertmanager",
        ("file/invalid",),
        _holds(routes(1, "  - {{receiver: r, matchers: ['" + 'a="\\' * 20_000 + "']}}\n")),
    ),
    Hostile("many broken panels", "dashboards", ("dashboards/invalid-promql",), _holds(panels(3000, "sum("))),
    Hostile("a long comment", "rules", ("ignore/invalid",), _holds("# stackproof:" * 200_000 + "\n" + GROUP)),
    Hostile(
        "ids that nobody knows",
        "rules",
        ("ignore/invalid",),
        _holds(GROUP + rule("up == 0") + "".join(f"  # stackproof: ignore rules/no-{n} x\n" for n in range(300))),
    ),
)

DEAR = (
    Hostile("a million values", "rules", ("file/unreadable", "file/too-costly"), _holds(f"a: [{'x,' * 8_000_000}]")),
    Hostile(
        "a million keys",
        "rules",
        ("file/invalid", "file/too-costly"),
        _holds("".join(f"{n}:\n" for n in range(499_000))),
    ),
    Hostile("many labels of a series", "metrics", ("file/too-costly",), _holds(f"a{{{_LABELS}}} 1\n")),
    Hostile(
        "deep panels", "dashboards", ("promql/unguarded-addend", "dashboards/invalid-promql"), _holds(_DEEP_PANELS)
    ),
    Hostile(
        "many panels",
        "dashboards",
        ("check/not-completed", "promql/mean-of-parts"),
        _holds(panels(60_000, 'avg(rate(node_cpu_seconds_total{{mode!="idle",i="{0}"}}[5m]))')),
    ),
    Hostile("many alerts", "rules", ("check/not-completed", "file/too-costly"), _holds(alerts(60_000))),
    Hostile(
        "many routes",
        "alertmanager",
        ("check/not-completed", "routing/unreachable-route"),
        _holds(routes(20_000, "  - {{receiver: r}}\n")),
    ),
)
