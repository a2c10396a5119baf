"""Services compared with their OpenAPI documents, by requests that Schemathesis generates from them."""

from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import one_of
from ruamel.yaml import YAML
from schemathesis import APIOperation, Case, Config, GenerationMode, Response, openapi
from schemathesis.core.result import Err
from schemathesis.schemas import BaseSchema

from stackproof import Profile
from suites.contract.ways import DEADLINE_S, Way

Json = Any  # any JSON document

PUBLIC, INTRANET = "/openapi.yaml", "/api/openapi.yaml"
"""Where the documents are served."""

FILE = "/api/files/{name}"

STEPS = 6
"""The most requests of a sequence."""

SEQUENCES = {Profile.QUICK: 10, Profile.NIGHTLY: 200}
REQUESTS = {Profile.QUICK: 40, Profile.NIGHTLY: 200}
"""For each operation that takes parameters or a body."""


@dataclass(frozen=True, slots=True)
class Api:
    """Both services as one API: the links of one lead to the other.

    Attributes:
        public: Where public_app is reached.
        intranet: Where intranet_api is reached.
        seed: Seed of the generated requests.
    """

    public: Way
    intranet: Way
    seed: int

    def schema(self) -> BaseSchema:
        """The two documents as one, for Schemathesis.

        Raises:
            OSError: A document could not be fetched.
        """
        one, other = _read(self.public, PUBLIC), _read(self.intranet, INTRANET)
        parts = {
            kind: other["components"].get(kind, {}) | one["components"].get(kind, {}) for kind in other["components"]
        }
        joined = {**one, "paths": other["paths"] | one["paths"], "components": one["components"] | parts}
        return openapi.from_dict(_inside(joined), config=Config.from_dict({"seed": self.seed, **_CONFIG}))

    def entry(self, case: Case[Json]) -> Way:
        """Where a request goes."""
        return self.intranet if case.path.startswith("/api/") else self.public


def sequences_conform(api: Api, count: int) -> int:
    """Follow the links in answers to further requests, in so many sequences; the number of requests.

    Raises:
        FailureGroup: An answer is not documented; the message has the request as a curl command.
        AssertionError: No sequence led to a file.
    """
    with closing(_Asking(api)) as asking:
        hooks = {
            "get_call_kwargs": lambda _row, case: asking(case),
            "after_call": lambda _row, *seen: asking.note(*seen),
        }
        machine: Json = type("Sequences", (api.schema().as_state_machine(),), hooks)
        seed(api.seed)(machine).run(settings=settings(_SETTINGS, max_examples=count, stateful_step_count=STEPS))
    assert asking.files, f"none of {asking.asked} requests led to a file"
    return asking.asked


def requests_conform(api: Api, requests: int) -> int:
    """Send each operation so many requests, valid and invalid ones; the number of requests.

    Raises:
        FailureGroup: As above.
    """
    with closing(_Asking(api)) as asking:
        for each in api.schema().get_all_operations():
            if isinstance(each, Err):
                raise each.err()
            _operation_conforms(each.ok(), asking, requests)
    return asking.asked


def _operation_conforms(operation: APIOperation[Json, Json, Json, Json], asking: "_Asking", requests: int) -> None:
    takes = any(operation.iter_parameters()) or bool(operation.body)
    modes = list(GenerationMode) if takes else [GenerationMode.POSITIVE]

    @seed(asking.api.seed)
    @settings(_SETTINGS, max_examples=requests if takes else 1)
    @given(one_of([operation.as_strategy(generation_mode=mode) for mode in modes]))
    def conforms(case: Case[Json]) -> None:
        case.call_and_validate(**asking(case))

    conforms()


_CONFIG = {
    # Any client error is a refusal, 414 of a long address too; another check finds whether it is documented.
    "checks": {"negative_data_rejection": {"expected-statuses": ["4xx", "5xx"]}},
    # Parts of a form are bytes: what breaks its schema as JSON (null for a file) is valid on the wire.
    "operations": [{"include-path": "/upload", "checks": {"negative_data_rejection": {"enabled": False}}}],
}
_SETTINGS = settings(
    phases=[Phase.generate],
    database=None,
    deadline=None,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)


class _Asking:
    """Decides how each request is sent, and counts them."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._sessions = {way: way.session() for way in {api.public, api.intranet}}
        self.asked = 0
        self.files = 0

    def __call__(self, case: Case[Json]) -> dict[str, Json]:
        self.asked += 1
        way = self.api.entry(case)
        session = self._sessions[way]
        return {"base_url": way.url, "session": session, "verify": session.verify, "timeout": DEADLINE_S}

    def close(self) -> None:
        """Close the connections."""
        for session in self._sessions.values():
            session.close()

    def note(self, response: Response, case: Case[Json]) -> None:
        self.files += case.path == FILE and response.status_code == HTTPStatus.OK


def _read(way: Way, path: str) -> Json:
    with way.session() as session:
        answer = session.get(f"{way.url}{path}", timeout=DEADLINE_S)
    answer.raise_for_status()
    return YAML(typ="safe").load(answer.content)


def _inside(node: Json) -> Json:
    """The document with references into the other one as references into itself."""
    if isinstance(node, dict):
        return {key: _inside(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_inside(value) for value in node]
    return node.removeprefix(INTRANET) if isinstance(node, str) and node.startswith(f"{INTRANET}#") else node
