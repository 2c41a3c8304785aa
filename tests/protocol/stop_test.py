"""SIGTERM: what is under way is finished, clients are told, and the end comes soon in any case."""

import signal
import subprocess
import threading
import time

import pytest

from client import PATIENCE, Closed, Problem, new_id, operation, until
from prometheus import Page, page_port
from region import World, free_port


@pytest.fixture
def world(make_region):
    return World(make_region())


SPARE = 5  # seconds, of a machine that does much else: for signals to come and sanitizers to look


def end(server, since, most=10):
    """Waits for the end: code 0, in time; how many the log says were cut."""
    code = server.process.wait(PATIENCE)
    assert code == 0, server.story()
    assert time.monotonic() - since < most + SPARE, server.story()
    server.reader.join()
    told = [line for line in server.log if "event=stopped cut=" in line]
    assert told, server.story()
    return sum(int(line.split("cut=")[1]) for line in told)


def stop(server):
    server.process.send_signal(signal.SIGTERM)
    return time.monotonic()


def test_followers_are_told(world):
    region = world.region
    pages = [region.client(region.identity).follow(since=world.boss.pull().upto) for _ in range(5)]
    for each in pages:
        next(each)
    idle = region.client(region.identity)
    since = stop(region.server)
    for each in pages:
        with pytest.raises(Problem) as caught:
            for page in each:
                assert not page.records
        assert caught.value.code == "unavailable" and caught.value.retry_after > 0
    for client in region.connections:
        with pytest.raises(Closed):
            client.read(1)  # a goodbye: without one, Python's ssl raises something else
        client.close()
    idle.close()
    assert end(region.server, since, 5) == 0


def test_pushes_under_way_are_answered(world):
    """What was acknowledged is there; what was sent is answered, or its connection ends."""
    region, acknowledged, stopped = world.region, [], threading.Event()

    def write(client):
        try:
            while True:
                sent = [operation("note", new_id(), subject=world.plan, text="x" * 500)
                        for _ in range(20)]
                results = client.push(*sent)
                assert {result.status for result in results} == {"applied"}
                acknowledged.extend(result.seq for result in results)
        except (Closed, OSError):
            client.close()
            stopped.set()

    threads = [threading.Thread(target=write, args=[region.client(region.identity)])
               for _ in range(6)]
    for thread in threads:
        thread.start()
    until(lambda: len(acknowledged) > 400)
    since = stop(region.server)
    for thread in threads:
        thread.join()
    for client in region.connections:
        client.close()
    assert end(region.server, since) == 0
    log = {int(seq) for seq in region.sql("SELECT seq FROM change").split()}
    assert set(acknowledged) <= log
    assert region.sql("SELECT count(*) = max(seq) FROM change") == "t"
    region.server = region.serve()
    again = region.client(region.identity)
    assert set(acknowledged) <= {record.seq for record in again.pull(kinds=["note"]).records}


