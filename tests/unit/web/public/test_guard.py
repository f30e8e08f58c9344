import pytest

from donations.web.public.guard import cautions, country_names


@pytest.fixture
def spoken(app):
    with app.test_request_context():
        yield


def test_the_warning_is_said_in_the_pages_language_and_in_russian(house, spoken):
    english, russian = cautions(house.newsroom, "en")
    assert (english.lang, russian.lang) == ("en", "ru")
    assert "Russia" in english.heading
    assert "Росси" in russian.heading
    assert english.text != russian.text


def test_in_russian_it_is_said_once(house, spoken):
    [only] = cautions(house.newsroom, "ru")
    assert only.lang == "ru"


def test_every_guarded_country_has_a_name(house):
    for language in house.newsroom.languages:
        names = country_names(house.newsroom, language)
        assert len(names) == len(house.newsroom.guarded_countries)
        assert not set(names) & set(house.newsroom.guarded_countries)
