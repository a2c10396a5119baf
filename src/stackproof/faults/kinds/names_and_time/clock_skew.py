"""``clock_skew``: a service's wall clock is wrong."""

from dataclasses import dataclass

from stackproof.engine.port import Capability, Override, Place, RunningStack, Shares
from stackproof.faults.evidence.wall_clock import ClockReading, read_clock
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.parameters import IntegerParameter
from stackproof.faults.targets import SERVICE
from stackproof.model import Evidence, FaultError, FaultSpec, Service

_TEN_YEARS_S = 315_360_000  # any further ahead, 32-bit times would overflow
_SKEW_S = IntegerParameter(
    "skew_s", "how far the clock is ahead, or behind if negative", "seconds", -_TEN_YEARS_S, _TEN_YEARS_S
)
_FOLDER = "/opt/faketime"
_LIBRARY = f"{_FOLDER}/libfaketime.so.1"
_NOISE_S = 2.0  # a Date has whole seconds, some servers update it once a second, and no two clocks agree exactly
_NEVER_S = 2**30

# A library needs the C library that it was built for: with an older or a different one, the program would not start.
# With jemalloc, libfaketime deadlocks: https://github.com/wolfcw/libfaketime/issues/130.
_COMPARE = r"""
import glob, os, re, sys

def newest(file):
    return max((int(each) for each in re.findall(rb"GLIBC_2\.(\d+)", open(file, "rb").read())), default=0)

def has_jemalloc(process):
    try:
        if os.readlink(f"{process}/ns/mnt") == mine:
            return False
        return "jemalloc" in open(f"{process}/maps").read() or b"<jemalloc>" in open(f"{process}/exe", "rb").read()
    except OSError:  # it has ended since
        return False

mine = os.readlink("/proc/self/ns/mnt")
places = ("lib", "lib64", "lib/*-linux-gnu*", "usr/lib", "usr/lib64", "usr/lib/*-linux-gnu*")
here = [file for place in places for file in glob.glob(f"/proc/1/root/{place}/libc.so.6")]
clash = any(map(has_jemalloc, glob.glob("/proc/[0-9]*")))
print(newest(sys.argv[1]), max(map(newest, here), default=0), "jemalloc" if clash else "-")
"""


@dataclass(frozen=True, slots=True)
class ClockSkew:
    """A wrong clock.

    Attributes:
        service: The service.
        skew_s: How far it is ahead, in seconds; negative if it is behind.
    """

    service: Service
    skew_s: int

    def inject(self, engine: RunningStack) -> None:
        """Recreate the service with libfaketime in it.

        Raises:
            FaultError: The service would not start with it.
        """
        self._refuse_what_would_not_start(engine)
        engine.recreate(self.service.name, Override(self._environment, library=_FOLDER))

    @property
    def _environment(self) -> dict[str, str]:
        """Format: https://github.com/wolfcw/libfaketime#4-usage."""
        return {
            "LD_PRELOAD": _LIBRARY,
            "FAKETIME": f"{self.skew_s:+d}",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # waits and timeouts are not affected
            # It would reread the environment, which some servers, such as nginx, clear.
            "FAKETIME_CACHE_DURATION": str(_NEVER_S),
            "FAKETIME_DISABLE_SHM": "1",  # it synchronizes processes, which here all read the same clock
        }

    def _refuse_what_would_not_start(self, engine: RunningStack) -> None:
        place = Place(self.service.name, shares=Shares.PROCESSES, capabilities=("SYS_PTRACE", "DAC_READ_SEARCH"))
        needed, installed, clash = engine.run_helper(place, ("python3", "-c", _COMPARE, _LIBRARY)).split()
        if int(installed) < int(needed):
            seen = f"glibc 2.{installed}" if int(installed) else "none"
            raise FaultError(
                f"expected the image of {self.service.name!r} to have the C library glibc 2.{needed} or newer, which"
                f" the library that skews its clock needs; saw {seen}",
                fix="base the image on Debian 13, Ubuntu 24.04 or newer",
            )
        if clash == "jemalloc":
            raise FaultError(
                f"expected {self.service.name!r} to use its C library's memory allocator, saw jemalloc, with which"
                " libfaketime deadlocks",
                fix="aim at another service",
            )

    def evidence(self, engine: RunningStack) -> Evidence:
        """Compare the service's clock with ours."""
        reading = read_clock(engine, self.service)
        if reading is None:
            return Evidence.unavailable(
                f"{self.service.name} does not run, or has neither an HTTP port whose answers have a Date nor a"
                " program `date`"
            )
        return self.judge(reading)

    def judge(self, seen: ClockReading) -> Evidence:
        """Confirmed if the service's own clock is wrong by the skew, and not right."""
        is_wrong = seen.may_be(self.skew_s, _NOISE_S) and not seen.may_be(0, _NOISE_S)
        return Evidence(confirmed=is_wrong and not seen.doubt, observed=str(seen))

    def heal(self, engine: RunningStack) -> None:
        """Recreate it as it was declared."""
        engine.restore(self.service.name)


def _bind(spec: FaultSpec, service: Service) -> ClockSkew:
    fault = ClockSkew(service, _SKEW_S.read(spec))
    if not fault.skew_s:
        raise FaultError(f"fault '{spec}': expected a skew_s other than 0")
    return fault


KIND = fault_kind(
    "clock_skew",
    SERVICE,
    "The service's wall clock is wrong.",
    (_SKEW_S,),
    _bind,
    Capability.HELPERS,
    Capability.ALTERATIONS,
)
