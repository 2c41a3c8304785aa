"""People come and go: revocation, mandates, coordinators, strangers, and what is for staff alone."""

import datetime
import struct
import time

import pytest

from client import Problem, body, operation, refused, until
from identity import Identity, new_id
from messages import protocol, records

YESTERDAY = (datetime.date.today() - datetime.timedelta(days=2)).isoformat()
VERBS = {
    "pull": protocol.Pull(),
    "push": protocol.Push(operations=[operation("note", new_id(), subject=new_id(), text="?")]),
    "history": protocol.History(),
    "invite": protocol.Invite(account=new_id()),
    "put_document": protocol.PutDocument(document=new_id()),
    "get_document": protocol.GetDocument(document=new_id()),
    "carry": protocol.Carry(parcel=b"\x08\x01"),
}


def account_of(region, client):
    return next(r for r in region.coordinator.pull(kinds=["account"]).records
                if r.id == client.me.account)


def change_account(region, client, **fields):
    record = account_of(region, client)
    region.coordinator.put("account", record.id, record.revision, **fields)


def revoke(region, client, revoked=True):
    record = next(r for r in region.coordinator.pull(kinds=["device"]).records
                  if r.id == client.me.device)
    region.coordinator.put("device", record.id, record.revision, revoked=revoked)


CLOSINGS = {
    "revoked": lambda region, client: revoke(region, client),
    "ended": lambda region, client: change_account(region, client, expires=YESTERDAY),
    "closed": lambda region, client: change_account(region, client, active=False),
}


# --- closed devices ------------------------------------------------------------------------------

@pytest.mark.parametrize("rule", CLOSINGS)
def test_hello_tells_why(region, world, rule):
    client = region.member("editor", [world.mekinac])
    CLOSINGS[rule](region, client)
    with refused("not_authenticated", "device", rule):
        region.connect(client.identity).hello(region.name)


@pytest.mark.parametrize("rule", CLOSINGS)
def test_each_verb_in_mid_connection(region, world, rule):
    client = region.member("editor", [world.mekinac])
    CLOSINGS[rule](region, client)
    for verb, message in VERBS.items():
        with refused("not_authenticated", "device", rule):
            client.ask(**{verb: message})
    with refused("not_authenticated", "device", rule):
        client.hello(region.name)


@pytest.mark.parametrize("rule", CLOSINGS)
def test_a_follower_ends(region, world, rule):
    client = region.member("reader")
    pages = client.follow()
    for page in pages:
        if page.upto == page.head:
            break
    CLOSINGS[rule](region, client)
    with refused("not_authenticated", "device", rule):
        for page in pages:
            assert all(records.Kind.Name(r.kind) in ("ACCOUNT", "DEVICE") for r in page.records)


@pytest.mark.parametrize("rule", CLOSINGS)
def test_at_once_at_another_server(region, world, rule):
    second = region.second_server()
    client = region.member("reader")
    there = region.client(client.identity, second)
    pages = there.follow()
    for page in pages:
        if page.upto == page.head:
            break
    CLOSINGS[rule](region, client)
    with refused("not_authenticated", "device", rule):
        list(pages)
    with refused("not_authenticated", "device", rule):
        region.connect(client.identity, second).hello(region.name)


def test_who_is_opened_again_is_told_so_everywhere(region, world):
    """A device wipes itself when it hears that it was revoked: a server that is late looks first."""
    second = region.second_server()
    client = region.member("reader")
    for _ in range(10):
        revoke(region, client)
        revoke(region, client, False)
        assert region.connect(client.identity, second).hello(region.name).account
    revoke(region, client)

    def visit():
        with region.connect(client.identity, second) as made:
            made.hello(region.name)

    with refused("not_authenticated", "device", "revoked"):
        until(visit)  # the second server hears of it in its own time


def test_revoked_comes_before_the_others(region, world):
    client = region.member("reader")
    for close in reversed(CLOSINGS.values()):
        close(region, client)
    with refused("not_authenticated", "device", "revoked"):
        region.connect(client.identity).hello(region.name)
    revoke(region, client, False)
    with refused("not_authenticated", "device", "closed"):
        region.connect(client.identity).hello(region.name)
    change_account(region, client, active=True)
    with refused("not_authenticated", "device", "ended"):
        region.connect(client.identity).hello(region.name)
    record = account_of(region, client)
    region.coordinator.put("account", record.id, record.revision, clear=["expires"])
    assert region.connect(client.identity).hello(region.name).account == client.me.account


