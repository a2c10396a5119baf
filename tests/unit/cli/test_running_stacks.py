"""A stack that a person keeps running: up, status, logs, inject, heal, down."""

from pathlib import Path

import pytest

from tests.unit.cli.commands import Done, run
from tests.unit.fake_stack import FakeMachine, no_engine_error
from tests.unit.fakes import WEB


@pytest.fixture
def up(machine: FakeMachine) -> str:
    """A running stack; the run's id."""
    assert run("up").code == 0
    (name,) = machine.running
    return name


def test_up_starts_a_stack_and_shows_it(machine: FakeMachine) -> None:
    """Run, folder, services with their states, links with the addresses at which traffic enters them."""
    done = run("up", "--reports", "mine")
    (name,) = machine.running
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0] == f"run {name} of {Path('compose.yaml').resolve()}"
    assert lines[1] == f"  folder {Path('mine').resolve() / 'runs' / name}"
    assert [line.split() for line in lines[2:4]] == [["web", "running"], ["store", "running"]]
    assert "front/web:80" in done.out
    assert done.err == "stackproof: starting 2 services and their proxies\n"
    assert name.startswith("up-")


def test_up_leaves_nothing_of_a_stack_that_does_not_start(machine: FakeMachine) -> None:
    """One message, exit code 2."""
    machine.start_error = no_engine_error()
    done = run("up")
    assert (done.code, done.out) == (2, "")
    assert no_engine_error().message in done.err
    assert not machine.running


def test_status_shows_every_running_stack(up: str, machine: FakeMachine) -> None:
    """And what disturbs its links."""
    machine.running[up].links[WEB].cut()
    done = run("status")
    assert done.code == 0
    (link,) = (line for line in done.out.splitlines() if "front/web:80" in line)
    assert link.split()[-1] == "down"


@pytest.mark.usefixtures("up")
def test_status_as_json_has_a_fixed_shape() -> None:
    """Other programs rely on these keys."""
    (found,) = run("status", "--json").json()["runs"]
    assert list(found) == ["run", "stack_file", "folder", "services", "links"]
    assert found["services"] == [{"name": "web", "state": "running"}, {"name": "store", "state": "running"}]
    assert list(found["links"][0]) == ["link", "address", "disturbed_by"]


@pytest.mark.usefixtures("machine")
def test_status_without_a_running_stack_says_so() -> None:
    """Exit code 0: nothing is wrong."""
    assert run("status") == Done(0, "no stack is running\n", "")
    assert run("status", "--json").json() == {"runs": []}


@pytest.mark.usefixtures("up")
def test_status_of_another_compose_file_shows_none_of_it(folder: Path) -> None:
    """--stack chooses."""
    (folder / "other.yaml").write_text("services: {web: {image: web}}\n", encoding="utf-8")
    assert run("status", "--stack", "other.yaml").out == "no stack is running\n"
    assert "web" in run("status", "--stack", "compose.yaml").out


@pytest.mark.usefixtures("up")
def test_logs_shows_each_services_last_lines() -> None:
    """Of all services, or of those that are named; as many lines as are asked for."""
    assert run("logs").out.splitlines()[::3] == ["--- web", "--- store"]
    done = run("logs", "store", "--tail", "7")
    assert done.out.splitlines()[:2] == ["--- store", "store: a line of the last 7"]
    assert "web" not in done.out


@pytest.mark.usefixtures("up")
def test_logs_of_an_unknown_service_are_refused() -> None:
    """The message names those that there are."""
    assert run("logs", "nobody").is_refused("no service 'nobody'", "it has: store, tool, web")


def test_inject_holds_a_fault_and_heals_it(up: str, machine: FakeMachine) -> None:
    """Exit code 0 where its evidence shows that it took effect; what is done is on standard error."""
    done = run("inject", "kill web", "--for", "0.01s")
    assert done.code == 0, done
    assert "exited with code 137" in done.out
    assert done.out.rstrip().endswith("healed")
    assert "held for 0.01 s" in done.err
    assert machine.running[up].states["web"].status == "running"


