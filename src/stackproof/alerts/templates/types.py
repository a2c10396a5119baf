"""The types of values in templates: of the data that each kind of template gets, and of functions.

Sources: https://prometheus.io/docs/prometheus/latest/configuration/template_reference/,
https://github.com/prometheus/prometheus/blob/main/template/template.go,
https://prometheus.io/docs/alerting/latest/notifications/ and
https://github.com/prometheus/alertmanager/blob/main/template/template.go.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a value.

    Attributes:
        name: What it is, in words.
        fields: Its fields and methods without arguments, by name; None if it has none at all, as texts and numbers.
        item: For a list the type of its items, for a map that of its values; None for others.
        is_map: Whether any other name is a key of it.
        methods: Its methods that take arguments.
        known: False if nothing is known, so that everything is allowed.
    """

    name: str
    fields: Mapping[str, "Type"] | None = None
    item: "Type | None" = None
    is_map: bool = False
    methods: frozenset[str] = frozenset()
    known: bool = True


ANYTHING = Type("an unknown value", known=False)
TEXT = Type("a text")
NUMBER = Type("a number")
WHOLE_NUMBER = Type("a whole number")
TRUTH = Type("true or false")
TIME = Type("a time", known=False)  # with the methods of Go's time.Time
NOTHING = Type("nothing")
"""The dot of a template that is called without one."""

STRINGS = Type("a list of texts", {}, TEXT, methods=frozenset({"Join"}))
_PAIRS = Type("a list of pairs", {"Names": STRINGS, "Values": STRINGS}, Type("a pair", {"Name": TEXT, "Value": TEXT}))


def _labels(name: str) -> Type:
    """Alertmanager's set of labels or annotations (KV)."""
    fields = {"SortedPairs": _PAIRS, "Names": STRINGS, "Values": STRINGS}
    return Type(name, fields, TEXT, is_map=True, methods=frozenset({"Remove"}))


LABELS, ANNOTATIONS = _labels("Labels"), _labels("Annotations")
GROUP_LABELS, COMMON_LABELS = _labels("GroupLabels"), _labels("CommonLabels")
COMMON_ANNOTATIONS = _labels("CommonAnnotations")

ALERT = Type(
    "one alert",
    {
        "Status": TEXT,
        "Labels": LABELS,
        "Annotations": ANNOTATIONS,
        "StartsAt": TIME,
        "EndsAt": TIME,
        "GeneratorURL": TEXT,
        "Fingerprint": TEXT,
    },
)
_LIST_OF_ALERTS = Type("a list of alerts", {}, ALERT)
NOTIFICATION = Type(
    "a notification",
    {
        "Receiver": TEXT,
        "Status": TEXT,
        "Alerts": Type("the list of alerts", {"Firing": _LIST_OF_ALERTS, "Resolved": _LIST_OF_ALERTS}, ALERT),
        "NotificationReason": TEXT,
        "GroupLabels": GROUP_LABELS,
        "CommonLabels": COMMON_LABELS,
        "CommonAnnotations": COMMON_ANNOTATIONS,
        "RouteLabels": _labels("RouteLabels"),
        "ExternalURL": TEXT,
    },
)

OWN_LABELS = Type("Labels", {}, TEXT, is_map=True)
_EXTERNAL_LABELS = Type("ExternalLabels", {}, TEXT, is_map=True)
RULE_ALERT = Type(
    "an alert of a rule",
    {"Labels": OWN_LABELS, "ExternalLabels": _EXTERNAL_LABELS, "ExternalURL": TEXT, "Value": NUMBER},
)
_SAMPLE = Type("a sample", {"Labels": Type("a sample's labels", {}, TEXT, is_map=True), "Value": NUMBER})
_SAMPLES = Type("a list of samples", {}, _SAMPLE)
RULE_VARIABLES: Mapping[str, Type] = {
    "$labels": OWN_LABELS,
    "$externalLabels": _EXTERNAL_LABELS,
    "$externalURL": TEXT,
    "$value": NUMBER,
}


@dataclass(frozen=True, slots=True)
class Function:
    """A function of templates.

    Attributes:
        result: The type of its result.
        least: How many arguments it needs.
        most: How many it accepts; None for any number.
        of_texts: Positions of arguments that must be texts, from 0; -1 for all.
    """

    result: Type = ANYTHING
    least: int = 0
    most: int | None = None
    of_texts: frozenset[int] = field(default_factory=frozenset)


def _texts(count: int, result: Type = TEXT) -> Function:
    return Function(result, count, count, frozenset(range(count)))


_OF_GO: Mapping[str, Function] = {
    **{name: Function(ANYTHING, 1) for name in ("and", "or", "call", "index", "slice")},
    "not": Function(TRUTH, 1, 1),
    "len": Function(WHOLE_NUMBER, 1, 1),
    "eq": Function(TRUTH, 2),
    **{name: Function(TRUTH, 2, 2) for name in ("ne", "lt", "le", "gt", "ge")},
    **{name: Function(TEXT) for name in ("print", "println", "html", "js", "urlquery")},
    "printf": Function(TEXT, 1, None, frozenset({0})),
}
_SHARED: Mapping[str, Function] = {
    **{name: _texts(1) for name in ("toUpper", "toLower", "title", "safeHtml")},
    "match": _texts(2, TRUTH),
    "reReplaceAll": _texts(3),
    "humanizeDuration": Function(TEXT, 1, 1),
    "now": Function(ANYTHING, 0, 0),
}
OF_RULES: Mapping[str, Function] = {
    **_OF_GO,
    **_SHARED,
    "query": _texts(1, _SAMPLES),
    "first": Function(_SAMPLE, 1, 1),
    "label": Function(TEXT, 2, 2, frozenset({0})),
    "value": Function(NUMBER, 1, 1),
    "strvalue": Function(TEXT, 1, 1),
    "sortByLabel": Function(_SAMPLES, 2, 2, frozenset({0})),
    "args": Function(ANYTHING),
    "tmpl": Function(TEXT, 2, 2, frozenset({0})),
    **{name: Function(TEXT, 1, 1) for name in ("humanize", "humanize1024", "humanizePercentage", "humanizeTimestamp")},
    **{name: Function(ANYTHING, 1, 1) for name in ("toTime", "toDuration")},
    **{name: _texts(1, NUMBER) for name in ("parseDuration", "parseDurationTime")},
    **{name: _texts(1) for name in ("stripPort", "stripDomain", "urlQueryEscape", "graphLink", "tableLink")},
    **{name: Function(TEXT, 0, 0) for name in ("externalURL", "pathPrefix")},
}
OF_NOTIFICATIONS: Mapping[str, Function] = {
    **_OF_GO,
    **_SHARED,
    **{
        name: _texts(1)
        for name in ("trimSpace", "safeUrl", "urlUnescape", "routeLabels", "base64encode", "base64decode")
    },
    "join": Function(TEXT, 2, 2, frozenset({0})),
    "stringSlice": Function(STRINGS, 0, None, frozenset({-1})),
    "date": Function(TEXT, 2, 2, frozenset({0})),
    "tz": Function(TIME, 2, 2, frozenset({0})),
    "since": Function(ANYTHING, 1, 1),
    **{name: _texts(2, TIME) for name in ("toDate", "mustToDate")},
    "toJson": Function(TEXT, 1, 1),
    "list": Function(ANYTHING),
    "append": Function(ANYTHING, 1),
    "dict": Function(ANYTHING),
}
