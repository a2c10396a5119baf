"""Who reaches whom, held against what is declared."""

from collections.abc import Sequence

from stackproof.model import Attempt, Link, Reached, Stack


def may_reach(stack: Stack, source: str, link: Link) -> bool:
    """True where a service is declared to reach a port: it shares the network, and the port is one that is listened on.

    Whoever shares a network with a service reaches all of its ports over it, as a declaration is no finer. A network
    that the stack does not declare is nobody's.

    Raises:
        DeclarationError: There is no such service.
    """
    shared = {*stack.service(source).networks} & {*stack.service(link.service).networks}
    return link.network in shared and link.port in stack.service(link.service).ports


def breaches(stack: Stack, attempts: Sequence[Attempt]) -> tuple[str, ...]:
    """What differs from the declaration, in words: ways that are open or shut against it, and ways that were not tried.

    Args:
        stack: The stack as declared.
        attempts: What was tried: from every service that stands every port of each, over every network of that one.
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