def test_inject_says_where_a_fault_was_not_confirmed(up: str, machine: FakeMachine) -> None:
    """Exit code 3: nothing is proved. It is healed all the same."""
    done = run("inject", "latency front/web:80 latency_ms=50", "--for", "0")
    assert done.code == 3, done
    assert done.out.rstrip().endswith("healed")
    assert machine.running[up].links[WEB].effects() == ()


@pytest.mark.usefixtures("up")
@pytest.mark.parametrize(
    ("fault", "messages"),
    [
        ("kill", ("expected a fault as 'KIND TARGET key=value ...', saw 'kill'",)),
        ("explode web", ("no fault 'explode'", "known: bandwidth")),
        ("kill nobody", ("no service 'nobody'", "it has: store, tool, web")),
        ("latency front/web:81 latency_ms=50", ("front/web:81",)),
        ("latency front/web:80 latency_ms=soon", ("expected latency_ms", "saw 'soon'")),
    ],
)
def test_inject_refuses_a_wrong_fault(fault: str, messages: tuple[str, ...]) -> None:
    """Before anything is done to the stack."""
    assert run("inject", fault).is_refused(*messages)


@pytest.mark.usefixtures("up")
def test_heal_without_a_fault_does_nothing() -> None:
    """And says nothing."""
    assert run("heal") == Done(0, "", "")


def test_heal_undoes_what_the_journal_has_and_what_it_has_not(up: str, machine: FakeMachine, folder: Path) -> None:
    """A fault whose command died, and a link that somebody cut by the proxy's own API: a line for each."""
    engine = machine.running[up]
    journal = folder / "reports" / "runs" / up / "journal.jsonl"
    journal.write_text('{"id": "1", "event": "inject", "fault": "freeze web"}\n', encoding="utf-8")
    engine.pause("web")
    engine.links[WEB].cut()
    done = run("heal")
    assert done.code == 0
    first, second = done.out.splitlines()
    assert first == f"{up}: healed 'freeze web'"
    assert second.startswith(f"{up}: ")
    assert "front/web:80" in second
    assert engine.states["web"].status == "running"
    assert not engine.links[WEB].is_cut()


def test_heal_removes_what_a_dead_run_left(up: str, machine: FakeMachine, folder: Path) -> None:
    """A run whose process died holds no lock, and nobody asked to keep it."""
    run_folder = folder / "reports" / "runs" / up
    (run_folder / "kept-by-hand").unlink()
    (run_folder / "alive.lock").touch()
    done = run("heal")
    assert done.code == 0
    assert up in done.err
    assert machine.removed == [up]


def test_down_removes_the_stack(up: str, machine: FakeMachine) -> None:
    """A second time there is nothing to remove, which is no error."""
    assert run("down") == Done(0, f"removed run {up}\n", "")
    assert machine.removed == [up]
    assert run("down") == Done(0, "no stack is running\n", "")


def test_down_leaves_a_test_sessions_run(up: str, machine: FakeMachine, folder: Path) -> None:
    """What nobody started with `up` goes with --all alone."""
    (folder / "reports" / "runs" / up / "kept-by-hand").unlink()
    assert run("down").out == "no stack is running\n"
    assert run("down", "--all").out == f"removed run {up}\n"
    assert machine.removed == [up]


def test_down_leaves_other_stacks(up: str, machine: FakeMachine, folder: Path) -> None:
    """--stack chooses."""
    (folder / "other.yaml").write_text("services: {web: {image: web}}\n", encoding="utf-8")
    assert run("down", "--stack", "other.yaml").out == "no stack is running\n"
    assert up in machine.running


def test_down_removes_images_if_asked(machine: FakeMachine) -> None:
    """A line for each; without the option they stay."""
    machine.pruned = ["stackproof/tools:old"]
    assert run("down").out == "no stack is running\n"
    assert run("down", "--images").out == "no stack is running\nremoved image stackproof/tools:old\n"


@pytest.mark.usefixtures("up")
def test_down_reports_what_could_not_be_removed(machine: FakeMachine) -> None:
    """One message, exit code 2."""
    machine.removal_error = no_engine_error()
    assert run("down").is_refused(no_engine_error().message, "stackproof doctor")
