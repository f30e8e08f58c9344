"""My data: everything as one file, and the way to be forgotten."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Response, g, render_template

from donations.dossiers.erasing import ask_erasure, is_asked
from donations.dossiers.exporting import everything
from donations.kernel.database import db
from donations.web.account.blueprint import page
from donations.web.house import house

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@page("/data")
def data() -> ResponseReturnValue:
    """What we keep, the file, and the button that ends it all."""
    asked = is_asked(db.session(), g.supporter.id)
    return render_template("account/data.html", asked=asked)


@page("/data/export", methods=("POST",))
def data_export() -> ResponseReturnValue:
    """Everything held about the supporter, as JSON."""
    held = everything(db.session(), house().master, g.supporter)
    text = json.dumps(held, ensure_ascii=False, indent=2)
    return Response(
        text + "\n",
        mimetype="application/json",
        headers={"Content-Disposition": 'attachment; filename="my-data.json"'},
    )


@page("/data/erase")
def data_erase() -> ResponseReturnValue:
    """What would be forgotten and what stays; looking changes nothing."""
    asked = is_asked(db.session(), g.supporter.id)
    return render_template("account/erase.html", asked=asked)


@page("/data/erase", methods=("POST",))
def data_erase_now() -> ResponseReturnValue:
    """End every membership and promise to forget."""
    ask_erasure(db.session(), g.supporter.id, by="supporter", now=house().clock.now())
    return render_template("account/erase.html", asked=True)
