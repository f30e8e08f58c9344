"""The languages to choose from, each by its own name."""

from __future__ import annotations

from babel import Locale

from donations.web.house import house


def tongues() -> list[tuple[str, str]]:
    """Codes and names, the newsroom's first language first."""
    return [
        (code, str(Locale.parse(code).get_display_name(code)).capitalize())
        for code in house().newsroom.languages
    ]
