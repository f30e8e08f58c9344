"""What an independent reader of PDF finds in a paper; the compiler's own word is not taken for it."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime

import pypdf
import pytest
from tests_support.receipts import US, tags, words

from donations.kernel.money import Money
from donations.receipts.annual import Line, Statement
from donations.receipts.facts import ReceiptFacts, Return
from donations.receipts.fiscal_year import FiscalYear
from donations.receipts.printing import can_set, printed, settable
from donations.receipts.receipt_words import receipt_sheet
from donations.receipts.statement_words import statement_pdf

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FACTS = ReceiptFacts(
    number=1001,
    issuer=US,
    language="en",
    donor="Мария Иванова-Ђорђевић",
    amount_minor=30000,
    currency="usd",
    received_on=date(2026, 11, 24),
    issued_on=date(2026, 11, 25),
    frequency="annual",
    method="card",
    fund="Investigations",
    benefit_minor=4000,
)
BACK = Return(reason="refund", on=date(2026, 12, 1), amount_minor=30000)
VOID = FACTS.model_copy(update={"returns": (BACK,), "language": "ru"})


def receipt(facts=FACTS):
    return printed(receipt_sheet(facts).plain(), AT)


def statement(gifts=60):
    lines = [
        Line(
            1000 + one, date(2026, 7, 3), "monthly", *(Money(each, "usd") for each in (1500, 0, 0))
        )
        for one in range(gifts)
    ]
    year = FiscalYear.parse("2026", "7")
    return statement_pdf(Statement(US, "en", "Vera", year, date(2026, 12, 1), tuple(lines)))


PAPERS = {"receipt": receipt, "void": lambda: receipt(VOID), "statement": statement}


@pytest.fixture(params=sorted(PAPERS))
def pdf(request):
    return PAPERS[request.param]()


def root(pdf):
    return pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]


def test_a_paper_says_which_norms_it_keeps(pdf):
    said = root(pdf)["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in said
    assert "<pdfaid:part>2</pdfaid:part>" in said
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in said


def test_a_paper_is_tagged_titled_and_in_a_language(pdf):
    found = root(pdf)
    assert found["/MarkInfo"]["/Marked"].value
    assert not found["/MarkInfo"]["/Suspects"].value
    assert found["/ViewerPreferences"]["/DisplayDocTitle"].value
    assert found["/Lang"] in {"en", "ru"}
    assert pypdf.PdfReader(io.BytesIO(pdf)).metadata.title


def test_every_part_is_tagged_as_what_it_is(pdf):
    found = tags(pdf)
    assert found.count("H1") == 1
    assert found[:2] == ["Document", "P"]
    assert found.count("P") > 1
    assert {"Table", "TR", "TD"} <= set(found)
    heads = [tag for tag in found if tag.startswith("TH") and tag != "THead"]
    assert heads
    assert set(heads) == {"TH@Column"}


def test_every_font_is_inside_and_can_be_read_out(pdf):
    fonts = [
        font.get_object()
        for page in pypdf.PdfReader(io.BytesIO(pdf)).pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
        assert any(f"/FontFile{kind}" in descriptor for kind in ("", "2", "3"))
        assert "/ToUnicode" in font


def test_no_page_waits_for_a_script_or_another_file(pdf):
    assert not {"/OpenAction", "/AA", "/Names", "/AcroForm"} & set(root(pdf))
    assert b"/JavaScript" not in pdf


def test_the_text_comes_out_whole_and_in_order():
    text = words(receipt())
    parts = [
        *("Free Press Foundation", "1 Main Street", "Springfield, IL 62701", "EIN: 12-3456789"),
        *("Receipt 1001", "What Details", "Received from Мария Иванова-Ђорђевић"),
        *("Amount 300.00 USD", "Received on November 24, 2026", "Annual payment", "Card"),
        *("Given for Investigations", "Value of what was given in return 40.00 USD"),
        *("Receipt number 1001", "Receipt issued on November 25, 2026", "501(c)(3)", "260.00 USD"),
    ]
    places = [text.find(part) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    assert places == sorted(places)


def test_a_long_statement_repeats_its_heads_and_is_one_table_over_pages():
    pdf = statement()
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) > 1
    assert tags(pdf).count("Table") == 3
    assert words(pdf).count("Went back Kept") > 1


def test_the_same_sheet_is_the_same_file_in_another_process():
    sheet = receipt_sheet(VOID).plain()
    program = (
        "import sys, json, hashlib, datetime\n"
        "from donations.receipts.printing import printed\n"
        "at = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)\n"
        "print(hashlib.sha256(printed(json.load(sys.stdin), at)).hexdigest())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=json.dumps(sheet), capture_output=True, text=True
    )
    assert done.stdout.strip() == hashlib.sha256(printed(sheet, AT)).hexdigest(), done.stderr


def test_the_first_template_and_its_compiler_still_make_what_was_issued_with_them():
    """Receipts that were handed out are made again from their words: this may never change."""
    sheet = {
        "title": "Receipt 1",
        "author": "A",
        "language": "en",
        "size": "a4",
        "stamp": "VOID",
        "head": ["A", "B"],
        "blocks": [
            {"kind": "notice", "text": "Void."},
            {"kind": "heading", "text": "Gifts"},
            {
                "kind": "table",
                "head": ["What", "Details"],
                "rows": [["Имя", "Ђ 1.00 USD"]],
                "right": [False, True],
            },
            {"kind": "text", "text": "Words."},
        ],
        "foot": "Receipt 1",
    }
    assert hashlib.sha256(printed(sheet, AT, template=1)).hexdigest() == GOLDEN


GOLDEN = "61050695ccf257107e913f4ca67a69f5087023aa0cab0bcc12bf0f586414e973"


def test_letters_that_no_font_has_are_known_before():
    assert can_set("Vera Ђорђевић ժան გია علي")
    assert not can_set("李")
    assert settable("  Vera \u200b\U0001f337\nReader ") == "Vera Reader"


def test_words_are_never_markup():
    facts = FACTS.model_copy(update={"donor": '#panic("x") *b* $x$ = H @a <b> \\'})
    assert '#panic("x") *b* $x$ = H @a <b> \\' in words(receipt(facts))


def test_an_independent_checker_finds_nothing_wrong(pdf, tmp_path):
    checker = shutil.which("verapdf") or shutil.which("outloud")
    if checker is None:
        pytest.skip("neither veraPDF nor outloud is installed")
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf)
    told = ["--flavour", "ua1"] if checker.endswith("verapdf") else ["--fail-on", "warning"]
    done = subprocess.run([checker, *told, str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
