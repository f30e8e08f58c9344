"""Every office page against every role; what is not allowed is refused."""

import re

import pytest

from donations.kernel.errors import MisconfiguredError
from donations.staff.roles import PERMISSIONS, Role
from donations.web.office.blueprint import Office, blueprint

ROLES = [role.value for role in Role]


def office_rules(app):
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("office."):
            needs = blueprint.needs[rule.endpoint.removeprefix("office.")]
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                path = re.sub(r"<int:\w+>", "7", rule.rule).replace("<event_id>", "evt_0")
                yield re.sub(r"<\w+>", "nobody", path), method, needs


def test_there_are_pages_to_walk(app):
    assert len(list(office_rules(app))) >= 14


def test_signed_out_nothing_but_sign_in_is_shown(app, client):
    for path, method, needs in office_rules(app):
        answer = client.open(path, method=method)
        if needs is None:
            assert answer.status_code in {200, 422}, path
        else:
            assert answer.status_code == 303, (path, method)
            assert "/office/sign-in" in answer.location


@pytest.mark.parametrize("role", ROLES)
def test_a_role_sees_what_the_table_allows_and_nothing_else(app, sign_in, role):
    staff = sign_in(role)
    token = staff.token()
    for path, method, needs in office_rules(app):
        if needs is None or path.endswith("/sign-out"):
            continue
        data = {"csrf_token": token} if method == "POST" else None
        answer = staff.client.open(path, method=method, data=data, buffered=True)
        status = answer.status_code
        if role in PERMISSIONS[needs]:
            assert status in {200, 303, 404, 422}, (role, path, status)
        else:
            assert status == 403, (role, path, status)


def test_a_page_that_names_no_permission_stops_the_start():
    with pytest.raises(MisconfiguredError):
        Office().add_url_rule("/x", "x", lambda: "")


@pytest.mark.parametrize("role", ["admin"])
def test_an_act_without_the_forms_token_is_refused(sign_in, role):
    staff = sign_in(role)
    assert staff.client.post("/office/inbox/evt_0/replay").status_code == 400
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert staff.client.post("/office/sign-out", headers=cross).status_code == 403


def test_no_office_page_is_kept_by_anyone(sign_in):
    answer = sign_in("admin").get("/office/")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_the_cookie_is_for_this_site_and_no_script(app, sign_in):
    staff = sign_in("editor")
    cookie = staff.client.get_cookie("office")
    assert cookie.http_only
    assert cookie.same_site == "Strict"
