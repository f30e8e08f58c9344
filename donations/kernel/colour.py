"""The newsroom's one accent colour, made safe to read in light and in dark.

Contrast is WCAG 2.2's: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio.
"""

from __future__ import annotations

import colorsys
import re
from dataclasses import dataclass
from typing import Final, Self

from donations.kernel.errors import MisconfiguredError

PAPER: Final = "#f9f6ef"  # as in static/css/reader.css
NIGHT: Final = "#161512"
READABLE: Final = 4.5
_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")
_LINEAR_BELOW: Final = 0.04045


@dataclass(frozen=True, slots=True)
class Accent:
    """The accent on paper, the accent at night, and the ink that reads on each."""

    light: str
    on_light: str
    dark: str
    on_dark: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `#rrggbb`; raise `MisconfiguredError` if it cannot be read on paper.

        The night shade is found by lightening the same hue until it reads on the dark page.
        """
        if not _HEX.fullmatch(text):
            message = f"NEWSROOM_ACCENT: {text!r} is not a colour such as #1d4f79."
            raise MisconfiguredError(message)
        if contrast(text, PAPER) < READABLE:
            message = (
                f"NEWSROOM_ACCENT: {text} has contrast {contrast(text, PAPER):.1f} on the page;"
                f" text needs {READABLE}. Choose a darker one."
            )
            raise MisconfiguredError(message)
        night = _lighten_until_readable(text)
        return cls(text, _ink_on(text), night, _ink_on(night))

    @property
    def css(self) -> str:
        """The custom properties the style sheets read."""
        return (
            f":root{{--accent:{self.light};--on-accent:{self.on_light};"
            f"--accent-dark:{self.dark};--on-accent-dark:{self.on_dark}}}"
        )


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two `#rrggbb` colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = (
        value / 12.92 if value <= _LINEAR_BELOW else ((value + 0.055) / 1.055) ** 2.4
        for value in _channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _lighten_until_readable(colour: str) -> str:
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    for step in range(round(lightness * 100), 101):
        channels = colorsys.hls_to_rgb(hue, step / 100, min(saturation, 0.75))
        candidate = "#" + "".join(f"{round(value * 255):02x}" for value in channels)
        if contrast(candidate, NIGHT) >= READABLE + 1:
            return candidate
    return "#ffffff"


def _ink_on(colour: str) -> str:
    return max(("#ffffff", NIGHT), key=lambda ink: contrast(ink, colour))
