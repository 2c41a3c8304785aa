"""Erasing a person: no byte of the name stays, the chain holds, two erased people are still two."""

import hashlib
import subprocess
import uuid

import pytest

from client import body, operation
from identity import Identity, new_id, read_line
from messages import protocol, records
from region import BIN, World, latest

ALICE, BRUNO = "Alizée Quintal-Zéphirin", "Brunoît Xavérius"


def concertd(region, *words, code=0):
    """What a command says; it must end so."""
    ended = subprocess.run(
        [BIN / "concertd", words[0], "--state", region.folder / "state", *words[1:]],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={"CONCERT_LANG": "en"})
    assert ended.returncode == code, ended.stdout
    return ended.stdout


def dump(region):
    return subprocess.run(
        ["pg_dump", "--inserts", region.cluster.conninfo(region.database, "concert_owner")],
        check=True, stdout=subprocess.PIPE).stdout


def forms(text):
    """A text's bytes, as they stand and as pg_dump writes them inside bytea."""
    return text.encode(), text.encode().hex().encode()


def holds(region, text):
    dumped = dump(region)
    return any(form in dumped for form in forms(text))


class People:
    """Two people with an account, a seat, an attendance and a contact each."""

    def __init__(self, region, world):
        self.region, self.boss = region, world.boss
        meeting = world.meeting()
        self.ids = {}
        for name in (ALICE, BRUNO):
            email = name.split()[0] + "@exemple.test"
            account, _ = self.boss.put(
                "account", person=name, role=records.Account.EDITOR, parties=[world.mekinac])
            seat, _ = self.boss.put("membership", party=world.mekinac, person=name, email=email)
            seen, _ = self.boss.put("attendance", meeting=meeting, person=name)
            contact, _ = self.boss.put("contact", name=name, email=email, phone="819 555-0101")
            self.ids[name] = dict(account=account, membership=seat, attendance=seen, contact=contact)
            self.boss.put("membership", seat, 1, phone="819 555-0102",
                          reason=f"Nouveau téléphone de {name}")
        line = self.boss.invite(self.ids[ALICE]["account"])[0]
        self.device = region.join(read_line(line), Identity(region.folder, "alice"))

    def name(self, person, kind):
        field = "name" if kind == "contact" else "person"
        return getattr(latest(self.boss, self.ids[person][kind])[1], field)


@pytest.fixture(scope="module")
def people(region, world):
    return People(region, world)


def test_without_yes_it_only_tells(region, people):
    said = concertd(region, "erase", "--person", "alizee quintal-zephirin")
    assert "--yes" in said and ALICE in said
    assert holds(region, ALICE)


def test_no_byte_of_the_name_stays(region, world, people):
    boss = people.boss
    world_note, _ = boss.put("note", subject=world.objective, text=f"Vu avec {ALICE} ce matin")
    document = boss.get(world_note).handle
    said = concertd(region, "erase", "--person", "alizée quintal-zéphirin", "--yes")
    assert document in said  # its own words tell the name: for people to edit
    boss.put("note", world_note, 1, text="Vu ce matin")
    said = concertd(region, "erase", "--person", ALICE, "--yes")
    dumped = dump(region)
    for text in (ALICE, "Alizée", "Zéphirin"):
        assert not any(form in dumped for form in forms(text)), text
    assert holds(region, BRUNO)


def test_the_person_is_one_and_stays_apart_from_another(people):
    names = {people.name(ALICE, kind) for kind in people.ids[ALICE]}
    assert len(names) == 1
    concertd(people.region, "erase", "--person", BRUNO, "--yes")
    others = {people.name(BRUNO, kind) for kind in people.ids[BRUNO]}
    assert len(others) == 1 and not names & others
    assert all(name.startswith("Personne effacée ") for name in names | others)
    assert not holds(people.region, BRUNO) and not holds(people.region, "819 555-0101")


def test_account_closed_and_device_revoked(people):
    account = latest(people.boss, people.ids[ALICE]["account"])[1]
    assert account.HasField("active") and not account.active
    devices = [body(record) for record in people.boss.pull(kinds=["device"]).records]
    own, = [d for d in devices if d.account == people.ids[ALICE]["account"]]
    assert own.revoked and own.name == "Appareil effacé"


