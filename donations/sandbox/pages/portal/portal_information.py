"""The portal's billing information: what the configuration lets readers change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flask import request

from donations.sandbox.objects import customers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response

    from donations.sandbox import Obj
    from donations.sandbox.pages.portal.portal_visit import Door, Visit

ADDRESS: Final = ("line1", "line2", "city", "state", "postal_code", "country")
_PLAIN: Final = ("name", "email", "phone")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LONGEST: Final = 200
_UNPROCESSABLE: Final = 422


def add_pages(page: Door) -> None:
    """The page `/information`."""

    @page("GET POST", "/information")
    def portal_information(visit: Visit) -> Response | tuple[str, int]:
        visit.require("customer_update")
        allowed = visit.configuration["features"]["customer_update"]["allowed_updates"]
        if request.method == "GET":
            return _form(visit, allowed, _kept(visit.customer), {})
        wrong = _wrong(request.form, allowed, visit.language.countries)
        if wrong:
            return _form(visit, allowed, request.form, wrong, _UNPROCESSABLE)
        customers.change(visit.world, visit.customer, _given(request.form, allowed))
        return visit.done("information")


def shown(visit: Visit) -> list[tuple[str, list[str]]]:
    """What is known of the customer: a heading and its lines."""
    customer = visit.customer
    found = [(name.capitalize(), [customer[name]]) for name in _PLAIN if customer[name]]
    if customer["address"]:
        found.append(("Address", _lines(visit, customer["address"])))
    shipping = customer["shipping"]
    if shipping:
        place = _lines(visit, shipping["address"] or {})
        found.append(("Shipping", [shipping["name"] or "", *place]))
    return found


def _lines(visit: Visit, address: Obj) -> list[str]:
    city = " ".join(filter(None, (address.get("postal_code"), address.get("city"))))
    country = visit.language.country(address.get("country"))
    parts = (address.get("line1"), address.get("line2"), city, address.get("state"), country)
    return [part for part in parts if part]


def _form(
    visit: Visit,
    allowed: list[str],
    values: Mapping[str, str],
    wrong: Mapping[str, str],
    status: int = 200,
) -> tuple[str, int]:
    return visit.page(
        "portal_information.html", status, allowed=allowed, values=values, wrong=wrong
    )


def _kept(customer: Obj) -> dict[str, str]:
    values = {name: customer[name] or "" for name in _PLAIN}
    shipping = customer["shipping"] or {}
    values["shipping_name"] = shipping.get("name") or ""
    for part in ADDRESS:
        values[f"address_{part}"] = (customer["address"] or {}).get(part) or ""
        values[f"shipping_{part}"] = (shipping.get("address") or {}).get(part) or ""
    return values


def _wrong(
    form: Mapping[str, str], allowed: list[str], countries: list[tuple[str, str]]
) -> dict[str, str]:
    wrong = {name: "This is too long." for name, value in form.items() if len(value) > _LONGEST}
    if "email" in allowed and not _EMAIL.fullmatch(form.get("email", "").strip()):
        wrong["email"] = "Your email is invalid."
    if "name" in allowed and not form.get("name", "").strip():
        wrong["name"] = "Please enter your full name."
    known = dict(countries)
    for which in ("address", "shipping"):
        country = form.get(f"{which}_country", "")
        if which in allowed and country and country not in known:
            wrong[f"{which}_country"] = "Please choose a country of the list."
    if "shipping" in allowed and _typed_address(form, "shipping"):
        for part in ("name", "line1"):
            if not form.get(f"shipping_{part}", "").strip():
                wrong[f"shipping_{part}"] = "This field is incomplete."
    return wrong


def _given(form: Mapping[str, str], allowed: list[str]) -> Obj:
    """The parameters of the customer's update; only what the configuration allows."""
    given: Obj = {name: form.get(name, "").strip() for name in _PLAIN if name in allowed}
    if "address" in allowed:
        given["address"] = _typed_address(form, "address") or ""
    if "shipping" in allowed:
        address = _typed_address(form, "shipping")
        name = form.get("shipping_name", "").strip()
        given["shipping"] = {"name": name, "address": address} if address else ""
    return given


def _typed_address(form: Mapping[str, str], which: str) -> Obj | None:
    typed = {part: form.get(f"{which}_{part}", "").strip() or None for part in ADDRESS}
    return typed if any(typed.values()) else None
