"""Files handed on: an author and an opener of answers of their own, from proto/README.md."""

import contextlib
import ctypes
import hashlib
import select
import struct
import subprocess
import threading
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.exceptions import InvalidSignature

from client import PATIENCE, Problem, answer, body, operation, refused, until
from identity import Identity, base32, fingerprint, new_id
from messages import protocol
from region import head

sodium = ctypes.CDLL("libsodium.so.23")
assert sodium.sodium_init() >= 0

MAGIC = b"concert answer 1\n"
FINAL = 3
POINT = (serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


# --- the author ------------------------------------------------------------------------------------

def key_of(identity):
    return serialization.load_pem_private_key(identity.key_path.read_bytes(), None)


def certificate_of(identity):
    return x509.load_pem_x509_certificate(identity.path.read_bytes())


def bundle(region, *pushes, since=None, since_hash=None, **more):
    made = protocol.Bundle(region=region.name, pushes=pushes, written_at=time.time_ns() // 1000,
                           **more)
    if since is not None:
        made.since = since
    if since_hash is not None:
        made.since_hash = since_hash
    return made


def push(*operations, atomic=False):
    return protocol.Push(operations=operations, atomic=atomic)


def parcel(identity, content, key=None, **more):
    """The bytes of a signed Parcel; `content`: a Bundle, or its bytes."""
    data = content if isinstance(content, bytes) else content.SerializeToString()
    made = protocol.Parcel(
        version=1, bundle=data,
        certificate=certificate_of(identity).public_bytes(serialization.Encoding.DER),
        signature=(key or key_of(identity)).sign(
            b"concert parcel 1\0" + data, ec.ECDSA(hashes.SHA256())))
    for name, value in more.items():
        setattr(made, name, value)
    return made.SerializeToString()


def hand_on(client, data):
    """The answer file's bytes."""
    return b"".join(
        part.bytes for part in client.answers(client.send(carry=protocol.Carry(parcel=data))))


# --- the opener ------------------------------------------------------------------------------------

class Sealed(Exception):
    """The file cannot be opened."""


def chunks(data, key):
    """What the chunks of an answer say, and whether the last one was the last."""
    if not data.startswith(MAGIC):
        raise Sealed("magic")
    at = len(MAGIC)
    point, header, at = data[at:at + 65], data[at + 65:at + 89], at + 89
    other = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    own = key.public_key().public_bytes(*POINT)
    secret = hashlib.blake2b(key.exchange(ec.ECDH(), other) + point + own, digest_size=32).digest()
    state = ctypes.create_string_buffer(sodium.crypto_secretstream_xchacha20poly1305_statebytes())
    assert sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, header, secret) == 0
    found, tag = [], ctypes.c_ubyte(0)
    while at < len(data):
        size, = struct.unpack(">I", data[at:at + 4])
        sealed, at = data[at + 4:at + 4 + size], at + 4 + size
        clear = ctypes.create_string_buffer(max(size - 17, 1))
        if sodium.crypto_secretstream_xchacha20poly1305_pull(
                state, clear, None, ctypes.byref(tag), sealed, ctypes.c_ulonglong(len(sealed)),
                None, ctypes.c_ulonglong(0)) != 0:
            raise Sealed("chunk")
        found.append(clear.raw[:size - 17])
    if tag.value != FINAL:
        raise Sealed("cut")
    return found, point + own


class Opened:
    """An answer as its author reads it."""

    def __init__(self, data, identity, region):
        found, binding = chunks(data, key_of(identity))
        opening = protocol.Parcel.FromString(found[0])
        server = x509.load_der_x509_certificate(opening.certificate)
        assert base32(fingerprint(server)) == region.line.fingerprint.lower()
        server.public_key().verify(
            opening.signature, b"concert answer 1\0" + binding + opening.bundle,
            ec.ECDSA(hashes.SHA256()))
        self.about = protocol.Bundle.FromString(opening.bundle)
        self.responses = [protocol.Response.FromString(each) for each in found[1:]]
        self.results = [each for one in self.responses if one.HasField("push")
                        for each in one.push.results]
        self.answers = [answer(each) for each in self.results]
        self.pages = [one.pull for one in self.responses if one.HasField("pull")]
        self.records = [record for page in self.pages for record in page.records]
        self.errors = [one.error for one in self.responses if one.HasField("error")]


