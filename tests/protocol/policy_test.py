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
    world.other.put("proposal", id, 1, status=records.Proposal.ACCEPTED, answer="Oui")
    proposal = latest(world.boss, id)[1]
    assert Share.FromString(proposal.patch).percent == 50


# --- adopted and closed plans --------------------------------------------------------------------

@pytest.fixture
def adopted(world):
    """An adopted plan: (plan, objective, action, share of the editor's)."""
    plan = world.new_plan()
    objective, _ = world.boss.put("objective", plan=plan, number="1", title="Un")
    action = world.action(objective)
    share, _ = world.boss.put("share", action=action, party=world.mekinac)
    world.boss.put("plan", plan, 1, status=Plan.ADOPTED, adopted_on="2009-05-01")
    return plan, objective, action, share


def test_adoption_is_the_coordinators(world, secretariat):
    plan = world.new_plan()
    with refused("denied", "status", "adoption"):
        secretariat.put("plan", plan, 1, status=Plan.ADOPTED)
    secretariat.put("plan", plan, 1, status=Plan.PROPOSED)
    world.boss.put("plan", plan, 2, status=Plan.ADOPTED)
    with refused("denied", "status", "adoption"):
        secretariat.put("plan", plan, 3, status=Plan.DRAFT)


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
        operation("plan", plan, 1, status=Plan.ADOPTED),
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
