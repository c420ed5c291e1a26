"""What one ballot may move and what it may cost, whatever it holds (guarantees 13 and 16)."""

from itertools import product

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laborvoice.anonymize import ledger as costs
from laborvoice.anonymize.noise import OpenDpNoise
from laborvoice.anonymize.policy import branch
from laborvoice.anonymize.tally import total
from laborvoice.crypto import at_rest
from laborvoice.crypto.framing import (
    REPORT_MAX,
    ROW_PADDED_SIZE,
    ROW_PLAIN_SIZE,
    CarriedRow,
    pack_ballot_row,
    pad,
    unpack_row,
)
from laborvoice.crypto.sealing import seal_ballot
from laborvoice.crypto.suites import key_pair
from laborvoice.crypto.token import bind_nonce
from laborvoice.domain.condition import CONDITIONS
from laborvoice.domain.policy import POLICIES, STANDARD, Policy
from laborvoice.domain.report import Tally
from laborvoice.errors import Malformed
from laborvoice.pipeline.count.opened import Batch, opened
from support.phone import CORE

PAIR = key_pair(bytes(32), 2)
codes = st.sampled_from([*CORE.answers, "danger_now", "unheard_of"])
options = st.sampled_from(sorted({option for one in CORE.answers.values() for option in one} | {"unheard_of"}))
conditions = st.sampled_from([*map(str, CONDITIONS), "unheard_of"])


def json_of(value: object) -> bytes:
    return msgspec.json.encode(value)[:REPORT_MAX]


reports = st.one_of(
    st.binary(max_size=REPORT_MAX),
    st.fixed_dictionaries(
        {"v": st.just(1), "q": st.just("core"), "qv": st.just(1), "a": st.dictionaries(codes, options, max_size=40)},
        optional={"g": st.lists(conditions, max_size=3), "x": st.none(), "ch": st.just("gw")},
    ).map(json_of),
)


def small(contributed: Tally, ballots: int) -> None:
    assert contributed.ballots <= ballots
    assert 0 <= contributed.severity_sum <= 10 * contributed.ballots
    assert sum(contributed.named) <= 3 * contributed.ballots
    assert max(contributed.named) <= contributed.ballots


@settings(deadline=None)
@given(st.lists(reports, max_size=4), st.booleans())
def test_a_sealed_ballot_moves_little_whatever_is_in_it(texts: list[bytes], bound: bool) -> None:  # noqa: FBT001 - drawn
    """From the bytes of a box row to what is added: opened, judged, bounded and summed as the count does it."""
    root, cipher = bytes(32), at_rest.row_cipher(bytes(32))
    name = at_rest.lot(root, "sup_x", "2026-Q1")
    rows: list[bytes] = []
    for number, text in enumerate(texts, 1):
        secret = bytes([number]) * 32
        part = seal_ballot(PAIR.suite, PAIR.public, "sup_x", "2026-Q1", secret, text)
        plain = pack_ballot_row(PAIR.suite, bind_nonce(secret if bound else bytes(32)), part)
        rows += [at_rest.rewrap(cipher, name, plain, bytes([number, copy]) * 6) for copy in range(2)]
    batch = Batch(root=root, supplier="sup_x", period="2026-Q1", questionnaire=CORE, rows=tuple(rows))
    found = opened(batch)
    small(found.tally, len(texts) if bound else 0)
    assert total(found.each()) == found.tally
    assert len(found.keys) == found.tally.ballots


@given(st.binary(min_size=4, max_size=4), st.binary(max_size=8))
def test_a_carried_row_moves_little_whatever_is_in_it(body: bytes, tail: bytes) -> None:
    """It lies under the vault's key; and if it did not, it would still be bounded."""
    for content in (body, body + tail):
        plain = (bytes((2, 0)) + bytes(32) + pad(content, ROW_PADDED_SIZE)).ljust(ROW_PLAIN_SIZE, b"\0")
        try:
            row = unpack_row(plain)
        except Malformed:
            continue
        assert isinstance(row, CarriedRow)
        one = costs.unpack(row)
        small(total([one]), 1)
        assert 1 <= one.carries <= STANDARD.carry_limit


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_no_road_of_a_ballot_costs_more_than_the_policy_says(policy: Policy) -> None:
    """Every road: withheld up to twice, then published or withheld for good. Sums of what the ledger would hold."""
    noise = OpenDpNoise(policy)
    counts = (0, policy.published_from - 1, policy.published_from, policy.conditions_from)
    for attempts in range(1, policy.carry_limit + 2):
        for road in product(counts, repeat=attempts):
            if any(n >= policy.published_from for n in road[:-1]):
                continue
            rows = [costs.row("2026-Q1", policy, branch(policy, n), noise, "c") for n in road]
            spent = sum(row.eps_count + row.eps_severity + row.eps_conditions + row.eps_top for row in rows)
            assert spent <= 1.5 * policy.eps
            assert sum(row.delta for row in rows) <= 3 * policy.delta * (1 + 1e-12)