@pytest.fixture
def author(world):
    return world.editor.identity


@pytest.fixture
def carried(region, world, author):
    """carried(push..., since=...): what comes back to the editor through the other committee."""
    def carry(*pushes, **more):
        data = hand_on(world.other, parcel(author, bundle(region, *pushes, **more)))
        return Opened(data, author, region)
    return carry


def note(world, text="Écrit sans lien", **more):
    """A note of the editor's on a share of the editor's committee."""
    if not hasattr(world, "noted"):
        world.noted = world.share()
    return operation("note", new_id(), subject=world.noted, text=text, **more)


# --- what is applied -------------------------------------------------------------------------------

def test_a_change_is_applied_as_its_authors(region, world, carried):
    share = world.share()
    before = head(region)
    made = operation("share", share, 1, percent=40)
    opened = carried(push(made), since=before)
    result, = opened.answers
    assert result.status == "applied" and result.revision == 2 and result.seq == before + 1
    assert [each.op_id for each in opened.results] == [made.op_id]
    change, *_ = world.boss.history(share)
    assert change.account == world.editor.me.account and change.device == world.editor.me.device
    assert [record.id for record in opened.records] == [share]
    assert opened.pages[-1].upto == opened.pages[-1].head == before + 1
    assert not opened.responses[-1].more and all(each.more for each in opened.responses[:-1])


def test_the_receipt_is_the_logs_hash(region, world, carried):
    opened = carried(push(note(world)), since=0)
    result, = opened.results
    assert result.status == protocol.Result.APPLIED and len(result.hash) == 32
    assert result.hash.hex() == region.sql(
        f"SELECT encode(hash, 'hex') FROM change WHERE seq = {result.seq}")


def test_the_policy_is_the_authors(region, world, carried):
    theirs = world.share(world.chenaux)  # the carrier's own, which the author may not write
    result, = carried(push(operation("share", theirs, 1, percent=1))).answers
    assert result.status == "refused" and result.problem.code == "denied"


def test_pushes_go_in_their_order(world, carried):
    share = world.share()
    made = [operation("share", share, base, percent=base) for base in range(1, 8)]
    opened = carried(*[push(each) for each in made])
    assert [each.status for each in opened.answers] == ["applied"] * 7
    assert [each.op_id for each in opened.results] == [each.op_id for each in made]
    assert [each.seq for each in opened.answers] == sorted(each.seq for each in opened.answers)


def test_twice_is_once(region, world, author):
    data = parcel(author, bundle(region, push(note(world), note(world)), since=0))
    first = Opened(hand_on(world.other, data), author, region)
    end = head(region)
    again = Opened(hand_on(world.boss, data), author, region)
    assert head(region) == end
    assert {each.status for each in again.answers} == {"duplicate"}
    assert [each.seq for each in again.answers] == [each.seq for each in first.answers]


def test_in_any_order(region, world, author):
    share = world.share()
    first = parcel(author, bundle(region, push(operation("share", share, 1, percent=10))))
    later = parcel(author, bundle(region, push(operation("share", share, 2, expected="x"))))
    ahead, = Opened(hand_on(world.other, later), author, region).answers
    assert ahead.status in ("applied", "merged", "refused", "conflict")
    Opened(hand_on(world.other, first), author, region)
    again = Opened(hand_on(world.other, later), author, region).answers[0]
    assert again.status in ("applied", "merged", "duplicate")


def test_a_conflict_comes_back(world, carried):
    share = world.share()
    world.boss.put("share", share, 1, percent=25)
    result, = carried(push(operation("share", share, 1, percent=75))).answers
    assert result.status == "conflict" and result.clashes[0].field == "percent"


def test_all_or_none(region, world, carried):
    share, theirs = world.share(), world.share(world.chenaux)
    before = head(region)
    opened = carried(push(operation("share", share, 1, percent=5),
                          operation("share", theirs, 1, percent=5), atomic=True))
    assert {each.status for each in opened.answers} == {"refused"}
    assert head(region) == before