def test_verify_still_passes_and_history_is_readable(region, people):
    said = concertd(region, "verify")
    assert "is whole but for the hashes of 2 changes" in said  # of each one the reason told a name
    assert "nothing proves any more who made these changes" in said
    changes = people.boss.history(people.ids[ALICE]["membership"])
    assert [change.revision for change in changes] == [3, 2, 1]
    assert changes[0].reason == "effacement de renseignements personnels"
    old = records.Membership.FromString(changes[2].patch)
    assert old.party and not old.HasField("person") and not old.HasField("email")
    assert changes[1].reason == ""


def test_history_says_that_it_was_erased(people):
    changes = people.boss.history(people.ids[ALICE]["membership"])
    assert [change.erased for change in changes] == [False, True, True]


def test_the_daemons_role_cannot(region):
    with pytest.raises(subprocess.CalledProcessError):
        region.sql("SELECT erase_changes('{1}', '{NULL}', '{NULL}', '{NULL}')", user="concertd")
    with pytest.raises(subprocess.CalledProcessError):
        region.sql("UPDATE change SET erased = true WHERE seq = 1", user="concertd")


def test_a_seat_that_changed_hands_keeps_the_other(region, world, people):
    first, second = "Cléophée Wakeham", "Dorothée Yacinthe"
    seat, _ = people.boss.put("membership", party=world.chenaux, person=first, email="c@exemple.test")
    people.boss.put("membership", seat, 1, person=second)
    concertd(region, "erase", "--person", first, "--yes")
    now = latest(people.boss, seat)[1]
    assert now.person == second and not now.HasField("email")
    assert not holds(region, first) and not holds(region, "c@exemple.test")
    assert "is whole" in concertd(region, "verify")


def test_whom_the_seat_passed_to_is_another_person(region, world, people):
    """Erased later, the second gets a pseudonym of his own, though it is the same record."""
    first, second = "Eusèbe Abénakis-Test", "Fridoline Béchard-Test"
    seat, _ = people.boss.put("membership", party=world.chenaux, person=first)
    own, _ = people.boss.put("contact", name=first, phone="819 555-0187")
    people.boss.put("membership", seat, 1, person=second)
    other, _ = people.boss.put("contact", name=second, phone="819 555-0188")
    concertd(region, "erase", "--person", first, "--yes")
    concertd(region, "erase", "--person", second, "--yes")
    names = {latest(people.boss, contact)[1].name for contact in (own, other)}
    assert len(names) == 2
    assert latest(people.boss, seat)[1].person == latest(people.boss, other)[1].name
    assert not holds(region, first) and not holds(region, second)


def test_what_is_frozen_is_forgotten_too(region, world, people):
    """Minutes that were adopted, and a plan that is closed, keep all but who is forgotten."""
    name = "Gédéon Ruisseau-Test"
    meeting, plan = world.meeting(world.chenaux), world.new_plan()
    there, _ = people.boss.put("attendance", meeting=meeting, person=name)
    file, _ = people.boss.put("document", subject=plan, title=f"Lettre de {name}",
                              media_type="text/plain", size=1,
                              sha256=hashlib.sha256(b"x").hexdigest())
    later = world.meeting(world.chenaux, starts_at="2009-06-01")
    people.boss.put("meeting", meeting, 1, minutes_status=records.Meeting.ADOPTED, adopted_at=later)
    people.boss.put("plan", plan, 1, **world.adoption())
    people.boss.put("plan", plan, 2, status=records.Plan.CLOSED)
    concertd(region, "erase", "--person", name, "--yes")
    assert latest(people.boss, there)[1].person.startswith("Personne effacée ")
    handle = people.boss.get(file).handle
    concertd(region, "erase", "--document", handle, "--yes")
    assert not holds(region, name)
    assert "is whole" in concertd(region, "verify")


def test_removed_records_are_forgotten_too(region, people):
    name = "Éphrem Kirouac-Test"
    contact, _ = people.boss.put("contact", name=name, organization="Centre")
    people.boss.push(operation("contact", contact, 1, delete=True))
    concertd(region, "erase", "--person", name, "--yes")
    assert not holds(region, name)
    assert "is whole" in concertd(region, "verify")


def test_the_last_coordinator_is_not_erased(region):
    said = concertd(region, "erase", "--person", "Coordination", "--yes", code=1)
    assert "last coordinator" in said


def test_what_was_erased_is_noted_without_a_name(region, people):
    path = region.folder / "state/erasures"
    assert path.stat().st_mode & 0o777 == 0o600
    text = path.read_text()
    assert "Alizée" not in text and "mauricie " in text


