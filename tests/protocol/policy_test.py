"""Who may write what, seen from outside; the whole table is walked by the C unit test."""

import pytest

from client import body, operation, refused
from identity import new_id
from messages import records
from region import latest

Share, Plan = records.Share, records.Plan


@pytest.fixture(scope="module")
def reader(region, world):
    return region.member("reader", [world.mekinac])


@pytest.fixture(scope="module")
def secretariat(region):
    return region.member("secretariat")


def test_somebody_elses_record(world):
    id = world.share(world.chenaux)
    with refused("denied", rule="owner"):
        world.editor.put("share", id, 1, percent=10)
    with refused("denied", rule="owner"):
        world.editor.put("share", id, 1, delete=True)
    with refused("denied", rule="owner"):
        world.editor.put("note", subject=id, text="Un")
    assert world.boss.get(id).revision == 1


def test_joining_an_action(world):
    action = world.action()
    world.editor.put("share", action=action, party=world.mekinac)
    with refused("denied", rule="owner"):
        world.editor.put("share", action=action, party=world.chenaux)


def test_the_weight_of_a_share_is_the_staffs(world, secretariat):
    id = world.share()
    with refused("denied", "weight", "role"):
        world.editor.put("share", id, 1, weight=5)
    with refused("denied", "weight", "role"):
        world.editor.put("share", id, 1, clear=["weight"])
    secretariat.put("share", id, 1, weight=5)


def test_a_reader_writes_nothing(world, reader):
    id = world.share()
    for kind, more in (("share", {"percent": 1}), ("note", {"subject": id, "text": "x"}),
                       ("proposal", {"subject": id, "reason": "x"})):
        base = 1 if kind == "share" else 0
        with refused("denied", rule="role"):
            reader.put(kind, id if base else None, base, **more)


def test_the_structure_is_the_staffs(world, secretariat):
    for kind, more in (("party", {"name": "x", "type": records.Party.LOCAL}),
                       ("territory", {"code": "x", "name": "x"}),
                       ("audience", {"number": 9, "description": "x"})):
        with refused("denied", rule="role"):
            world.editor.put(kind, **more)
        secretariat.put(kind, **more)


def test_accounts_are_the_coordinators(world, secretariat):
    for client in (world.editor, secretariat):
        with refused("denied"):
            client.put("account", person="x", role=records.Account.READER)
        with refused("denied"):
            client.put("account", client.me.account, 1, role=records.Account.COORDINATOR)


def test_nobody_makes_a_device(world):
    for client in (world.boss, world.editor):
        with refused("denied"):
            client.put("device", account=client.me.account, name="x", fingerprint="0" * 64)
    with refused("invalid", "fingerprint", "fixed"):
        world.boss.put("device", world.editor.me.device, 1, fingerprint="0" * 64)


def test_a_plan_of_ones_own(world):
    plan, _ = world.editor.put(
        "plan", title="Plan local", type=Plan.LOCAL, party=world.mekinac,
        starts_on="2009-04-01", ends_on="2010-03-31")
    objective, _ = world.editor.put("objective", plan=plan, number="1", title="Un")
    world.editor.put("action", objective=objective, number="1.1", title="Un")
    with refused("denied", rule="owner"):
        world.other.put("objective", plan=plan, number="2", title="Deux")


def test_a_note_is_its_authors(world):
    id, _ = world.editor.put("note", subject=world.share(), text="Un")
    world.editor.put("note", id, 1, text="Un, corrigé")
    with refused("denied", rule="author"):
        world.boss.put("note", id, 2, text="Deux")
    with refused("denied", rule="author"):
        world.boss.put("note", id, 2, delete=True)


def test_proposing_what_one_may_not_change(world):
    share = world.share(world.chenaux)
    proposal = records.Proposal(subject=share, reason="Il serait temps",
                                patch=Share(percent=50).SerializeToString())
    id, _ = world.editor.put("proposal", patch=proposal.SerializeToString())
    with refused("denied", rule="owner"):
        world.editor.put("proposal", id, 1, status=records.Proposal.ACCEPTED)
    with refused("invalid", "status", "applied"):
        world.other.put("proposal", id, 1, status=records.Proposal.ACCEPTED)
    results = world.other.push(
        operation("share", share, 1, percent=50, reason="Proposé"),
        operation("proposal", id, 1, status=records.Proposal.ACCEPTED, answer="Oui"), atomic=True)
    assert [result.status for result in results] == ["applied", "applied"]
    proposal = latest(world.boss, id)[1]
    assert Share.FromString(proposal.patch).percent == 50
    with refused("frozen", rule="settled"):
        world.other.put("proposal", id, 2, answer="Non")


