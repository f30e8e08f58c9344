"""Changes to a subscription's items: read from a request, then applied with their prorations."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from donations.sandbox.objects.billing import prorations, subscription_items, subscriptions
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Change:
    """One item: another `price` or `quantity`, or `deleted`; a new one has no `item` yet.

    `costs_otherwise` says that it will cost another amount than before.
    """

    given: Obj
    price: Obj
    quantity: int
    item: Obj | None = None
    deleted: bool = False
    costs_otherwise: bool = True


@dataclass(frozen=True, slots=True)
class Changes:
    """All changes of one request.  `other_rhythm`: the items will recur at another interval."""

    each: list[Change] = field(default_factory=list)
    other_rhythm: bool = False

    def __bool__(self) -> bool:
        return bool(self.each)

    def apply(
        self, world: World, subscription: Obj, at: int, *, prorated: bool, charged: bool
    ) -> list[Obj]:
        """Make the changes.  Returns drafts of the invoice items they cost.

        Unless `prorated` there are none; unless `charged` only the credits.
        """
        entries: list[Obj | None] = []
        for change in self.each:
            pays = prorated and change.costs_otherwise
            if change.item and pays:
                entries.append(prorations.credit(world, subscription, change.item, at))
            item = _applied(world, subscription, change)
            if pays and charged and item:
                entries.append(prorations.charge(world, subscription, item, at))
        return [entry for entry in entries if entry]

    def credit_rest(self, world: World, subscription: Obj, at: int) -> list[Obj]:
        """Drafts of the credits for the items that these changes did not credit already."""
        credited = {
            change.item["id"] for change in self.each if change.item and change.costs_otherwise
        }
        rest = [item for item in subscription["items"]["data"] if item["id"] not in credited]
        drafts = [prorations.credit(world, subscription, item, at) for item in rest]
        return [draft for draft in drafts if draft]


def read(world: World, subscription: Obj, wanted: list[Obj]) -> Changes:
    """What `items` asks to change.  Raises `Refusal`."""
    each = [_read(world, subscription, given, place) for place, given in enumerate(wanted)]
    if not each:
        return Changes()
    touched = {change.item["id"]: change for change in each if change.item}
    prices = [change.price for change in each if not change.deleted]
    prices += [item["price"] for item in subscription["items"]["data"] if item["id"] not in touched]
    if not prices:
        raise Refusal(
            "A subscription must have at least one active plan. To cancel it, cancel the "
            "subscription.",
            param="items",
        )
    if len(prices) > subscription_items.MOST:
        raise Refusal("You may have at most 20 items to a subscription.", param="items")
    for price in prices:
        subscription_items.must_suit(
            price, subscription["currency"], prices[0]["recurring"], "items[0][price]"
        )
    now = subscriptions.first_item(subscription)["price"]["recurring"]
    return Changes(each, not subscription_items.same_rhythm(prices[0]["recurring"], now))


def _read(world: World, subscription: Obj, given: Obj, place: int) -> Change:
    param = f"items[{place}]"
    if not given.get("id"):
        price = subscription_items.price_of(world, given, param)
        if price is None:
            raise Refusal(
                "You must provide one of `price` or `price_data` for each new item.", param=param
            )
        if any(item["price"]["id"] == price["id"] for item in subscription["items"]["data"]):
            raise Refusal(
                f"Cannot add multiple subscription items with the same plan: {price['id']}",
                param=f"{param}[price]",
            )
        return Change(given, price, subscription_items.quantity_of(given, param, 1))
    item = subscription_items.of(subscription, given["id"], f"{param}[id]")
    price = subscription_items.price_of(world, given, param)
    default = 1 if price and price["id"] != item["price"]["id"] else item["quantity"]
    quantity = subscription_items.quantity_of(given, param, default)
    deleted, after = bool(given.get("deleted")), price or item["price"]
    have = item["price"]["unit_amount"] * item["quantity"]
    otherwise = deleted or have != after["unit_amount"] * quantity
    return Change(given, after, quantity, item, deleted, otherwise)


def _applied(world: World, subscription: Obj, change: Change) -> Obj | None:
    items: list[Obj] = subscription["items"]["data"]
    item = change.item
    if item and change.deleted:
        items.remove(item)
        return None
    if item:
        subscription_items.set_price(item, change.price, change.quantity)
    else:
        first = subscriptions.first_item(subscription)
        period = (first["current_period_start"], first["current_period_end"])
        item = subscription_items.make(world, subscription, change.price, change.quantity, period)
        items.append(item)
    subscription_items.note(item, change.given)
    return item
