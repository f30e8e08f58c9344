import base64

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from donations.mailer.sender_domain.looking_up import looked_up
from donations.mailer.sender_domain.resolving import CannotAsk

DOMAIN = "mail.newsroom.org"


def key_record(key):
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"


KEY = key_record(rsa.generate_private_key(public_exponent=65537, key_size=2048))
WELL = {
    DOMAIN: ("v=spf1 include:spf.service.org -all", "another=text"),
    "spf.service.org": ("v=spf1 ip4:192.0.2.0/24 -all",),
    f"s1._domainkey.{DOMAIN}": (KEY,),
    f"_dmarc.{DOMAIN}": ("v=DMARC1; p=quarantine; rua=mailto:dmarc@newsroom.org",),
}


class FakeDns:
    def __init__(self, records, away_after=None):
        self.records, self.away_after, self.asked = records, away_after, []

    def texts(self, name):
        self.asked.append(name)
        if self.away_after is not None and len(self.asked) > self.away_after:
            raise CannotAsk("LifetimeTimeout")
        return self.records.get(name, ())


def told(records, selector="s1", domain=DOMAIN):
    return list(looked_up(domain, selector, FakeDns(records)))


def wrong(records, **more):
    return [one.what for one in told(records, **more) if one.well is False]


def without(name):
    return {key: value for key, value in WELL.items() if key != name}


def test_nothing_is_wrong_where_all_is_said():
    assert [one.well for one in told(WELL)] == [True, True, True, True]


def test_each_missing_record_is_told_with_what_to_add():
    [spf] = wrong(without(DOMAIN))
    assert "v=spf1 include:" in spf
    [dkim] = wrong(without(f"s1._domainkey.{DOMAIN}"))
    assert f"s1._domainkey.{DOMAIN}" in dkim
    [dmarc] = wrong(without(f"_dmarc.{DOMAIN}"))
    assert f'_dmarc.{DOMAIN} "v=DMARC1; p=none;' in dmarc


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (("v=spf1 -all", "v=spf1 ~all"), "has 2 SPF records"),
        (("v=spf1 +all",), "lets anybody send"),
        (("v=spf1 ip4:192.0.2.1",), "does not end"),
        (("v=spf1 " + "include:spf.service.org a mx exists:x.org " * 3 + "-all",), "look-ups"),
    ],
)
def test_an_spf_record_that_fails_is_told(records, said):
    [spf] = wrong({**WELL, DOMAIN: records})
    assert said in spf


def test_an_spf_record_that_includes_itself_is_counted_to_an_end():
    records = {**WELL, DOMAIN: (f"v=spf1 include:{DOMAIN} include:spf.service.org -all",)}
    assert wrong(records) == []


def test_a_redirect_ends_a_record():
    assert wrong({**WELL, DOMAIN: ("v=spf1 redirect=spf.service.org",)}) == []


@pytest.mark.parametrize(
    "record",
    [
        "v=DKIM1; p=",
        "v=DKIM1; p=AAAA",
        "v=DKIM1; p=!",
        key_record(ec.generate_private_key(ec.SECP256R1())),
        "v=DKIM1; k=ed25519; p=AAAA",
    ],
)
def test_a_key_that_is_none_is_told(record):
    [dkim] = wrong({**WELL, f"s1._domainkey.{DOMAIN}": (record,)})
    assert "empty or broken" in dkim


def test_a_key_of_another_kind_is_taken_too():
    ed25519 = "v=DKIM1; k=ed25519; p=" + base64.b64encode(b"\x01" * 32).decode()
    assert wrong({**WELL, f"s1._domainkey.{DOMAIN}": (ed25519,)}) == []


def test_a_selector_nobody_named_is_asked_for_and_not_wrong():
    unknown = [one for one in told(WELL, selector="") if one.well is None]
    assert len(unknown) == 1
    assert "MAIL_DKIM_SELECTOR" in unknown[0].what
    assert wrong(WELL, selector="") == []


def test_the_parents_policy_counts_for_a_subdomain():
    records = {
        **without(f"_dmarc.{DOMAIN}"),
        "_dmarc.newsroom.org": ("v=DMARC1; p=reject; sp=none",),
    }
    assert wrong(records) == []
    assert any("DMARC, none" in one.what for one in told(records))


def test_a_policy_that_is_none_is_told():
    [dmarc] = wrong({**WELL, f"_dmarc.{DOMAIN}": ("v=DMARC1; rua=mailto:a@b.org",)})
    assert "names no policy" in dmarc


def test_exact_alignment_is_explained():
    records = {**WELL, f"_dmarc.{DOMAIN}": ("v=DMARC1; p=none; adkim=s",)}
    assert f'"d={DOMAIN}"' in told(records)[-1].what


def test_a_dns_that_is_away_is_asked_once_and_nothing_is_wrong():
    dns = FakeDns(WELL, away_after=0)
    [one] = looked_up(DOMAIN, "s1", dns)
    assert one.well is None
    assert "could not be asked" in one.what
    assert len(dns.asked) == 1


def test_what_was_known_before_the_dns_went_away_is_still_told():
    advice = list(looked_up(DOMAIN, "s1", FakeDns(WELL, away_after=2)))
    assert [one.well for one in advice] == [True, None]


def test_a_name_that_cannot_be_real_is_never_asked_for():
    dns = FakeDns({})
    [one] = looked_up("mail.example", "s1", dns)
    assert one.well is None
    assert dns.asked == []
