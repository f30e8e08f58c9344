import shutil

import pytest

from donations.appeals.editions import (
    SAMPLE,
    current_edition,
    current_version,
    publish,
    read_folder,
)
from donations.kernel.errors import MisconfiguredError, NotFound


def test_before_anything_is_published_there_is_no_edition(session):
    assert current_version(session) == 0
    with pytest.raises(NotFound):
        current_edition(session, "en")


def test_publishing_again_is_a_new_version_and_keeps_the_old(session, clock):
    sample = read_folder(SAMPLE, ("en", "ru"))
    assert publish(session, sample, now=clock.now()) == 1
    changed = {**sample, "en": {**sample["en"], "appeal": {"headline": "New"}}}
    assert publish(session, changed, now=clock.now()) == 2
    session.commit()
    assert current_edition(session, "en").content["appeal"] == {"headline": "New"}
    assert current_edition(session, "ru").content == sample["ru"]


def test_the_sample_speaks_every_language_with_the_same_parts():
    sample = read_folder(SAMPLE, ("en", "ru"))
    assert sample["en"].keys() == sample["ru"].keys()
    assert sample["en"]["appeal"].keys() == sample["ru"]["appeal"].keys()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (None, "en.toml"),
        ("[appeal", "en.toml"),
        ("[appeal]\n[article]\n", "read_more"),
        ("[appeal]\n[article]\n[read_more]\n", "newsletter"),
    ],
)
def test_a_file_that_cannot_be_published_is_named_with_its_fault(tmp_path, text, fault):
    if text is not None:
        (tmp_path / "en.toml").write_text(text)
    with pytest.raises(MisconfiguredError, match=fault):
        read_folder(tmp_path, ("en",))


def test_a_newsrooms_own_folder_is_read(tmp_path):
    shutil.copy(SAMPLE / "en.toml", tmp_path / "en.toml")
    assert read_folder(tmp_path, ("en",))["en"]["article"]["published"] == "2026-11-20"
