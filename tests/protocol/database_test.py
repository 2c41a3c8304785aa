"""What PostgreSQL itself holds the daemon to, and what a person with psql finds there."""

import subprocess

import pytest


def denied(region, statement):
    with pytest.raises(subprocess.CalledProcessError) as caught:
        region.sql(statement, user="concertd")
    return "permission denied" in caught.value.stderr or "must be owner" in caught.value.stderr


@pytest.mark.parametrize("statement", [
    "UPDATE change SET reason = 'x'",
    "UPDATE change SET seq = seq + 1",
    "DELETE FROM change",
    "TRUNCATE change",
    "ALTER TABLE change DROP COLUMN reason",
    "DROP TABLE change",
    "CREATE TABLE other ()",
    "DELETE FROM head",
    "ALTER TABLE change DISABLE TRIGGER ALL",
])
def test_the_daemon_cannot_rewrite_the_log(region, world, statement):
    before = region.sql("SELECT count(*), sum(seq), max(reason) FROM change")
    assert denied(region, statement)
    assert region.sql("SELECT count(*), sum(seq), max(reason) FROM change") == before


def test_the_daemon_reads_all_of_it(region, world):
    assert int(region.sql("SELECT count(*) FROM change", user="concertd")) > 0


def test_rows_are_readable_without_protobuf(region, world):
    id = world.share(percent=30, expected="Une table ronde")
    assert region.sql(f"""
        SELECT record.handle, party.name, share.percent, share.expected, action.number
        FROM share JOIN record USING (id) JOIN party ON party.id = share.party
        JOIN action ON action.id = share.action WHERE share.id = '{id.hex()}'""") == "|".join([
            world.boss.get(id).handle, "Comité local de Mékinac", "30", "Une table ronde",
            region.sql("SELECT number FROM action ORDER BY id DESC LIMIT 1")])


def test_a_deleted_record_leaves_its_row(region, world):
    id = world.share()
    world.boss.put("share", id, 1, delete=True)
    assert region.sql(f"SELECT count(*) FROM share WHERE id = '{id.hex()}'") == "0"
    assert region.sql(f"SELECT deleted FROM record WHERE id = '{id.hex()}'") == "t"


def test_serials_and_log_agree(region, world):
    for statement in (
            "SELECT bool_and(change.seq = record.seq) FROM record JOIN LATERAL (SELECT seq FROM "
            "change WHERE change.record = record.id ORDER BY seq DESC LIMIT 1) change ON true",
            "SELECT (SELECT seq FROM head) = max(seq) AND max(seq) = count(*) FROM change",
            "SELECT (SELECT hash FROM head) = hash FROM change ORDER BY seq DESC LIMIT 1",
            "SELECT count(DISTINCT (kind, handle)) = count(*) FROM record "
            "WHERE kind NOT IN ('objective', 'action')"):
        assert region.sql(statement) == "t", statement
