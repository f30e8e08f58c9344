"""The office's forms, and the token every POST of it carries."""

from __future__ import annotations

from flask import request
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf, validate_csrf
from wtforms import PasswordField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from donations.staff.accounts import LONGEST_LOGIN
from donations.staff.passwords import LONGEST

TOKEN_FIELD = "csrf_token"  # noqa: S105 - the field's name, not a token


class SignInForm(FlaskForm):
    """Login, password, one-time code."""

    login = StringField(
        lazy_gettext("Login"),
        validators=[InputRequired(lazy_gettext("Enter your login.")), Length(max=LONGEST_LOGIN)],
    )
    password = PasswordField(
        lazy_gettext("Password"),
        validators=[InputRequired(lazy_gettext("Enter your password.")), Length(max=LONGEST)],
    )
    code = StringField(
        lazy_gettext("Code from your authenticator app"),
        validators=[
            InputRequired(lazy_gettext("Enter the six digits your app shows now.")),
            Length(max=12),
        ],
    )


def token_is_ours() -> bool:
    """Whether this POST carries the token of a form this session was shown."""
    try:
        validate_csrf(request.form.get(TOKEN_FIELD))
    except ValidationError:
        return False
    return True


def form_token() -> str:
    """The token for a form about to be shown."""
    return str(generate_csrf())
