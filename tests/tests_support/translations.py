"""Collects every text of the product, brings the catalogues up to date and compiles them.

`make translations` after changing a text; what is then empty in a .po file waits for a translator.
"""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
CATALOGUES = ROOT / "donations" / "translations"
LANGUAGES = ("ru",)
METHODS = [("donations/**.py", "python"), ("templates/**", "jinja2")]
OPTIONS = {"templates/**": {"trim_blocks": "true", "lstrip_blocks": "true"}}
KEYWORDS = {"_": None, "N_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}


def texts():
    """Everything the product says, in English."""
    found = Catalog(charset="utf-8", header_comment="# The Russian of donations.")
    for _path, _line, message, _comments, context in extract_from_dir(
        str(ROOT), METHODS, OPTIONS, KEYWORDS
    ):
        found.add(message, context=context)
    return found


def path_of(language, ending):
    return CATALOGUES / language / "LC_MESSAGES" / f"messages.{ending}"


def kept(language):
    """The catalogue as it stands in the repository."""
    path = path_of(language, "po")
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language):
    """The catalogue with what is new, and without what is gone."""
    catalogue = kept(language)
    catalogue.update(texts(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def write(language, catalogue):
    path_of(language, "po").parent.mkdir(parents=True, exist_ok=True)
    with path_of(language, "po").open("wb") as file:
        write_po(file, catalogue, no_location=True, omit_header=False, sort_output=True, width=100)
    with path_of(language, "mo").open("wb") as file:
        write_mo(file, catalogue)


def main():
    for language in LANGUAGES:
        catalogue = updated(language)
        write(language, catalogue)
        empty = [message.id for message in catalogue if message.id and not message.string]
        print(f"{language}: {len(catalogue)} texts, {len(empty)} to translate")
        for text in empty:
            print("   ", text)


if __name__ == "__main__":
    main()
