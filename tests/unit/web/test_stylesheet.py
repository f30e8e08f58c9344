from donations.kernel.colour import Accent
from donations.web.stylesheet import inline_stylesheet


def test_the_sheet_is_made_small_and_keeps_its_selectors(tmp_path):
    sheet = tmp_path / "reader.css"
    sheet.write_text("/* a\n comment */\na :hover,\nb > c {\n  color: red;\n  margin: 0 auto;\n}\n")
    accent = Accent.parse("#1d4f79")
    assert (
        inline_stylesheet(sheet, accent)
        == f"{accent.css}a :hover,b > c{{color: red;margin: 0 auto}}"
    )


def test_the_readers_sheet_asks_nobody_for_anything(app):
    css = app.test_client().get("/support").text.partition("<style>")[2].partition("</style>")[0]
    assert "@import" not in css
    assert "http" not in css
    assert css.count("{") == css.count("}") > 50
