"""Power cuts: PostgreSQL or concertd killed under load. What was acknowledged is there, once."""

import contextlib
import hashlib
import os
import ssl
import threading

import pytest

from client import Closed, Problem, body, operation
from identity import new_id
from messages import protocol
from region import Region, World


@pytest.fixture
def shaken(own_cluster, tmp_path):
    """A region on a cluster of its own."""
    own = Region(tmp_path, own_cluster)
    yield World(own)
    own_cluster.start()
    own.close()


class Writer(threading.Thread):
    """Creates notes one by one, each sent again with its op_id until it is acknowledged."""

    def __init__(self, world, stop):
        super().__init__()
        self.world, self.stop = world, stop
        self.acknowledged, self.troubles, self.failure = {}, 0, None
        self.changed = threading.Condition()

    def run(self):
        try:
            client = None
            while not self.stop.is_set():
                sent = self.make()
                result = None
                while result is None:
                    client, result = self.attempt(client, sent)
                with self.changed:
                    self.acknowledged[sent.op_id] = result
                    self.changed.notify_all()
        except BaseException as failure:
            self.failure = failure
            raise

    def make(self):
        return operation("note", new_id(), subject=self.world.plan, text="Un")

    def attempt(self, client, sent):
        """(client, the result), or None in the place of what was lost."""
        region = self.world.region
        try:
            client = client or region.client(region.identity)
            result, = client.push(sent)
            assert result.status in ("applied", "duplicate"), result
            return client, result
        except Problem as problem:
            assert problem.code in ("unavailable", "busy"), problem
            assert problem.retry_after > 0
        except (Closed, ConnectionError, ssl.SSLError):
            client = None
        self.troubles += 1
        return client, None

    def wait_for(self, more):
        """Until so many more are acknowledged."""
        with self.changed:
            wanted = len(self.acknowledged) + more
            assert self.changed.wait_for(
                lambda: self.failure or len(self.acknowledged) >= wanted, 120)
        assert self.failure is None


class Decider(Writer):
    """Likewise decisions of one meeting, which are numbered."""

    def make(self):
        return operation("agenda_item", new_id(), meeting=self.world.decides, rank=1, title="Un",
                         decision="Oui")


class Sender(Writer):
    """Attaches documents one by one; a part is sent again from what is held."""

    PARTS, PART = 4, 50_000

    def __init__(self, world, stop):
        super().__init__(world, stop)
        self.whole = {}  # their bytes, by the record's id

    def make(self):
        self.data = os.urandom(self.PARTS * self.PART)
        self.held = -1  # the record is to be pushed first
        return operation("document", new_id(), subject=self.world.plan, title="Un",
                         media_type="text/plain", size=len(self.data),
                         sha256=hashlib.sha256(self.data).hexdigest())

    def attempt(self, client, sent):
        if self.held < 0:
            client, result = super().attempt(client, sent)
            self.held = -1 if result is None else 0
            return client, None
        try:
            client = client or self.world.region.client(self.world.region.identity)
            told = client.ask(put_document=protocol.PutDocument(
                document=sent.id, offset=self.held,
                bytes=self.data[self.held:self.held + self.PART]))
            self.held = told.held
            if told.whole:
                self.whole[sent.id] = self.data
            return client, told if told.whole else None
        except Problem as problem:
            assert problem.code == "unavailable" and problem.retry_after > 0, problem
        except (Closed, ConnectionError, ssl.SSLError):
            client = None
        self.troubles += 1
        return client, None


@contextlib.contextmanager
def load(world, kinds=(Writer,) * 4):
    stop = threading.Event()
    threads = [kind(world, stop) for kind in kinds]
    for thread in threads:
        thread.start()
    try:
        yield threads
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def check(world, threads):
    """Every acknowledged operation is in the log once, where its result says, and none besides."""
    region = world.region
    acknowledged = {}
    for thread in threads:
        acknowledged.update(thread.acknowledged)
    lines = region.sql("SELECT replace(op_id::text, '-', ''), seq, revision FROM change "
                       "WHERE kind = 'note'").split()
    log = {bytes.fromhex(op): (int(seq), int(revision))
           for op, seq, revision in (line.split("|") for line in lines)}
    assert len(lines) == len(log)
    assert {op: (r.seq, r.revision) for op, r in acknowledged.items()} == log
    assert region.sql("SELECT count(*) = max(seq) FROM change") == "t"
    assert int(region.sql("SELECT count(*) FROM note")) == len(acknowledged)
    client = region.client(region.identity)
    copy = client.pull(kinds=["note"])
    assert {record.seq for record in copy.records} == {seq for seq, _ in log.values()}


def test_postgresql_is_killed_under_load(shaken):
    region = shaken.region
    with load(shaken) as threads:
        for _ in range(3):
            for thread in threads:
                thread.wait_for(25)
            region.cluster.kill()
            troubles = [thread.troubles for thread in threads]
            region.cluster.start()
            for thread in threads:
                thread.wait_for(10)
    assert any(troubles)
    assert region.server.process.poll() is None
    check(shaken, threads)


def test_concertd_is_killed_under_load(shaken):
    region = shaken.region
    with load(shaken) as threads:
        for _ in range(3):
            for thread in threads:
                thread.wait_for(25)
            region.server.kill()
            region.server = region.serve()
            for thread in threads:
                thread.wait_for(10)
    check(shaken, threads)


