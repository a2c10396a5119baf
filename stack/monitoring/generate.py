"""Generates Prometheus rules from the SLO files, with Sloth, and promtool tests of those rules.

`python -m stack.monitoring.generate COMMAND...`, where the command runs `sloth`; `make rules` knows where Sloth is.
The generated files are committed, so that the review of a changed objective shows its effect. A test compares them
with the generator's current output.
"""

import io
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ruamel.yaml import YAML

from stack.monitoring.budget_tests import END_D, budget_test, order
from stack.monitoring.sli_tests import EVALUATION_S, availability_test, faultless_tests, quiet_test, recording_test
from stack.monitoring.slo_tests import alert_test, read_slos

HERE = Path(__file__).parent
SPECS = HERE.parent / "slo"
HEADER = "# Generated from slo/{name} by {maker}; `make rules` regenerates it.\n"
WITHIN_S = 60.0


def specs() -> tuple[Path, ...]:
    """The SLO files."""
    return tuple(sorted(SPECS.glob("*.yaml")))


def rules_file(spec: Path) -> Path:
    """The file with the rules of an SLO file."""
    return HERE / "rules" / f"slo-{spec.name}"


def files_of_tests(spec: Path) -> tuple[Path, ...]:
    """The files with the tests of those rules: alerts, recorded shares, budget."""
    return tuple(HERE / "tests" / f"slo-{spec.stem}-{part}.yaml" for part in ("alerts", "records", "budget"))


def rules_of(spec: Path, sloth: Sequence[str]) -> str:
    """Generate the rules of an SLO file with Sloth.

    Raises:
        subprocess.CalledProcessError: Sloth refused the file; `stderr` has its message.
    """
    command = (*sloth, "generate", "--input", "/dev/stdin", "--no-color")
    text = spec.read_text(encoding="utf-8")
    made = subprocess.run(command, input=text, capture_output=True, text=True, check=True, timeout=WITHIN_S)
    return HEADER.format(name=spec.name, maker="Sloth") + _every_minute(made.stdout.lstrip())


def _every_minute(rules: str) -> str:
    """Evaluate each group once a minute: the shortest window is five minutes, and windows of days are expensive."""
    return re.sub(r"^(- name: .*)\n  rules:", r"\1\n  interval: 1m\n  rules:", rules, flags=re.MULTILINE)


def promtool_tests(spec: Path) -> tuple[str, ...]:
    """The tests of an SLO file's rules: one text for each of their files."""
    slos = read_slos(spec)
    records = [recording_test(slos), quiet_test(slos), *faultless_tests(slos), availability_test(slos)]
    return (
        _tests(spec, "1m", [alert_test(slos)]),
        _tests(spec, f"{EVALUATION_S}s", records),
        _tests(spec, f"{END_D}d", [budget_test(slos, _sloth(spec))], order(slos)),
    )


def _sloth(spec: Path) -> str:
    """The version of Sloth that generated the rules, as stated in their file."""
    found = re.search(r"by Sloth \((v[\d.]+)\)", rules_file(spec).read_text(encoding="utf-8"))
    return found[1] if found else ""


def main(sloth: Sequence[str]) -> int:
    """Regenerate all files."""
    for spec in specs():
        try:
            rules_file(spec).write_text(rules_of(spec, sloth or ("sloth",)), encoding="utf-8")
        except (OSError, subprocess.SubprocessError) as error:
            sys.stderr.write(f"{spec}: Sloth generated no rules: {getattr(error, 'stderr', None) or error}\n")
            return 1
        for file, text in zip(files_of_tests(spec), promtool_tests(spec), strict=True):
            file.write_text(text, encoding="utf-8")
    return 0


def _tests(spec: Path, interval: str, tests: Sequence[Mapping[str, object]], groups: Sequence[str] = ()) -> str:
    """A file of tests; rule groups are evaluated in the given order, or in any."""
    document: dict[str, object] = {"rule_files": [f"../rules/{rules_file(spec).name}"], "evaluation_interval": interval}
    if groups:
        document["group_eval_order"] = list(groups)
    yaml = YAML()
    yaml.width = 4096
    text = io.StringIO()
    yaml.dump({**document, "tests": list(tests)}, text)
    return HEADER.format(name=spec.name, maker="stack/monitoring") + text.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
