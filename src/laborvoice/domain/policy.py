"""The disclosure policy: frozen when a deployment opens, printed with every release (design, README 6, privacy 8)."""

from typing import Final, Literal

from laborvoice.domain import Value

PolicyName = Literal["standard", "strict"]


class Policy(Value, frozen=True):
    """What is published of one supplier and period, and at what cost.

    ``published_from`` and the other thresholds are noised counts; ``top_from`` is None where the most-named condition
    is never shown. ``bound`` is the truncation B of the count's noise: n~ >= k + B proves n >= k.
    """

    name: PolicyName
    eps: float
    delta: float
    k: int
    bound: int
    published_from: int
    conditions_from: int
    top_from: int | None
    named_limit: int = 3
    severity_limit: int = 10
    carry_limit: int = 2


STANDARD: Final = Policy(
    name="standard", eps=2.0, delta=1e-4, k=10, bound=16, published_from=26, conditions_from=100, top_from=50
)
STRICT: Final = Policy(
    name="strict", eps=1.0, delta=1e-4, k=10, bound=29, published_from=39, conditions_from=150, top_from=None
)
POLICIES: Final[dict[PolicyName, Policy]] = {"standard": STANDARD, "strict": STRICT}
