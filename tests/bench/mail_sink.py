"""A mail server that takes everything as fast as it can, and writes down each Message-ID.

`python mail_sink.py <file>` prints its port and appends a line for each letter to the file.
"""

from __future__ import annotations

import asyncio
import os
import sys

_ANSWERS = {
    b"EHLO": b"250-sink\r\n250 PIPELINING\r\n",
    b"MAIL": b"250 ok\r\n",
    b"RCPT": b"250 ok\r\n",
    b"RSET": b"250 ok\r\n",
    b"NOOP": b"250 ok\r\n",
    b"DATA": b"354 go on\r\n",
}
_END = b"\r\n.\r\n"
_NAME = b"Message-ID: "


class Session(asyncio.Protocol):
    """One connection."""

    def __init__(self, book):
        self._book = book
        self._waiting = b""
        self._in_letter = False

    def connection_made(self, transport):
        self._transport = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data):
        self._waiting += data
        answers = []
        while (answer := self._next()) is not None:
            answers.append(answer)
        if answers:
            self._transport.write(b"".join(answers))
        if answers and answers[-1].startswith(b"221"):
            self._transport.close()

    def _next(self):
        """The answer to what is whole, None if nothing is."""
        ending = _END if self._in_letter else b"\r\n"
        piece, found, rest = self._waiting.partition(ending)
        if not found:
            return None
        self._waiting = rest
        if self._in_letter:
            self._in_letter = False
            name = piece.partition(_NAME)[2].partition(b"\r\n")[0]
            os.write(self._book, name + b"\n")
            return b"250 taken\r\n"
        command = piece[:4].upper()
        self._in_letter = command == b"DATA"
        return _ANSWERS.get(command, b"221 bye\r\n")


async def main(path):
    book = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Session(book), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
