"""listmonk, the newsroom's own list server, through its REST API.

A newsletter is a list's number (`"weekly": "3"`).  From listmonk's documentation
(listmonk.app/docs/apis/apis and listmonk.app/docs/apis/subscribers):

- HTTP basic authentication with an API user and its token: here `user:token`.
- `POST /api/subscribers` creates (`email`, `name`, `status`, `lists`, `attribs`,
  `preconfirm_subscriptions`) and answers `{"data": {"id": …}}`, or 409 for an address that is
  there; `POST /api/subscribers/subscription` (newer releases) takes that one too.
- `PATCH /api/subscribers/{id}` merges `attribs`; releases before it answer 405.
- `PUT /api/subscribers/lists` with `ids`, `action` (add, remove, unsubscribe), `target_list_ids`
  and, to add, `status`; `PUT /api/subscribers/query/lists` does the same to whom a `query` finds.
- `GET /api/subscribers` pages by `page` and `per_page` and narrows by `list_id` with
  `subscription_status`; blocklisting somebody unsubscribes them from their lists.

Each subscription's own public name stands in the subscriber's attributes, so that it can be taken
out even when the answer that held listmonk's number was lost.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from donations.kernel.errors import GivenUp, MisconfiguredError
from donations.newsletters.audiences.calling import Answer, Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from donations.newsletters.audiences.audience import Place, Reader

SERVICE: Final = "listmonk"
PAGE: Final = 500
_CONFLICT: Final = 409
_NOT_FOUND: Final = 404
_NOT_OFFERED: Final = frozenset({404, 405})
_REFERENCE: Final = re.compile(r"[a-z0-9]{1,20}")


class Listmonk:
    """An `Audience` at a listmonk."""

    service = SERVICE

    def __init__(self, base_url: str, key: str, lists: Mapping[str, str]) -> None:
        """Raises `MisconfiguredError` unless `key` is `user:token` and every list a number."""
        user, colon, token = key.partition(":")
        if not base_url or not (user and colon and token):
            message = (
                "listmonk needs NEWSLETTER_SERVICE_URL, and NEWSLETTER_SERVICE_KEY as user:token"
            )
            raise MisconfiguredError(message)
        if not all(number.isascii() and number.isdigit() for number in lists.values()):
            message = "NEWSLETTER_LISTS: a listmonk list is its number"
            raise MisconfiguredError(message)
        self._line = Line("listmonk", f"{base_url}/api", user, token)
        self._lists = {slug: int(number) for slug, number in lists.items()}

    @property
    def newsletters(self) -> frozenset[str]:
        """See `Audience`."""
        return frozenset(self._lists)

    def foreseen(self, email: str) -> None:
        """Its subscribers are numbered, so nothing is known before."""

    def put(self, reader: Reader, remote: str | None) -> str:
        """See `Audience`; the reader confirmed here, so listmonk asks no more."""
        if remote is not None and self._refresh(reader, remote):
            self._move([int(remote)], "add", reader.newsletter)
            return remote
        body = {
            "email": reader.email,
            "name": reader.email.partition("@")[0],  # it must have one, and we know no other
            "status": "enabled",
            "lists": [self._lists[reader.newsletter]],
            "attribs": self._attributes(reader),
            "preconfirm_subscriptions": True,
        }
        answer = self._line.call("POST", "/subscribers", json=body)
        if answer.well:
            return str(answer.body["data"]["id"])
        if answer.status != _CONFLICT:
            raise self._line.refusal(answer)
        return self._put_known(body)

    def take_out(self, place: Place) -> None:
        """See `Audience`; nobody answers for a subscriber who was deleted there."""
        if place.remote is not None:
            self._move([int(place.remote)], "unsubscribe", place.newsletter)
            return
        number = self._lists[place.newsletter]
        if not _REFERENCE.fullmatch(place.reference):
            return
        body = {
            "query": f"subscribers.attribs->>'{_attribute(number)}' = '{place.reference}'",
            "action": "unsubscribe",
            "target_list_ids": [number],
        }
        answer = self._line.call("PUT", "/subscribers/query/lists", json=body)
        if not answer.well:
            raise self._line.refusal(answer)

    def left(self, newsletter: str, since: datetime | None) -> Iterator[str]:  # noqa: ARG002 - listmonk cannot be asked by the moment of leaving
        """See `Audience`; all who ever left, which is no more than the list of the unsubscribed."""
        page = 1
        while True:
            query = {
                "list_id": str(self._lists[newsletter]),
                "subscription_status": "unsubscribed",
                "page": str(page),
                "per_page": str(PAGE),
            }
            answer = self._line.call("GET", "/subscribers", query=query)
            if not answer.well:
                raise self._line.refusal(answer)
            found: list[dict[str, Any]] = answer.body["data"]["results"]
            for subscriber in found:
                yield str(subscriber["email"])
            if len(found) < PAGE:
                return
            page += 1

    def _refresh(self, reader: Reader, remote: str) -> bool:
        """Write what we say of the reader; false if there is no such subscriber any more."""
        body = {"attribs": self._attributes(reader)}
        answer = self._line.call("PATCH", f"/subscribers/{int(remote)}", json=body)
        if answer.status == _NOT_FOUND:
            return False
        if not answer.well and answer.status not in _NOT_OFFERED:
            raise self._line.refusal(answer)
        return True

    def _put_known(self, body: Mapping[str, object]) -> str:
        """Add an address that listmonk has from elsewhere."""
        answer = self._line.call("POST", "/subscribers/subscription", json=body)
        if answer.status in _NOT_OFFERED:
            message = "listmonk has this address from elsewhere, and is too old to say as whom"
            raise GivenUp(message)
        if not answer.well:
            raise self._line.refusal(answer)
        return str(answer.body["data"]["subscriber"]["id"])

    def _move(self, ids: list[int], action: str, newsletter: str) -> Answer:
        body: dict[str, Any] = {
            "ids": ids,
            "action": action,
            "target_list_ids": [self._lists[newsletter]],
        }
        if action == "add":
            body["status"] = "confirmed"
        answer = self._line.call("PUT", "/subscribers/lists", json=body)
        if not answer.well:
            raise self._line.refusal(answer)
        return answer

    def _attributes(self, reader: Reader) -> dict[str, str]:
        return {
            "language": reader.language,
            "preferences_url": reader.choices_url,
            _attribute(self._lists[reader.newsletter]): reader.reference,
        }


def _attribute(number: int) -> str:
    return f"subscription_{number}"
