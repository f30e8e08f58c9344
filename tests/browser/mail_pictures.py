"""`python tests/browser/mail_pictures.py [FOLDER]`: every letter in both languages, light and dark.

`… two-years FOLDER` pictures the letters of two simulated years.  Without a folder only the sheets for README are taken: four letters beside one another, and every
letter of each language, whole.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from html import escape
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

    def sheet(self, path, letters=SHEET, columns=4, scale=1.0):
        """Some letters beside one another, each as long as it is."""
        pages = [
            self.html(sample_named(name), language, shade) for name, language, shade in letters
        ]
        self.pages(path, [("", page) for page in pages], columns, scale)

    def pages(self, path, letters, columns, scale):
        """Letters as they are, each under its caption."""
        with tempfile.TemporaryDirectory() as place:
            frames = []
            for number, (caption, html) in enumerate(letters):
                file = Path(place) / f"{number}.html"
                file.write_text(html)
                said = f"<p>{escape(caption)}</p>" if caption else ""
                frames.append(f'<div>{said}<iframe src="{file.name}"></iframe></div>')
            page = Path(place) / "sheet.html"
            page.write_text(
                '<!doctype html><meta charset="utf-8"><style>body{margin:0;padding:24px;'
                f"background:#e7e4db;columns:{columns};column-gap:24px}}"
                "div{break-inside:avoid;margin-block-end:24px}"
                "p{margin:0 0 6px;font:bold 20px/1.3 Arial,sans-serif}"
                "iframe{display:block;width:390px;height:200px;border:0;border-radius:10px}"
                "</style>" + "".join(frames)
            )
            width = 24 + columns * 414
            context = self.browser.new_context(
                viewport={"width": width, "height": 800}, device_scale_factor=scale
            )
            shown = context.new_page()
            shown.goto(page.as_uri())
            for frame in shown.query_selector_all("iframe"):
                height = frame.content_frame().evaluate("document.documentElement.scrollHeight")
                frame.evaluate("(frame, height) => { frame.style.height = `${height}px` }", height)
            whole = shown.evaluate("document.documentElement.scrollHeight")
            shown.set_viewport_size({"width": width, "height": whole})
            shown.wait_for_timeout(300)  # what was out of sight is painted now
            shown.screenshot(path=path)
            context.close()

    def every_sheet(self, folder):
        """All letters of a language on one picture."""
        for language in LANGUAGES:
            letters = [(sample.name, language, Shade.LIGHT) for sample in SAMPLES]
            self.sheet(folder / f"letters-{language}.png", letters, columns=6, scale=0.6)


def two_years(folder):
    """The letters of two years, as `LETTERS_FOLDER=… pytest tests/flows/test_two_years.py` keeps."""
    letters = [(file.stem, file.read_text()) for file in sorted(folder.glob("*.html"))]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=list(FLAGS))
        Photographer(browser).pages(PICTURES / "two-years.png", letters, columns=7, scale=0.6)
        browser.close()


def main(folder=None):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=list(FLAGS))
        photographer = Photographer(browser)
        if folder is None:
            photographer.sheet(PICTURES / "mail.png")
            photographer.every_sheet(PICTURES)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            photographer.every_letter(folder)
            photographer.every_sheet(folder)
        browser.close()


if __name__ == "__main__" and len(sys.argv) == 3 and sys.argv[1] == "two-years":
    two_years(Path(sys.argv[2]))
elif __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
