"""The services' OpenAPI documents, checked as files."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from ruamel.yaml import YAML

STACK = Path(__file__).parents[1]
DOCUMENTS = {
    name: cast(
        "dict[str, Mapping[str, Mapping[str, object]]]", YAML(typ="safe").load(STACK / name / name / "openapi.yaml")
    )
    for name in ("public_app", "intranet_api")
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_valid_openapi(name: str) -> None:
    """Every tool for OpenAPI 3.1 can read it."""
    document = DOCUMENTS[name]
    assert str(document["openapi"]).startswith("3.1.")
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_an_invalid_document_would_be_found() -> None:
    """The validator works: it reports a response without a description."""
    broken = {**DOCUMENTS["public_app"], "paths": {"/": {"get": {"responses": {"200": {}}}}}}
    assert list(OpenAPIV31SpecValidator(broken).iter_errors())


def test_both_services_report_errors_in_the_same_format() -> None:
    """A client needs one parser for problems, and one for headers."""
    one, other = (DOCUMENTS[name]["components"] for name in DOCUMENTS)
    for kind, name in (("schemas", "Problem"), ("headers", "RequestId"), ("headers", "Policy"), ("headers", "NoSniff")):
        assert one[kind][name] == other[kind][name]


def test_the_services_operations_do_not_collide() -> None:
    """The gateway serves both under one name, except the probes, which are its own."""
    one, other = (set(DOCUMENTS[name]["paths"]) for name in DOCUMENTS)
    assert one & other == {"/health/live", "/health/ready", "/health/startup"}
