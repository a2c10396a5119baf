"""The seed of suites that generate their input."""

import secrets
from collections.abc import Generator

import pytest

import stackproof  # its names are imported when they are used: a report's attachments only where a test failed


@pytest.fixture(scope="session")
def seed(pytestconfig: pytest.Config) -> int:
    """The value of ``--seed``, or a random one; a test that fails with it reports it."""
    given: int | None = pytestconfig.getoption("--seed")
    return secrets.randbelow(2**32) if given is None else given


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Report the seed of a failed test, so that the same input can be generated again."""
    report = yield
    drawn = getattr(item, "funcargs", {}).get("seed")
    if report.failed and drawn is not None:
        option = f"--seed {drawn}"
        report.sections.append(("to repeat it", option))
        stackproof.attach_text(option, "to repeat it")
    return report
