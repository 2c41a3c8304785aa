"""What must hold after the blows: promises 1, 2, 3 and 5 of the protocol, by SQL and the copies."""

import collections
import re

WAITING, SENT, ACCEPTED, CONFLICT, REFUSED = range(5)
WORD = re.compile(rb"o\d+-\d+\.")


def words_of(blob):
    return [word.decode() for word in WORD.findall(blob or b"")]


def log_of(machine):
    """(seq, op_id, patch) of each change, and how often each word stands in the log."""
    rows = [line.split("|") for line in machine.sql(
        "SELECT seq, op_id, encode(patch, 'hex') FROM change ORDER BY seq").splitlines()]
    log = [(int(seq), op_id.replace("-", ""), bytes.fromhex(patch)) for seq, op_id, patch in rows]
    return log, collections.Counter(word for _, _, patch in log for word in words_of(patch))


def check_log(log):
    seqs = [seq for seq, _, _ in log]
    if seqs != list(range(1, len(seqs) + 1)):
        yield f"the log has a gap: {sorted(set(range(1, len(seqs) + 1)) - set(seqs))}"


def check_words(office, counts):
    """Acknowledged: once in the log, or still in the author's hands. Killed: at most once."""
    kept = {word for _, state, _, _, patch in office.outbox() if state in (CONFLICT, REFUSED)
            for word in words_of(patch)}
    for word in office.acknowledged:
        if counts[word] + (word in kept) != 1:
            yield f"office {office.number}: {word} is {counts[word]} times in the log" \
                  f"{' and in the outbox' if word in kept else ''}"
    for word in office.killed:
        if counts[word] + (word in kept) > 1:
            yield f"office {office.number}: {word}, killed, is there twice"


def check_receipts(office, log):
    where = {op_id: seq for seq, op_id, _ in log}
    for number, state, seq, op_id, _ in office.outbox():
        if state == ACCEPTED and where.get(op_id.hex()) != seq:
            yield f"office {office.number}: operation {number} was accepted at {seq}, " \
                  f"the log has it at {where.get(op_id.hex())}"
        if state in (WAITING, SENT):
            yield f"office {office.number}: operation {number} still waits"
        if state in (CONFLICT, REFUSED) and op_id.hex() in where:
            yield f"office {office.number}: operation {number} is in the log and not accepted"


def check_copy(office, machine):
    """The copy holds what the register holds, but for what an editor may not read."""
    rows = [line.split("|") for line in machine.sql(
        "SELECT id, revision, seq FROM record WHERE NOT deleted"
        " AND kind NOT IN ('account', 'device')").splitlines()]
    there = {bytes.fromhex(id.replace("-", "")): (int(revision), int(seq))
             for id, revision, seq in rows}
    here = office.records()
    for id, state in there.items():
        if here.get(id) != state:
            yield f"office {office.number}: {id.hex()} is {here.get(id)} here, {state} there"


def check(machine, offices):
    log, counts = log_of(machine)
    problems = list(check_log(log))
    for office in offices:
        problems += [f"office {office.number}: {problem}" for problem in office.problems]
        problems += check_words(office, counts)
        problems += check_receipts(office, log)
        problems += check_copy(office, machine)
    if not any(office.acknowledged for office in offices):
        problems.append("nothing was acknowledged: nothing was tried")
    return problems
