"""Reading: snapshots, cursors, pages, followers, and reading one's own writes on any server."""

import threading

import pytest

from client import Closed, Problem, body, operation, refused
from identity import new_id
from messages import protocol, records
from region import World, head, latest

PAGE = 256 << 10


def seqs(copy):
    return [record.seq for record in copy.records]


def present(region, world):
    """The log's end, wherever it was written."""
    return world.boss.pull(at_least=head(region)).upto


def notes(world, count, text="x", client=None):
    """Creates notes in one push; their ids."""
    ids = [new_id() for _ in range(count)]
    results = (client or world.boss).push(
        *[operation("note", id, subject=world.plan, text=text) for id in ids])
    assert {result.status for result in results} == {"applied"}
    return ids


# --- snapshots and cursors -----------------------------------------------------------------------

def test_a_snapshot_is_all(region, world):
    copy = world.boss.pull()
    expected = {tuple(line.split("|")) for line in region.sql(
        "SELECT replace(id::text, '-', ''), handle, revision, seq, deleted FROM record").split()}
    found = {(record.id.hex(), record.handle, str(record.revision), str(record.seq),
              "t" if record.deleted else "f") for record in copy.records}
    assert found == expected
    assert seqs(copy) == sorted(seqs(copy))
    me = world.boss.hello(region.name)
    assert (copy.upto, copy.head, copy.upto_hash) == (me.head, me.head, me.head_hash)


def test_since(world):
    before = world.boss.pull()
    ids = notes(world, 3)
    after = world.boss.pull(since=before.upto, since_hash=before.upto_hash)
    assert [record.id for record in after.records] == ids
    assert after.upto == before.upto + 3
    none = world.boss.pull(since=after.upto, since_hash=after.upto_hash)
    assert not none.records and none.upto == after.upto and none.upto_hash == after.upto_hash


def test_each_record_once_in_its_present_state(world):
    before = world.boss.pull().upto
    id = world.share()
    for n in range(1, 6):
        world.boss.put("share", id, n, percent=n)
    copy = world.boss.pull(since=before)
    share, = [record for record in copy.records if record.id == id]
    assert share.revision == 6 and body(share).percent == 5 and share.seq == copy.upto


def test_a_tombstone_is_told(world):
    id, = notes(world, 1)
    before = world.boss.pull().upto
    world.boss.put("note", id, 1, delete=True)
    record, = world.boss.pull(since=before).records
    assert record.id == id and record.deleted and not record.HasField("body")
    assert record.kind == records.NOTE and record.revision == 2


def test_kinds(world):
    share = world.share()
    copy = world.boss.pull(kinds=["share", "plan"])
    assert {record.kind for record in copy.records} == {records.SHARE, records.PLAN}
    assert share in [record.id for record in copy.records]
    assert copy.upto == copy.head


def test_an_unknown_kind_has_no_records(world):
    copy = world.boss.pull(kinds=["project"])
    assert not copy.records and copy.upto == copy.head


def test_a_page_moves_on_past_what_is_not_shown(region, world):
    """An editor that sees nothing new still gets a new cursor."""
    before = world.editor.pull()
    region.invite("reader")
    after = world.editor.pull(since=before.upto, since_hash=before.upto_hash)
    assert not after.records and after.upto > before.upto
    assert after.upto_hash == world.boss.pull().upto_hash


@pytest.mark.parametrize("change", ["hash", "zeros", "short", "beyond"])
def test_another_log_is_told(world, change):
    copy = world.boss.pull()
    since = copy.upto + 10 if change == "beyond" else copy.upto - 1
    hash = {"hash": copy.upto_hash, "zeros": bytes(32), "short": b"x",
            "beyond": copy.upto_hash}[change]
    with refused("diverged"):
        world.boss.pull(since=since, since_hash=hash)


def test_beyond_the_log_without_a_hash(world):
    with refused("diverged"):
        world.boss.pull(since=world.boss.pull().upto + 10)


def test_a_pull_behind_a_push_sees_it(world):
    for n in range(20):
        id = new_id()
        before = world.boss.me.head
        push = world.boss.send(push=protocol.Push(operations=[
            operation("note", id, subject=world.plan, text=f"{n}")]))
        pull = world.boss.send(pull=protocol.Pull(since=before, kinds=[records.NOTE]))
        result, = world.boss.push_answer(push)
        page = list(world.boss.answers(pull))[-1]
        assert page.upto >= result.seq
        assert id in [record.id for record in page.records]
        world.boss.me.head = page.upto


