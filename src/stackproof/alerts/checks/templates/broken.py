"""templates/broken: a text of a notification that Alertmanager cannot expand."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.templates.expansion import Problem
from stackproof.alerts.templates.notification_texts import Templates, notification_texts, templates_of
from stackproof.model import Location
from stackproof.model.monitoring import Integration, Receiver


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    if monitoring.routing is None:
        return
    templates = templates_of(monitoring.routing)
    for file, problem in templates.broken:
        where = Location(file.file, file.text.count("\n", 0, problem.offset) + 1)
        yield Spot(where, f"Alertmanager rejects this template file: {problem.message}", problem.fix)
    for receiver in monitoring.routing.receivers:
        for integration in receiver.integrations:
            for text in notification_texts(integration, templates):
                for problem in sorted(text.problems, key=lambda each: not each.fails)[:1]:
                    yield _spot(templates, receiver, integration, text.part, problem)


def _spot(templates: Templates, receiver: Receiver, integration: Integration, part: str, problem: Problem) -> Spot:
    in_file = templates.where(problem.template, problem.offset)
    what = f"template {problem.template!r}" if in_file else f"{part} of the {integration.kind} of {receiver.name!r}"
    verb = "cannot be expanded" if problem.fails else "is expanded with a gap"
    severity = Severity.ERROR if problem.fails else Severity.WARNING
    return Spot(in_file or integration.at(part), f"{what} {verb}: {problem.message}", problem.fix, severity)


CHECK = Check(
    id="templates/broken",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.ALERTMANAGER,),
    why="The notification fails when it is needed: nobody is told, and only the log of Alertmanager shows why.",
    fix="write what the template gets: .Alerts, .CommonLabels and so on at the top, .Labels and .Annotations of an "
    "alert inside range .Alerts",
    look=_look,
)
