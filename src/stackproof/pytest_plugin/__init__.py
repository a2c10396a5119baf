"""pytest fixtures and options that let a test speak of a standing stack."""

from stackproof.pytest_plugin.claims import Alarms, Count, Experiments, Measure, Prove
from stackproof.pytest_plugin.fixtures import (
    alarms,
    count,
    experiment,
    measure,
    objective,
    probe,
    prove,
    service_name,
    stack,
)
from stackproof.pytest_plugin.hooks import (
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_generate_tests,
    pytest_runtest_makereport,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_unconfigure,
)

__all__ = [
    "Alarms",
    "Count",
    "Experiments",
    "Measure",
    "Prove",
    "alarms",
    "count",
    "experiment",
    "measure",
    "objective",
    "probe",
    "prove",
    "pytest_addoption",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_generate_tests",
    "pytest_runtest_makereport",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_unconfigure",
    "service_name",
    "stack",
]
