"""A mail server that behaves as badly as it is told, and remembers what it took."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

DROP = object()
"""Instead of an answer: the connection is cut."""
SILENCE = object()
"""Instead of an answer: none, for as long as the other side waits."""
NOISE = object()
"""Instead of an answer: bytes that are no SMTP."""

_USUAL = {
    "connect": "220 mail.example",
    "ehlo": "250 mail.example",
    "mail": "250 2.1.0 ok",
    "rcpt": "250 2.1.5 ok",
    "data": "354 go on",
    "dot": "250 2.0.0 taken",
    "rset": "250 2.0.0 ok",
    "quit": "221 2.0.0 bye",
    "auth": "235 2.7.0 welcome",
    "starttls": "220 2.0.0 go on",
}


class ScriptedServer:
    """`answers` holds for a step one answer for always, or a list for the first times.

    A step is a command in lower case, `connect`, or `dot`, the end of a letter.
    """

    def __init__(self, *, pipelining=True, offers=(), tls=None, **answers):
        self.taken = []
        self.steps = []
        self.sessions = 0
        self._script = {step: list(a) if isinstance(a, list) else a for step, a in answers.items()}
        self._offers = [*(["PIPELINING"] if pipelining else []), *offers]
        self._tls = tls
        self._lock = threading.Lock()
        self._open = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join(5)

    def cut(self):
        """Cut every connection, as a restart would."""
        with self._lock:
            for connection in self._open:
                _end(connection)

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._open.add(connection)
                self.sessions += 1
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection):
        try:
            with connection, connection.makefile("rb") as lines:
                self._converse(connection, lines)
        except OSError:
            pass
        finally:
            with self._lock:
                self._open.discard(connection)

    def _converse(self, connection, lines):
        if not self._answer(connection, "connect"):
            return
        recipient = False
        for line in lines:
            words = line.decode("ascii", "replace").split()
            step = words[0].lower() if words else ""
            answer = self._answer(connection, step, extensions=step == "ehlo")
            if not answer or step == "quit":
                return
            if step in {"mail", "rcpt"}:
                recipient = step == "rcpt" and answer.startswith("2")
            if step == "data" and answer.startswith("354"):
                letter = _letter(lines)
                if letter is None:
                    return
                if not self._answer(connection, "dot", letter=letter if recipient else None):
                    return

    def _answer(self, connection, step, *, letter=None, extensions=False):
        """Say what the script has for the step; what was said, None when it is over."""
        with self._lock:
            self.steps.append(step)
            said = self._script.get(step)
            if isinstance(said, list):
                said = said.pop(0) if said else None
            said = _USUAL.get(step, "500 5.5.1 what") if said is None else said
            if letter is not None and (not isinstance(said, str) or said.startswith("2")):
                self.taken.append(letter)
        if said is DROP:
            return None
        if said is SILENCE:
            connection.recv(1)  # until the other side gives up
            return None
        if said is NOISE:
            connection.sendall(b"\x16\x03\x01\x00\xff\r\n")
            return None
        lines = [said]
        if extensions and said.startswith("250"):
            told = [said[4:], *self._offers]
            lines = [f"250-{one}" for one in told[:-1]] + [f"250 {told[-1]}"]
        connection.sendall("".join(f"{one}\r\n" for one in lines).encode())
        return None if said.startswith("421") else said


def _letter(lines):
    """A letter up to its dot; None if the connection ended before."""
    letter = []
    for line in lines:
        if line == b".\r\n":
            return b"".join(letter)
        letter.append(line[1:] if line.startswith(b".") else line)
    return None


def _end(connection):
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