def test_numbers_and_documents_survive(shaken):
    """No number is given twice or skipped, no document is whole but as it was sent."""
    region, shaken.decides = shaken.region, shaken.meeting(shaken.chenaux)
    with load(shaken, (Decider, Decider, Decider, Sender, Sender)) as threads:
        for kill in (0, 1, 0, 1):
            for thread in threads:
                thread.wait_for(3)
            if kill:
                region.server.kill()
                region.server = region.serve()
            else:
                region.cluster.kill()
                region.cluster.start()
    client = region.client(region.identity)
    given = [body(record).resolution for record in client.pull(kinds=["agenda_item"]).records]
    assert sorted(given) == sorted(f"R-2009-{n + 1}" for n in range(len(given)))
    assert len(given) == sum(len(thread.acknowledged) for thread in threads[:3])
    assert region.sql("SELECT count(*) = max(last) FROM agenda_item, resolution") == "t"
    for id, data in ((id, data) for thread in threads[3:] for id, data in thread.whole.items()):
        found = b""
        while len(found) < len(data):
            found += client.ask(get_document=protocol.GetDocument(
                document=id, offset=len(found))).bytes
        assert found == data
    assert region.sql("SELECT count(*) = max(seq) FROM change") == "t"


def test_while_the_database_is_away(shaken):
    """Pushes are told so at once and the connection lives; what is in memory is still read."""
    region, boss = shaken.region, shaken.boss
    id = shaken.share(percent=1)
    start = boss.pull()
    pages = region.client(region.identity).follow(since=start.upto)
    next(pages)
    region.cluster.kill()
    sent = operation("share", id, 1, percent=2)
    with pytest.raises(Problem) as caught:
        boss.push(sent)
    assert caught.value.code == "unavailable" and caught.value.retry_after > 0
    boss.hello(region.name)
    assert boss.pull().upto == start.upto
    region.cluster.start()
    result = None
    while result is None:
        with contextlib.suppress(Problem):
            result, = boss.push(sent)
    assert result.status in ("applied", "duplicate")
    assert next(record.seq for page in pages for record in page.records) == result.seq
    assert region.sql("SELECT count(*) = max(seq) FROM change") == "t"


def test_a_lost_answer(shaken):
    """The connection goes before the answer comes: sent again, the operation is there once."""
    region = shaken.region
    for _ in range(30):
        sent = operation("note", new_id(), subject=shaken.plan, text="Un")
        goes = region.client(region.identity)
        goes.send(push={"operations": [sent]})
        goes.close()
        result, = shaken.boss.push(sent)
        assert result.status in ("applied", "duplicate")
    assert region.sql("SELECT count(*) FROM note") == "30"


def test_the_server_starts_before_its_database(shaken):
    region = shaken.region
    region.server.stop()
    region.cluster.kill()
    starter = threading.Thread(target=region.cluster.start)
    state = region.folder / "state"
    starter.start()
    region.server = region.serve(state)
    starter.join()
    client = None
    while client is None:
        with contextlib.suppress(Problem):
            client = region.client(region.identity)
    assert client.pull().records


def restore(world, old):
    """As from a backup of `old`: what came after is gone."""
    region = world.region
    region.sql(f"""
        DELETE FROM note; DELETE FROM record WHERE seq > {old.upto};
        DELETE FROM change WHERE seq > {old.upto};
        UPDATE head SET seq = {old.upto}, hash = '\\x{old.upto_hash.hex()}'""")


def test_a_follower_is_told_of_a_restored_backup(shaken):
    """It is not led on along another log."""
    region, boss = shaken.region, shaken.boss
    old = boss.pull()
    boss.push(*[operation("note", new_id(), subject=shaken.plan, text=f"{n}") for n in range(3)])
    newer = boss.pull()
    pages = region.client(region.identity).follow(since=newer.upto, since_hash=newer.upto_hash)
    next(pages)
    restore(shaken, old)
    region.cluster.kill()
    region.cluster.start()
    done = 0
    while done < 6:
        with contextlib.suppress(Problem):
            boss.put("note", subject=shaken.plan, text="Un autre")
            done += 1
    with pytest.raises(Problem) as caught:
        for page in pages:
            assert not page.records
    assert caught.value.code == "diverged"


@pytest.mark.parametrize("restarted", ["concertd", "postgresql"])
def test_a_restored_backup_is_noticed(shaken, restarted):
    """A client that remembers is told diverged, pulls afresh, and sends again what it had sent."""
    region, boss = shaken.region, shaken.boss
    old = boss.pull()
    sent = [operation("note", new_id(), subject=shaken.plan, text=f"{n}") for n in range(3)]
    boss.push(*sent)
    newer = boss.pull()
    restore(shaken, old)
    if restarted == "concertd":
        region.server.stop()
        region.server = region.serve()
    else:
        region.cluster.kill()
        region.cluster.start()
    client = region.client(region.identity)
    until_told(client, "diverged", since=newer.upto, since_hash=newer.upto_hash)
    pushed = None
    while pushed is None:
        with contextlib.suppress(Problem):
            pushed, _ = client.put("note", subject=shaken.plan, text="Un autre")
    until_told(client, "diverged", since=old.upto + 1, since_hash=newer.upto_hash)
    assert client.pull(since=old.upto, since_hash=old.upto_hash).upto == old.upto + 1
    assert {result.status for result in client.push(*sent)} == {"applied"}
    assert {result.status for result in client.push(*sent)} == {"duplicate"}
    everything = client.pull()
    assert everything.head == old.upto + 4
    assert {record.id for record in everything.records if record.seq > old.upto} == {
        pushed, *(operation.id for operation in sent)}


def until_told(client, code, **pull):
    """Pulls until this error comes; the server may still be on its way back to the database."""
    while True:
        try:
            client.pull(**pull)
        except Problem as problem:
            if problem.code == code:
                return
            assert problem.code == "unavailable"
