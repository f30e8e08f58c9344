"""A supporter's passkeys: the keys of their phone or computer, made, kept and removed.

The credential names its owner (a discoverable credential), and the owner must have proved to the
device who they are (user verification); so one passkey stands for both steps.  What is checked is
w3.org/TR/webauthn-3, section 7.1, by the library `webauthn`.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from webauthn import (
    generate_registration_options,
    options_to_json,
    verify_registration_response,
)
from webauthn.helpers import (
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound, ReaderError
from donations.kernel.ids import public_id as new_public_id
from donations.supporters.account_models import Passkey
from donations.supporters.models import Supporter
from donations.supporters.passkey_challenges import new_challenge, take_challenge
from donations.vault.sealed import open_data_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session
    from webauthn.registration.verify_registration_response import VerifiedRegistration

    from donations.supporters.relying_party import RelyingParty
    from donations.vault.keys import MasterKey

CREDENTIAL: Final = "passkey.credential"
KEY: Final = "passkey.key"
MOST: Final = 10
"""How many passkeys one supporter may have."""
ALL_WRONG: Final = (WebAuthnException, ValueError, KeyError, TypeError)
VERIFIED: Final = UserVerificationRequirement.REQUIRED


class PasskeyRefused(ReaderError):
    """The passkey's answer was not accepted: it is unknown, too late, or not for this site."""


def passkeys_of(session: Session, supporter_id: int) -> Sequence[Passkey]:
    """A supporter's passkeys, oldest first."""
    mine = select(Passkey).where(Passkey.supporter_id == supporter_id).order_by(Passkey.id)
    return session.scalars(mine).all()


def options_to_add(
    session: Session, master: MasterKey, party: RelyingParty, supporter: Supporter, now: datetime
) -> str:
    """What a browser needs to make a passkey, as JSON.

    Commits.  Raises `PasskeyRefused` when there are too many, `TryAgainLater`, `Forgotten`.
    """
    envelope = open_data_key(session, master, supporter.data_key_id)
    known = [
        unlisted(envelope.open(CREDENTIAL, one.credential_sealed))
        for one in passkeys_of(session, supporter.id)
    ]
    if len(known) >= MOST:
        raise PasskeyRefused("too_many")
    number = supporter.public_id
    options = generate_registration_options(
        rp_id=party.host,
        rp_name=party.name,
        user_id=number.encode(),
        user_name=number,
        user_display_name=number,
        challenge=new_challenge(session, supporter.id, now),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return options_to_json(options)


def add(
    session: Session,
    master: MasterKey,
    party: RelyingParty,
    supporter_id: int,
    answer: str,
    *,
    now: datetime,
) -> None:
    """Keep the passkey a browser made.  Commits.  Raises `PasskeyRefused`, `Forgotten`."""
    begin_write(session)
    supporter = session.get_one(Supporter, supporter_id, with_for_update=True)
    made = _registration(session, party, supporter_id, answer, now)
    named = listed(made.credential_id)
    index = master.index("passkey", named)
    if session.scalar(select(Passkey.id).where(Passkey.credential_index == index)) is not None:
        session.rollback()
        raise PasskeyRefused("known")
    envelope = open_data_key(session, master, supporter.data_key_id)
    session.add(
        Passkey(
            public_id=new_public_id(),
            supporter_id=supporter_id,
            credential_sealed=envelope.seal(CREDENTIAL, named),
            credential_index=index,
            key_sealed=envelope.seal(KEY, listed(made.credential_public_key)),
            uses=made.sign_count,
            synced=made.credential_backed_up,
            added_at=now,
        )
    )
    session.commit()


def remove(session: Session, supporter_id: int, public_id: str) -> None:
    """Let a passkey open nothing any more.  Commits.  Raises `NotFound` for another's."""
    begin_write(session)
    passkey = session.scalar(
        select(Passkey).where(Passkey.public_id == public_id, Passkey.supporter_id == supporter_id)
    )
    if passkey is None:
        session.rollback()
        raise NotFound
    session.delete(passkey)
    session.commit()


def _registration(
    session: Session, party: RelyingParty, supporter_id: int, answer: str, now: datetime
) -> VerifiedRegistration:
    try:
        credential = parse_registration_credential_json(answer)
        challenge = parse_client_data_json(credential.response.client_data_json).challenge
        take(session, challenge, supporter_id, now)
        return verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except ALL_WRONG as error:
        session.commit()  # the challenge is used up
        raise PasskeyRefused("wrong") from error


def take(session: Session, challenge: bytes, supporter_id: int | None, now: datetime) -> None:
    """Use up a challenge; the caller commits.  Raises `ValueError` if it is not ours."""
    if not take_challenge(session, challenge, supporter_id, now):
        raise ValueError("not asked, or too late")


def listed(raw: bytes) -> str:
    """Bytes as text, to be sealed or looked up."""
    return base64.urlsafe_b64encode(raw).decode()


def unlisted(text: str) -> bytes:
    """What `listed` made a text of."""
    return base64.urlsafe_b64decode(text)
