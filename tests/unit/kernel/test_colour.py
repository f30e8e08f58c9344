import pytest

from donations.kernel.colour import NIGHT, PAPER, READABLE, Accent, contrast
from donations.kernel.errors import MisconfiguredError


@pytest.mark.parametrize("colour", ["#1d4f79", "#8a1538", "#14532d", "#000000", "#5b2a86"])
def test_an_accent_reads_on_paper_and_at_night(colour):
    accent = Accent.parse(colour)
    assert contrast(accent.light, PAPER) >= READABLE
    assert contrast(accent.dark, NIGHT) >= READABLE
    assert contrast(accent.on_light, accent.light) >= READABLE
    assert contrast(accent.on_dark, accent.dark) >= READABLE


@pytest.mark.parametrize("colour", ["#ffff00", "#cccccc", "red", "#12345", ""])
def test_an_accent_that_cannot_be_read_is_refused(colour):
    with pytest.raises(MisconfiguredError):
        Accent.parse(colour)


def test_contrast_is_as_wcag_defines_it():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