# --- pages ---------------------------------------------------------------------------------------

@pytest.fixture(scope="module", params=["memory", "database"])
def large(request, make_region):
    """3,000 notes, in the feed's memory, or mostly outside it."""
    settings = [("limits", "feed", "65536")] if request.param == "database" else []
    world = World(make_region(settings=settings))
    for _ in range(3):
        notes(world, 1000, "Une rencontre a eu lieu. " * 12)
    return world


def check_pages(copy):
    assert len(copy.pages) > 3
    upto = 0
    for page in copy.pages:
        assert page.ByteSize() <= PAGE
        assert all(upto < record.seq <= page.upto for record in page.records)
        upto = page.upto
    assert seqs(copy) == sorted(set(seqs(copy)))


def test_pages_of_3000_records(large):
    copy = large.boss.pull(kinds=["note"])
    assert len(copy.records) == 3000
    assert copy.upto == copy.head
    check_pages(copy)


def test_pages_of_an_editor(large):
    copy = large.editor.pull(kinds=["note"])
    assert len(copy.records) == 3000 and copy.upto == copy.head
    check_pages(copy)


def test_an_interrupted_pull_goes_on(large):
    """From any page's end one gets the rest, no more and no less."""
    copy = large.boss.pull()
    check_pages(copy)
    for page in copy.pages:
        rest = large.boss.pull(since=page.upto, since_hash=page.upto_hash)
        assert seqs(rest) == [seq for seq in seqs(copy) if seq > page.upto]
        assert rest.upto_hash == copy.upto_hash


def test_any_place_of_the_log_is_a_cursor(large):
    log = {change.seq: change.hash for change in large.boss.history(limit=100)}
    for seq, hash in log.items():
        assert large.boss.pull(since=seq, since_hash=hash).upto == max(log)
        with refused("diverged"):
            large.boss.pull(since=seq, since_hash=bytes(31) + b"\x01")


def test_the_largest_record(world):
    """It has a page of its own."""
    start = world.boss.pull().upto
    id, _ = world.boss.put("party", name="x", type=records.Party.PARTNER,
                           mandates=["m" * 61000] * 4)
    notes(world, 3)
    copy = world.boss.pull(since=start)
    assert len(copy.records) == 4 and len(body(copy.records[0]).mandates) == 4
    assert all(page.ByteSize() <= PAGE for page in copy.pages)
    world.boss.put("party", id, 1, delete=True)


def test_many_pulls_at_once(large):
    numbers = [large.boss.send(pull=protocol.Pull(kinds=[records.NOTE])) for _ in range(10)]
    counts = dict.fromkeys(numbers, 0)
    open_ones = set(numbers)
    while open_ones:
        response = large.boss.receive()
        counts[response.number] += len(response.pull.records)
        if not response.more:
            open_ones.remove(response.number)
    assert set(counts.values()) == {3000}


# --- what is personal ----------------------------------------------------------------------------

@pytest.fixture(scope="module")
def membership(world):
    return world.boss.put(
        "membership", party=world.mekinac, person="Une citoyenne", seat="citoyenne",
        email="citoyenne@exemple.example", phone="819 555-0100")[0]


def test_personal_fields_are_the_owners_and_the_staffs(region, world, membership):
    for client in (world.boss, region.member("secretariat"), world.editor):
        assert latest(client, membership)[1].person == "Une citoyenne"
    for client in (world.other, region.member("reader")):
        shown = latest(client, membership)[1]
        assert [field.name for field, _ in shown.ListFields()] == ["party", "seat"]


def test_personal_fields_are_kept_from_followers(region, world, membership):
    before = world.other.pull().upto
    stranger = region.client(world.other.identity)
    pages = stranger.follow(since=before)
    next(pages)
    world.boss.put("membership", membership, world.boss.get(membership).revision,
                   seat="citoyenne élue")
    record = next(record for page in pages for record in page.records)
    assert body(record).seat == "citoyenne élue" and not body(record).HasField("person")


