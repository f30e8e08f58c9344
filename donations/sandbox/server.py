"""The sandbox as a server: in a thread for tests, as a process of its own for a demonstration."""

from __future__ import annotations

import gc
import logging
import signal
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from werkzeug.serving import WSGIRequestHandler, make_server

from donations.sandbox import application, control
from donations.sandbox.deeds import DEEDS
from donations.sandbox.deliveries import Courier
from donations.sandbox.program import DEFAULT_PORT, DEFAULT_WEBHOOK_URL
from donations.sandbox.state_file import StateFile, UnreadableState
from donations.sandbox.timeline import Timeline
from donations.sandbox.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable

    from donations.sandbox import Obj

_log = logging.getLogger(__name__)
_KEEP_HOUSE_SECONDS: Final = 0.5
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening


class _Quiet(WSGIRequestHandler):
    """Logs nothing: request lines hold ids, and the dashboard shows what happened."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002, ANN401
        """Nothing."""


class Sandbox:
    """One sandbox on one port.  `port=0` takes a free one; `base_url` is known after making it.

    `events` are the types sent to `webhook_url`; endpoints made through the API choose their own.

    Raises `OSError` if the port is taken, `ValueError` for an address that is not this machine,
    and `UnreadableState` for a data file that holds something else.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        webhook_url: str | None = None,
        webhook_secret: str = "whsec_sandbox",  # noqa: S107 - a sandbox guards nothing
        data_file: str | Path | None = None,
        background_delivery: bool = True,
        events: Iterable[str] = ("*",),
        merchant_name: str = "The Moscow Times",
        host: str = "127.0.0.1",
    ) -> None:
        if host not in _LOOPBACK:
            raise ValueError("The sandbox answers on the loopback interface only.")
        self.world = World(
            merchant_name=merchant_name,
            listens_to=frozenset(events),
            file=StateFile(Path(data_file)) if data_file else None,
            timeline=Timeline(dict(DEEDS)),
        )
        self.world.load()
        self.courier = Courier(self.world, webhook_url, webhook_secret)
        self._background = background_delivery
        app = application.create(self.world, self.courier)
        with _bound(host, port) as listening:  # werkzeug would end the process over a taken port
            self._server = make_server(
                host, port, app, threaded=True, request_handler=_Quiet, fd=listening.fileno()
            )
        self.port: int = self._server.socket.getsockname()[1]
        self.base_url = f"http://{f'[{host}]' if ':' in host else host}:{self.port}"
        self.world.base_url = self.base_url
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    @property
    def webhook_url(self) -> str | None:
        """Where events are delivered; may be changed at any time."""
        return self.courier.url

    @webhook_url.setter
    def webhook_url(self, url: str | None) -> None:
        self.courier.url = url

    def start(self) -> Sandbox:
        """Serve, and deliver in the background if that was wanted.  Returns itself."""
        self._threads = [
            threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}),
            threading.Thread(target=self._keep_house),
        ]
        for thread in self._threads:
            thread.daemon = True
            thread.start()
        if self._background:
            self.courier.start()
        return self

    def stop(self) -> None:
        """Stop serving and delivering, and write the data file a last time."""
        self._stopping.set()
        self.courier.stop()
        if self._threads:
            self._server.shutdown()
        for thread in self._threads:
            thread.join()
        self._server.server_close()
        self.world.save()
        if self.world.file:
            self.world.file.close()

    def flush(self) -> dict[str, int]:
        """Deliver everything pending now; returns the counts delivered, failed and pending."""
        return self.courier.flush()

    def control(self, name: str, wanted: dict[str, Any] | None = None) -> Obj:
        """Carry out an order of the control API.  Raises `Refusal`."""
        return control.order(self.world, self.courier, name, wanted or {})

    def _keep_house(self) -> None:
        """Let due things happen and keep the data file fresh.

        Without background delivery time moves only when told, so that tests stay deterministic.
        """
        while not self._stopping.wait(_KEEP_HOUSE_SECONDS):
            if self._background:
                with self.world.lock:
                    self.world.catch_up()
            try:
                self.world.save()
            except OSError:
                _log.exception("the sandbox's data file could not be written")


def run(
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    webhook_url: str | None = DEFAULT_WEBHOOK_URL,
    webhook_secret: str = "whsec_sandbox",  # noqa: S107
    data_file: str | Path | None = None,
    events: Iterable[str] = ("*",),
) -> None:
    """Serve until SIGINT or SIGTERM.

    A taken port or a data file that cannot be read raises `SystemExit` with what to do.
    """
    try:
        sandbox = Sandbox(
            port,
            webhook_url=webhook_url,
            webhook_secret=webhook_secret,
            data_file=data_file,
            events=events,
            host=host,
        )
    except UnreadableState as error:
        raise SystemExit(f"{error} Move it away to begin afresh.") from error
    except OSError as error:
        message = f"Port {port} is taken. Set SANDBOX_PORT to a free one and start again."
        raise SystemExit(message) from error
    gc.set_threshold(100_000, 50, 100)  # what is made is kept: looking for garbage costs half
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    sandbox.start()
    print(f"Stripe sandbox: {sandbox.base_url}", flush=True)  # noqa: T201 - a program's first words
    stopped.wait()
    sandbox.stop()
