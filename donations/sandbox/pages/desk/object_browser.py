"""The dashboard's shelves: every object by kind, and one object with the events about it."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from flask import abort, render_template, request, url_for
from markupsafe import Markup, escape

from donations.sandbox.objects.money.disputes import REASONS
from donations.sandbox.objects.money.payout_returns import FAILURES
from donations.sandbox.world import presented

if TYPE_CHECKING:
    from flask import Blueprint

    from donations.sandbox import Obj
    from donations.sandbox.world import World

_ON_A_PAGE: Final = 25
_EVENTS_SHOWN: Final = 50
_IDENTIFIER: Final = re.compile(r"&#34;([A-Za-z0-9_-]+)&#34;")


def add_to(desk: Blueprint, world: World) -> None:
    """Give the dashboard its pages of objects."""

    @desk.get("/dashboard/objects/<kind>")
    def many(kind: str) -> str:
        with world.lock:
            table = list(world.store.tables.get(kind, {}).values())[::-1] or abort(404)
            first = max(0, request.args.get("from", 0, type=int))
            return render_template(
                "objects.html",
                kind=kind,
                entries=table[first : first + _ON_A_PAGE],
                first=first,
                last=min(first + _ON_A_PAGE, len(table)),
                total=len(table),
                step=_ON_A_PAGE,
                kinds=kinds(world),
            )

    @desk.get("/dashboard/objects/<kind>/<identifier>")
    def one(kind: str, identifier: str) -> str:
        with world.lock:
            entry = world.store.tables.get(kind, {}).get(identifier) or abort(404)
            about = [entry] if kind == "event" else _events_about(world, identifier)
            return render_template(
                "object.html",
                kind=kind,
                entry=entry,
                body=_linked(world, entry),
                events=about,
                sent={event["id"]: world.outbox.of_event(event["id"]) for event in about},
                endpoints=_addresses(world),
                reasons=REASONS,
                failures=FAILURES,
                kinds=kinds(world),
            )


def kinds(world: World) -> list[tuple[str, int]]:
    """The kinds there are objects of, and how many."""
    return sorted((kind, len(table)) for kind, table in world.store.tables.items() if table)


def _events_about(world: World, identifier: str) -> list[Obj]:
    every = world.store.all("event")
    about = (event for event in every if event["data"]["object"].get("id") == identifier)
    return list(islice(about, _EVENTS_SHOWN))


def _addresses(world: World) -> dict[str, Any]:
    made = world.store.tables.get("webhook_endpoint", {})
    return {identifier: endpoint["url"] for identifier, endpoint in made.items()}


def _linked(world: World, entry: Obj) -> Markup:
    """The object's JSON with every id a link to what it names."""

    def link(found: re.Match[str]) -> str:
        named = world.store.anything(found[1])
        if named is None or named["id"] == entry["id"]:
            return found[0]
        address = url_for("dashboard.one", kind=named["object"], identifier=named["id"])
        return f'"<a href="{escape(address)}">{found[1]}</a>"'

    written = json.dumps(presented(entry), indent=2, ensure_ascii=False)
    return Markup(_IDENTIFIER.sub(link, str(escape(written))))  # noqa: S704 - escaped above
