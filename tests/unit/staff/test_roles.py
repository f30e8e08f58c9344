import pytest

from donations.staff.roles import PERMISSIONS, Permission, Role, may

EDITORIAL = {
    Permission.DASHBOARD,
    Permission.SIGN_OUT,
    Permission.NEWSLETTERS,
    Permission.NEWSLETTERS_RETRY,
    Permission.MAIL,
    Permission.REMINDERS,
    Permission.ENDINGS,
    Permission.TIERS,
    Permission.TIERS_CHANGE,
    Permission.PROMOS,
    Permission.PROMOS_CHANGE,
}


def test_every_permission_stands_in_the_table():
    assert set(PERMISSIONS) == set(Permission)


def test_a_word_that_is_no_role_may_do_nothing():
    assert not any(may(word, each) for each in Permission for word in ("", "owner", "Admin"))


def test_nobody_who_exports_supporters_needs_an_identity_for_it():
    assert Role.SUPPORT not in PERMISSIONS[Permission.SUPPORTERS_EXPORT]
    assert Role.FINANCE not in PERMISSIONS[Permission.IDENTITY]


@pytest.mark.parametrize(
    "permission",
    [each for each in Permission if each not in EDITORIAL],
)
def test_an_editor_sees_the_overview_and_what_is_theirs_and_nothing_more(permission):
    assert not may(Role.EDITOR, permission)


def test_a_list_of_readers_is_for_administrators_alone():
    assert PERMISSIONS[Permission.NEWSLETTERS_EXPORT] == {Role.ADMIN}
