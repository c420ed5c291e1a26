"""The audit of manifests in a watchdog's browser: one chain, one signer, the same at each visit, no foreign keys."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from laborvoice.crypto import manifest, signing
from laborvoice.crypto.framing import b64
from support import node
from support.node import Node

PARTY, SEED, OTHER = "par_7q2m9xk4v8trn3hd6cj5wzpy0b", bytes(32), b"\1" * 32
SIGN, KID = b64(b"s" * 32), "AAAAAAAAAAA"
KEYS: dict[str, Any] = {
    "party": PARTY,
    "signKey": SIGN,
    "signSeed": b"",
    "months": [{"until": "2026-01-31", "keys": [{"kid": KID}]}],
}
NOTHING: dict[str, Any] = {"hashes": {}, "signers": [], "own": {}}


@pytest.fixture(scope="module")
def js() -> Iterator[Node]:
    with node.running(folder="watchdog") as one:
        yield one


def numbered(
    seq: int,
    prev: str,
    *watchdogs: dict[str, Any],
    seeds: tuple[bytes, ...] = (SEED,),
    extra: int = 0,
    begins: str = "2026-01-01",
) -> Any:
    told = {"seq": seq, "prev": prev, "not_before": begins, "watchdogs": watchdogs, "extra": extra}
    payload = json.dumps(told)
    signed = manifest.sign_manifest(payload, seeds)
    sigs = [{"key": one.key, "sig": one.sig} for one in signed.sigs]
    return {"seq": seq, "signed": {"payload": payload, "sigs": sigs}}


def following(row: Any, **more: Any) -> Any:
    return numbered(row["seq"] + 1, manifest.payload_hash(row["signed"]["payload"]), **more)


def mine(**more: Any) -> dict[str, Any]:
    return {"party": PARTY, "sign": SIGN, "kids": [KID], **more}


def test_a_chain_goes_on_from_visit_to_visit(js: Node) -> None:
    first = numbered(1, "", mine(), {"party": "par_other", "sign": "x", "kids": ["y"]})
    second = following(first)
    seen = js("chain", "judge", NOTHING, [first, second], KEYS)
    assert seen["wrong"] == []
    assert seen["now"]["signers"] == [b64(signing.public_of(SEED))]
    both = following(second, seeds=(SEED, OTHER))
    after = js("chain", "judge", seen["now"], [second, both, following(both, seeds=(OTHER,))], KEYS)
    assert after["wrong"] == []
    assert set(after["now"]["hashes"]) == {"1", "2", "3", "4"}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "not shown any more"),
        ([numbered(1, "", extra=1)], "another than at your last visit"),
        ([numbered(1, ""), numbered(2, "else")], "does not follow"),
        ([numbered(1, ""), numbered(3, "")], "does not follow"),
        ([numbered(1, ""), following(numbered(1, ""), seeds=(OTHER,))], "not signed by the key"),
    ],
)
def test_what_breaks_it_is_said(js: Node, rows: list[Any], said: str) -> None:
    seen = js("chain", "judge", NOTHING, [numbered(1, "")], KEYS)["now"]
    (found,) = js("chain", "judge", seen, rows, KEYS)["wrong"]
    assert said in found


@pytest.mark.parametrize("named", [mine(sign="x"), mine(kids=[KID, "BBBBBBBBBBB"])])
def test_keys_that_are_not_ours_are_said(js: Node, named: dict[str, Any]) -> None:
    (found,) = js("chain", "judge", NOTHING, [numbered(1, "", named)], KEYS)["wrong"]
    assert "not in your key file" in found


def test_manifests_from_before_the_file_name_older_keys(js: Node) -> None:
    old = numbered(1, "", mine(sign="x"), begins="2025-12-31")
    assert js("chain", "judge", NOTHING, [old], KEYS)["wrong"] == []


def test_a_key_of_another_year_that_was_unlocked_here_is_ours(js: Node) -> None:
    seen = {**NOTHING, "own": {PARTY: ["old"]}}
    assert js("chain", "judge", seen, [numbered(1, "", mine(sign="old", kids=["z"]), mine())], KEYS)["wrong"] == []


def test_a_signature_that_is_none_is_no_signer(js: Node) -> None:
    row = numbered(1, "")
    row["signed"]["sigs"][0]["sig"] = "?"
    (found,) = js("chain", "judge", NOTHING, [row], KEYS)["wrong"]
    assert "not signed" in found
