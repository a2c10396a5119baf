# What the port consists of. `__init__.py` imports a name from here when it is asked for.

from .addresses import Address, Addressing, ControlAddress, ControlPurpose, ServiceAddress, Side
from .alterations import Alterations, Override
from .capabilities import Capability, Capable, MissingCapabilityError
from .declaration import AlertingFile, AlertingRole, Declaration
from .helpers import Helpers, Place, Shares
from .images import Images, OwnFile
from .leftovers import Leftovers
from .life import DeclarationReading, Engine, Guard, Report
from .limits import Confinement, Limiting, Limits
from .links import (
    BandwidthEffect,
    DataLimitEffect,
    Direction,
    EffectKind,
    ForeignEffect,
    LatencyEffect,
    LinkControl,
    LinkEffect,
    Links,
    ResetEffect,
    SlicingEffect,
    SlowCloseEffect,
    TimeoutEffect,
)
from .names import Names, NameServer
from .order import PortPolicy, StartOrder
from .processes import Processes
from .running_stack import RunningStack
from .tools import ProgramOutput, Toolbox
from .watching import Watching

__all__ = [
    "Address",
    "Addressing",
    "AlertingFile",
    "AlertingRole",
    "Alterations",
    "BandwidthEffect",
    "Capability",
    "Capable",
    "Confinement",
    "ControlAddress",
    "ControlPurpose",
    "DataLimitEffect",
    "Declaration",
    "DeclarationReading",
    "Direction",
    "EffectKind",
    "Engine",
    "ForeignEffect",
    "Guard",
    "Helpers",
    "Images",
    "LatencyEffect",
    "Leftovers",
    "Limiting",
    "Limits",
    "LinkControl",
    "LinkEffect",
    "Links",
    "MissingCapabilityError",
    "NameServer",
    "Names",
    "Override",
    "OwnFile",
    "Place",
    "PortPolicy",
    "Processes",
    "ProgramOutput",
    "Report",
    "ResetEffect",
    "RunningStack",
    "ServiceAddress",
    "Shares",
    "Side",
    "SlicingEffect",
    "SlowCloseEffect",
    "StartOrder",
    "TimeoutEffect",
    "Toolbox",
    "Watching",
]