def hold_head(region):
    """A transaction that keeps the log's head: no batch goes on while it lasts."""
    held = subprocess.Popen(
        ["psql", "--no-psqlrc", "-qAt", region.cluster.conninfo(region.database, "concert_owner")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    held.stdin.write(f"SET search_path = {region.name}; BEGIN; SELECT 1 FROM head FOR UPDATE;\n")
    held.stdin.flush()
    assert held.stdout.readline().strip() == "1"
    return held


def until_it_waits(region):
    """Until a batch waits for what is held; others' databases have locks of their own."""
    until(lambda: region.sql(
        "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted "
        "AND datname = current_database()") != "0")


def test_a_push_that_waits_is_finished(world):
    region = world.region
    held = hold_head(region)
    number = world.boss.send(push={"operations": [
        operation("note", new_id(), subject=world.plan, text="late")]})
    until_it_waits(region)
    since = stop(region.server)
    until(lambda: any("event=stopping" in line for line in list(region.server.log)))
    held.stdin.write("ROLLBACK;\n")
    held.stdin.flush()
    result, = world.boss.push_answer(number)
    assert result.status == "applied"
    with pytest.raises(Closed):
        world.boss.read(1)
    for client in region.connections:
        client.close()
    assert end(region.server, since) == 0
    held.stdin.close()
    held.wait()


def test_a_pull_under_way_is_finished(world):
    region = world.region
    for _ in range(15):  # no more than a slow machine sends before it is cut
        world.boss.push(*[operation("note", new_id(), subject=world.plan, text="x" * 8000)
                          for _ in range(100)])
    client = region.client(region.identity)
    answers = client.answers(client.send(pull={}))
    pages = [next(answers)]
    since = stop(region.server)
    until(lambda: any("event=stopping" in line for line in list(region.server.log)))
    pages.extend(answers)
    assert pages[-1].upto == pages[-1].head
    assert len([record for page in pages for record in page.records]) >= 1500
    for each in region.connections:
        each.close()
    assert end(region.server, since) == 0


def test_a_database_that_hangs_is_not_waited_for(world):
    region = world.region
    held = hold_head(region)
    world.boss.send(push={"operations": [
        operation("note", new_id(), subject=world.plan, text="never")]})
    until_it_waits(region)
    since = stop(region.server)
    assert end(region.server, since) == 1
    held.stdin.close()
    held.wait()


def test_who_never_reads_is_cut(world):
    region = world.region
    for _ in range(30):
        world.boss.push(*[operation("note", new_id(), subject=world.plan, text="x" * 8000)
                          for _ in range(100)])
    mute = region.client(region.identity)
    next(mute.answers(mute.send(pull={})))
    since = stop(region.server)
    assert end(region.server, since) == 1


def test_a_second_word_ends_at_once(world):
    region = world.region
    held = hold_head(region)
    world.boss.send(push={"operations": [
        operation("note", new_id(), subject=world.plan, text="never")]})
    until_it_waits(region)
    stop(region.server)
    until(lambda: any("event=stopping" in line for line in list(region.server.log)))
    since = stop(region.server)
    assert end(region.server, since, 3) == 1
    held.stdin.close()
    held.wait()


def test_it_is_not_ready_while_it_stops(make_region):
    region = make_region(settings=[("server", "metrics", f"127.0.0.1:{free_port()}")])
    world, page = World(region), Page(page_port(region))
    held = hold_head(region)
    world.boss.send(push={"operations": [
        operation("note", new_id(), subject=world.plan, text="never")]})
    until_it_waits(region)
    since = stop(region.server)
    until(lambda: page.get("/readyz")[::2] == (503, "stopping\n"))
    assert page.get("/healthz")[0] == 200
    held.stdin.close()
    held.wait()
    end(region.server, since)


def test_workers_end_together(make_region):
    region = make_region(settings=[("server", "workers", "3")])
    world = World(region)
    clients = [region.client(region.identity) for _ in range(9)]
    for client in clients:
        next(client.follow(since=world.boss.pull().upto))
    since = stop(region.server)
    for client in region.connections:
        with pytest.raises((Closed, Problem)):
            while True:
                client.receive()
        client.close()
    assert end(region.server, since) == 0


def test_who_waits_for_what_never_comes_is_told(make_region):
    """A pull may wait for a seq that nobody ever writes: the end does not wait for it."""
    region = make_region(settings=[("server", "metrics", f"127.0.0.1:{free_port()}")])
    world, page = World(region), Page(page_port(region))
    number = world.boss.send(pull={"at_least": world.boss.pull().head + 1000})
    until(lambda: page.value("concert_requests_under_way") == 1)
    since = stop(region.server)
    with pytest.raises(Problem) as caught:
        list(world.boss.answers(number))
    assert caught.value.code == "unavailable" and caught.value.retry_after > 0
    for each in region.connections:
        each.close()
    assert end(region.server, since, 5) == 0
