"""The Merkle tree over the parts of a manifest (RFC 9162 section 2.1)."""

from collections.abc import Sequence
from typing import Final

from laborvoice.crypto.framing import HASH_SIZE, sha256

LEAF: Final = b"\x00"
NODE: Final = b"\x01"

Levels = tuple[tuple[bytes, ...], ...]
"""The tree from the leaves up; an odd last node rises as it is."""


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(LEAF + leaf)


def levels(leaves: Sequence[bytes]) -> Levels:
    """Built once for all proofs of a manifest."""
    row = tuple(leaf_hash(one) for one in leaves)
    tree = [row]
    while len(row) > 1:
        row = tuple(_join(*row[at : at + 2]) for at in range(0, len(row), 2))
        tree.append(row)
    return tuple(tree)


def root(leaves: Sequence[bytes]) -> bytes:
    return root_of(levels(leaves))


def root_of(tree: Levels) -> bytes:
    """The hash of nothing where there is no leaf."""
    return tree[-1][0] if tree[0] else sha256(b"")


def proof(tree: Levels, index: int) -> tuple[bytes, ...]:
    """The nodes that lead from leaf ``index`` upward."""
    nodes: list[bytes] = []
    at = index
    for row in tree[:-1]:
        sibling = at ^ 1
        if sibling < len(row):
            nodes.append(row[sibling])
        at >>= 1
    return tuple(nodes)


def verify(expected_root: bytes, leaf: bytes, index: int, count: int, nodes: Sequence[bytes]) -> bool:
    """Whether the leaf is number ``index`` of ``count`` (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < count:
        return False
    at, last, found = index, count - 1, leaf_hash(leaf)
    for node in nodes:
        if last == 0 or len(node) != HASH_SIZE:
            return False
        if at & 1 or at == last:
            found = sha256(NODE + node + found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = sha256(NODE + found + node)
        at, last = at >> 1, last >> 1
    return last == 0 and found == expected_root


def _join(left: bytes, right: bytes = b"") -> bytes:
    """A last node without a neighbour rises as it is."""
    return sha256(NODE + left + right) if right else left