def test_again_after_an_older_state_came_back(region, world, people):
    name = "Fulgence Ouzilleau"
    contact, _ = people.boss.put("contact", name=name, email="f@exemple.test")
    concertd(region, "erase", "--person", name, "--yes")
    # As if it had never been done: the same record, told by hand into the notes of erasures.
    second, _ = people.boss.put("contact", name=name + " bis", email="f2@exemple.test")
    path = region.folder / "state/erasures"
    with path.open("a") as notes:
        notes.write(f"mauricie {uuid.UUID(bytes=second)} 1 1 abc123 person 2026-01-01\n")
    concertd(region, "erase", "--again")
    assert latest(people.boss, second)[1].name == "Personne effacée abc123"
    assert not holds(region, name) and not holds(region, "f2@exemple.test")
    assert "is whole" in concertd(region, "verify")


def test_documents_go_with_their_bytes(region, world, people):
    title = "Lettre de Gédéon Vaillancourtois"
    document = new_id()
    region_id = world.objective
    people.boss.push(operation("document", document, title=title, subject=region_id,
                               media_type="text/plain", size=3, sha256="0" * 64))
    record = people.boss.get(document)
    if record is None:
        pytest.skip("a document is made by put_document alone")
    concertd(region, "erase", "--document", record.handle, "--yes")
    assert people.boss.get(document).deleted
    assert not holds(region, "Vaillancourtois")
    assert "is whole" in concertd(region, "verify")


def test_retention(region, world, people):
    Region = type(region)
    Region.configure(region.folder / "state", [("region", "retention", "contact 24, membership 12")])
    old, _ = people.boss.put("membership", party=world.chenaux, person="Hildège Zoël", until="2001-01-31")
    new, _ = people.boss.put("membership", party=world.chenaux, person="Irénée Zoël", until="2100-01-31")
    assert "Hildège" in concertd(region, "erase", "--expired", "--try")
    assert latest(people.boss, old)[1].person == "Hildège Zoël"
    concertd(region, "erase", "--expired")
    assert latest(people.boss, old)[1].person.startswith("Personne effacée ")
    assert latest(people.boss, new)[1].person == "Irénée Zoël"
    assert not holds(region, "Hildège Zoël")
    assert "Nothing" in concertd(region, "erase", "--expired")


@pytest.mark.parametrize("setting, word", [("dragon 3", "dragon"), ("note 3", "note"),
                                           ("contact soon", "contact soon")])
def test_a_wrong_retention_is_refused(region, setting, word):
    type(region).configure(region.folder / "state", [("region", "retention", setting)])
    assert word in concertd(region, "erase", "--expired", "--try", code=1)


def test_hello_tells_who_answers_and_how_long(make_region):
    region = make_region(settings=[("region", "responsible", "La coordination, 819 555-0100"),
                                   ("region", "retention", "contact 24")])
    assert region.coordinator.me.responsible == "La coordination, 819 555-0100"
    assert region.coordinator.me.retention == "contact 24"


def push_of(*operations):
    return protocol.Push(operations=operations)


def revoked(region, world):
    """An editor's device that was revoked in mid-connection, to surrender."""
    client = region.member("editor", [world.mekinac])
    device, = [r for r in region.coordinator.pull(kinds=["device"]).records
               if r.id == client.me.device]
    region.coordinator.put("device", device.id, device.revision, revoked=True)
    return client


def test_what_waits_in_quarantine_is_forgotten_too(region, world):
    """Records that a revoked device would have made exist nowhere else."""
    name, other = "Fulgence Ouimet-Test", "Gilberte Pruneau"
    client = revoked(region, world)
    client.ask(surrender=protocol.Surrender(region=region.name, pushes=[push_of(
        operation("contact", new_id(), name=name, phone="819 555-0177"),
        operation("note", new_id(), subject=world.plan, text=f"Appeler {name} demain"),
        operation("note", new_id(), subject=world.plan, text="Rien de plus", reason=f"Dit à {name}"),
        operation("contact", new_id(), name=other, phone="819 555-0178"))]))
    assert holds(region, name)
    concertd(region, "erase", "--person", name, "--yes")
    assert not holds(region, name) and not holds(region, "819 555-0177")
    assert holds(region, other)
    assert "is whole" in concertd(region, "verify")


def test_a_quarantined_operation_that_was_removed_is_forgotten(region, world):
    name = "Hermance Quirion-Test"
    contact, _ = region.coordinator.put("contact", name=name, phone="819 555-0179")
    client = revoked(region, world)
    client.ask(surrender=protocol.Surrender(region=region.name, pushes=[push_of(
        operation("contact", contact, 1, phone="819 555-0180"))]))
    concertd(region, "erase", "--person", name, "--yes")
    assert not holds(region, name) and not holds(region, "819 555-0180")
    said = concertd(region, "erase", "--person", name, "--yes", code=1)
    assert f"Nothing that is held tells the name “{name}”" in said


