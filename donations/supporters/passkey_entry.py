"""Signing in with a passkey: the phone's or computer's own lock, no letter, no address typed.

What is checked is w3.org/TR/webauthn-3, section 7.2, by the library `webauthn`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from webauthn import (
    generate_authentication_options,
    options_to_json,
    verify_authentication_response,
)
from webauthn.helpers import parse_authentication_credential_json, parse_client_data_json

from donations.kernel.database import begin_write
from donations.supporters.account_models import Passkey
from donations.supporters.aliases import numbers_of
from donations.supporters.models import Supporter
from donations.supporters.passkey_challenges import new_challenge
from donations.supporters.passkeys import (
    ALL_WRONG,
    KEY,
    VERIFIED,
    PasskeyRefused,
    listed,
    take,
    unlisted,
)
from donations.supporters.sessions import open_session
from donations.vault.sealed import Forgotten, open_data_key

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session
    from webauthn.authentication.verify_authentication_response import VerifiedAuthentication

    from donations.supporters.relying_party import RelyingParty
    from donations.vault.keys import MasterKey


def options_to_sign_in(session: Session, party: RelyingParty, now: datetime) -> str:
    """What a browser needs to ask for any passkey of this site, as JSON; the same for everyone.

    Commits.  Raises `TryAgainLater` while too many ask at once.
    """
    options = generate_authentication_options(
        rp_id=party.host, challenge=new_challenge(session, None, now), user_verification=VERIFIED
    )
    return options_to_json(options)


def enter(
    session: Session, master: MasterKey, party: RelyingParty, answer: str, *, now: datetime
) -> str:
    """A new session's token for whose passkey answered.  Commits.  Raises `PasskeyRefused`."""
    begin_write(session)
    try:
        passkey, proved = _proved(session, master, party, answer, now)
    except (*ALL_WRONG, Forgotten) as error:
        session.commit()  # the challenge is used up
        raise PasskeyRefused("wrong") from error
    passkey.uses, passkey.used_at = proved.new_sign_count, now
    passkey.synced = proved.credential_backed_up
    token = open_session(session, passkey.supporter_id, now)
    session.commit()
    return token


def _proved(
    session: Session, master: MasterKey, party: RelyingParty, answer: str, now: datetime
) -> tuple[Passkey, VerifiedAuthentication]:
    credential = parse_authentication_credential_json(answer)
    challenge = parse_client_data_json(credential.response.client_data_json).challenge
    take(session, challenge, None, now)
    index = master.index("passkey", listed(credential.raw_id))
    passkey = session.scalar(
        select(Passkey).where(Passkey.credential_index == index).with_for_update()
    )
    if passkey is None:
        raise ValueError("no such passkey")
    supporter = session.get_one(Supporter, passkey.supporter_id)
    handle = credential.response.user_handle or b""
    if handle.decode(errors="replace") not in numbers_of(session, supporter):
        raise ValueError("not its owner")
    envelope = open_data_key(session, master, supporter.data_key_id)
    proved = verify_authentication_response(
        credential=credential,
        expected_challenge=challenge,
        expected_rp_id=party.host,
        expected_origin=party.origin,
        credential_public_key=unlisted(envelope.open(KEY, passkey.key_sealed)),
        credential_current_sign_count=passkey.uses,
        require_user_verification=True,
    )
    return passkey, proved
