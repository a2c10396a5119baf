"""Objectives are read from Sloth specs, and a mistake is reported by file and line."""

import re
from pathlib import Path

import pytest

from stackproof.declare.slo import read_objectives
from stackproof.model import DeclarationError, Objective, Promise, Service, Sli, Stack

HEAD = """\
version: prometheus/v1
service: shop
slos:
"""
SLO = """\
  - name: sla-latency
    objective: 99.9
    labels:
      promise: sla
      sli: latency
      threshold_s: "0.5"
      link: front/shop:80
    sli:
      events: {error_query: "a[{{.window}}]", total_query: "b[{{.window}}]"}
    alerting: {page_alert: {disable: true}, ticket_alert: {disable: true}}
"""
ERRORS = SLO.replace("latency", "errors").replace('      threshold_s: "0.5"\n', "")
STACK = Stack(
    "market",
    Path("compose.yaml"),
    services=(Service("shop", ("front", "back"), (80,)), Service("bank", ("back",), (443,), interposed=False)),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for specs."""
    return tmp_path


def _read(folder: Path, *specs: str) -> tuple[Objective, ...]:
    for number, text in enumerate(specs):
        (folder / f"{number}.yaml").write_text(text)
    return read_objectives(folder, STACK)


def test_a_spec_gives_an_objective(folder: Path) -> None:
    """The file has everything that judging needs: promise, SLI, target, threshold and link."""
    (objective,) = _read(folder, HEAD + SLO)
    assert objective.id == "sla-shop-latency"
    assert (objective.promise, objective.service, objective.sli) == (Promise.SLA, "shop", Sli.LATENCY)
    assert (objective.target, objective.threshold_s) == (0.999, 0.5)
    assert objective.stream == "front/shop:80"
    assert str(objective.where) == f"{folder}/0.yaml:4"


def test_the_network_is_named_if_a_service_has_several_links(folder: Path) -> None:
    """Two links of a service differ by their networks; other services keep their short ids."""
    back = SLO.replace("front/shop:80", "back/shop:80")
    bank = (HEAD + ERRORS).replace("shop", "bank").replace("front/", "back/").replace(":80", ":443")
    objectives = _read(folder, HEAD + SLO + back, bank)
    assert [each.id for each in objectives] == [
        "sla-shop-latency-front",
        "sla-shop-latency-back",
        "sla-bank-errors",
    ]


def test_other_labels_are_accepted(folder: Path) -> None:
    """Sloth passes labels on to Prometheus, so people add their own."""
    assert len(_read(folder, HEAD + SLO.replace("promise: sla", "promise: sla\n      team: tills"))) == 1


@pytest.mark.parametrize(
    ("before", "after", "line", "says"),
    [
        ("objective: 99.9", "objective: 120", 5, "less than 100, saw 120"),
        ("objective: 99.9", "objective: 100", 5, "less than 100, saw 100"),
        ("objective: 99.9", "objective: -1", 5, "greater than 0, saw -1"),
        ("objective: 99.9", "objective: .nan", 5, ", saw nan"),
        ("objective: 99.9", "objective: most", 5, "valid number, unable to parse string as a number, saw 'most'"),
        ("promise: sla", "promise: oath", 7, "'sla' or 'slo', saw 'oath'"),
        ("sli: latency", "sli: colour", 8, "'availability', 'errors' or 'latency'"),
        ('threshold_s: "0.5"', 'threshold_s: "0"', 9, "greater than 0"),
        ('threshold_s: "0.5"', "threshold_s: soon", 9, ", saw 'soon'"),
        ('      threshold_s: "0.5"\n', "", 6, "expected threshold_s"),
        ("sli: latency", "sli: errors", 9, "threshold_s belongs to latency"),
        ("link: front/shop:80", "link: front/shop:81", 10, "known: front/shop:80, back/shop:80"),
        ("link: front/shop:80", "link: shop", 10, "saw 'shop'"),
        ("link: front/shop:80", "link: back/bank:443", 10, "expected a link to shop"),
        ("      link: front/shop:80\n", "", 6, "slos.0.labels.link: Field required"),
        ("name: sla-latency", "name: sla-latency\n    weight: 3", 5, "slos.0.weight: Extra inputs are not permitted"),
        ("service: shop", "service: stall", 2, "no service 'stall' in compose.yaml; it has: bank, shop"),
        ("prometheus/v1", "openslo/v1", 1, "'prometheus/v1', saw 'openslo/v1'"),
        ("slos:", "slos: {", 4, "broken YAML"),
        ("service: shop", "service: shop\nservice: shop", 3, "broken YAML: found duplicate key"),
    ],
)
def test_a_mistake_is_reported_with_its_line(folder: Path, before: str, after: str, line: int, says: str) -> None:
    """One message with file, line, what was expected and what was seen."""
    text = HEAD + SLO
    assert before in text
    with pytest.raises(DeclarationError, match=re.escape(f"{folder}/0.yaml:{line}: ")) as caught:
        _read(folder, text.replace(before, after, 1))
    assert says in str(caught.value)


@pytest.mark.parametrize("text", ["", "just words\n", "- a\n- list\n"])
def test_a_file_of_another_kind_is_refused(folder: Path, text: str) -> None:
    """YAML that is not a spec is reported, not skipped."""
    with pytest.raises(DeclarationError, match=re.escape(f"{folder}/0.yaml: Input should be a valid dictionary")):
        _read(folder, text)


def test_an_objective_is_declared_once(folder: Path) -> None:
    """Two declarations leave open which one counts, so both locations are named."""
    with pytest.raises(DeclarationError, match=re.escape(f"{folder}/1.yaml:4: objective sla-shop-latency")) as caught:
        _read(folder, HEAD + SLO, HEAD + SLO)
    assert f"first at {folder}/0.yaml:4" in str(caught.value)


@pytest.mark.parametrize("name", ["", "missing"])
def test_a_folder_without_objectives_is_refused(folder: Path, name: str) -> None:
    """A mistyped folder must not look as if no promise were broken."""
    with pytest.raises(DeclarationError, match="expected a folder of objectives"):
        read_objectives(folder / name, STACK)


def test_a_file_that_is_not_text_is_refused(folder: Path) -> None:
    """Bytes that are not UTF-8 give one message with the file's name."""
    (folder / "0.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(DeclarationError, match=re.escape(f"{folder}/0.yaml: cannot be read")):
        read_objectives(folder, STACK)


def test_the_shipped_objectives_are_those_of_the_contract() -> None:
    """What the owners promise to customers (SLA), and more strictly to themselves (SLO)."""
    gateway = Service("gateway", ("public_net",), (443,))
    server = Service("mime-server", ("public_net", "private_net"), (65432,))
    folder = Path(__file__).parents[3] / "stack" / "slo"
    objectives = read_objectives(folder, Stack("shipped", Path("compose.yaml"), services=(gateway, server)))
    promised = {
        (Promise.SLA, Sli.AVAILABILITY, 0.999, None),
        (Promise.SLA, Sli.ERRORS, 0.999, None),
        (Promise.SLA, Sli.LATENCY, 0.95, 1.0),
        (Promise.SLO, Sli.AVAILABILITY, 0.9995, None),
        (Promise.SLO, Sli.ERRORS, 0.9999, None),
        (Promise.SLO, Sli.LATENCY, 0.95, 0.5),
    }
    streams = {"public_net/gateway:443", "public_net/mime-server:65432", "private_net/mime-server:65432"}
    assert {each.stream for each in objectives} == streams
    for stream in streams:
        ours = {(each.promise, each.sli, each.target, each.threshold_s) for each in objectives if each.stream == stream}
        assert ours == promised
