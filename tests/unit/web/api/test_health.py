from datetime import timedelta

from donations.jobs.models import Job


def test_the_process_says_that_it_is_up(client):
    assert client.get("/healthz").text == "ok\n"


def test_it_is_ready_once_a_worker_lives(client, worker, clock):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "no worker" in answer.text
    worker.tick()
    assert client.get("/readyz").json == {"ready": True, "wrong": []}
    clock.advance(timedelta(minutes=2))
    assert client.get("/readyz").status_code == 503


def test_work_that_failed_for_good_is_said(client, worker, session, clock):
    worker.tick()
    session.add(
        Job(
            kind="x",
            key="x",
            arguments={},
            state="dead",
            run_at=clock.now(),
            attempts=12,
            created_at=clock.now(),
        )
    )
    session.commit()
    assert "failed for good" in client.get("/readyz").text
