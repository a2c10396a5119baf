"""``cpu``: a service has little of a processor."""

from dataclasses import dataclass, replace

from stackproof.engine.port import Capability, RunningStack
from stackproof.faults.evidence.counters import Counters, counters
from stackproof.faults.fault import ServiceFault
from stackproof.faults.parameters import IntegerParameter
from stackproof.model import EngineError, Evidence, FaultError, FaultSpec, Service

_PERCENT = IntegerParameter("percent", "what the service has of one processor", "percent", 1, 400, default=5)
_WHOLE = 100
_PERIOD_US = 100_000
_LEAST_PERIODS = 5
_THROTTLED_SHARE = 0.5
_USED_SHARE = 1.3  # a kernel hands out time in slices, and takes back later what was too much
_BURN_S = 1
_WITHIN_S = 60.0  # with a hundredth of a processor even the shell is slow to come up
# Each burner is ended by its shell, and where that is gone by the kernel, which counts its seconds (RLIMIT_CPU).
_BURN = """ulimit -t {seconds}; pids=
for each in $(seq {burners}); do (while :; do :; done) & pids="$pids $!"; done
sleep {seconds}; kill -9 $pids"""


@dataclass(frozen=True, slots=True)
class Cpu:
    """A service that is short of processor time.

    Attributes:
        spec: The fault as it was asked for.
        service: The service.
        percent: What it has of one processor, in percent.
    """

    spec: FaultSpec
    service: Service
    percent: int

    def inject(self, engine: RunningStack) -> None:
        """Lower its quota.

        Raises:
            FaultError: It has no more than that as declared.
        """
        declared = engine.declared_limits(self.service.name).cpus
        if declared is not None and declared * _WHOLE <= self.percent:
            raise FaultError(
                f"fault '{self.spec}': expected less than the {declared * _WHOLE:g} % of a processor that "
                f"{self.service.name!r} has as declared, saw {self.percent} %",
                fix="ask for a smaller percent",
            )
        self._limit(engine, self.percent / _WHOLE)

    def evidence(self, engine: RunningStack) -> Evidence:
        """Be busy inside the service, and read what the kernel counted meanwhile."""
        name = self.service.name
        try:
            before = counters(engine, name)
            burn = _BURN.format(seconds=_BURN_S, burners=self.percent // _WHOLE + 1)
            engine.exec(name, ("sh", "-c", burn), _WITHIN_S)
            return self.judge(before, counters(engine, name), engine.declared_limits(name).cpus)
        except EngineError as error:
            return Evidence(confirmed=False, observed=f"no way to see it: nothing can be run inside {name!r}: {error}")

    def judge(self, before: Counters, after: Counters, declared_cpus: float | None) -> Evidence:
        """Busy, it must be held back in most periods, with about its share used in each: a busy machine does neither.

        Held back at what it has as declared, it would have used more: the bound lies between the two.
        """
        periods = after.cpu_periods - before.cpu_periods
        throttled = after.cpu_throttled - before.cpu_throttled
        used_percent = (after.cpu_used_us - before.cpu_used_us) / max(periods, 1) / _PERIOD_US * _WHOLE
        most_percent = self.percent * _USED_SHARE
        if declared_cpus is not None:
            most_percent = min(most_percent, (self.percent + declared_cpus * _WHOLE) / 2)
        is_held_back = periods >= _LEAST_PERIODS and throttled >= _THROTTLED_SHARE * periods
        used = f", in which it had {used_percent:.1f} % of a processor" if periods else ""
        return Evidence(
            confirmed=is_held_back and used_percent <= most_percent,
            observed=f"kept busy, the service was held back in {throttled} of {periods} counted periods{used}",
        )

    def heal(self, engine: RunningStack) -> None:
        """Give it what is declared."""
        self._limit(engine, engine.declared_limits(self.service.name).cpus)

    def _limit(self, engine: RunningStack, cpus: float | None) -> None:
        name = self.service.name
        engine.limit(name, replace(engine.limits(name), cpus=cpus))


def _bind(spec: FaultSpec, service: Service) -> Cpu:
    return Cpu(spec, service, _PERCENT.read(spec))


KIND = ServiceFault(
    "cpu",
    "The service has little of a processor.",
    (_PERCENT,),
    _bind,
    needs=(Capability.HELPERS, Capability.LIMIT_CHANGES),
)
