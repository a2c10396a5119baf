"""Wrong use of a command: exit code 2, and one message that says what was expected, what was seen and what to do."""

from pathlib import Path

import pytest

from tests.unit.cli.commands import run
from tests.unit.fake_stack import COMPOSE, FakeMachine

TARGET = "http://127.0.0.1:1/"


@pytest.mark.parametrize(
    ("arguments", "messages"),
    [
        (("prove",), ("Missing option '--suite'",)),
        (("prove", "--suite"), ("Option '--suite' requires an argument",)),
        (("prove", "--suite", "mine", "--profile", "slow"), ("'slow' is not one of 'quick', 'nightly'",)),
        (("prove", "--suite", "mine", "--clock", "fast"), ("'fast' is not a valid float",)),
        (("up", "--ports", "any"), ("'any' is not one of 'dynamic', 'declared'",)),
        (("up", "nonsense"), ("unexpected extra argument (nonsense)",)),
        (("up", "--reports", "compose.yaml"), ("Directory 'compose.yaml' is a file",)),
        (("down", "nonsense"), ("unexpected extra argument (nonsense)",)),
        (("status", "nonsense"), ("unexpected extra argument (nonsense)",)),
        (("heal", "nonsense"), ("unexpected extra argument (nonsense)",)),
        (("logs", "--tail", "all"), ("'all' is not a valid integer",)),
        (("faults", "show"), ("Missing argument 'KIND'",)),
        (("faults", "show", "explode"), ("no fault 'explode'", "known: bandwidth")),
        (("faults", "list", "explode"), ("unexpected extra argument (explode)",)),
        (("inject",), ("Missing argument 'FAULT'",)),
        (("inject", "kill web", "--for", "long"), ("expected a duration such as 30s or 1m30s, saw 'long'",)),
        (("load",), ("Missing argument 'TARGET'",)),
        (("load", TARGET), ("a constant schedule needs --rate",)),
        (("load", TARGET, "--rate", "many"), ("'many' is not a valid float",)),
        (
            ("load", TARGET, "--schedule", "random"),
            ("'random' is not one of 'constant', 'poisson'",),
        ),
        (("load", TARGET, "--schedule", "spike", "--rate", "1"), ("a spike schedule needs --spike-rate",)),
        (("load", TARGET, "--schedule", "replay"), ("a replay schedule needs --replay",)),
        (("load", TARGET, "--schedule", "replay", "--replay", "no.txt"), ("no.txt",)),
        (("load", TARGET, "--rate", "1", "--duration", "soon"), ("expected a duration such as 30s or 1m30s",)),
        (("load", TARGET, "--rate", "1", "--header", "plain"), ("expected --header NAME:VALUE, saw 'plain'",)),
        (
            ("load", "ftp://127.0.0.1/", "--rate", "1"),
            ("whose scheme is one of http, https, mime, saw 'ftp'", "fix: "),
        ),
        (("load", TARGET, "--rate", "-1"), ("rate must be > 0 requests a second, saw -1", "fix: ")),
        (("load", TARGET, "--rate", "1", "--deadline", "999999999h"), ("deadline must be > 0 s and at most",)),
        (("load", TARGET, "--rate", "1", "--body", "\udcff"), ("expected text that UTF-8 can encode",)),
        (("load", TARGET, "--rate", "1", "--expect", "\udcff"), ("expected text that UTF-8 can encode",)),
        (("load", TARGET, "--rate", "1", "--header", "X: \udcff"), ("expected an HTTP header",)),
        (("load", "mime://127.0.0.1:1", "--rate", "1", "--size", "99999999999999"), ("body size must be from 0 to",)),
        (("prove", "--suite", "../x"), ("expected --suite to be letters, digits, '-' and '_', saw '../x'", "fix: ")),
        (("prove", "--suite", "a/b c"), ("expected --suite to be letters", "fix: ")),
        (("contract",), ("Missing argument 'TARGET'",)),
        (
            ("contract", "http://127.0.0.1:1/"),
            ("saw 'http://127.0.0.1:1/': http has none", "fix: "),
        ),
        (("contract", "mime://127.0.0.1:1"), ("127.0.0.1:1",)),
        (("contract", "mime://127.0.0.1:1", "--deadline", "0"), ("expected a --deadline above 0 s, saw 0 s",)),
        (("contract", "mime://127.0.0.1:1", "--type", "text"), ("expected a --type such as text/plain, saw 'text'",)),
        (("contract", "mime://127.0.0.1:1", "--frames", "0"), ("0 is not in the range x>=1",)),
        (("contract", "mime://127.0.0.1:1", "--refusal", "no"), ("'no' is not one of 'user_not_allowed'",)),
        (("judge",), ("Missing argument 'RUN'",)),
        (("judge", "nowhere"), ("nowhere",)),
        (("judge", "compose.yaml"), ("compose.yaml",)),
        (("judge", ".", "--profile", "slow"), ("'slow' is not one of 'quick', 'nightly'",)),
        (("report",), ("no run with results in reports/runs", "fix: ")),
        (("report", "--reports", "compose.yaml"), ("Directory 'compose.yaml' is a file",)),
        (("alerts", "check"), ("--rules, --alertmanager, --prometheus or --dashboards",)),
        (("alerts", "mutate"), ("expected", "fix: give --rules with --tests")),
        (("alerts", "mutate", "--rules", "a.yaml"), ("fix: give --rules with --tests",)),
        (("alerts", "mutate", "--route-tests", "a.yaml"), ("--alertmanager with --route-tests",)),
        (("alerts", "mutate", "--at-least", "2"), ("2.0 is not in the range 0<=x<=1",)),
        (("alerts", "mutate", "--jobs", "0"), ("0 is not in the range x>=1",)),
        (("alerts", "mutate", "--alertmanager", "no.yml", "--route-tests", "no.yml"), ("no.yml",)),
        (("setup", "nonsense"), ("unexpected extra argument (nonsense)",)),
        (("doctor", "nonsense"), ("unexpected extra argument (nonsense)",)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
@pytest.mark.usefixtures("machine")
def test_wrong_arguments_are_refused(arguments: tuple[str, ...], messages: tuple[str, ...]) -> None:
    """One message that names what is wrong; nothing is printed as if it were a result."""
    assert run(*arguments).is_refused(*messages)


@pytest.mark.usefixtures("machine")
def test_a_compose_file_that_does_not_exist_is_refused() -> None:
    """The message names the file and the option."""
    assert run("up", "--stack", "no.yaml").is_refused("no.yaml: expected a compose file", "--stack FILE")


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize("command", ["up", "down", "logs", "inject kill", "prove --suite mine"])
def test_without_a_compose_file_it_is_asked_for(command: str, folder: Path) -> None:
    """The message says where it was looked for."""
    (folder / "compose.yaml").unlink()
    assert run(*command.split()).is_refused("./compose.yaml or ./stack/compose.yaml", "--stack FILE")


def test_a_wrong_compose_file_is_refused_with_its_line(machine: FakeMachine, folder: Path) -> None:
    """Nothing is started."""
    wrong = COMPOSE.replace("http://:80/live", "http://web:80/live")
    (folder / "compose.yaml").write_text(wrong, encoding="utf-8")
    assert run("up").is_refused("compose.yaml:9: probe liveness of service 'web': expected a URL")
    assert not machine.running


@pytest.mark.usefixtures("no_engine")
@pytest.mark.parametrize(
    "command", ["up", "down", "down --all", "down --images", "status", "heal", "logs", "inject kill"]
)
def test_without_an_engine_a_command_sends_to_the_doctor(command: str) -> None:
    """The message says that no engine answered, and which command finds out why."""
    assert run(*command.split()).is_refused("expected the container engine to answer", "stackproof doctor")


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize("command", ["logs", "logs web", "inject kill"])
def test_without_a_running_stack_a_command_says_how_to_start_one(command: str) -> None:
    """The message names the compose file that was looked for."""
    assert run(*command.split()).is_refused("compose.yaml", "start one with `stackproof up`")
