"""Two regions in one server, each in its schema: whoever tries to cross finds nothing."""

import copy
import hashlib

import pytest

from carry_test import bundle, hand_on, parcel
from client import body, operation, refused
from identity import Identity, new_id, read_line
from messages import protocol, records
from people_test import revoke
from region import BIN, World, run_well


def found(region, name):
    """A second region beside `region`, in its database and, from then on, in its server."""
    state = region.folder / f"state-{name}"
    database = region.cluster.conninfo(region.database, "concertd")
    made = run_well(
        [BIN / "concertd", "init", "--state", state, "--region", name, "--title", name.title(),
         "--language", "fr", "--timezone", "America/Toronto", "--listen", "127.0.0.1:0",
         "--coordinator", "Coordination", "--database", database, "--owner-database",
         region.cluster.conninfo(region.database, "concert_owner")])
    section = (state / "concertd.conf").read_text().split(f"[region {name}]")[1].split("\n[")[0]
    with open(region.folder / "state/concertd.conf", "a") as settings:
        settings.write(f"\n[region {name}]{section}\n")
    region.server.kill()
    region.server = region.serve()
    region.coordinator = region.client(region.identity)
    second = copy.copy(region)
    second.name, second.connections = name, []
    second.line = read_line(made.strip())._replace(
        fingerprint=region.line.fingerprint, port=str(region.server.port))
    second.identity = Identity(region.folder)
    second.coordinator = second.join(second.line, second.identity)
    return second


@pytest.fixture(scope="module")
def here(make_region):
    return make_region()


@pytest.fixture(scope="module")
def there(here):
    return found(here, "estrie")


@pytest.fixture(scope="module")
def world(here, there):
    return World(here)


@pytest.fixture(scope="module")
def beyond(world, there):
    return World(there)


def digest(region):
    """What the region's log, records and invitations are."""
    return region.sql("SELECT (SELECT seq FROM head), (SELECT count(*) FROM change),"
                      " (SELECT count(*) FROM invitation WHERE device IS NOT NULL),"
                      " (SELECT count(*) FROM quarantine)")


@pytest.fixture
def untouched(there, beyond):
    """Nothing that the test does reaches the other region."""
    before = digest(there)
    yield
    assert digest(there) == before


# --- who ------------------------------------------------------------------------------------------

def test_each_has_its_own(here, there, world, beyond):
    assert here.coordinator.hello(here.name).title == "Mauricie"
    assert there.coordinator.hello(there.name).title == "Estrie"
    mine = {r.id for r in here.coordinator.pull().records}
    theirs = {r.id for r in there.coordinator.pull().records}
    assert mine and theirs and not mine & theirs


@pytest.mark.parametrize("role", ["coordinator", "editor"])
def test_a_device_is_a_stranger_in_the_other(here, there, world, role, untouched):
    identity = here.member(role).identity
    stranger = there.connect(identity)
    with refused("not_authenticated", "", ""):
        stranger.hello(there.name)
    with refused("not_authenticated", "", ""):
        stranger.pull()
    with refused("not_authenticated", "", ""):
        stranger.hello("")


def test_hello_in_the_other_from_an_open_connection(here, there, world, untouched):
    """It is refused, and the connection stays where it was."""
    client = here.member("editor", [world.mekinac])
    with refused("not_authenticated", "", ""):
        client.hello(there.name)
    assert client.pull().records
    id, _ = client.put("note", subject=world.share(), text="Ici")
    assert here.coordinator.get(id)


def test_an_invitation_of_the_other(here, there, beyond, untouched):
    _, line = here.invite("reader")
    with refused("not_authenticated", "code", "unknown"):
        there.connect(Identity(here.folder)).join(line._replace(region=there.name))
    assert here.join(line, Identity(here.folder)).me.region == here.name


