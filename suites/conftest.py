"""What suites have in common that try what they draw."""

import secrets
from collections.abc import Generator

import pytest


@pytest.fixture(scope="session")
def seed(pytestconfig: pytest.Config) -> int:
    """The option's, or one that is drawn; a test that fails with it tells it."""
    given: int | None = pytestconfig.getoption("--seed")
    return secrets.randbelow(2**32) if given is None else given


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell how to draw the same again, where a test that draws has failed."""
    report = yield
    drawn = getattr(item, "funcargs", {}).get("seed")
    if report.failed and drawn is not None:
        from stackproof.report.attachments import attach_text  # noqa: PLC0415 - needed where a test failed alone

        again = f"--seed {drawn}"
        report.sections.append(("the same again", again))
        attach_text(again, "the same again")
    return report
