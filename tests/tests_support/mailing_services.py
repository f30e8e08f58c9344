"""Mailchimp and listmonk on a local port, as far as their documentation promises.

Each keeps what it was told and every request; what its documentation does not allow it refuses the
way the service does.  Sources stand in `donations/newsletters/audiences/`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response


class _Quiet(WSGIRequestHandler):
    def log(self, *_args):
        pass


def _answer(body, status=200):
    return Response(json.dumps(body), status, content_type="application/json")


def _hash(email):
    return hashlib.md5(email.lower().encode(), usedforsecurity=False).hexdigest()


class _Service:
    """A server; `next_answers` are given before any thinking, to play a bad day."""

    def __init__(self):
        self.requests, self.next_answers = [], []
        self._server = make_server(
            "127.0.0.1", 0, self._serve, threaded=True, request_handler=_Quiet
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _serve(self, environ, start_response):
        request = Request(environ)
        body = request.get_json() if request.data else None
        self.requests.append((request.method, request.full_path.rstrip("?"), body))
        if self.next_answers:
            response = self.next_answers.pop(0)
        elif not self.is_allowed(request.headers.get("Authorization", "")):
            response = self.unauthorised()
        else:
            response = self.answer(request, body)
        return response(environ, start_response)


def _basic(authorization):
    scheme, _, encoded = authorization.partition(" ")
    if scheme != "Basic":
        return "", ""
    user, _, password = base64.b64decode(encoded).decode().partition(":")
    return user, password


class Mailchimp(_Service):
    """Audiences of members, known by the MD5 of the lower-case address."""

    KEY = "0123456789abcdef0123456789abcdef-us19"

    def __init__(self, *audiences, interests=()):
        self.lists = {name: {} for name in audiences}
        self.interests = tuple(interests)
        self.compliance, self.forgotten = set(), set()
        super().__init__()

    def member(self, email, audience):
        return self.lists[audience].get(_hash(email))

    def is_allowed(self, authorization):
        user, password = _basic(authorization)
        return bool(user) and password == self.KEY

    def unauthorised(self):
        return self._problem(401, "API Key Invalid", "Your API key may be invalid")

    def answer(self, request, body):
        found = re.fullmatch(r"/3\.0/lists/(\w+)/members(?:/([0-9a-f]{32}))?", request.path)
        if found is None or found[1] not in self.lists:
            return self._problem(404, "Resource Not Found", "The requested resource …")
        members = self.lists[found[1]]
        if request.method == "GET" and found[2] is None:
            return self._page(request, members)
        if request.method == "PUT":
            return self._put(members, found[2], body)
        if request.method == "PATCH" and found[2] in members:
            return self._change(members, found[2], body)
        return self._problem(404, "Resource Not Found", "The requested resource …")

    def _put(self, members, name, body):
        email = body["email_address"]
        if _hash(email) != name or "status_if_new" not in body:
            return self._problem(400, "Invalid Resource", f"{email} …")
        if email in self.forgotten:
            return self._problem(400, "Forgotten Email Not Subscribed", f"{email} was …")
        if name not in members:
            status = body["status_if_new"]
            fresh = {"email_address": email, "status": status, "id": name}
            members[name] = {**fresh, "interests": dict.fromkeys(self.interests, False)}
        return self._change(members, name, body)

    def _change(self, members, name, body):
        member = members[name]
        email = member["email_address"]
        if body.get("status") == "subscribed" and email in self.compliance:
            return self._problem(400, "Member In Compliance State", f"{email} is in a …")
        if not set(body.get("interests", {})) <= set(self.interests):
            return self._problem(400, "Invalid Resource", f"{email} …")
        member["interests"].update(body.get("interests", {}))
        for field in ("status", "language", "merge_fields"):
            if field in body:
                member[field] = body[field]
        return _answer(member)

    def _page(self, request, members):
        offset, count = int(request.args["offset"]), int(request.args["count"])
        assert count <= 1000
        rows = sorted(members.values(), key=lambda member: member["id"])
        return _answer({"members": rows[offset : offset + count], "total_items": len(rows)})

    def _problem(self, status, title, detail):
        body = {"type": "https://…", "title": title, "status": status, "detail": detail}
        return _answer({**body, "instance": "…"}, status)


class Listmonk(_Service):
    """Numbered subscribers on numbered lists; `old` is a release without the newer endpoints."""

    KEY = "donations:s3cr3t"

    def __init__(self, *lists, old=False):
        self.lists, self.subscribers, self.old = set(lists), {}, old
        super().__init__()

    def standing(self, email, number):
        for each in self.subscribers.values():
            if each["email"] == email:
                return each["lists"].get(number)
        return None

    def add(self, email, **attribs):
        number = len(self.subscribers) + 1
        self.subscribers[number] = {"id": number, "email": email, "attribs": attribs, "lists": {}}
        return number

    def is_allowed(self, authorization):
        return ":".join(_basic(authorization)) == self.KEY

    def unauthorised(self):
        return _answer({"message": "invalid session"}, 403)

    def answer(self, request, body):
        if request.method == "PATCH":
            return self._patch(int(request.path.rpartition("/")[2]), body)
        verbs = {
            ("POST", "/api/subscribers"): lambda: self._create(body),
            ("POST", "/api/subscribers/subscription"): lambda: self._upsert(body),
            ("PUT", "/api/subscribers/lists"): lambda: self._move(body["ids"], body),
            ("PUT", "/api/subscribers/query/lists"): lambda: self._move(
                self._found(body["query"]), body
            ),
            ("GET", "/api/subscribers"): lambda: self._page(request.args),
        }
        verb = verbs.get((request.method, request.path))
        return verb() if verb else _answer({"message": "Not Found"}, 404)

    def _create(self, body):
        assert body["name"]
        assert body["status"] == "enabled"
        if any(each["email"] == body["email"] for each in self.subscribers.values()):
            return _answer({"message": "E-mail already exists."}, 409)
        number = self.add(body["email"], **body["attribs"])
        self._subscribe(number, body)
        return _answer({"data": {**self.subscribers[number], "lists": body["lists"]}})

    def _upsert(self, body):
        if self.old:
            return _answer({"message": "Not Found"}, 404)
        [number] = [n for n, each in self.subscribers.items() if each["email"] == body["email"]]
        self.subscribers[number]["attribs"].update(body["attribs"])
        self._subscribe(number, body)
        return _answer({"data": {"subscriber": {"id": number}, "created": False}})

    def _subscribe(self, number, body):
        status = "confirmed" if body["preconfirm_subscriptions"] else "unconfirmed"
        for each in body["lists"]:
            assert each in self.lists
            self.subscribers[number]["lists"][each] = status

    def _patch(self, number, body):
        if self.old:
            return _answer({"message": "Method Not Allowed"}, 405)
        if number not in self.subscribers:
            return _answer({"message": "Subscriber not found."}, 404)
        self.subscribers[number]["attribs"].update(body["attribs"])
        return _answer({"data": {"id": number}})

    def _found(self, query):
        key, value = re.fullmatch(r"subscribers\.attribs->>'(\w+)' = '(\w+)'", query).groups()
        return [n for n, each in self.subscribers.items() if each["attribs"].get(key) == value]

    def _move(self, numbers, body):
        if not set(body["target_list_ids"]) <= self.lists:
            return _answer({"message": "Invalid list"}, 400)
        for number in numbers:
            lists = self.subscribers.get(number, {"lists": {}})["lists"]
            for target in body["target_list_ids"]:
                if body["action"] == "add":
                    lists[target] = body["status"]
                elif target in lists:
                    lists[target] = "unsubscribed"
        return _answer({"data": True})

    def _page(self, query):
        number, status = int(query["list_id"]), query["subscription_status"]
        rows = [
            {"id": each["id"], "email": each["email"]}
            for each in self.subscribers.values()
            if each["lists"].get(number) == status
        ]
        size = int(query["per_page"])
        start = (int(query["page"]) - 1) * size
        body = {"results": rows[start : start + size], "total": len(rows)}
        return _answer({"data": body})
