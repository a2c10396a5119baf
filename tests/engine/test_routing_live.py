"""Our routing of an alert equals Alertmanager's."""

import io
import random
import subprocess
import tarfile
from collections.abc import Iterator

import pytest

from stackproof.alerts.routing.delivery import deliveries
from stackproof.declare.alertmanager.routing_config import parse_routing
from stackproof.engine.docker.images.build import TOOLS, ensure_image

TREES = 10
ALERTS = 8
NAMES = ("severity", "team", "zone")
VALUES = ("critical", "warning", "web", "db", "eu-1", "eu-2")
PATTERNS = ("critical|warning", "eu-.", "(web|db)?", "[[:alpha:]]+", "(?i)WEB", ".*-1", r"\\w{2}", ".+", ".*")
ASK = """
tar --extract
for tree in tree-*.yml; do
  while read -r labels; do
    amtool config routes test --config.file="$tree" $labels | tail -n 1
  done < "${tree%.yml}.alerts"
done
"""

pytestmark = pytest.mark.engine


class Forest:
    """Trees of routes in which each route has its own receiver, so that a receiver identifies the route."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - trees, no secrets
        self._receivers = 0

    def tree(self) -> str:
        """An Alertmanager configuration."""
        lines = ["route:", *self._route("  ", depth=3, root=True), "receivers:"]
        return "\n".join([*lines, *(f"  - name: r{each}" for each in range(self._receivers))]) + "\n"

    def alert(self) -> dict[str, str]:
        """Labels of an alert; a third of them are absent."""
        values = {name: self._dice.choice((*VALUES, *[""] * 3)) for name in NAMES}
        return {name: value for name, value in values.items() if value} or {"other": "x"}

    def _route(self, indent: str, *, depth: int, root: bool = False) -> Iterator[str]:
        yield f"{indent}receiver: r{self._receivers}"
        self._receivers += 1
        if not root:
            yield from (f"{indent}{line}" for line in self._matchers())
            if self._dice.random() < 0.4:
                yield f"{indent}continue: true"
        if depth and (root or self._dice.random() < 0.6):
            yield f"{indent}routes:"
            for _ in range(self._dice.randint(1, 4)):
                first, *others = self._route("", depth=depth - 1)
                yield f"{indent}  - {first}"
                yield from (f"{indent}    {line}" for line in others)

    def _matchers(self) -> Iterator[str]:
        name, value, pattern = (self._dice.choice(each) for each in (NAMES, VALUES, PATTERNS))
        other = self._dice.choice(NAMES)
        yield self._dice.choice(
            (
                f"match: {{{name}: {value}}}",
                f"match_re: {{{name}: '{pattern}'}}".replace(r"\\", "\\"),
                f"matchers: [{name}={value}]",
                f"matchers: ['{name} != \"{value}\"']",
                f'matchers: [\'{{{name}=~"{pattern}", {other}!="{value}"}}\']',
                f"matchers: ['{name}!~\"{pattern}\"']",
                f"matchers: [{name}=, '{other} =~ \"{pattern}\"']",
            )
        )


def _asked(files: dict[str, str]) -> list[str]:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    image = ensure_image(TOOLS, lambda _line: None)
    command = ["docker", "run", "--interactive", "--rm", "--network=none", image, "sh", "-c", ASK]
    done = subprocess.run(command, input=packed.getvalue(), capture_output=True, timeout=300, check=True)
    return done.stdout.decode().splitlines()


def test_every_alert_goes_where_amtool_says() -> None:
    """Trees of three levels, with all kinds of matchers and with continue: each alert reaches the same receivers."""
    forests = [Forest(seed) for seed in range(TREES)]
    trees = [forest.tree() for forest in forests]
    alerts = [[forest.alert() for _ in range(ALERTS)] for forest in forests]
    files = {f"tree-{place:02}.yml": tree for place, tree in enumerate(trees)}
    for place, labels in enumerate(alerts):
        lines = (" ".join(f"{name}={value}" for name, value in each.items()) for each in labels)
        files[f"tree-{place:02}.alerts"] = "\n".join(lines) + "\n"
    ours = [
        ",".join(delivery.receiver for delivery in deliveries(parse_routing(tree), each))
        for tree, labels in zip(trees, alerts, strict=True)
        for each in labels
    ]
    assert _asked(files) == ours
    assert len({tuple(ours[at : at + ALERTS]) for at in range(0, len(ours), ALERTS)}) > TREES / 2  # and they part them
