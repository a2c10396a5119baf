"""amtool accepts and refuses the same configurations as our reader: run in the tools image, without network."""

import pytest

from stackproof.engine.docker.images.build import TOOLS, ensure_image
from stackproof.tools.alert_tools import AlertTool, ToolAnswer, ToolQuestion, ask_tools
from tests.unit.declare.alertmanager.refused import ACCEPTED, REFUSED


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ToolAnswer]:
    """What amtool says of each configuration; all in one container."""
    ensure_image(TOOLS, lambda _line: None)
    folder = tmp_path_factory.mktemp("configurations")
    texts = (*REFUSED, *ACCEPTED)
    files = [folder / f"{number}.yml" for number, _ in enumerate(texts)]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text, encoding="utf-8")
    told = ask_tools([ToolQuestion(AlertTool.ROUTES, file) for file in files])
    return dict(zip(texts, told, strict=True))


@pytest.mark.parametrize("text", REFUSED)
def test_amtool_refuses_what_we_refuse(text: str, answers: dict[str, ToolAnswer]) -> None:
    """An error of ours is one of Alertmanager's."""
    assert not answers[text].ok


@pytest.mark.parametrize("text", ACCEPTED)
def test_amtool_accepts_what_we_accept(text: str, answers: dict[str, ToolAnswer]) -> None:
    """What we pass is loaded."""
    assert answers[text].ok, answers[text].text