def test_personal_fields_are_kept_from_history(world, membership):
    for change in world.other.history(membership):
        assert b"citoyenne@" not in change.patch and b"819 555" not in change.patch
    assert any(b"citoyenne@" in change.patch for change in world.boss.history(membership))


def test_accounts_and_devices_are_hidden(region, world):
    staff = world.boss.pull(kinds=["account", "device"]).records
    assert len(staff) >= 6
    for client in (world.editor, region.member("reader")):
        shown = client.pull(kinds=["account", "device"]).records
        assert {record.id for record in shown} == {client.me.account, client.me.device}
        assert not {change.id for change in client.history(limit=1000)} & (
            {record.id for record in staff} - {client.me.account, client.me.device})


# --- several servers -----------------------------------------------------------------------------

@pytest.fixture(scope="module")
def second(region):
    return region.second_server()


def test_at_least_reads_ones_own_writes(region, world, second):
    there = region.client(region.identity, second)
    pair = [world.boss, there]
    for n in range(40):
        writer, reader = pair[n % 2], pair[1 - n % 2]
        id, result = writer.put("note", subject=world.plan, text=f"{n}")
        copy = reader.pull(since=result.seq - 1, at_least=result.seq)
        assert copy.upto >= result.seq and id in [record.id for record in copy.records]


def test_a_cursor_of_the_other_server(region, world, second):
    there = region.client(region.identity, second)
    for n in range(40):
        notes(world, 1)
        copy = world.boss.pull(since=world.boss.me.head)
        world.boss.me.head = copy.upto
        again = there.pull(since=copy.upto, since_hash=copy.upto_hash)
        assert again.upto >= copy.upto


def test_at_least_waits(region, world, second):
    there = region.client(region.identity, second)
    upto = present(region, world)
    number = there.send(pull=protocol.Pull(since=upto, at_least=upto + 2))
    ids = notes(world, 1) + notes(world, 1)
    pages = list(there.answers(number))
    assert [record.id for page in pages for record in page.records] == ids


def test_a_device_that_joined_elsewhere(region, world, second):
    for _ in range(10):
        member = region.member("reader")
        assert region.client(member.identity, second).me.account == member.me.account


def test_a_pull_behind_a_push_sees_it_whatever_others_write(region, world, second):
    """Also when another server's commit, of which this one has not heard yet, lies in between."""
    there = region.client(region.identity, second)
    for n in range(60):
        ids = new_id(), new_id()
        other = there.send(push=protocol.Push(operations=[
            operation("note", ids[0], subject=world.plan, text="x")]))
        push = world.boss.send(push=protocol.Push(operations=[
            operation("note", ids[1], subject=world.plan, text="x")]))
        pull = world.boss.send(pull=protocol.Pull(since=world.boss.me.head))
        result, = world.boss.push_answer(push)
        pages = list(world.boss.answers(pull))
        assert pages[-1].upto >= result.seq
        assert ids[1] in [record.id for page in pages for record in page.records]
        world.boss.me.head = pages[-1].upto
        there.push_answer(other)


def test_edits_on_two_servers_meet(region, world, second):
    """The same field from the same base: one is applied, the other in conflict."""
    there = region.client(world.editor.identity, second)
    boss_there = region.client(region.identity, second)
    for n in range(15):
        id = world.share()
        a = world.boss.send(push=protocol.Push(operations=[operation("share", id, 1, percent=1)]))
        b = there.send(push=protocol.Push(operations=[operation("share", id, 1, percent=2)]))
        results = [world.boss.push_answer(a)[0].status, there.push_answer(b)[0].status]
        assert sorted(results) == ["applied", "conflict"]
        share = next(record for record in boss_there.pull(at_least=head(region)).records
                     if record.id == id)
        assert body(share).percent == (1 if results[0] == "applied" else 2)


# --- followers -----------------------------------------------------------------------------------

def pour(region, world, server=None, writers=4, each=60):
    """Many notes from several connections at once; joined threads."""
    def write():
        client = region.client(region.identity, server)
        for n in range(each):
            client.put("note", subject=world.plan, text=f"{n}")

    threads = [threading.Thread(target=write) for _ in range(writers)]
    for thread in threads:
        thread.start()
    return threads


