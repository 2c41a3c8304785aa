"""A pull in several pages that is cut, and a log that comes back from a backup meanwhile: what the
first pages left out because it changed once more is told, or the log is said to be another one."""

import subprocess

import pytest

from client import body, refused
from messages import protocol
from region import World

PAGE = 4096
MANY = 120  # notes: several such pages


@pytest.fixture(params=["memory", "database"])
def own(request, make_region):
    """Served from the feed's memory, or mostly from outside it."""
    return World(make_region(settings=[("limits", "feed", "65536")]
                             if request.param == "database" else []))


def fill(world, count=MANY):
    """Notes, each of them some 200 bytes; their ids."""
    return [world.boss.put("note", subject=world.plan, text=f"Note {n}. " + "x" * 200)[0]
            for n in range(count)]


def dump(region, file):
    """Yesterday's backup, in a file."""
    file.write_text(subprocess.run(
        ["pg_dump", region.cluster.conninfo(region.database, "concert_owner")], check=True,
        text=True, stdout=subprocess.PIPE).stdout)


def restore(world, file):
    """The server is away meanwhile."""
    region = world.region
    region.server.stop()
    region.cluster.run("dropdb", region.database)
    region.cluster.run("createdb", region.database)
    subprocess.run(
        ["psql", "--no-psqlrc", "-q", "-v", "ON_ERROR_STOP=1", "-f", file,
         region.cluster.conninfo(region.database, "concert_owner")],
        check=True, stdout=subprocess.PIPE)
    region.server = region.serve()
    world.boss = region.client(region.identity)


class Cut:
    """A copy by pages, as a good client keeps it, whose first pull is cut after one page."""

    def __init__(self, world):
        self.records, self.since, self.since_hash, self.series = {}, 0, None, None
        client = world.region.client(world.region.identity)
        number = client.send(pull=protocol.Pull(page=PAGE))
        self.keep(next(client.answers(number)))
        client.close()
        assert self.series and self.since < self.series[0]

    def keep(self, page):
        self.records.update((record.id, record) for record in page.records)
        self.since, self.since_hash = page.upto, page.upto_hash
        if page.upto < page.head and (not self.series or page.head > self.series[0]):
            self.series = page.head, page.head_hash
        if self.series and self.since >= self.series[0]:
            self.series = None

    def go_on(self, world, head=True):
        more = dict(head=self.series[0], head_hash=self.series[1]) if head and self.series else {}
        for page in world.boss.pull(since=self.since, since_hash=self.since_hash, page=PAGE,
                                    **more).pages:
            self.keep(page)

    def is_the_servers(self, world):
        return ({id: record.revision for id, record in self.records.items()} ==
                {record.id: record.revision for record in world.boss.pull().records})


def test_pages_tell_the_head_and_its_hash(own):
    fill(own, 40)
    copy = own.boss.pull(page=PAGE)
    assert len(copy.pages) > 2
    assert {(page.head, page.head_hash) for page in copy.pages} == {(copy.upto, copy.upto_hash)}


@pytest.mark.parametrize("grown", [0, 40])
def test_what_a_first_page_left_out_is_not_lost(own, tmp_path, grown):
    """A record of the first page's time changes after the backup, and is left out of that page."""
    ids = fill(own)
    dump(own.region, tmp_path / "dump.sql")
    own.boss.put("note", ids[0], 1, text="Changée après la sauvegarde")
    cut = Cut(own)
    assert cut.records and ids[0] not in cut.records
    restore(own, tmp_path / "dump.sql")
    fill(own, grown)
    blind = Cut.__new__(Cut)
    blind.__dict__.update(cut.__dict__, records=dict(cut.records))
    blind.go_on(own, head=False)
    assert ids[0] not in blind.records and not blind.is_the_servers(own)  # the hole
    with refused("diverged", "since"):
        cut.go_on(own)


def test_a_series_goes_on_in_its_own_log(own, tmp_path):
    """Also when the backup is of a later moment than the page, and when the log has grown."""
    ids = fill(own)
    own.boss.put("note", ids[0], 1, text="Changée avant la sauvegarde")
    cut = Cut(own)
    dump(own.region, tmp_path / "dump.sql")
    fill(own, 3)
    restore(own, tmp_path / "dump.sql")
    own.boss.put("note", ids[1], 1, text="Changée encore")
    fill(own, 30)
    cut.go_on(own)
    assert not cut.series and cut.is_the_servers(own)
    assert body(cut.records[ids[0]]).text == "Changée avant la sauvegarde"


@pytest.mark.parametrize("change", ["hash", "short", "beyond"])
def test_a_head_of_another_log_is_told(own, change):
    fill(own, 40)
    cut = Cut(own)
    head, hash = cut.series
    cut.series = {"hash": (head, bytes(31) + b"\x01"), "short": (head, b"x"),
                  "beyond": (head + 10, hash)}[change]
    with refused("diverged", "since"):
        cut.go_on(own)


def test_a_head_that_is_behind_the_cursor_says_nothing(own):
    copy = own.boss.pull()
    again = own.boss.pull(since=copy.upto, since_hash=copy.upto_hash, head=copy.upto,
                          head_hash=bytes(32))
    assert again.upto == copy.upto
    assert own.boss.pull(head=copy.upto).upto == copy.upto  # without its hash neither


def test_a_head_out_of_range(own):
    with refused("bad_request", "head", "range"):
        own.boss.pull(head=2**63, head_hash=bytes(32))


def test_a_series_goes_on_at_another_server(own):
    ids = fill(own, 60)
    own.boss.put("note", ids[0], 1, text="Changée")
    second = own.region.second_server()
    cut = Cut(own)
    _, last = own.boss.put("note", ids[1], 1, text="Changée")
    own.boss = own.region.client(own.region.identity, second)
    own.boss.pull(at_least=last.seq)
    while cut.series:
        cut.go_on(own)
    assert cut.is_the_servers(own)