@pytest.mark.parametrize("rule", CLOSINGS)
def test_a_closed_device_does_not_join_again(region, world, rule):
    client = region.member("reader")
    _, line = region.invite("reader")
    CLOSINGS[rule](region, client)
    with refused("not_authenticated", "device", rule):
        region.connect(client.identity).join(line)
    assert region.join(line, Identity(region.folder))


def test_a_mandate_lasts_its_last_day(region, world):
    client = region.member("reader")
    change_account(region, client, expires=datetime.date.today().isoformat())
    tomorrow = (datetime.date.today() + datetime.timedelta(days=1)).isoformat()
    change_account(region, client, expires=tomorrow)
    assert client.pull().records


def zone(midnight):
    """A time zone file whose clocks show midnight at that moment: TZif of version 2."""
    offset = -(midnight % 86400)
    if offset < -43200:
        offset += 86400
    block = struct.pack(">6l", 0, 0, 0, 0, 1, 4) + struct.pack(">lbb", offset, 0, 0) + b"ICI\0"
    header = b"TZif2" + b"\0" * 15
    return header + block + header + block + b"\n\n"


def test_a_mandate_ends_with_its_day(make_region, tmp_path, monkeypatch):
    """Midnight passes by the region's clocks: nothing changes in the log, and the follower ends."""
    midnight = int(time.time()) + 25
    (tmp_path / "Here").mkdir()
    (tmp_path / "Here/Now").write_bytes(zone(midnight))
    (tmp_path / "America").symlink_to("/usr/share/zoneinfo/America")
    offset = -(midnight % 86400)
    offset += 86400 if offset < -43200 else 0
    monkeypatch.setenv("TZDIR", str(tmp_path))
    own = make_region(settings=[("region", "timezone", "Here/Now")])
    today = datetime.datetime.utcfromtimestamp(midnight + offset - 60).date()
    client = own.member("reader")
    change_account(own, client, expires=today.isoformat())
    follower = own.client(client.identity)
    pages = follower.follow()
    assert next(pages).records
    assert client.pull().records
    with refused("not_authenticated", "device", "ended"):
        list(pages)
    assert time.time() >= midnight
    with refused("not_authenticated", "device", "ended"):
        client.pull()
    assert own.coordinator.pull().records


# --- coordinators --------------------------------------------------------------------------------

@pytest.fixture
def alone(make_region):
    """A region of its own, whose one coordinator is the first."""
    return make_region()


LEAVINGS = {
    "demoted": {"role": records.Account.Role.SECRETARIAT},
    "deactivated": {"active": False},
    "ended": {"expires": YESTERDAY},
    "deleted": None,
}


def leave(region, account, how):
    """The operation by which a coordinator goes."""
    record = next(r for r in region.coordinator.pull(kinds=["account"]).records if r.id == account)
    fields = LEAVINGS[how]
    if fields is None:
        return operation("account", account, record.revision, delete=True, patch=b"")
    return operation("account", account, record.revision, **fields)


def test_the_last_coordinator_stays(alone):
    me = alone.coordinator.me.account
    for how in ("demoted", "deactivated", "ended"):
        result, = alone.coordinator.push(leave(alone, me, how))
        assert (result.status, result.problem.field, result.problem.rule) == (
            "refused", "role", "last_coordinator"), how
    result, = alone.coordinator.push(leave(alone, me, "deleted"))
    assert (result.status, result.problem.rule) == ("refused", "in_use")
    assert alone.coordinator.hello(alone.name).role == records.Account.Role.COORDINATOR


