"""What a WSGI server loads: `donations.wsgi:application()` builds it from the environment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from donations.app import create_app
from donations.logs import configure_logs
from donations.settings import read_settings

if TYPE_CHECKING:
    from flask import Flask


def application() -> Flask:
    """The application, with logs configured for its process."""
    configure_logs()
    return create_app(read_settings(os.environ))
