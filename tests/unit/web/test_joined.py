"""A folder of modules as one file: nothing renamed, and what could not be one is refused."""

import pytest

from laborvoice.web import worker
from laborvoice.web.joined import Clash, joined

DOOR = (
    'import { key as iron } from "../../vendor/iron.mjs";\n'
    'import { wall } from "./wall.mjs";\n'
    "export const door = wall(iron);\n"
)
WALL = 'import {\n  brick, lime,\n} from "../yard/heap.mjs";\nexport const wall = brick(lime);\n'
GATE = 'import { lime } from "../yard/sand.mjs";\nconst gate = () => import("../later/lock.mjs");\n'


def test_each_stands_below_what_it_asks_for_and_asks_once() -> None:
    assert joined({"door": DOOR, "gate": GATE, "wall": WALL}) == (
        'import { key as iron } from "../vendor/iron.mjs";\n'
        'import { brick, lime } from "./yard.mjs";\n'
        "export const wall = brick(lime);\n"
        "export const door = wall(iron);\n"
        'const gate = () => import("./later.mjs");\n'
    )


def test_two_that_ask_each_other_stand_both() -> None:
    one = 'import { b } from "./two.mjs";\nexport const a = () => b;\n'
    two = 'import { a } from "./one.mjs";\nexport const b = () => a;\n'
    assert joined({"one": one, "two": two}) == "export const b = () => a;\nexport const a = () => b;\n"


@pytest.mark.parametrize(
    "more",
    [
        "export function door() {}\n",
        "const door = 1;\n",
        "export async function* door() {}\n",
        "class door {}\n",
        'import { door } from "../yard/heap.mjs";\n',
        'import { sand as brick } from "../yard/heap.mjs";\n',
    ],
)
def test_a_name_that_two_have_is_refused(more: str) -> None:
    with pytest.raises(Clash):
        joined({"door": DOOR, "wall": WALL, "other": more})


def test_phones_are_served_three_files_of_ours() -> None:
    ours = {path for path in worker.plain() if path.startswith("worker/") and path.endswith(".mjs")}
    assert ours == {"worker/first.mjs", "worker/rest.mjs", "worker/mail.mjs"}
    assert not any(b'from "./' in line and b"rest" in line for line in worker.plain()["worker/first.mjs"].splitlines())
