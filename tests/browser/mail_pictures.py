"""`python tests/browser/mail_pictures.py [FOLDER]`: every letter in both languages, light and dark.

Without a folder only the sheet for README is taken: four letters beside one another.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import sync_playwright
from tests_support.chromium import FLAGS, installed

from donations.assets import asset_folder
from donations.kernel.newsroom import LANGUAGES, Newsroom
from donations.mailer.proofs import Shade, proof
from donations.mailer.rendering import Letterpress
from donations.mailer.samples import SAMPLES, sample_named

PICTURES = Path(__file__).parent / "screenshots"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NEWSROOM = Newsroom(
    name="The Moscow Times", contact="support@newsroom.example", mail_from="post@mail.example"
)
SHEET = (
    ("receipt-monthly", "en", Shade.LIGHT),
    ("reminder", "ru", Shade.LIGHT),
    ("newsletter-confirm", "en", Shade.DARK),
    ("receipt", "ru", Shade.DARK),
)
WIDTHS = {"phone": 390, "wide": 760}


class Photographer:
    """Prints letters and takes pictures of them."""

    def __init__(self, browser):
        self.browser = browser
        self.press = Letterpress(asset_folder("templates"))

    def html(self, sample, language, shade):
        message = sample.message(NEWSROOM, "https://support.newsroom.example", language)
        return proof(self.press, message, NEWSROOM, NOW).shown(shade)

    def picture(self, html, path, width, shade, scale=1):
        context = self.browser.new_context(
            viewport={"width": width, "height": 200},
            color_scheme=shade.value,
            device_scale_factor=scale,
        )
        page = context.new_page()
        page.set_content(html)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.screenshot(path=path, full_page=True)
        context.close()

    def every_letter(self, folder):
        for sample in SAMPLES:
            for language in LANGUAGES:
                for shade in Shade:
                    html = self.html(sample, language, shade)
                    for name, width in WIDTHS.items():
                        path = folder / f"{sample.name}-{language}-{shade.value}-{name}.png"
                        self.picture(html, path, width, shade)

    def sheet(self, path, letters=SHEET):
        """Some letters beside one another, each on its own screen."""
        with tempfile.TemporaryDirectory() as place:
            frames = []
            for number, (name, language, shade) in enumerate(letters):
                file = Path(place) / f"{number}.html"
                file.write_text(self.html(sample_named(name), language, shade))
                frames.append(f'<iframe src="{file.name}"></iframe>')
            page = Path(place) / "sheet.html"
            page.write_text(
                '<!doctype html><meta charset="utf-8"><style>body{margin:0;padding:24px;display:flex;'
                "flex-wrap:wrap;gap:24px;background:#e7e4db}iframe{width:390px;height:790px;border:0;"
                "border-radius:10px}</style>" + "".join(frames)
            )
            columns = min(len(letters), 4)
            rows = -(-len(letters) // columns)
            shown = self.browser.new_page(
                viewport={"width": 24 + columns * 414, "height": 24 + rows * 814}
            )
            shown.goto(page.as_uri())
            shown.screenshot(path=path)
            shown.close()


def main(folder=None):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=list(FLAGS))
        photographer = Photographer(browser)
        if folder is None:
            photographer.sheet(PICTURES / "mail.png")
        else:
            folder.mkdir(parents=True, exist_ok=True)
            photographer.every_letter(folder)
            for language in LANGUAGES:
                for shade in Shade:
                    letters = [(sample.name, language, shade) for sample in SAMPLES]
                    photographer.sheet(folder / f"sheet-{language}-{shade.value}.png", letters)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
