"""The noise of a release: discrete Laplace by OpenDP, integers only, randomness of the operating system.

Design, privacy 8. This is the only room that knows OpenDP; its ``int`` has 32 bits here.
"""

from importlib.metadata import version
from typing import Any, Final, NamedTuple, Protocol

import opendp.prelude

from laborvoice import errors
from laborvoice.anonymize.policy import Branch, check, full, summary, withheld
from laborvoice.domain.policy import Policy

Drawn = tuple[int, ...]

dp: Final[Any] = opendp.prelude
"""OpenDP annotates only part of itself; what comes out of it is made an int here."""


class Noise(Protocol):
    """What adds noise to one supplier's totals. Each call costs what ``branch`` says."""

    @property
    def library(self) -> str:
        """Version of what drew, for the ledger."""
        ...

    def mechanisms(self, branch: Branch) -> tuple[str, ...]:
        """What draws the statistics of a branch, in words, for the ledger."""
        ...

    def count(self, n: int) -> int: ...

    def severity(self, total: int, branch: Branch) -> int: ...

    def conditions(self, counts: Drawn, branch: Branch) -> Drawn: ...

    def top(self, counts: Drawn, branch: Branch) -> int:
        """The place of the condition most likely the most named."""
        ...


class _Mechanism(NamedTuple):
    """An OpenDP measurement and what it costs when one ballot moves its input by ``moved``."""

    name: str
    measurement: Any
    scale: float
    moved: int
    eps: float

    @property
    def text(self) -> str:
        domain, metric = self.measurement.input_domain, self.measurement.input_metric
        return f"{self.name}({domain}, {metric}, scale={self.scale!r}): map({self.moved}) = {self.eps!r}"


class OpenDpNoise:
    """The real noise. Raises BadSetting for a policy whose numbers do not follow from its epsilon, delta and k.

    So it does where OpenDP's own accounting differs from the policy's shares by as much as the last bit.
    """

    def __init__(self, policy: Policy) -> None:
        check(policy)
        dp.enable_features("contrib")
        self._policy = policy
        self._count = _count(withheld(policy))
        branches = (summary(policy), full(policy))
        self._severity = {of: _severity(policy, of) for of in branches}
        self._conditions = {of: _conditions(policy, of) for of in branches if of.eps_conditions}
        self._top = {of: _top(of) for of in branches if of.eps_top}

    @property
    def library(self) -> str:
        return f"opendp {version('opendp')}"

    def mechanisms(self, branch: Branch) -> tuple[str, ...]:
        drawn = [held[branch].text for held in (self._severity, self._conditions, self._top) if branch in held]
        return (f"{self._count.text}, redrawn while abs(z) > {self._policy.bound}", *drawn)

    def count(self, n: int) -> int:
        """Noise outside [-B, B] is drawn again, so that n~ >= k + B proves n >= k."""
        while True:
            noised = int(self._count.measurement(n))
            if abs(noised - n) <= self._policy.bound:
                return noised

    def severity(self, total: int, branch: Branch) -> int:
        return int(self._severity[branch].measurement(total))

    def conditions(self, counts: Drawn, branch: Branch) -> Drawn:
        return tuple(int(noised) for noised in self._conditions[branch].measurement(list(counts)))

    def top(self, counts: Drawn, branch: Branch) -> int:
        return int(self._top[branch].measurement(list(counts)))


def _count(of: Branch) -> _Mechanism:
    scale = 1 / of.eps_count
    made = dp.m.make_laplace(dp.atom_domain(T=int), dp.absolute_distance(T=int), scale=scale)
    return _checked(_Mechanism("make_laplace", made, scale, 1, of.eps_count))


def _severity(policy: Policy, of: Branch) -> _Mechanism:
    scale = policy.severity_limit / of.eps_severity
    made = dp.m.make_laplace(dp.atom_domain(T=int), dp.absolute_distance(T=int), scale=scale)
    return _checked(_Mechanism("make_laplace", made, scale, policy.severity_limit, of.eps_severity))


def _conditions(policy: Policy, of: Branch) -> _Mechanism:
    scale = policy.named_limit / of.eps_conditions
    made = dp.m.make_laplace(dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int), scale=scale)
    return _checked(_Mechanism("make_laplace", made, scale, policy.named_limit, of.eps_conditions))


def _top(of: Branch) -> _Mechanism:
    """One ballot moves the counts up, never one up and one down (``monotonic``), each by at most 1."""
    scale = 1 / of.eps_top
    domain, metric = dp.vector_domain(dp.atom_domain(T=int)), dp.linf_distance(T=int, monotonic=True)
    made = dp.m.make_noisy_max(domain, metric, dp.max_divergence(), scale=scale)
    return _checked(_Mechanism("make_noisy_max", made, scale, 1, of.eps_top))


def _checked(mechanism: _Mechanism) -> _Mechanism:
    if mechanism.measurement.map(mechanism.moved) != mechanism.eps:
        raise errors.BadSetting(f"{mechanism.text} is not what OpenDP accounts")
    return mechanism
