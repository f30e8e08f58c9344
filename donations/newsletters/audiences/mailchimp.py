"""Mailchimp, through its Marketing API 3.0.

A newsletter is an audience of its own (`"weekly": "a1b2c3d4e5"`) or a group within one
(`"weekly": "a1b2c3d4e5/9143cf3bd1"`, the id of an interest).  From Mailchimp's reference
(mailchimp.com/developer/marketing/api/list-members) and fundamentals:

- `PUT /3.0/lists/{list_id}/members/{subscriber_hash}` adds or updates; the hash is the MD5 of the
  lower-case address; `status_if_new` is needed, `status` changes who is there; `language` and
  `interests` (id: bool) are fields of the member; `skip_merge_validation` lets required merge
  fields be empty.
- HTTP basic authentication with any user name; the data centre is the part of the key after "-".
- `GET /3.0/lists/{list_id}/members` pages by `count` (at most 1000) and `offset`, and narrows by
  `since_last_changed`; a member's `status` is subscribed, unsubscribed, cleaned, pending,
  transactional or archived.
- Errors are problem documents with a `title`.  "Member In Compliance State" is a member who
  unsubscribed themselves or bounced: they can only be asked again, by `status` pending, and
  Mailchimp writes to them once more.  "Forgotten Email Not Subscribed" was deleted for good.
- More than ten calls at once are answered 429, or 403 without a body.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final, Self

from donations.kernel.errors import MisconfiguredError
from donations.newsletters.audiences.calling import Answer, Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from donations.newsletters.audiences.audience import Place, Reader

SERVICE: Final = "mailchimp"
PAGE: Final = 500
CHOICES_FIELD: Final = "PREFS"
"""The merge field that carries the link to the reader's choices, where the audience has it."""
_COMPLIANCE: Final = "Member In Compliance State"
_GONE: Final = frozenset({"unsubscribed", "cleaned", "archived"})
_NOT_FOUND: Final = 404
_ID: Final = re.compile(r"[A-Za-z0-9]{1,40}")
_DATA_CENTRE: Final = re.compile(r"[a-z]{2,4}[0-9]{1,3}")
_TITLE: Final = re.compile(r"[A-Za-z ]{1,60}")


@dataclass(frozen=True, slots=True)
class _Where:
    audience: str
    interest: str

    @classmethod
    def read(cls, text: str) -> Self:
        audience, _, interest = text.partition("/")
        if not _ID.fullmatch(audience) or (interest and not _ID.fullmatch(interest)):
            message = "NEWSLETTER_LISTS: a Mailchimp list is an audience's id, or id/interest id"
            raise MisconfiguredError(message)
        return cls(audience, interest)


class Mailchimp:
    """An `Audience` at Mailchimp."""

    service = SERVICE

    def __init__(self, key: str, lists: Mapping[str, str], base_url: str = "") -> None:
        """`base_url` replaces the address derived from the key.  Raises `MisconfiguredError`."""
        centre = key.rpartition("-")[2]
        if not base_url and not _DATA_CENTRE.fullmatch(centre):
            message = "NEWSLETTER_SERVICE_KEY: a Mailchimp key ends in its data centre, as in -us19"
            raise MisconfiguredError(message)
        root = base_url or f"https://{centre}.api.mailchimp.com"
        self._line = Line("Mailchimp", f"{root}/3.0", "donations", key)
        self._lists = {slug: _Where.read(text) for slug, text in lists.items()}

    @property
    def newsletters(self) -> frozenset[str]:
        """See `Audience`."""
        return frozenset(self._lists)

    def foreseen(self, email: str) -> str:
        """The MD5 of the address, which is Mailchimp's id of a member."""
        return hashlib.md5(email.lower().encode(), usedforsecurity=False).hexdigest()

    def put(self, reader: Reader, remote: str | None) -> str:
        """See `Audience`; whoever left at Mailchimp itself is asked by Mailchimp once more."""
        where, member = self._lists[reader.newsletter], remote or self.foreseen(reader.email)
        body: dict[str, Any] = {
            "email_address": reader.email,
            "status_if_new": "subscribed",
            "status": "subscribed",
            "language": reader.language,
            "merge_fields": {CHOICES_FIELD: reader.choices_url},
        }
        if where.interest:
            body["interests"] = {where.interest: True}
        answer = self._put(where, member, body)
        if answer.body.get("title") == _COMPLIANCE:
            answer = self._put(where, member, {**body, "status": "pending"})
        if not answer.well:
            raise self._line.refusal(answer, _title(answer))
        return member

    def take_out(self, place: Place) -> None:
        """See `Audience`; who holds no other group of ours in the audience leaves it whole."""
        where = self._lists[place.newsletter]
        if place.remote is None:
            return  # an id is known before anybody is put in, so nobody was
        body: dict[str, Any] = {"status": "unsubscribed"}
        if where.interest:
            body = {"interests": {where.interest: False}}
        answer = self._patch(where, place.remote, body)
        if answer.well and where.interest and not self._holds_another(where, answer):
            answer = self._patch(where, place.remote, {"status": "unsubscribed"})
        if not answer.well and answer.status != _NOT_FOUND:
            raise self._line.refusal(answer, _title(answer))

    def left(self, newsletter: str, since: datetime | None) -> Iterator[str]:
        """See `Audience`: unsubscribed, cleaned or archived, or the group was unticked."""
        where, offset = self._lists[newsletter], 0
        while True:
            found = self._members(where, since, offset)
            for member in found:
                if _has_left(member, where.interest):
                    yield str(member["email_address"])
            if len(found) < PAGE:
                return
            offset += PAGE

    def _members(self, where: _Where, since: datetime | None, offset: int) -> list[dict[str, Any]]:
        query = {
            "count": str(PAGE),
            "offset": str(offset),
            "sort_field": "last_changed",
            "sort_dir": "ASC",
            "fields": "members.email_address,members.status,members.interests",
        }
        if since is not None:
            query["since_last_changed"] = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")
        answer = self._line.call("GET", f"/lists/{where.audience}/members", query=query)
        if not answer.well:
            raise self._line.refusal(answer, _title(answer))
        members: list[dict[str, Any]] = answer.body.get("members", [])
        return members

    def _put(self, where: _Where, member: str, body: Mapping[str, object]) -> Answer:
        path, query = self._path(where, member), {"skip_merge_validation": "true"}
        return self._line.call("PUT", path, json=body, query=query)

    def _patch(self, where: _Where, member: str, body: Mapping[str, object]) -> Answer:
        path, query = self._path(where, member), {"skip_merge_validation": "true"}
        return self._line.call("PATCH", path, json=body, query=query)

    def _path(self, where: _Where, member: str) -> str:
        return f"/lists/{where.audience}/members/{member}"

    def _holds_another(self, where: _Where, answer: Answer) -> bool:
        ticked = answer.body.get("interests", {})
        ours = [each for each in self._lists.values() if each.audience == where.audience]
        return any(ticked.get(each.interest) for each in ours if each.interest)


def _has_left(member: Mapping[str, Any], interest: str) -> bool:
    if member.get("status") in _GONE:
        return True
    return bool(interest) and member.get("interests", {}).get(interest) is False


def _title(answer: Answer) -> str:
    """The problem's title; nothing that might hold an address."""
    title = str(answer.body.get("title", ""))
    return title if _TITLE.fullmatch(title) else ""
