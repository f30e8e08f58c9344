"""The mail catcher itself: an SMTP server and a web server, started and stopped together."""

from __future__ import annotations

import signal
import socket
import threading
from typing import TYPE_CHECKING, Any, Final

from aiosmtpd.controller import Controller
from werkzeug.serving import WSGIRequestHandler, make_server

from donations.mail_catcher.letterbox import Letterbox
from donations.mail_catcher.pages import build_pages

if TYPE_CHECKING:
    from pathlib import Path

    from aiosmtpd.smtp import SMTP, Envelope, Session
    from werkzeug.serving import BaseWSGIServer

HOST: Final = "127.0.0.1"
SMTP_PORT: Final = 8026
WEB_PORT: Final = 8025
_LARGEST_LETTER: Final = 10 * 1024 * 1024


class MailCatcher:
    """Catches mail on `smtp_port` and shows it on `web_port`; 0 takes any free port.

    With `data_folder` the letters outlive the run.
    """

    def __init__(
        self,
        smtp_port: int = SMTP_PORT,
        web_port: int = WEB_PORT,
        data_folder: Path | None = None,
    ) -> None:
        self.letterbox = Letterbox(data_folder)
        self.smtp_port = smtp_port
        self.web_port = web_port
        self._controller: Controller | None = None
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Serve in the background; `SystemExit` naming the setting if a port is taken."""
        self.smtp_port = _free(self.smtp_port, "MAIL_CATCHER_SMTP_PORT")
        self.web_port = _free(self.web_port, "MAIL_CATCHER_PORT")
        self._controller = Controller(
            _Receiver(self.letterbox),
            hostname=HOST,
            port=self.smtp_port,
            data_size_limit=_LARGEST_LETTER,
            server_hostname="mail-catcher",
        )
        self._controller.start()
        self._server = make_server(
            HOST,
            self.web_port,
            build_pages(self.letterbox),
            threaded=True,
            request_handler=_QuietHandler,
        )
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="mail-catcher-web", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop serving; what was caught in a folder stays there."""
        if self._controller is not None:
            self._controller.stop()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        if self._thread is not None:
            self._thread.join()


class _Receiver:
    """Takes every letter, whoever it is for."""

    def __init__(self, letterbox: Letterbox) -> None:
        self._letterbox = letterbox

    async def handle_DATA(  # noqa: N802 - the library's name
        self,
        server: SMTP,  # noqa: ARG002 - the library's signature
        session: Session,  # noqa: ARG002 - as above
        envelope: Envelope,
    ) -> str:
        content = envelope.original_content or b""
        self._letterbox.put(content)
        return "250 Caught"


class _QuietHandler(WSGIRequestHandler):
    """Writes no line for a request: addresses of pages are nobody's business."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002, ANN401 - as inherited
        """Say nothing."""


def run(
    smtp_port: int = SMTP_PORT, web_port: int = WEB_PORT, data_folder: Path | None = None
) -> None:
    """Catch mail in the foreground until the process is told to stop."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stopping.set())
    catcher = MailCatcher(smtp_port, web_port, data_folder)
    catcher.start()
    try:
        stopping.wait()
    finally:
        catcher.stop()


def _free(port: int, setting: str) -> int:
    """`port` if nobody listens on it (a free one for 0); `SystemExit` naming the setting."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            message = f"Port {port} is taken: set {setting} to another one."
            raise SystemExit(message) from None
        return int(probe.getsockname()[1])