def test_an_empty_bundle_fetches_what_is_new(region, world, carried):
    start = world.editor.pull()
    world.boss.put("note", subject=world.plan, text="Du nouveau")
    opened = carried(since=start.upto, since_hash=start.upto_hash)
    assert not opened.results and len(opened.records) == 1
    assert opened.pages[-1].upto == head(region)
    assert (opened.about.since, opened.about.since_hash) == (start.upto, start.upto_hash)


def test_without_a_cursor_no_pages_come(world, carried):
    opened = carried(push(note(world)))
    assert opened.results and not opened.pages
    assert not carried().responses


def test_pages_are_what_the_author_may_read(region, world, carried):
    opened = carried(since=0)
    mine = world.editor.pull()
    assert [r.SerializeToString() for r in opened.records] == [
        r.SerializeToString() for r in mine.records]
    assert len(mine.records) < len(world.boss.pull().records) or any(
        a.body != b.body for a, b in zip(mine.records, world.boss.pull().records))


def test_many_pages(region, world, carried):
    for _ in range(3):
        world.boss.push(*[note(world, "x" * 4000) for _ in range(100)])
    opened = carried(since=0)
    assert len(opened.pages) > 3
    assert len({r.id for r in opened.records}) == len(opened.records)
    assert opened.pages[-1].upto == opened.pages[-1].head


def test_a_parcel_full_of_small_operations(region, world, carried):
    """As many as fit into one: what push takes in several requests, carry takes in one."""
    share = world.share()
    made = [operation("share", share, 1, percent=7) for _ in range(13000)]
    for each in made:
        each.ClearField("authored_at")
    pushes = [push(*made[at:at + 5000]) for at in range(0, len(made), 5000)]
    assert sum(each.ByteSize() for each in pushes) > 600000
    opened = carried(*pushes)
    assert len(opened.answers) == len(made)
    assert {each.status for each in opened.answers} == {"applied"}


def test_sealed_parts_are_not_packed(region, world, author):
    """They would get no smaller."""
    with region.connect(world.other.identity) as unpacker:
        unpacker.ask(hello=protocol.Hello(
            version=1, region=region.name, packings=[protocol.ZSTD]))
        data = hand_on(unpacker, parcel(author, bundle(region, push(note(world)), since=0)))
        assert Opened(data, author, region).pages


def test_another_log_is_said_inside(region, world, carried):
    opened = carried(push(note(world)), since=5, since_hash=bytes(32))
    assert opened.answers[0].status == "applied"
    error, = opened.errors
    assert error.code == protocol.DIVERGED and not opened.pages


def test_an_unfinished_series_of_another_log_is_said_inside(region, world, carried):
    copy = world.editor.pull()
    since = copy.pages[0].records[0].seq
    told = carried(since=since, head=copy.head, head_hash=copy.upto_hash)
    assert (told.about.head, told.about.head_hash) == (copy.head, copy.upto_hash)
    assert told.pages[-1].upto == told.pages[-1].head == copy.head
    error, = carried(since=since, head=copy.head, head_hash=bytes(32)).errors
    assert error.code == protocol.DIVERGED


# --- what is not -----------------------------------------------------------------------------------

def unchanged(region, client, data, code="not_authenticated", field="parcel"):
    before = head(region)
    with refused(code, field):
        hand_on(client, data)
    assert head(region) == before


def test_anothers_signature(region, world, author):
    content = bundle(region, push(note(world)))
    unchanged(region, world.other, parcel(author, content, key_of(world.other.identity)))
    good = protocol.Parcel.FromString(parcel(author, content))
    for name in ("bundle", "signature"):
        for at in range(0, len(getattr(good, name)), 7):
            bad = protocol.Parcel.FromString(good.SerializeToString())
            data = bytearray(getattr(bad, name))
            data[at] ^= 1
            setattr(bad, name, bytes(data))
            unchanged(region, world.other, bad.SerializeToString())
    good.certificate = b""
    unchanged(region, world.other, good.SerializeToString())
    good.certificate = certificate_of(world.other.identity).public_bytes(
        serialization.Encoding.DER)
    unchanged(region, world.other, good.SerializeToString())


def test_a_stranger(region, world, tmp_path):
    nobody = Identity(tmp_path)
    unchanged(region, world.other, parcel(nobody, bundle(region, push(note(world)))))


def test_another_region(region, world, author):
    content = bundle(region, push(note(world)))
    content.region = "estrie"
    unchanged(region, world.other, parcel(author, content))


