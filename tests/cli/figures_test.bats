#!/usr/bin/env bats
# Every figure of the plan, the dashboard and the arithmetic, worked out here once more.

load region
load reading

setup_file()
{
    reading_setup
}

teardown_file()
{
    region_stop
}

@test "plan: every percentage is the weighted mean of its shares" {
    as mekinac plan --on 2009-10-15 --format json | figures '
assert len(it) == 41
for row in it:
    sums = plan.under(row["id"])
    assert near(row["percent"], sums), (row, sums)
    assert row["counted"] == sums.counted and row["dropped"] == sums.dropped, (row, sums)
    assert row["not_applicable"] == sums.not_applicable, (row, sums)'
}

@test "plan: late is after the last day, never on it, and never what goes on" {
    local on expected
    while read -r on expected; do
        run --separate-stderr as mekinac plan --on "$on" --format json
        figures 'late = [r["number"] for r in it if r["kind"] == "action" and r["status"] == "late"]
assert late == plan.late("'"$on"'"), (late, plan.late("'"$on"'"))
print(*late)' <<<"$output" >"$BATS_TEST_TMPDIR/late"
        [ "$(wc -w <"$BATS_TEST_TMPDIR/late")" = "$expected" ]
    done <<'DAYS'
2009-01-01 0
2009-03-31 0
2009-04-01 2
2009-06-20 4
2009-06-21 5
2009-10-15 6
DAYS
}

@test "dashboard: each cell, each total, recomputed" {
    as mekinac dashboard --on 2009-10-15 --format json | figures '
tops = plan.tops()
assert [t["number"] for t in tops] == ["1", "2", "3", "4"]
rows = [row for row in it["progress"] if row["party"]]
assert {plan.party(row["party"])["id"] for row in rows} == {s["party"] for s in plan.shares}
for row in rows:
    party = plan.party(row["party"])["id"]
    for top in tops:
        sums = plan.under(top["id"], party)
        assert near(row["objective_" + top["number"]], sums), (row, top["number"], sums)
    assert near(row["total"], plan.under(None, party)), row
region = [row for row in it["progress"] if not row["party"]]
assert len(region) == 1 and near(region[0]["total"], plan.under(None))
for top in tops:
    assert near(region[0]["objective_" + top["number"]], plan.under(top["id"]))'
}

@test "dashboard: what is late, what is due within 30 days, blocked, silent" {
    as mekinac dashboard --on 2009-10-15 --format json >"$BATS_TEST_TMPDIR/board"
    figures '
assert sorted(r["action"] for r in it["late"]) == plan.late("2009-10-15"), it["late"]
assert {r["action"]: r["days"] for r in it["late"]} == plan.late_days("2009-10-15")
assert sorted(r["action"] for r in it["due"]) == plan.due("2009-10-15", 30), it["due"]
assert [r["action"] for r in it["blocked"]] == ["3.1.2"], it["blocked"]
silent = {r["party"]: r for r in it["silent"]}
assert not {"I9", "I10", "I13"} & silent.keys(), silent
assert {"I5", "I6", "I8", "I11", "I12", "I14"} <= silent.keys(), silent' <"$BATS_TEST_TMPDIR/board"
    run --separate-stderr as mekinac tableau --on 2009-10-15
    says "En retard" "30 jours" "pas de local" "Comité de soutien" "Sans nouvelles"
    [[ $output == *█* ]]
}

@test "dashboard: those who spoke are silent two months and a day later" {
    silent()
    {
        as mekinac dashboard --on "$(date -d "$1" +%F)" --format json |
            json '"I10" in {r["party"] for r in it["silent"]}'
    }
    [ "$(silent "50 days")" = False ]
    [ "$(silent "70 days")" = True ]
}

@test "explain: points, weights, what is left out and why, recomputed" {
    local what
    for what in 1 1.1 2.1 3 4 4.1.3 1.1.1; do
        as mekinac explain "$what" --on 2009-10-15 --format json | figures '
sums = plan.under(plan.numbered("'"$what"'"))
told = it["sum"]
assert sum(r["points"] for r in it["counted"]) == told["points"] == sums.points, (told, sums)
assert sum(r["weight"] for r in it["counted"]) == told["weight"] == sums.weight, (told, sums)
assert len(it["counted"]) == told["counted"] == sums.counted, (told, sums)
assert all(r["points"] == r["percent"] * r["weight"] for r in it["counted"])
assert near(told["percent"], sums)
assert told["dropped"] == sums.dropped and told["not_applicable"] == sums.not_applicable
assert all(r["why"] for r in it["left_out"])
assert sums.outside == told["outside"], (told, sums)
assert len(it["left_out"]) >= told["dropped"] + told["not_applicable"] + told["outside"], it'
    done
    run --separate-stderr as mekinac expliquer 1.1.1 --on 2009-10-15
    says "85" "17" "abandonnée" "changement"
}

@test "explain: what has no percentage says why" {
    run --separate-stderr as mekinac expliquer 1.4.1
    ended 0
    says "en continu"
    run --separate-stderr as mekinac expliquer 1.3.1
    ended 0
    says "part"
}