def test_one_certificate_in_both(here, there, world, beyond):
    """Two devices, that know nothing of each other: revoked here, it goes on there."""
    identity = Identity(here.folder)
    mine = here.join(here.invite("editor", [world.mekinac])[1], identity)
    theirs = there.join(there.invite("reader")[1], identity)
    assert mine.me.account != theirs.me.account and mine.me.device != theirs.me.device
    revoke(here, mine)
    with refused("not_authenticated", "device", "revoked"):
        mine.pull()
    assert theirs.pull().records
    waiting = operation("note", new_id(), subject=beyond.plan, text="Ici ou là")
    with refused("not_authenticated", "", ""):
        theirs.ask(surrender=protocol.Surrender(
            region=there.name, pushes=[protocol.Push(operations=[waiting])]))
    kept = theirs.ask(surrender=protocol.Surrender(
        region=here.name, pushes=[protocol.Push(operations=[waiting])]))
    assert kept.results[0].status == protocol.Result.APPLIED
    assert there.coordinator.pull(kinds=["quarantine"]).records == []
    assert theirs.pull().records


def test_a_connection_that_changes_over(here, there, world, beyond):
    """With a device in both: from its hello on all is of the region that it named."""
    identity = Identity(here.folder)
    here.join(here.invite("reader")[1], identity)
    there.join(there.invite("reader")[1], identity)
    both = here.connect(identity)
    for region in (here, there, here):
        both.hello(region.name)
        copy_ = both.pull()
        assert copy_.head == int(region.sql("SELECT seq FROM head"))
        assert {r.id for r in copy_.records} <= {
            r.id for r in region.coordinator.pull().records}


# --- what -----------------------------------------------------------------------------------------

def test_ids_of_the_other(here, there, world, beyond, untouched):
    share = beyond.boss.pull(kinds=["objective"]).records[0]
    with refused("not_found", "id", "record"):
        world.boss.put("objective", share.id, share.revision, title="Pris")
    with refused("not_found", "id", "record"):
        world.boss.put("objective", share.id, share.revision, delete=True, patch=b"")
    assert world.boss.history(share.id) == []
    assert world.boss.get(share.id) is None
    for verb in ("get_document", "put_document"):
        message = {"get_document": protocol.GetDocument, "put_document": protocol.PutDocument}[verb]
        with refused("not_found", "document", "record"):
            world.boss.ask(**{verb: message(document=share.id)})
    with refused("not_found", "account"):
        here.coordinator.invite(there.coordinator.me.account)


def test_references_to_the_other(world, beyond, untouched):
    for kind, field, id, more in (
            ("note", "subject", beyond.plan, {"text": "Là-bas"}),
            ("share", "party", beyond.mekinac, {"action": world.action()}),
            ("account", "parties", [beyond.mekinac], {
                "person": "Ailleurs", "role": records.Account.Role.EDITOR}),
            ("objective", "plan", beyond.plan, {"number": "9", "title": "Là-bas"})):
        result, = world.boss.push(operation(kind, new_id(), **{field: id}, **more))
        assert (result.problem.field, result.problem.rule) == (field, "reference"), kind


def test_the_same_ids_and_op_ids_in_both(here, there, world, beyond):
    """An id is taken in its own region alone, and nothing of one is told by the other's answer."""
    id, op_id = new_id(), new_id()
    for boss in (here.coordinator, there.coordinator):
        result, = boss.push(operation(
            "territory", id, op_id=op_id, code=id.hex()[:8], name="Partout"))
        assert result.status == "applied"
        result, = boss.push(operation(
            "territory", id, op_id=op_id, code=id.hex()[:8], name="Partout"))
        assert result.status == "duplicate"
    here.coordinator.put("territory", id, 1, name="Ici")
    assert body(there.coordinator.get(id)).name == "Partout"
    assert here.coordinator.get(id).revision == 2 and there.coordinator.get(id).revision == 1


def test_documents_are_apart(here, there, world, beyond):
    data = b"Une lettre"
    fields = dict(title="Lettre", media_type="text/plain", size=len(data),
                  sha256=hashlib.sha256(data).hexdigest())
    id = new_id()
    here.coordinator.put("document", id, subject=world.plan, **fields)
    there.coordinator.put("document", id, subject=beyond.plan, **fields)
    here.coordinator.ask(put_document=protocol.PutDocument(document=id, offset=0, bytes=data))
    got = here.coordinator.ask(get_document=protocol.GetDocument(document=id))
    assert got.bytes == data
    with refused("not_found", "bytes", "incomplete"):
        there.coordinator.ask(get_document=protocol.GetDocument(document=id))


