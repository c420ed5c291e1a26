"""How opened messages are shown on a terminal: words of strangers, so that they can do nothing but be read."""

from typing import TYPE_CHECKING, Final

import click

from laborvoice import errors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from laborvoice.client.watchdog.letter import Letter, Shut

FIRST_WORDS: Final = 60
NAMELESS: Final = "no supplier named"
ANY: Final = "any"
_WHY: Final = {
    "key": "cannot be opened: its month is in none of these key files",
    "sealed": "cannot be opened: it is sealed to another key, or its bytes were changed",
    "words": "cannot be opened: what stands in it is no message",
    "repeated": "the same as another one in this list",
}


def listing(found: "Sequence[Letter | Shut]", names: "Mapping[str, str]") -> None:
    """Urgent ones first, then by supplier; of each a line of facts, and its first words."""
    if not found:
        click.echo("Nothing waits.")
        return
    group: tuple[bool, bool, str] | None = None
    for one in sorted(found, key=lambda each: _group(each, names)):
        if _group(one, names) != group:
            group = _group(one, names)
            click.echo(f"{'' if group[0] else 'Urgent: '}{group[2]}")
        invite = "with an invite" if one.row.voiced else "without an invite"
        click.echo(f"  {one.row.id}  {one.row.week}  {_state(one)}, {invite}")
        click.echo(f"    {_said(one)}")


def whole(one: "Letter | Shut", names: "Mapping[str, str]") -> None:
    """Facts, consent, words."""
    from laborvoice.client.watchdog.shown import visible

    letter, row = readable(one), one.row
    facts = {
        "kind": f"{row.kind}, {row.week}, {_state(one)}",
        "about": _where(letter, names),
        "locator": letter.said.p,
        "invite": "came with one, of some supplier" if row.voiced else "came without one",
        "conditions": ", ".join(letter.said.c) or "none named",
        "indicators": ", ".join(map(str, letter.said.f)) or "none",
        "may know": ", ".join(letter.said.may) or "nobody else",
        "act": "now" if letter.said.act == "now" else "only together with others",
        "language": letter.said.l,
        "answer": "possible" if letter.conversation is not None else "she left no key for one",
    }
    for name, value in facts.items():
        click.echo(f"{name:<12}{visible(value)}")
    if letter.odd:
        click.echo("It calls itself another kind than it was sent as: be careful with what it asks for.")
    click.echo(f"\n{visible(letter.said.t)}")


def plain(one: "Letter | Shut") -> dict[str, object]:
    """For a line of JSON. The key of the conversation stays here: whoever has it can read all answers."""
    import msgspec

    from laborvoice.client.watchdog.letter import Letter

    row: dict[str, object] = msgspec.to_builtins(one.row)
    if not isinstance(one, Letter):
        return {**row, "shut": one.why}
    said: dict[str, object] = msgspec.to_builtins(one.said)
    said.pop("cv")
    return {**row, "digest": one.digest, "answerable": one.conversation is not None, "odd": one.odd, "said": said}


def readable(one: "Letter | Shut") -> "Letter":
    """Raises Undecryptable with the reason."""
    from laborvoice.client.watchdog.letter import Letter

    if isinstance(one, Letter):
        return one
    raise errors.Undecryptable(f"The message {_WHY[one.why]}.")


def _group(one: "Letter | Shut", names: "Mapping[str, str]") -> tuple[bool, bool, str]:
    """Those that are not urgent last; of each kind those that cannot be opened last."""
    from laborvoice.client.watchdog.letter import Shut

    calm = one.row.kind != "urgent"
    return (calm, True, "not to be read") if isinstance(one, Shut) else (calm, False, _where(one, names))


def _where(letter: "Letter", names: "Mapping[str, str]") -> str:
    from laborvoice.client.watchdog.shown import visible

    said = letter.said
    if said.s is not None:
        return visible(names.get(said.s, said.s))
    return NAMELESS if said.p == ANY else f"the card's place {visible(said.p)}"


def _said(one: "Letter | Shut") -> str:
    from laborvoice.client.watchdog.letter import Shut
    from laborvoice.client.watchdog.shown import first_words, visible

    if isinstance(one, Shut):
        return _WHY[one.why]
    return f"{visible(', '.join(one.said.c)) or 'no condition named'}: {first_words(one.said.t, FIRST_WORDS)}"


def _state(one: "Letter | Shut") -> str:
    due, met = one.row.due, one.row.met
    if due:
        return f"{one.row.state}, due by {due:%Y-%m-%d %H:%M} UTC"
    return one.row.state if not isinstance(met, bool) else f"{one.row.state}, {'in time' if met else 'too late'}"
