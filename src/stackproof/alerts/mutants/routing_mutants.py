"""Every mutant of an Alertmanager configuration."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from stackproof.alerts.mutants.edits.route_edits import route_positions
from stackproof.alerts.mutants.mutant import Mutant, NameCounter, RoutingMutant, RoutingOperator
from stackproof.alerts.mutants.operators.inhibition_rule import inhibition_equal, inhibition_matcher, inhibition_removed
from stackproof.alerts.mutants.operators.receiver import integration_removed, send_resolved
from stackproof.alerts.mutants.operators.route_continue import route_continue
from stackproof.alerts.mutants.operators.route_group import route_group
from stackproof.alerts.mutants.operators.route_matcher import route_matcher, route_removed
from stackproof.alerts.mutants.operators.route_order import route_order
from stackproof.alerts.mutants.operators.route_receiver import route_receiver
from stackproof.alerts.mutants.operators.route_wait import route_wait
from stackproof.model import Location
from stackproof.model.monitoring import Routing

ROUTING_OPERATORS: Mapping[str, tuple[RoutingOperator, ...]] = MappingProxyType(
    {
        "route": (route_removed,),
        "order": (route_order,),
        "continue": (route_continue,),
        "receiver": (route_receiver,),
        "group": (route_group,),
        "wait": (route_wait,),
        "matcher": (route_matcher, inhibition_matcher),
        "inhibition": (inhibition_removed,),
        "equal": (inhibition_equal,),
        "integration": (integration_removed,),
        "resolved": (send_resolved,),
    }
)
"""The operators for configurations, by the name that ids and exclusions use."""


def routing_mutants(routing: Routing) -> Iterator[RoutingMutant]:
    """Every mutant of a configuration, operator by operator."""
    numbers = NameCounter.empty()
    for operator, functions in ROUTING_OPERATORS.items():
        for edit in (edit for function in functions for edit in function(routing) if edit.routing != routing):
            number = numbers.next(f"{edit.name}:{operator}")
            mutant = Mutant(
                id=f"{routing.file.name}:{edit.name}:{operator}-{number}",
                operator=operator,
                where=edit.where,
                owner=edit.owner,
                before=edit.before,
                after=edit.after,
                equivalent=edit.equivalent,
            )
            yield RoutingMutant(mutant, edit.routing)


def owners(routing: Routing) -> Iterator[Location]:
    """The locations of all routes, inhibitions and receivers."""
    yield from (place.route.where for place in route_positions(routing.route))
    yield from (rule.where for rule in routing.inhibitions)
    yield from (receiver.where for receiver in routing.receivers)
