import pytest
from css_inline import CSSInliner
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, StrictUndefined

from donations.assets import asset_folder
from donations.kernel.newsroom import Newsroom
from donations.mailer.catalogues import Catalogues
from donations.mailer.samples import SAMPLES
from donations.mailer.skeletons import Skeletons

INLINER = CSSInliner(keep_style_tags=True, keep_at_rules=True, load_remote_stylesheets=False)
LANGUAGES = ("en", "ru")
PAGE = """<!doctype html><html><head><title>{{ title }}</title>
<style>p { color: red } a { color: blue } @media (x) { p { color: green } }</style></head><body>
<p class="first">{{ name }}{% if note %} – {{ note }}{% endif %}</p>
{% if kind == "monthly" %}<p>each month</p>{% elif kind != "once" %}<p>{{ kind }}</p>{% endif %}
{% for one, many in pairs %}<p>{{ one }} {{ many }}</p>{% endfor %}
<a href="{{ link }}" title='{{ name }}'>{{ link }}</a></body></html>"""

# What HTML normalises before anything is styled, the inliner would too, but a fact put in later
# is left as it is: line ends and characters that no mail may carry.
facts = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ue000\ue001\ufffe\uffff")
)


def rendered(template):
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    return environment.from_string(template).render


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "title": facts,
                "name": facts,
                "note": st.none() | facts,
                "kind": st.sampled_from(["monthly", "once", "annual"]),
                "link": facts,
                "pairs": st.lists(st.tuples(facts, st.integers(0, 9)), max_size=2),
            }
        ),
        min_size=1,
        max_size=4,
    )
)
def test_a_letter_made_from_a_skeleton_is_the_letter_styled_by_itself_to_the_byte(letters):
    skeletons, render = Skeletons(), rendered(PAGE)
    for letter in letters:
        assert skeletons.dressed(render, letter) == INLINER.inline(render(letter))


NEWSROOM = Newsroom(name="N", contact="help@n.example", mail_from="post@n.example")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_each_real_letter_is_the_same_with_and_without_a_skeleton(sample, language):
    message = sample.message(NEWSROOM, "https://d.example", language)
    environment = Catalogues(asset_folder("templates")).environment(language)
    render = environment.get_template(f"mail/{message.template}/body.html").render
    skeletons = Skeletons()
    for subject in ("Plain", "“Quotes” & <b> it's", "Plain"):
        letter = {**message.context, "sender": "A & B", "subject": subject}
        assert skeletons.dressed(render, letter) == INLINER.inline(render(letter))


def test_letters_that_differ_in_facts_only_are_styled_once():
    skeletons, render = Skeletons(), rendered('<p title="{{ name }}">{{ name }}</p>')
    for number in range(50):
        skeletons.dressed(render, {"name": f"reader {number}"})
    assert len(skeletons._kept) == 1


def test_a_fact_where_no_mark_can_be_found_again_is_styled_the_slow_way():
    template = "<style>/* {{ name }} */ p { color: red }</style><p>{{ name }}</p>"
    skeletons, render = Skeletons(), rendered(template)
    for name in ("one", "two"):
        letter = {"name": name}
        assert skeletons.dressed(render, letter) == INLINER.inline(render(letter))


def test_a_fact_cannot_break_out_of_an_attribute_or_a_text():
    skeletons, render = Skeletons(), rendered('<a href="{{ link }}">{{ link }}</a>')
    html = skeletons.dressed(render, {"link": '"><script>x</script>'})
    assert "<script>" not in html.replace('href="&quot;><script>x</script>"', "")
    assert html.count("&lt;script&gt;") == 1


def test_only_so_many_forms_are_kept():
    skeletons, render = Skeletons(), rendered("<p>{{ number }}</p>")
    for number in range(1000):
        assert str(number) in skeletons.dressed(render, {"number": number})
    assert len(skeletons._kept) < 200
