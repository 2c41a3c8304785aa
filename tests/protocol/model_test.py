"""Many clients at random on two servers; then the promises are checked against the log."""

import collections
import random
import threading

import pytest

from client import answer, operation
from history_test import NOTHING, change_hash, whole_log
from identity import new_id
from messages import KINDS, protocol, records

FIELDS = {  # of a share, with values few enough to meet
    "percent": lambda dice: dice.randrange(3),
    "expected": lambda dice: f"{dice.choice('abc')}\n-\n{dice.choice('xyz')}",
    "next_step": lambda dice: dice.choice("abc"),
    "status": lambda dice: dice.choice((1, 2, 4, 5)),
}


class Player(threading.Thread):
    """Writes at random onto shared records from bases that may be old."""

    def __init__(self, world, client, targets, seed):
        super().__init__()
        self.world, self.client, self.targets = world, client, targets
        self.dice = random.Random(seed)
        self.results, self.failure = [], None
        self.copies = []  # of records, of all revisions that it ever saw

    def operation(self):
        dice = self.dice
        if dice.random() < 0.1:
            return operation("note", new_id(), subject=dice.choice(self.targets), text="x")
        names = dice.sample(list(FIELDS), dice.randint(1, 3))
        clear = [name for name in names if dice.random() < 0.2]
        copy = dice.choice(self.copies[-12:]) if dice.random() < 0.5 else None
        made = operation(
            "share", copy.id if copy else dice.choice(self.targets),
            copy.revision if copy else max(1, self.newest - dice.randrange(6)),
            clear=clear, reason=dice.choice((None, "é")),
            **{name: FIELDS[name](dice) for name in names if name not in clear})
        if copy:
            body, seen = records.Share.FromString(copy.body), records.Share()
            for name in names:
                if body.HasField(name):
                    setattr(seen, name, getattr(body, name))
            made.seen = seen.SerializeToString()
        return made

    def look(self):
        self.copies += [record for record in self.client.pull(kinds=["share"]).records
                        if record.id in self.targets]

    def send(self, sent, atomic=False):
        found = [answer(result) for result in self.client.ask(
            push=protocol.Push(operations=sent, atomic=atomic)).results]
        self.newest = max([self.newest] + [result.revision for result in found])
        self.results += [(sent[0].op_id, *pair, atomic) for pair in zip(sent, found)]
        return found

    def run(self):
        try:
            self.newest = 1
            for n in range(60):
                if n % 3 == 0:
                    self.look()
                sent = [self.operation() for _ in range(self.dice.choice((1, 1, 1, 4)))]
                self.send(sent, self.dice.random() < 0.3)
        except BaseException as failure:
            self.failure = failure
            raise


def meet(one, other, target):
    """Each changes a line of their own of what both have seen, which chance may not bring about."""
    record, = [record for record in one.client.pull(kinds=["share"]).records if record.id == target]
    now = records.Share.FromString(record.body)
    before = records.Share(**{"expected": now.expected} if now.HasField("expected") else {})
    seen, base = "a\n-\nx", record.revision
    for player, text in (one, seen), (one, "b\n-\nx"), (other, "a\n-\nz"):
        made = operation("share", target, base, expected=text)
        made.seen = before.SerializeToString()
        result, = player.send([made])
        assert result.status in ("applied", "merged")
        if text == seen:
            before, base = records.Share(expected=seen), result.revision


@pytest.fixture(scope="module")
def played(region, world):
    """(the log, [(push, operation, result, whether atomic)])"""
    targets = [world.share() for _ in range(6)]
    servers = [region.server, region.second_server()]
    players = [Player(world, region.member("coordinator"), targets, seed) for seed in range(3)]
    players += [Player(world, region.client(player.client.identity, servers[1]), targets, 10 + n)
                for n, player in enumerate(players)]
    for player in players:
        player.start()
    for player in players:
        player.join()
        assert player.failure is None
    meet(players[0], players[-1], targets[0])
    return whole_log(world.boss), [result for player in players for result in player.results]


def apply(now, change):
    for name in change.fields:
        now.ClearField(name)
    now.MergeFrom(KINDS[records.Kind.Name(change.kind).lower()].FromString(change.patch))


def value(message, name):
    return getattr(message, name) if message.HasField(name) else None


def test_all_outcomes_occurred(played):
    outcomes = collections.Counter(result.status for _, _, result, _ in played[1])
    assert set(outcomes) == {"applied", "merged", "conflict", "refused"}, outcomes


def test_the_log_is_whole(region, world, played):
    log, _ = played
    hash = NOTHING
    for seq, change in enumerate(log, 1):
        hash = change_hash(hash, change)
        assert (change.seq, change.hash) == (seq, hash)
    for server in region.servers:
        client = region.client(region.identity, server)
        page = client.pull(at_least=len(log))
        assert (page.head, page.upto_hash) == (len(log), hash)


def merged_lines(seen, now, mine):
    """What becomes of a text of FIELDS' first and last line, the middle one being always there; None:
    a person must choose."""
    if now in (seen, mine):
        return mine
    if mine == seen or mine is None or now is None or seen is None:
        return None
    lines = []
    for was, theirs, ours in zip(seen.split("\n"), now.split("\n"), mine.split("\n")):
        if ours not in (was, theirs) and theirs != was:
            return None
        lines.append(theirs if ours == was else ours)
    return "\n".join(lines)


