"""The Jinja environments of the mail, one for each language.

Mail is written by the worker, where no request says which language is meant; the catalogue is
therefore opened for the message's own language, and two letters never share one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from babel import Locale
from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined

import donations

BUNDLED: Final = Path(donations.__file__).parent / "translations"


class Catalogues:
    """Environments by language, made when first needed and kept."""

    def __init__(self, template_folder: Path, translation_folder: Path = BUNDLED) -> None:
        self._template_folder = template_folder
        self._translation_folder = translation_folder
        self._environments: dict[str, Environment] = {}

    def environment(self, language: str) -> Environment:
        """The environment in which every text is in `language` (English if untranslated)."""
        if language not in self._environments:
            self._environments[language] = self._build(language)
        return self._environments[language]

    def _build(self, language: str) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(self._template_folder),
            autoescape=_is_html,  # noqa: S701 - it is on for HTML; the rest is plain text
            undefined=StrictUndefined,
            auto_reload=False,  # compiled once; nobody looks at the files again for each letter
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        translations = Translations.load(self._translation_folder, [language])
        environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
            translations.ugettext, translations.ungettext, newstyle=True
        )
        environment.globals.update(
            language=language, direction=Locale.parse(language).text_direction
        )
        return environment


def _is_html(name: str | None) -> bool:
    return name is None or name.endswith(".html")
