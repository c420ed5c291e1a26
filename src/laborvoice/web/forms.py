"""What a form shows: the values as they were typed, and what is wrong with each."""

from collections.abc import Mapping

from laborvoice.domain import Value


class Form(Value, frozen=True):
    """``faults`` by field, each a sentence that says what to do; that of the whole form stands under ""."""

    values: Mapping[str, str] = {}
    faults: Mapping[str, str] = {}

    def value(self, name: str, default: str = "") -> str:
        return self.values.get(name, default)

    def fault(self, name: str) -> str:
        return self.faults.get(name, "")