def test_taking_back_a_proposal(world):
    proposal = records.Proposal(subject=world.plan, reason="Un titre plus court",
                                patch=Plan(title="Plan").SerializeToString())
    id, _ = world.editor.put("proposal", patch=proposal.SerializeToString())
    with refused("denied", rule="owner"):
        world.other.put("proposal", id, 1, delete=True)
    world.editor.put("proposal", id, 1, delete=True)


# --- parties that a record names beside its owner ------------------------------------------------

def test_a_follow_up_is_closed_by_who_does_it(world):
    item = world.item(world.meeting(world.chenaux))
    id, _ = world.other.put("follow_up", agenda_item=item, party=world.mekinac, what="Appeler")
    world.editor.put("follow_up", id, 1, done_on="2009-06-01")
    with refused("denied", "what", "owner"):
        world.editor.put("follow_up", id, 2, what="Rien")
    with refused("denied", rule="owner"):
        world.editor.put("follow_up", id, 2, delete=True)


def test_a_party_asks_for_an_item(world):
    meeting = world.meeting(world.chenaux)
    id, _ = world.editor.put("agenda_item", meeting=meeting, rank=9, title="Le transport",
                             proposed_by=world.mekinac)
    with refused("denied", "decision", "owner"):
        world.editor.put("agenda_item", id, 1, decision="Oui")
    world.other.put("agenda_item", id, 1, decision="Oui")
    with refused("denied", rule="owner"):
        world.editor.put("agenda_item", meeting=meeting, rank=9, title="Le transport")
    for change in ({"title": "Autre chose"}, {"delete": True}):  # it was dealt with
        with refused("denied", rule="owner"):
            world.editor.put("agenda_item", id, 2, **change)


def test_nobody_sits_in_anothers_seat(world):
    """A guest could make up another committee's quorum."""
    meeting = world.meeting(world.chenaux)
    seats = [world.boss.put("membership", party=world.chenaux, **of)[0]
             for of in ({"organization": world.mekinac}, {"organization": world.consortium}, {})]
    for seat in seats[1:]:
        with refused("invalid", "seat", "organization"):
            world.editor.put("attendance", meeting=meeting, party=world.mekinac, seat=seat)
    id, _ = world.editor.put(
        "attendance", meeting=meeting, party=world.mekinac, seat=seats[0])
    with refused("invalid", "seat", "organization"):
        world.editor.put("attendance", id, 1, seat=seats[1])
    world.other.put("attendance", meeting=meeting, person="Une citoyenne", seat=seats[2])


def test_what_hangs_on_what_is_hidden(world, secretariat):
    """Everybody reads notes, deadlines and proposals: none is about a contact or an account."""
    contact, _ = secretariat.put("contact", name="Une personne", organization="Un organisme")
    asked = records.Contact(organization="Un autre").SerializeToString()
    for subject in (contact, world.editor.me.account, world.editor.me.device):
        for kind, more in (("note", {"text": "x"}), ("deadline", {"text": "2009"}),
                           ("proposal", {"reason": "x", "patch": records.Proposal(
                               subject=subject, reason="x", patch=asked).SerializeToString()})):
            fields = more if kind == "proposal" else {"subject": subject, **more}
            fields.pop("reason", None)
            with refused("invalid", "subject", "reference"):
                world.boss.put(kind, **fields)


def test_a_party_tells_of_its_own_presence(world):
    """And of who was there for it, which the others are not told."""
    id, _ = world.editor.put("attendance", meeting=world.meeting(), party=world.mekinac,
                             person="Une personne", state=records.Attendance.PRESENT)
    for client, told in ((world.editor, "Une personne"), (world.boss, "Une personne"),
                         (world.other, "")):
        assert latest(client, id)[1].person == told
    with refused("denied", rule="owner"):
        world.other.put("attendance", id, 1, state=records.Attendance.ABSENT)
    world.editor.put("attendance", id, 1, delete=True)


def test_contacts_are_the_staffs(world, secretariat):
    id, _ = secretariat.put("contact", name="Une personne", phone="819 555-0100")
    assert world.editor.get(id) is None
    assert latest(world.boss, id)[1].phone == "819 555-0100"
    with refused("denied", rule="role"):
        world.editor.put("contact", name="Une autre", phone="819 555-0101")