def test_no_parcel(region, world, author):
    unchanged(region, world.other, b"", "bad_request")
    unchanged(region, world.other, b"\xff\xff", "bad_request")
    unchanged(region, world.other, parcel(author, b"\xff\xff"), "bad_request")
    unchanged(region, world.other, parcel(author, bundle(region), version=2),
              "unsupported_version")
    unchanged(region, world.other, parcel(author, bundle(region, push())), "bad_request",
              "operations")


def test_too_many_operations(region, world, author):
    most = world.editor.me.limits.operations
    many = [note(world) for _ in range(most + 1)]
    unchanged(region, world.other, parcel(author, bundle(region, push(*many))), "too_large",
              "operations")


@pytest.fixture
def gone(region, world):
    """An editor whose device was revoked."""
    client = region.member("editor", [world.mekinac])
    world.boss.put("device", client.me.device, 1, revoked=True)
    return client


def kept(world, client):
    """What is in quarantine of that device, by rank."""
    found = [body(record) for record in world.boss.pull(kinds=["quarantine"]).records]
    return sorted((each for each in found if each.device == client.me.device),
                  key=lambda each: each.rank)


def test_of_a_revoked_device_all_goes_to_quarantine(region, world, gone):
    """An office without a link loses nothing either, and is told; no page comes back."""
    made = [note(world) for _ in range(5)]
    data = parcel(gone.identity, bundle(
        region, push(made[0]), push(made[1], made[2], atomic=True), push(*made[3:]), since=0))
    opened = Opened(hand_on(world.other, data), gone.identity, region)
    results = [r for one in opened.responses if one.HasField("surrender")
               for r in one.surrender.results]
    assert [r.op_id for r in results] == [o.op_id for o in made]
    assert {r.status for r in results} == {protocol.Result.APPLIED}
    assert not opened.results and not opened.pages
    error, = opened.errors
    assert (error.code, error.field, error.rule) == (
        protocol.Code.Value("NOT_AUTHENTICATED"), "device", "revoked")
    assert not opened.responses[-1].more and all(each.more for each in opened.responses[:-1])
    assert [(q.target, q.rank) for q in kept(world, gone)] == [
        (o.id, n) for n, o in enumerate(made, 1)]
    parts = [q.part for q in kept(world, gone)]
    assert parts[1] == parts[2] > 0 and parts[0] == parts[3] == parts[4] == 0
    again = Opened(hand_on(world.other, data), gone.identity, region)
    assert {r.status for one in again.responses if one.HasField("surrender")
            for r in one.surrender.results} == {protocol.Result.DUPLICATE}
    assert len(kept(world, gone)) == 5 and world.boss.get(made[0].id) is None


@pytest.mark.parametrize("since", [None, 0])
@pytest.mark.parametrize("count", [0, 1])
def test_the_last_chunk_of_a_revoked_device(region, world, gone, since, count):
    """Without a cursor no more is told than the results."""
    made = [push(note(world)) for _ in range(count)]
    opened = Opened(hand_on(world.other, parcel(
        gone.identity, bundle(region, *made, since=since))), gone.identity, region)
    assert len(opened.responses) == count + (since is not None)
    assert len(opened.errors) == (since is not None)


def test_several_parcels_of_a_revoked_device(region, world, gone):
    for n in range(3):
        hand_on(world.other, parcel(gone.identity, bundle(region, push(note(world)))))
    assert [q.rank for q in kept(world, gone)] == [1, 2, 3]


def test_a_mandate_that_is_over(region, world):
    gone = region.member("editor", [world.mekinac])
    data = parcel(gone.identity, bundle(region, push(note(world)), since=0))
    world.boss.put("account", gone.me.account, 1, expires="2009-01-01")
    unchanged(region, world.other, data)


def test_a_stranger_hands_on_nothing(region, world, author):
    visitor = region.connect(Identity(region.folder))
    with refused("not_authenticated"):
        hand_on(visitor, parcel(author, bundle(region, push(note(world)))))


# --- the seal --------------------------------------------------------------------------------------

