import pytest
from sqlalchemy import create_engine, inspect

from donations import app  # noqa: F401 - imports every model
from donations.kernel.database import prepare_engine
from donations.migrations import schema


@pytest.fixture
def fresh(tmp_path):
    engine = prepare_engine(create_engine(f"sqlite:///{tmp_path}/fresh.db"))
    yield engine
    engine.dispose()


def test_the_migrated_database_is_what_the_models_say(engine):
    assert schema.is_current(engine)
    assert schema.differences(engine) == []


def test_an_empty_database_is_not_current_until_upgraded(fresh):
    assert not schema.is_current(fresh)
    schema.upgrade(fresh)
    schema.upgrade(fresh)
    assert schema.is_current(fresh)


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_the_schema_goes_up_from_every_revision_and_down_to_nothing(fresh, revision):
    schema.upgrade(fresh, revision)
    schema.upgrade(fresh)
    assert schema.differences(fresh) == []
    schema.downgrade(fresh, "base")
    assert set(inspect(fresh).get_table_names()) <= {"alembic_version"}