def test_a_name_inside_a_proposal_is_told(region, world):
    name = "Iphigénie Rancourt-Test"
    action = world.action()
    proposal = records.Proposal(subject=action, reason="Mieux", patch=records.Action(
        title=f"Rencontrer {name}").SerializeToString())
    made = operation("proposal", new_id(), patch=proposal.SerializeToString())
    assert region.coordinator.push(made)[0].status == "applied"
    proposal = made.id
    handle = region.coordinator.get(proposal).handle
    assert handle in concertd(region, "erase", "--person", name, "--yes")


def test_verify_finds_what_was_marked_as_erased_by_another_hand(make_region):
    region = make_region()
    boss = region.coordinator
    contact, _ = boss.put("contact", name="Josaphat Samson-Test", phone="819 555-0181")
    boss.put("contact", contact, 1, phone="819 555-0182")
    seq = region.sql("SELECT max(seq) FROM change").strip()
    region.sql(f"UPDATE change SET patch = NULL, erased = true WHERE seq = {seq}")
    assert seq in concertd(region, "verify", code=1)
    region.sql(f"UPDATE change SET reason = NULL, hash = patch_hash WHERE seq = {seq}")
    assert seq in concertd(region, "verify", code=1)


def test_an_erasure_of_what_was_removed_is_in_the_log(make_region):
    """No record changes, so one says that the log forgot something; verify looks for that."""
    region = make_region()
    boss, name = region.coordinator, "Léontine Tousignant-Test"
    contact, _ = boss.put("contact", name=name, phone="819 555-0183")
    boss.push(operation("contact", contact, 1, delete=True))
    before = int(region.sql("SELECT max(seq) FROM change"))
    concertd(region, "erase", "--person", name, "--yes")
    assert not holds(region, name)
    reasons = region.sql(f"SELECT reason FROM change WHERE seq > {before}").split("\n")
    assert "effacement de renseignements personnels" in reasons
    assert "is whole, the tables" in concertd(region, "verify")
    assert "Nothing" in concertd(region, "erase", "--person", name, "--yes", code=1)


def test_a_note_that_was_cut_takes_no_other_with_it(make_region):
    region = make_region()
    book = region.folder / "state" / "erasures"
    book.write_text(f"{region.name} 0000")
    contact, _ = region.coordinator.put("contact", name="Mathurin Ulric", phone="819 555-0184")
    concertd(region, "erase", "--person", "Mathurin Ulric", "--yes")
    assert any(line.startswith(f"{region.name} {uuid.UUID(bytes=contact)} ")
               for line in book.read_text().splitlines())


def remembered(region):
    """What PostgreSQL keeps for its planner of the tables' values; the server's role reads it too."""
    return region.sql("SELECT concat(most_common_vals, histogram_bounds, most_common_elems)"
                      " FROM pg_stats WHERE schemaname = current_schema()").encode()


def test_what_the_planner_remembers_is_forgotten_too(make_region):
    """Of typed tables, of the log, and of a table that the erasure leaves empty."""
    region = make_region()
    world = World(region)
    boss, name, phone = region.coordinator, "Népomucène Vadnais-Test", "819 555-0185"
    boss.put("contact", name=name, phone=phone)
    boss.put("contact", name="Ovila Wabanaki-Test", phone="819 555-0186")
    note, _ = boss.put("note", subject=world.plan, text=f"Vu {name}", reason=f"Appel de {name}")
    item = world.item(decision="Reporté")
    client = revoked(region, world)
    client.ask(surrender=protocol.Surrender(region=region.name, pushes=[push_of(
        operation("contact", new_id(), name=name, phone=phone))]))
    region.sql("ANALYZE")
    boss.put("note", note, 1, text="Vu")
    boss.push(operation("agenda_item", item, 1, delete=True))  # a trigger names its decision
    parts = [form for text in (name, phone) for form in forms(text)]
    before = remembered(region)
    assert all(form in before for form in parts)
    concertd(region, "erase", "--person", name, "--yes")
    assert region.sql("SELECT count(*) FROM quarantine").strip() == "0"
    assert region.sql("SELECT count(*) FROM agenda_item").strip() == "0"
    after = remembered(region)
    assert not any(form in after for form in parts)
    assert "Ovila Wabanaki-Test".encode() in after
    assert "is whole" in concertd(region, "verify")
