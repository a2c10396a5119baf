"""The texts of Alertmanager's integrations and template files: what is wrong in them, and what they read."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from stackproof.alerts.templates.expansion import Expansion, Language, Problem, Read
from stackproof.alerts.templates.nodes import Nodes
from stackproof.alerts.templates.parser import TemplateSyntaxError, parse_template
from stackproof.alerts.templates.types import NOTIFICATION, OF_NOTIFICATIONS
from stackproof.model import Location
from stackproof.model.monitoring import Integration, Routing, TemplateFile

# https://github.com/prometheus/alertmanager/blob/main/template/default.tmpl and email.tmpl.
_BUILT_IN = (
    *("__alertmanager", "__alertmanagerURL", "__description", "__subject", "__text_alert_list"),
    *("__text_alert_list_markdown", "email.default.html", "email.default.subject"),
    *(f"discord.default.{name}" for name in ("content", "message", "title")),
    *(f"jira.default.{name}" for name in ("description", "priority", "summary")),
    *(f"mattermost.default.{name}" for name in ("color", "fallback", "text", "title", "titlelink", "username")),
    *(f"msteams.default.{name}" for name in ("summary", "text", "title")),
    *(f"msteamsv2.default.{name}" for name in ("text", "title")),
    *(f"opsgenie.default.{name}" for name in ("description", "message", "source")),
    *(f"pagerduty.default.{name}" for name in ("client", "clientURL", "description", "instances")),
    *(f"pushover.default.{name}" for name in ("message", "title", "url")),
    *(f"rocketchat.default.{name}" for name in ("alias", "emoji", "iconurl", "text", "title", "titlelink")),
    *(f"slack.default.{name}" for name in ("callbackid", "color", "fallback", "footer", "iconemoji", "iconurl")),
    *(f"slack.default.{name}" for name in ("pretext", "text", "title", "titlelink", "username")),
    *(f"sns.default.{name}" for name in ("message", "subject")),
    *("telegram.default.message", "webex.default.message"),
    *(f"victorops.default.{name}" for name in ("entity_display_name", "monitoring_tool", "state_message")),
    *(f"wechat.default.{name}" for name in ("agent_id", "message", "to_party", "to_tag", "to_user")),
)
_NOT_EXPANDED = ("http_config.", "tls_config.", "sigv4.")


@dataclass(frozen=True, slots=True)
class Templates:
    """The template files of a configuration.

    Attributes:
        language: What notification texts know.
        files: The file of each template that a file defines, by name.
        broken: The files that cannot be parsed, with the reason.
    """

    language: Language
    files: dict[str, TemplateFile] = field(default_factory=dict)
    broken: tuple[tuple[TemplateFile, Problem], ...] = ()

    def where(self, template: str, offset: int) -> Location | None:
        """The line of something in a template file; None for a text that is in no template file."""
        file = self.files.get(template)
        return None if file is None else Location(file.file, file.text.count("\n", 0, offset) + 1)


@dataclass(frozen=True, slots=True)
class NotificationText:
    """A text of an integration that Alertmanager expands.

    Attributes:
        part: The path of the field in the integration.
        problems: What is wrong in it, and in the templates that it calls.
        reads: The labels and annotations that it reads, also in templates.
    """

    part: str
    problems: tuple[Problem, ...]
    reads: tuple[Read, ...]


@lru_cache(maxsize=4)
def _templates(files: tuple[TemplateFile, ...], *, complete: bool) -> Templates:
    defined: dict[str, Nodes] = dict.fromkeys(_BUILT_IN, ())
    of_files: dict[str, TemplateFile] = {}
    broken = []
    for file in files:
        try:
            parsed = parse_template(file.text)
        except TemplateSyntaxError as error:
            broken.append((file, Problem(error.message, error.offset)))
            continue
        found = {Path(file.file).name: parsed.nodes, **parsed.defined}
        defined.update(found)
        of_files.update(dict.fromkeys(found, file))
    language = Language(NOTIFICATION, OF_NOTIFICATIONS, {}, defined, complete and not broken)
    return Templates(language, of_files, tuple(broken))


def templates_of(routing: Routing) -> Templates:
    """The templates that a configuration's texts can call."""
    return _templates(routing.templates, complete=routing.has_all_templates)


def notification_texts(integration: Integration, templates: Templates) -> Iterator[NotificationText]:
    """Every text of an integration that is a template."""
    for part, text in integration.fields.items():
        if "{{" not in text or part.startswith(_NOT_EXPANDED) or part.endswith("_file"):
            continue
        try:
            parsed = parse_template(text)
        except TemplateSyntaxError as error:
            yield NotificationText(part, (Problem(error.message, error.offset),), ())
            continue
        language = templates.language
        if parsed.defined:
            known = {**language.defined, **parsed.defined}
            language = Language(language.dot, language.functions, language.variables, known, language.complete)
        expansion = Expansion(language)
        expansion.expand(parsed.nodes)
        yield NotificationText(part, tuple(expansion.problems), tuple(expansion.reads))