def test_what_a_party_gives(world):
    """Each kind of inventory: an editor's for its own party, nobody's for another."""
    given = {
        "project": {"title": "Un"}, "meeting": {"title": "Un"},
        "training_need": {"title": "Un"}, "article": {"title": "Un"},
        "intervention": {"title": "Un"}, "directory_entry": {"name": "Un"},
        "route": {"title": "Un", "to": "Là", "from": "Ici"}, "plan_review": {"document": "Un"},
    }
    for kind, more in given.items():
        id, _ = world.editor.put(kind, party=world.mekinac, **more)
        assert world.boss.get(id).owner == world.mekinac
        with refused("denied", rule="owner"):
            world.editor.put(kind, party=world.chenaux, **more)
    with refused("denied", "status", "role"):
        world.editor.put("article", title="Un", party=world.mekinac,
                         status=records.Article.ACCEPTED)


# --- adopted and closed plans --------------------------------------------------------------------

@pytest.fixture
def adopted(world):
    """An adopted plan: (plan, objective, action, share of the editor's)."""
    plan = world.new_plan()
    objective, _ = world.boss.put("objective", plan=plan, number="1", title="Un")
    action = world.action(objective)
    share, _ = world.boss.put("share", action=action, party=world.mekinac)
    world.boss.put("plan", plan, 1, **world.adoption())
    return plan, objective, action, share


def test_adoption_is_the_coordinators(world, secretariat):
    plan = world.new_plan()
    with refused("denied", "adopted_on", "role"):
        secretariat.put("plan", plan, 1, **world.adoption())
    with refused("denied", "status", "adoption"):
        secretariat.put("plan", plan, 1, status=Plan.CLOSED)
    secretariat.put("plan", plan, 1, status=Plan.PROPOSED)
    world.boss.put("plan", plan, 2, **world.adoption())
    with refused("denied", "status", "adoption"):
        secretariat.put("plan", plan, 3, status=Plan.DRAFT)
    with refused("frozen", "reason", "amendment"):
        world.boss.put("plan", plan, 3, status=Plan.DRAFT)
    world.boss.put("plan", plan, 3, status=Plan.DRAFT, reason="Erreur")


def test_an_adopted_plan_keeps_its_structure(world, secretariat, adopted):
    plan, objective, action, _ = adopted
    with refused("frozen", rule="adopted"):
        secretariat.put("action", action, 1, title="Autre")
    with refused("frozen", rule="adopted"):
        secretariat.put("action", action, 1, delete=True)
    with refused("frozen", rule="adopted"):
        secretariat.put("action", objective=objective, number="9", title="Autre")
    with refused("frozen", rule="adopted"):
        secretariat.put("deadline", subject=action, text="2 juin 2009")
    with refused("frozen", "reason", "amendment"):
        world.boss.put("action", action, 1, title="Autre")
    assert world.boss.get(action).revision == 1
    assert world.boss.get(plan).revision == 2


def test_an_amendment_says_why(world, adopted):
    _, _, action, _ = adopted
    world.boss.put("action", action, 1, title="Autre", reason="Rencontre du 3 juin")
    assert world.boss.history(action)[0].reason == "Rencontre du 3 juin"


def test_an_adopted_plan_lives_on(world, secretariat, adopted):
    _, _, action, share = adopted
    world.editor.put("share", share, 1, percent=50)
    world.editor.put("note", subject=share, text="On avance")
    secretariat.put("action", action, 1, description="Précisée")
    world.other.put("share", action=action, party=world.chenaux)


def test_adopting_and_changing_in_one_push(world, secretariat):
    """What comes after the adoption meets an adopted plan."""
    plan = world.new_plan()
    objective = new_id()
    adopt, add = world.boss.push(
        operation("plan", plan, 1, **world.adoption()),
        operation("objective", objective, plan=plan, number="1", title="Un"))
    assert (adopt.status, add.status) == ("applied", "refused")
    assert add.problem.rule == "amendment"


def test_a_closed_plan_takes_notes_alone(world, adopted):
    plan, _, action, share = adopted
    world.boss.put("plan", plan, 2, status=Plan.CLOSED)
    with refused("frozen", rule="closed"):
        world.editor.put("share", share, 1, percent=50)
    with refused("frozen", rule="closed"):
        world.boss.put("action", action, 1, title="Autre", reason="Parce que")
    world.editor.put("note", subject=share, text="Pour mémoire")
    world.boss.put("plan", plan, 3, status=Plan.ADOPTED)
    world.editor.put("share", share, 1, percent=50)


def test_an_editor_writes_for_all_its_parties(region, world):
    both = region.member("editor", [world.mekinac, world.chenaux])
    for party in (world.mekinac, world.chenaux):
        id = world.share(party)
        both.put("share", id, 1, percent=1)
        assert body(both.get(id)).percent == 1
