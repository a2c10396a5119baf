"""Runs all receivers together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from servicekit.serving import ALL_INTERFACES, Site, serving

from receivers.app import control_app, vendors_app
from receivers.behaviour import Behaviours
from receivers.deadman import Deadman
from receivers.inbox import Inbox
from receivers.mail import Mail, mail_server
from receivers.pagerduty import PagerDuty
from receivers.settings import Settings
from receivers.slack import Slack

DRAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the receivers listen; 0 picks a free port.

    Attributes:
        vendors: Slack, PagerDuty and the dead man's switches, over HTTP.
        mail: SMTP.
        control: The control API and the probes.
    """

    vendors: int = 8000
    mail: int = 2525
    control: int = 8080


@asynccontextmanager
async def running(settings: Settings, ports: Ports = Ports(), host: str = ALL_INTERFACES) -> AsyncIterator[Ports]:
    """Run the receivers for as long as the block runs, and yield the ports."""
    inbox, behaviours = Inbox(), Behaviours()
    deadman = Deadman(inbox, behaviours, settings.switches)
    vendors = vendors_app(Slack(inbox, behaviours), PagerDuty(inbox, behaviours), deadman)
    control = control_app(inbox, behaviours, deadman)
    sites = [Site(vendors, ports.vendors), Site(control, ports.control)]
    try:
        async with (
            mail_server(Mail(inbox, behaviours), host, ports.mail) as mail,
            serving(sites, host=host, drain_s=DRAIN_S) as (http, controlled),
        ):
            yield Ports(http, mail, controlled)
    finally:
        deadman.close()
