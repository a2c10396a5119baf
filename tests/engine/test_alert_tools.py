"""promtool and amtool run on files in the tools image: in one container, without network."""

from pathlib import Path

import pytest

from stackproof.alerts.file_check import FilesToCheck, ToolUse, check_files
from stackproof.alerts.finding import Severity
from stackproof.engine.docker.images.build import TOOLS, ensure_image
from stackproof.tools.alert_tools import AlertTool, ToolQuestion, ask_tools
from tests.unit.alerts.whole_files import ALERTING, files_in


@pytest.fixture(scope="module", autouse=True)
def image() -> str:
    """The tools image."""
    return ensure_image(TOOLS, lambda _line: None)


def test_each_file_has_its_own_result(tmp_path: Path) -> None:
    """Files with the same name in two folders are kept apart, whatever their names contain."""
    texts = {
        AlertTool.RULES: ("groups: []\n", "groups: [{name: a, rules: [{record: a-b, expr: up}]}]\n"),
        AlertTool.CONFIG: ("global: {scrape_interval: 10s}\n", "globe: {}\n"),
        AlertTool.ROUTES: ("route: {receiver: a}\nreceivers: [{name: a}]\n", "route: {receiver: b}\nreceivers: []\n"),
        AlertTool.METRICS: ("# HELP a A.\n# TYPE a gauge\na 1\n", "# TYPE a_milliseconds counter\na_milliseconds 1\n"),
    }
    questions = []
    for tool, pair in texts.items():
        for number, text in enumerate(pair):
            file = tmp_path / f"{tool} {number}" / "it's a file.yml"
            file.parent.mkdir()
            file.write_text(text, encoding="utf-8")
            questions.append(ToolQuestion(tool, file))
    answers = ask_tools(questions)
    assert [answer.question for answer in answers] == questions
    assert [answer.ok for answer in answers] == [True, False] * 4
    assert "receiver" in answers[5].text
    assert "help" in answers[7].text


def test_a_mistake_that_only_promtool_finds_is_reported(tmp_path: Path) -> None:
    """Only promtool knows how late a time may be; the finding has the line of the expression."""
    file = tmp_path / "rules.yaml"
    file.write_text("groups:\n- name: a\n  rules:\n  - record: a\n    expr: up @ 1e30\n", encoding="utf-8")
    found = check_files(FilesToCheck(rules=[str(file)]), ToolUse.RUN).findings
    assert [(finding.id, finding.where.line) for finding in found] == [("tools/promtool", 5)]


@pytest.mark.parametrize("folder", sorted((ALERTING / "sound").iterdir()), ids=lambda folder: folder.name)
def test_the_tools_accept_sound_files(folder: Path) -> None:
    """Prometheus and Alertmanager load the files that we call sound."""
    found = check_files(files_in(folder), ToolUse.RUN).findings
    assert [str(finding) for finding in found if finding.severity is Severity.ERROR] == []
    assert not any(finding.id == "tools/not-run" for finding in found)