def test_the_last_may_be_without_a_device(alone):
    """Who was never invited may be deleted: the rule holds of accounts, not of devices."""
    second, _ = alone.coordinator.put(
        "account", person="Seconde", role=records.Account.Role.COORDINATOR)
    result, = alone.coordinator.push(leave(alone, second, "deleted"))
    assert result.status == "applied"
    other, _ = alone.coordinator.put(
        "account", person="Autre", role=records.Account.Role.COORDINATOR, expires=YESTERDAY)
    result, = alone.coordinator.push(leave(alone, alone.coordinator.me.account, "demoted"))
    assert result.problem.rule == "last_coordinator"
    result, = alone.coordinator.push(leave(alone, other, "deleted"))
    assert result.status == "applied"


def test_a_second_before_the_first_may_leave(alone):
    second = alone.member("coordinator")
    result, = second.push(leave(alone, alone.coordinator.me.account, "demoted"))
    assert result.status == "applied"
    with refused("denied"):
        alone.coordinator.invite(second.me.account)
    record = next(r for r in second.pull(kinds=["account"]).records if r.id == second.me.account)
    result, = second.push(operation("account", record.id, record.revision, active=False))
    assert result.problem.rule == "last_coordinator"


@pytest.mark.parametrize("atomic", [True, False])
@pytest.mark.parametrize("how", ["demoted", "deactivated", "ended"])
def test_two_do_not_leave_together(alone, atomic, how):
    second = alone.member("coordinator")
    both = [leave(alone, alone.coordinator.me.account, how), leave(alone, second.me.account, how)]
    results = alone.coordinator.push(*both, atomic=atomic)
    left = alone.sql("SELECT count(*) FROM account WHERE role = 'coordinator' AND "
                     "active IS NOT FALSE AND (expires IS NULL OR expires >= CURRENT_DATE)")
    assert left == ("2" if atomic else "1")
    assert "last_coordinator" in {r.problem.rule for r in results if r.problem}


def test_a_new_one_in_the_same_push(alone):
    new = operation("account", new_id(), person="Nouvelle",
                    role=records.Account.Role.COORDINATOR)
    results = alone.coordinator.push(
        leave(alone, alone.coordinator.me.account, "demoted"), new, atomic=True)
    assert [r.status for r in results] == ["applied", "applied"]


# --- the log -------------------------------------------------------------------------------------

def test_an_invitation_is_in_the_log(region, world):
    account, _ = region.invite("editor", [world.mekinac])
    told, made = region.coordinator.history(account)
    assert (told.reason, list(told.fields), told.patch, told.revision) == ("invitation", [], b"", 2)
    assert told.account == region.coordinator.me.account
    assert told.device == region.coordinator.me.device
    assert made.revision == 1
    record = next(r for r in region.coordinator.pull(kinds=["account"]).records if r.id == account)
    assert (record.revision, body(record).role) == (2, records.Account.Role.EDITOR)
    region.coordinator.put("account", account, 1, person="Autre nom")


def test_joining_and_leaving_are_in_the_log(region, world):
    client = region.member("editor", [world.mekinac])
    revoke(region, client)
    left, came = region.coordinator.history(client.me.device)
    assert (came.account, list(left.fields)) == (client.me.account, ["revoked"])
    assert left.account == region.coordinator.me.account


# --- strangers -----------------------------------------------------------------------------------

ALONE = protocol.Error(code=protocol.Code.Value("NOT_AUTHENTICATED"))


@pytest.mark.parametrize("certificate", [True, False])
def test_strangers_are_told_nothing(region, world, certificate):
    """Each verb but hello and join, whatever it holds: the same bytes."""
    stranger = region.connect(Identity(region.folder) if certificate else None)
    verbs = dict(VERBS, surrender=protocol.Surrender(
        region=region.name, pushes=[VERBS["push"]]), packed=protocol.Packed(bytes=b"?", size=4000))
    verbs["hello"] = protocol.Hello(version=1, region=region.name)
    answers = set()
    for verb, message in verbs.items():
        stranger.send_bytes(protocol.Request(number=7, **{verb: message}).SerializeToString())
        response = stranger.receive()
        assert response.error == ALONE, verb
        answers.add(response.SerializeToString())
    for nothing in (b"\x08\x07", b"\x08\x07\xfa\x01\x01x"):
        stranger.send_bytes(nothing)
        answers.add(stranger.receive().SerializeToString())
    assert len(answers) == 1
    unknown = region.connect(Identity(region.folder) if certificate else None)
    with refused("not_authenticated", "", ""):
        unknown.hello("elsewhere")


