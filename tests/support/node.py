"""The phone's own modules, run by Node: what a browser would do with them, without the browser."""

import json
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import IO, Any, cast

DRIVER = Path(__file__).with_name("driver.mjs")
STATIC = Path(str(files("laborvoice.web").joinpath("static")))


class Thrown(Exception):
    """``name`` is the class of what was thrown; ``why`` its one word, or where it was."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name
        self.why = why


@dataclass
class Node:
    """``folder`` is below ``static/``."""

    asks: IO[str]
    answers: IO[str]

    def __call__(self, module: str, name: str, *args: Any) -> Any:
        """Bytes go and come as bytes. Raises Thrown."""
        self.asks.write(json.dumps({"module": module, "name": name, "args": [_encoded(one) for one in args]}) + "\n")
        self.asks.flush()
        answer = json.loads(self.answers.readline())
        if "thrown" in answer:
            raise Thrown(answer["thrown"], answer["why"])
        return _decoded(answer["value"])


@contextmanager
def running(origin: str = "", folder: str = "worker/rest") -> Generator[Node]:
    """Fetches go to ``origin``."""
    node = shutil.which("node")
    assert node is not None, "Node is needed for the tests of what phones run (Debian: nodejs)."
    command = [node, str(DRIVER), str(STATIC / folder), origin]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603 - ours
        assert child.stdin is not None
        assert child.stdout is not None
        yield Node(asks=child.stdin, answers=child.stdout)
        child.stdin.close()


def _encoded(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"$hex": value.hex()}
    if isinstance(value, dict):
        return {name: _encoded(one) for name, one in cast("dict[str, Any]", value).items()}
    return [_encoded(one) for one in cast("list[Any]", value)] if isinstance(value, list | tuple) else value


def _decoded(value: Any) -> Any:
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        if "$hex" in members:
            return bytes.fromhex(members["$hex"])
        return {name: _decoded(one) for name, one in members.items()}
    return [*map(_decoded, value)] if isinstance(value, list) else value  # pyright: ignore[reportUnknownArgumentType] - of JSON
