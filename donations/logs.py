"""Logs as one line of JSON each, on standard error, holding what happened and never to whom.

No exception text is logged, because it may quote what a reader typed: only its kind and place.
"""

from __future__ import annotations

import logging
import sys

import structlog


def configure_logs() -> None:
    """Set up logging for a process; call once, before anything is logged."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    # Libraries quote addresses and paths in their messages: only their troubles are let through,
    # and without their words.
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter('{"level": "%(levelname)s", "message": "%(name)s"}'))
    logging.basicConfig(level=logging.ERROR, handlers=[handler], force=True)
