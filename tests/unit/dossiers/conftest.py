import pytest

from donations.supporters.directory import recognise


@pytest.fixture
def meet(session, master, clock):
    """A supporter who is known by this mailbox."""

    def one(email="vera@reader.example", name="Vera Reader", customer="cus_1", language="en"):
        found = recognise(
            session,
            master,
            email=email,
            name=name,
            customer=customer,
            language=language,
            now=clock.now(),
        )
        session.commit()
        return found

    return one