def collect(pages, start, wanted):
    """The seqs that a follower is told, page by page, until it has `wanted` records."""
    found, upto = [], start
    for page in pages:
        assert page.upto >= upto
        assert all(upto < record.seq <= page.upto for record in page.records)
        found += [record.seq for record in page.records]
        upto = page.upto
        if len(found) >= wanted:
            return found


@pytest.mark.parametrize("follower_on", [0, 1])
@pytest.mark.parametrize("writers_on", [0, 1, None])
def test_a_follower_misses_nothing(region, world, second, follower_on, writers_on):
    """Each change of a note of its own is told, in order, whichever servers they are written on."""
    servers = [region.server, second]
    start = present(region, world)
    pages = region.client(region.identity, servers[follower_on]).follow(since=start)
    next(pages)
    if writers_on is None:
        threads = pour(region, world, servers[0], 2) + pour(region, world, servers[1], 2)
    else:
        threads = pour(region, world, servers[writers_on])
    found = collect(pages, start, 240)
    for thread in threads:
        thread.join()
    assert found == list(range(start + 1, start + 241))


def test_a_follower_from_the_beginning(region, world):
    """The snapshot, then what comes, without a seam."""
    threads = pour(region, world, writers=2)
    pages = region.client(region.identity).follow()
    have, upto = {}, 0
    for thread in threads:
        thread.join()
    end = world.boss.pull(at_least=head(region))
    for page in pages:
        assert page.upto >= upto
        upto = page.upto
        have.update((record.id, record.seq) for record in page.records)
        if upto >= end.upto:
            break
    assert have == {record.id: record.seq for record in end.records}


def test_a_follower_of_some_kinds(region, world):
    start = present(region, world)
    pages = region.client(region.identity).follow(since=start, kinds=[records.SHARE])
    next(pages)
    notes(world, 5)
    share = world.share()
    record = next(record for page in pages for record in page.records)
    assert record.id == share


def test_a_follower_sees_the_last_state(region, world):
    id = world.share(percent=0)
    start = present(region, world)
    pages = region.client(region.identity).follow(since=start)
    next(pages)
    world.boss.push(*[operation("share", id, 1, percent=n) for n in range(1, 101)])
    shown = [body(record).percent for record in next(pages).records]
    while shown[-1] != 100:
        shown += [body(record).percent for record in next(pages).records]
    assert shown == sorted(shown)


def test_a_follower_that_does_not_read_is_not_cut(large):
    """It goes on from its cursor, and the server keeps no pages for it in memory."""
    region = large.region
    start = large.boss.pull().upto
    pages = region.client(region.identity).follow(since=start)
    next(pages)
    for _ in range(40):
        notes(large, 10, "x" * 60000)
    found = collect(pages, start, 400)
    assert found == list(range(start + 1, start + 401))


def test_following_and_asking_on_one_connection(region, world):
    both = region.client(region.identity)
    start = present(region, world)
    follow = both.send(pull=protocol.Pull(since=start, follow=True))
    push = both.send(push=protocol.Push(operations=[
        operation("note", new_id(), subject=world.plan, text="Un")]))
    told, pushed = None, None
    while told is None or pushed is None:
        response = both.receive()
        if response.number == push:
            pushed = response.push.results[0].seq
        else:
            assert response.number == follow and response.more
            told = next((r.seq for r in response.pull.records), told)
    assert told == pushed == start + 1


@pytest.mark.parametrize("how", ["revoked", "inactive"])
def test_a_follower_that_is_cut_off(region, world, how):
    """Nothing is told to who has lost the right to read, also when it was following."""
    member = region.member("editor", [world.mekinac])
    pages = member.follow(since=present(region, world))
    next(pages)
    if how == "revoked":
        world.boss.put("device", member.me.device, 1, revoked=True)
    else:
        world.boss.put("account", member.me.account, 1, active=False)
    note, = notes(world, 1)
    with pytest.raises((Problem, Closed)):
        for page in pages:
            assert note not in [record.id for record in page.records]


def test_a_follower_whose_parties_change(region, world, membership):
    member = region.member("editor", [world.chenaux])
    pages = member.follow(since=present(region, world))
    next(pages)
    world.boss.put("account", member.me.account, 1, parties=[world.mekinac])
    world.boss.put("membership", membership, world.boss.get(membership).revision, seat="élue")
    told = next(record for page in pages for record in page.records if record.id == membership)
    assert body(told).person == "Une citoyenne"
