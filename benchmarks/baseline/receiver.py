"""A receiver of webhooks that costs little: it reads each request and says 200; under ``/slow`` it takes 5 seconds."""

import asyncio
import sys
from typing import Final, cast

import uvloop

ANSWER: Final = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
SLOW: Final = b"POST /slow"
SLOW_SECONDS: Final = 5.0
LENGTH: Final = b"\r\nContent-Length: "
END: Final = b"\r\n\r\n"


class Receiver(asyncio.Protocol):
    transport: asyncio.Transport

    def __init__(self) -> None:
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while END in self._rest:
            head, _, rest = self._rest.partition(END)
            length = int(head.partition(LENGTH)[2].partition(b"\r")[0])
            if len(rest) < length:
                return
            self._rest = rest[length:]
            if head.startswith(SLOW):
                asyncio.get_running_loop().call_later(SLOW_SECONDS, self._answer)
            else:
                self._answer()

    def _answer(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(ANSWER)


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Receiver, "0.0.0.0", int(sys.argv[1]), backlog=4096)  # noqa: S104 - all of 127.0.0.0/8
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