def test_results_are_in_the_log(played):
    log, results = played
    by_operation = {change.op_id: change for change in log}
    for _, sent, result, _ in results:
        change = by_operation.get(sent.op_id)
        if result.status in ("applied", "merged"):
            assert (change.seq, change.revision) == (result.seq, result.revision)
            kind = KINDS[records.Kind.Name(change.kind).lower()]
            assert sent.kind == change.kind
            patch, logged = kind.FromString(sent.patch), kind.FromString(change.patch)
            if sent.HasField("seen") and result.status == "merged":
                patch.ClearField("expected")  # may be of both: see below
                logged.ClearField("expected")
            assert patch == logged
        else:
            assert change is None
            assert result.status == "conflict" or result.problem.rule in ("atomic", "base_revision")


def test_clocks_do_not_run_back(played):
    """A record's changes are in the order of the server's clock as of its log."""
    times = [change.at for change in played[0]]
    assert all(later - earlier > -1_000_000 for earlier, later in zip(times, times[1:]))


def test_revisions_run_on(played):
    revisions = collections.Counter()
    for change in played[0]:
        revisions[change.id] += 1
        assert change.revision == revisions[change.id]


def check_by_value(sent, now, after):
    """Each field was as its author saw it, or as they put it, or is of both's lines; whether any is
    of both's."""
    seen, patch = records.Share.FromString(sent.seen), records.Share.FromString(sent.patch)
    by_line = False
    for name in [f.name for f, _ in patch.ListFields()] + list(sent.clear):
        values = value(seen, name), value(now, name), value(patch, name)
        if values[1] in (values[0], values[2]):
            assert value(after, name) == values[2]
        else:
            assert name == "expected"
            assert value(after, name) == merged_lines(*values) is not None
            by_line = True
    return by_line


def test_lines_were_merged(played):
    log, results = played
    patches = {change.op_id: records.Share.FromString(change.patch) for change in log
               if change.kind == records.SHARE}
    assert any(patches[sent.op_id].expected != records.Share.FromString(sent.patch).expected
               for _, sent, result, _ in results if result.status == "merged")


def test_nothing_was_overwritten_unseen(played):
    """What another wrote after one's base is changed only by who saw it, or saw the value."""
    log, results = played
    sent_by_operation = {sent.op_id: (sent, result) for _, sent, result, _ in results}
    states, changes = {}, collections.defaultdict(list)
    for change in log:
        kind = KINDS[records.Kind.Name(change.kind).lower()]
        now = states.setdefault(change.id, kind())
        after = kind()
        after.CopyFrom(now)
        apply(after, change)
        if change.op_id in sent_by_operation and change.revision > 1:
            sent, result = sent_by_operation[change.op_id]
            by_line = check_by_value(sent, now, after) if sent.HasField("seen") else False
            later = [c for c in changes[change.id] if c.revision > sent.base_revision]
            for name in change.fields if not sent.HasField("seen") else ():
                setters = [c.device for c in later if name in c.fields]
                if setters and setters[-1] != change.device:
                    assert value(now, name) == value(after, name)
            unseen = any(c.device != change.device for c in later)
            assert result.status == ("merged" if unseen or by_line else "applied")
        states[change.id] = after
        changes[change.id].append(change)


def test_conflicts_were_real(played):
    """Each clash names a change after the base, of that field; unless an atomic push clashes with
    itself."""
    log, results = played
    by_revision = {(change.id, change.revision): change for change in log}
    targets = collections.Counter((push, sent.id) for push, sent, _, atomic in results if atomic)
    for push, sent, result, _ in results:
        if targets[push, sent.id] > 1:
            continue
        for clash in result.clashes:
            change = by_revision[sent.id, clash.revision]
            assert clash.revision > sent.base_revision
            assert clash.field in change.fields
            assert (clash.account, clash.at) == (change.account, change.at)
            patch = records.Share.FromString(change.patch)
            theirs = records.Share.FromString(clash.theirs)
            assert value(theirs, clash.field) == value(patch, clash.field)


def test_atomic_pushes_are_whole(played):
    """Of one atomic push all operations are in the log, one after the other, or none is."""
    _, results = played
    pushes = collections.defaultdict(list)
    for push, _, result, atomic in results:
        if atomic:
            pushes[push].append(result)
    assert any(len(each) > 1 for each in pushes.values())
    for each in pushes.values():
        seqs = [result.seq for result in each]
        assert seqs == list(range(seqs[0], seqs[0] + len(each))) or not any(seqs)


def test_replaying_the_log_gives_what_is_there(region, world, played):
    states, handles = {}, {}
    for change in played[0]:
        kind = KINDS[records.Kind.Name(change.kind).lower()]
        apply(states.setdefault(change.id, kind()), change)
        handles[change.id] = change.revision
    for server in region.servers:
        client = region.client(region.identity, server)
        found = client.pull(at_least=len(played[0])).records
        assert {record.id: record.revision for record in found} == handles
        for record in found:
            assert type(states[record.id]).FromString(record.body) == states[record.id]