def test_cursors_of_the_other(here, there, world, beyond):
    mine, theirs = here.coordinator.pull(), there.coordinator.pull()
    with refused("diverged", "since"):
        here.coordinator.pull(since=min(mine.upto, theirs.upto) - 1,
                              since_hash=there.coordinator.history(before=min(
                                  mine.upto, theirs.upto))[0].hash)


def test_followers_hear_of_their_own(here, there, world, beyond):
    follower = there.client(there.member("reader").identity)
    pages = follower.follow()
    for page in pages:
        if page.upto == page.head:
            break
    for _ in range(3):
        here.coordinator.put("territory", code=new_id().hex()[-8:], name="Ici")
    id, result = there.coordinator.put("territory", code=new_id().hex()[-8:], name="Là")
    page = next(pages)
    assert [r.id for r in page.records] == [id] and page.upto == result.seq


def test_at_least_is_the_regions_own(here, there, world, beyond):
    """A connection that wrote in one does not wait in the other for what it wrote."""
    identity = Identity(here.folder)
    boss = here.join(here.invite("coordinator")[1], identity)
    there.join(there.invite("reader")[1], identity)
    for _ in range(60):
        boss.put("territory", code=new_id().hex()[-8:], name="Ici")
    assert int(here.sql("SELECT seq FROM head")) > int(there.sql("SELECT seq FROM head"))
    boss.hello(there.name)
    assert boss.pull().head == int(there.sql("SELECT seq FROM head"))


# --- parcels and surrender ------------------------------------------------------------------------

def test_a_parcel_of_the_other(here, there, world, beyond, untouched):
    """Signed by a device of one, handed on in the other, whatever region it names."""
    author = here.member("editor", [world.mekinac])
    made = protocol.Push(operations=[
        operation("note", new_id(), subject=world.share(), text="Un mot")])
    for region in (here, there):
        with refused("not_authenticated", "parcel"):
            hand_on(there.coordinator, parcel(author.identity, bundle(region, made)))
    with refused("not_authenticated", "parcel"):
        hand_on(here.coordinator, parcel(author.identity, bundle(there, made)))
    assert hand_on(here.coordinator, parcel(author.identity, bundle(here, made)))


def test_surrender_in_the_other(here, there, world, beyond, untouched):
    gone = here.member("editor", [world.mekinac])
    revoke(here, gone)
    pushes = [protocol.Push(operations=[
        operation("note", new_id(), subject=world.plan, text="Un mot")])]
    for name in (there.name, "", "ailleurs"):
        with refused("not_authenticated", "", ""):
            gone.ask(surrender=protocol.Surrender(region=name, pushes=pushes))
    gone.ask(surrender=protocol.Surrender(region=here.name, pushes=pushes))


# --- the database ---------------------------------------------------------------------------------

def test_a_coordinator_of_the_other_does_not_count(here, there):
    result, = here.coordinator.push(operation(
        "account", here.coordinator.me.account, next(
            r.revision for r in here.coordinator.pull(kinds=["account"]).records
            if r.id == here.coordinator.me.account), active=False))
    if int(here.sql("SELECT count(*) FROM account WHERE role = 'coordinator'")) == 1:
        assert result.problem.rule == "last_coordinator"


def test_keys_and_rules_stay_in_their_schema(here, there):
    """No constraint, trigger or function of one names a table of the other."""
    for mine, other in ((here, there), (there, here)):
        assert mine.sql(f"""SELECT count(*) FROM pg_constraint c
            JOIN pg_class t ON t.oid = c.confrelid
            WHERE c.connamespace = '{mine.name}'::regnamespace
              AND t.relnamespace <> '{mine.name}'::regnamespace""") == "0"
        assert mine.sql(f"""SELECT count(*) FROM pg_proc
            WHERE pronamespace = '{mine.name}'::regnamespace
              AND (prosrc ~ '\\m{other.name}\\M' OR proconfig::text ~ '\\m{other.name}\\M')""") == "0"
