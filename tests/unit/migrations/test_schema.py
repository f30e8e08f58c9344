import pytest
from sqlalchemy import inspect

from donations import app  # noqa: F401 - imports every model
from donations.migrations import schema


def test_the_migrated_database_is_what_the_models_say(engine):
    assert schema.is_current(engine)
    assert schema.differences(engine) == []


def test_an_empty_database_is_not_current_until_upgraded(fresh):
    assert not schema.is_current(fresh)
    schema.upgrade(fresh)
    schema.upgrade(fresh)
    assert schema.is_current(fresh)


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
def test_the_schema_goes_up_from_every_revision_down_to_nothing_and_up_again(fresh, revision):
    schema.upgrade(fresh, revision)
    schema.upgrade(fresh)
    assert schema.differences(fresh) == []
    schema.downgrade(fresh, "base")
    assert set(inspect(fresh).get_table_names()) <= {"alembic_version"}
    schema.upgrade(fresh)
    assert schema.differences(fresh) == []


def test_a_step_back_keeps_the_books_and_frees_them(fresh):
    schema.upgrade(fresh)
    schema.downgrade(fresh, "0001")
    assert "ledger_entry" in inspect(fresh).get_table_names()
    assert not schema.is_current(fresh)
    schema.upgrade(fresh)
    assert schema.is_current(fresh)
