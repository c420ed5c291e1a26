import msgspec
import pytest

from laborvoice.domain.condition import CONDITIONS, Condition
from laborvoice.domain.report import Contribution, Reject, Report, Tally


def test_a_report_is_compact_json_without_an_absent_channel() -> None:
    report = Report(v=1, q="core", qv=1, a={"payslip": "no"}, g=("contract_terms",))
    encoded = msgspec.json.encode(report)
    assert encoded == b'{"v":1,"q":"core","qv":1,"a":{"payslip":"no"},"g":["contract_terms"]}'
    assert msgspec.json.decode(encoded, type=Report) == report


@pytest.mark.parametrize("key", ["t", "lang", "age", "device"])
def test_a_report_has_no_room_for_anything_else(key: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.convert({"v": 1, "q": "core", "qv": 1, "a": {}, key: "x"}, Report)


def test_facts_are_frozen() -> None:
    contribution = Contribution(severity=4, named=(Condition.VIOLENCE,))
    with pytest.raises(AttributeError):
        contribution.severity = 11  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]  - that is the test
    assert contribution.carries == 0
    assert Tally(ballots=1, severity_sum=4, named=(0,) * len(CONDITIONS)).ballots == 1


def test_every_reject_has_its_own_word() -> None:
    assert len({str(reject) for reject in Reject}) == 6