def test_only_the_author_opens_it(region, world, author):
    data = hand_on(world.other, parcel(author, bundle(region, push(note(world)), since=0)))
    Opened(data, author, region)
    with pytest.raises(Sealed):
        chunks(data, key_of(world.other.identity))
    for at in range(len(MAGIC) + 65, len(data), max(1, len(data) // 50)):
        bad = bytearray(data)
        bad[at] ^= 1
        with pytest.raises((Sealed, struct.error, InvalidSignature)):
            Opened(bytes(bad), author, region)
    with pytest.raises((Sealed, struct.error)):
        chunks(data[:-(17 + 4 + 1)], key_of(author))


def test_no_answer_shows_what_it_says(region, world, author):
    data = hand_on(world.other, parcel(
        author, bundle(region, push(note(world, "Des mots qui ne se lisent pas")), since=0)))
    assert b"mots" not in data and b"Plan d'action" not in data
    again = hand_on(world.other, parcel(author, bundle(region, since=0)))
    assert data[len(MAGIC):][:65] != again[len(MAGIC):][:65]


# --- the carrier goes ------------------------------------------------------------------------------

def test_a_carrier_that_goes(region, world, author):
    """At any time: nothing is torn, the next carrier gets all."""
    ids = []
    for round in range(40):
        made = [note(world) for _ in range(5)]
        ids += [each.id for each in made]
        data = parcel(author, bundle(region, *[push(each) for each in made], since=0))
        carrier = region.client(world.other.identity)
        carrier.send(carry=protocol.Carry(parcel=data))
        time.sleep(round / 4000)
        carrier.close()
        Opened(hand_on(world.other, data), author, region)
    found = [record.id for record in world.boss.pull(kinds=["note"]).records]
    assert set(ids) <= set(found) and len(found) == len(set(found))


def next_of(answers):
    """The first answer to come on any of the connections; raises its error."""
    ready, _, _ = select.select([carrier.socket for carrier, _ in answers], [], [], 30)
    for carrier, number in answers:
        if carrier.socket in ready:
            return next(iter(carrier.answers(number)))
    raise AssertionError("nobody was answered")


@contextlib.contextmanager
def held(region):
    """Nobody commits meanwhile: the log's head is taken."""
    psql = subprocess.Popen(
        ["psql", "--no-psqlrc", "-qAt", region.cluster.conninfo(region.database, "concert_owner")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    print(f"BEGIN; SELECT 'held' FROM {region.name}.head FOR UPDATE;", file=psql.stdin, flush=True)
    assert psql.stdout.readline() == "held\n"
    try:
        yield
    finally:
        psql.communicate()


def test_a_device_hands_on_so_many_at_once(region, world, author):
    """The others are told to come again, and each that ends gives its place back."""
    share = world.share()
    for n in range(2):
        data = parcel(author, bundle(region, push(operation("share", share, 1 + n, percent=n))))
        with held(region):
            carriers = [region.client(world.other.identity) for _ in range(5)]
            answers = [(carrier, carrier.send(carry=protocol.Carry(parcel=data)))
                       for carrier in carriers]
            with pytest.raises(Problem) as told:
                next_of(answers)
            assert told.value.code == "busy"
        for carrier in carriers:
            carrier.close()

        def taken():
            try:
                hand_on(world.other, parcel(author, bundle(region)))
            except Problem as problem:
                assert problem.code == "busy"
                return False
            return True

        until(taken)  # the server has seen them go


def test_a_carrier_that_does_not_read(region, world, author):
    """The answer waits for it, and others do not."""
    for _ in range(4):
        world.boss.push(*[note(world, "y" * 8000) for _ in range(100)])
    data = parcel(author, bundle(region, push(note(world)), since=0))
    carrier = region.client(world.other.identity)
    numbers = [carrier.send(carry=protocol.Carry(parcel=data)) for _ in range(4)]
    took = []

    def other():
        started = time.monotonic()
        world.boss.put("note", subject=world.plan, text="Pendant ce temps")
        took.append(time.monotonic() - started)

    thread = threading.Thread(target=other)
    thread.start()
    thread.join(PATIENCE)
    assert took and took[0] < 30
    parts = {number: b"" for number in numbers}
    left = set(numbers)
    while left:
        response = carrier.receive()
        parts[response.number] += response.carry.bytes
        if not response.more:
            left.remove(response.number)
    for number in numbers:
        assert Opened(parts[number], author, region).pages
