"""``cpu``: a service gets only a small share of a processor."""

from dataclasses import dataclass, replace

from stackproof.engine.port import Capability, RunningStack
from stackproof.faults.evidence.kernel_counters import KernelCounters, read_counters
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.parameters import IntegerParameter
from stackproof.faults.targets import SERVICE
from stackproof.model import EngineError, Evidence, FaultError, FaultSpec, Service

_PERCENT = IntegerParameter("percent", "the service's share of one processor", "percent", 1, 400, default=5)
_WHOLE = 100
_PERIOD_US = 100_000
_LEAST_PERIODS = 5
_THROTTLED_SHARE = 0.5
_USED_SHARE = 1.3  # a kernel hands out time in slices, and charges for what was too much later
_BURN_S = 1
_WITHIN_S = 60.0  # with a hundredth of a processor even the shell starts slowly
# The shell ends each process that it starts; if the shell is gone, the kernel does, which counts their processor time
# (RLIMIT_CPU).
_BURN = """ulimit -t {seconds}; pids=
for each in $(seq {burners}); do (while :; do :; done) & pids="$pids $!"; done
sleep {seconds}; kill -9 $pids"""


@dataclass(frozen=True, slots=True)
class Cpu:
    """A service that is short of processor time.

    Attributes:
        spec: The fault as it was requested.
        service: The service.
        percent: Its share of one processor, in percent.
    """

    spec: FaultSpec
    service: Service
    percent: int

    def inject(self, engine: RunningStack) -> None:
        """Lower its quota.

        Raises:
            FaultError: The declared quota is not larger than that.
        """
        declared = engine.declared_limits(self.service.name).cpus
        if declared is not None and declared * _WHOLE <= self.percent:
            raise FaultError(
                f"fault '{self.spec}': expected less than the {declared * _WHOLE:g} % of a processor that are declared "
                f"for {self.service.name!r}, saw {self.percent} %",
                fix="choose a smaller percent",
            )
        self._limit(engine, self.percent / _WHOLE)

    def evidence(self, engine: RunningStack) -> Evidence:
        """Keep the service busy, and read what the kernel counts in the meantime."""
        name = self.service.name
        try:
            before = read_counters(engine, name)
            burn = _BURN.format(seconds=_BURN_S, burners=self.percent // _WHOLE + 1)
            engine.exec(name, ("sh", "-c", burn), _WITHIN_S)
            return self.judge(before, read_counters(engine, name), engine.declared_limits(name).cpus)
        except EngineError as error:
            return Evidence.unavailable(f"no command can be run inside {name!r}: {error}")

    def judge(self, before: KernelCounters, after: KernelCounters, declared_cpus: float | None) -> Evidence:
        """Confirmed if it was throttled in most periods, and used about its share in each; a busy machine does neither.

        If it were throttled at its declared quota, it would have used more: the limit is halfway between the two.
        """
        periods = after.cpu_periods - before.cpu_periods
        throttled = after.cpu_throttled - before.cpu_throttled
        used_percent = (after.cpu_used_us - before.cpu_used_us) / max(periods, 1) / _PERIOD_US * _WHOLE
        most_percent = self.percent * _USED_SHARE
        if declared_cpus is not None:
            most_percent = min(most_percent, (self.percent + declared_cpus * _WHOLE) / 2)
        is_throttled = periods >= _LEAST_PERIODS and throttled >= _THROTTLED_SHARE * periods
        used = f", and used {used_percent:.1f} % of a processor in them" if periods else ""
        return Evidence(
            confirmed=is_throttled and used_percent <= most_percent,
            observed=f"kept busy, the service was throttled in {throttled} of {periods} counted periods{used}",
        )

    def heal(self, engine: RunningStack) -> None:
        """Restore its declared quota."""
        self._limit(engine, engine.declared_limits(self.service.name).cpus)

    def _limit(self, engine: RunningStack, cpus: float | None) -> None:
        name = self.service.name
        engine.limit(name, replace(engine.limits(name), cpus=cpus))


def _bind(spec: FaultSpec, service: Service) -> Cpu:
    return Cpu(spec, service, _PERCENT.read(spec))


KIND = fault_kind(
    "cpu",
    SERVICE,
    "The service gets only a small share of a processor.",
    (_PERCENT,),
    _bind,
    Capability.HELPERS,
    Capability.LIMIT_CHANGES,
)
