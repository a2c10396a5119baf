"""Who reaches whom, compared with what is declared."""

from collections.abc import Sequence

from stackproof.model import Attempt, Link, Reached, Stack


def may_reach(stack: Stack, source: str, link: Link) -> bool:
    """True if a service is declared to reach a port: it shares the network, and something listens on the port.

    A service that shares a network with another reaches all of its ports there: the declaration is no finer than that.
    A network that is not declared belongs to nobody.

    Raises:
        DeclarationError: There is no such service.
    """
    shared = {*stack.service(source).networks} & {*stack.service(link.service).networks}
    return link.network in shared and link.port in stack.service(link.service).ports


def breaches(stack: Stack, attempts: Sequence[Attempt]) -> tuple[str, ...]:
    """Every difference from the declaration: ports that are open or shut against it, and ports that were not tried.

    Args:
        stack: The stack as declared.
        attempts: What was tried: from each service, each port of each service over each of that service's networks.
    """
    wrong = [
        f"{each}, though it is {'declared' if may_reach(stack, each.source, each.link) else 'not declared'}"
        for each in attempts
        if (each.reached is Reached.OPEN) != may_reach(stack, each.source, each.link)
    ]
    tried = {(each.source, each.link) for each in attempts}
    untried = [
        f"{source.name} -> {link} was not tried"
        for source in stack.standing
        for target in stack.standing
        for link in target.ways
        if (source.name, link) not in tried
    ]
    return (*wrong, *untried)
