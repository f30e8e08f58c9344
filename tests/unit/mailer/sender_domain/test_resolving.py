import dns.exception
import dns.resolver
import pytest

from donations.mailer.sender_domain.resolving import PATIENCE_SECONDS, CannotAsk, Dns


class Record:
    strings = (b"v=spf1 ", b"-all")


def answering(monkeypatch, answer):
    asked = []

    def resolve(_self, name, kind, **how):
        asked.append((name, kind, how))
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(dns.resolver.Resolver, "resolve", resolve)
    monkeypatch.setattr(dns.resolver.Resolver, "read_resolv_conf", lambda *_: None)
    return asked


def test_the_pieces_of_a_record_are_one_text_and_patience_is_short(monkeypatch):
    asked = answering(monkeypatch, [Record()])
    assert Dns().texts("newsroom.org") == ("v=spf1 -all",)
    assert asked == [("newsroom.org", "TXT", {"lifetime": PATIENCE_SECONDS})]


def test_a_name_without_records_has_none(monkeypatch):
    answering(monkeypatch, dns.resolver.NXDOMAIN())
    assert Dns().texts("newsroom.org") == ()


@pytest.mark.parametrize(
    "trouble", [dns.exception.Timeout(), dns.resolver.NoResolverConfiguration(), OSError()]
)
def test_a_dns_that_does_not_answer_cannot_be_asked(monkeypatch, trouble):
    answering(monkeypatch, trouble)
    with pytest.raises(CannotAsk):
        Dns().texts("newsroom.org")
