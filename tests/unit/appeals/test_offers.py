import pytest

from donations.appeals.editions import SAMPLE, read_folder
from donations.appeals.offers import MOST, check_offers, offer, offers
from donations.kernel.errors import MisconfiguredError, NotFound

ISSUE = {"title": "One", "date": "Today", "intro": "…", "signature": "Us", "items": [{}]}
OLD = {
    "newsletter": {
        "slug": "weekly",
        "name": "The Week",
        "description": "News",
        "frequency": "Fridays",
    },
    "issue": ISSUE,
}


def one(slug, **changes):
    return {**OLD["newsletter"], "slug": slug, "issue": ISSUE, **changes}


def test_an_edition_published_before_there_were_several_offers_its_one():
    [only] = offers(OLD)
    assert (only.slug, only.name, only.issue["title"]) == ("weekly", "The Week", "One")


def test_an_edition_offers_its_newsletters_in_its_own_order():
    found = offers({"newsletters": [one("b"), one("a")]})
    assert [each.slug for each in found] == ["b", "a"]


def test_both_shapes_give_the_same_offer():
    assert offers(OLD) == offers({"newsletters": [one("weekly")]})


def test_the_sample_offers_the_same_three_in_both_languages():
    sample = read_folder(SAMPLE, ("en", "ru"))
    slugs = {tuple(each.slug for each in offers(sample[language])) for language in sample}
    assert slugs == {("weekly", "morning", "long-read")}


def test_a_slug_nobody_offers_is_not_found():
    assert offer(OLD, "weekly").name == "The Week"
    with pytest.raises(NotFound):
        offer(OLD, "daily")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ({}, "newsletters are needed"),
        ({"newsletters": []}, "newsletters are needed"),
        ({"newsletters": [one(f"n{n}") for n in range(MOST + 1)]}, "newsletters are needed"),
        ({"newsletters": [one("a"), one("a")]}, "one slug"),
        ({"newsletters": [one("a", name="")]}, "name"),
        ({"newsletters": [one("a", issue=None)]}, "issue"),
        ({"newsletters": [one("a", issue={**ISSUE, "intro": ""})]}, "issue.intro"),
        ({"newsletters": [one("A week")]}, "slug"),
        ({"newsletters": [one("x" * 41)]}, "slug"),
    ],
)
def test_what_cannot_be_offered_is_named_with_its_fault(content, fault):
    with pytest.raises(MisconfiguredError, match=fault):
        check_offers(content)