# --- what is for staff alone ---------------------------------------------------------------------

@pytest.fixture(scope="module")
def secret(region, world):
    """An incident and a quarantined operation."""
    incident, _ = region.coordinator.put("incident", title="Perte", discovered_on="2026-01-05")
    gone = region.member("editor", [world.mekinac])
    revoke(region, gone)
    connection = region.connect(gone.identity)
    connection.ask(surrender=protocol.Surrender(region=region.name, pushes=[protocol.Push(
        operations=[operation("note", new_id(), subject=world.plan, text="Dernier mot")])]))
    quarantine, = region.coordinator.pull(kinds=["quarantine"]).records
    return {"incident": incident, "quarantine": quarantine.id}


@pytest.mark.parametrize("kind", ["incident", "quarantine"])
def test_staff_reads_and_others_do_not_know(region, world, secret, kind):
    id = secret[kind]
    secretariat = region.member("secretariat")
    for reader in (region.coordinator, secretariat):
        assert reader.get(id) and reader.history(id)
    for reader in (world.editor, region.member("reader")):
        assert reader.get(id) is None
        assert reader.history(id) == [] and not any(c.id == id for c in reader.history())
        assert reader.pull(kinds=[kind]).records == []


@pytest.mark.parametrize("kind", ["incident", "quarantine"])
def test_what_is_pushed_about_it_does_not_tell(region, world, secret, kind):
    """An id that is there is answered as one that is not."""
    def tries(id):
        patch = {"incident": {"title": "Autre"}, "quarantine": {"answer": "Non"}}[kind]
        operations = [
            operation(kind, id, 1, **patch), operation(kind, id, 1, delete=True, patch=b""),
            operation(kind, id, 9, **patch), operation("note", id, 1, text="Autre"),
            operation("note", new_id(), subject=id, text="Dessus"),
            operation("proposal", new_id(), subject=id, patch=records.Proposal(
                subject=id, patch=b"", reason="Ainsi").SerializeToString()),
            operation("deadline", new_id(), subject=id, text="2010"),
            operation("document", new_id(), subject=id, title="Pièce", media_type="text/plain",
                      size=3, sha256="0" * 64)]
        told = []
        for result in world.editor.push(*operations):
            assert result.status == "refused"
            told.append((result.problem.code, result.problem.field, result.problem.rule))
        for verb, message in (("put_document", protocol.PutDocument(document=id)),
                              ("get_document", protocol.GetDocument(document=id))):
            with pytest.raises(Problem) as caught:
                world.editor.ask(**{verb: message})
            told.append((caught.value.code, caught.value.field, caught.value.rule))
        return told
    assert tries(secret[kind]) == tries(new_id())


def test_nothing_hangs_on_them(region, world, secret):
    for id in secret.values():
        result, = region.coordinator.push(operation("note", new_id(), subject=id, text="Note"))
        assert (result.problem.field, result.problem.rule) == ("subject", "reference")


def test_quarantine_is_the_coordinators_to_review(region, world, secret):
    id = secret["quarantine"]
    secretariat = region.member("secretariat")
    with refused("denied", rule="role"):
        secretariat.put("quarantine", id, 1, answer="Non")
    with refused("denied"):
        region.coordinator.put("quarantine", target=new_id(), target_kind="note",
                               device=region.coordinator.me.device, patch=b"")
    with refused("invalid", "patch", "fixed"):
        region.coordinator.put("quarantine", id, 1, patch=records.Quarantine(
            patch=b"x").SerializeToString())
    with refused("denied"):
        region.coordinator.put("quarantine", id, 1, delete=True, patch=b"")
    region.coordinator.put("quarantine", id, 1, status=records.Quarantine.REFUSED, answer="Non")
    assert body(region.coordinator.get(id)).answer == "Non"


def test_incidents_are_staffs(region, world, secret):
    secretariat = region.member("secretariat")
    secretariat.put("incident", secret["incident"], 1, status=records.Incident.CLOSED,
                    measures="Avertir")
    with refused("denied"):
        world.editor.put("incident", title="Perte", discovered_on="2026-01-05")
