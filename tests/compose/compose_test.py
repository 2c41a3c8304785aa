"""docker/compose.yaml on a real engine: a region is played, cut, stopped and killed, and loses nothing."""

import collections
import re
import subprocess
import tempfile
import threading

import pytest

from machine import (FILE, LOCALS, TAG, Load, Machine, Office, compose_words, docker, engine_answers,
                     settle, until)

pytestmark = [
    pytest.mark.skipif(not engine_answers(), reason="no Docker engine answers here"),
    pytest.mark.skipif(compose_words() is None, reason="there is no Docker Compose here"),
]

# Of what stands in the images beside debian:bookworm-slim.
MOST_BYTES = 40 << 20


@pytest.fixture(scope="module")
def machine():
    made = Machine()
    try:
        made.build()
        made.up()
        yield made
    finally:
        made.remove()


@pytest.fixture(scope="module")
def region(machine):
    """With all offices and a second server, once the year is played."""
    machine.up("region", "two")
    until(lambda: machine.inspect("story")["State"]["Status"] == "exited", "the year passes", 300)
    machine.healthy("postgres", "concertd", "concertd2")
    return machine


@pytest.fixture(scope="module")
def offices(region):
    return [Office(region, name) for name in LOCALS]


# --- what must hold after each blow ----------------------------------------------------------------

def check_log(machine):
    assert machine.sql("SELECT count(*) = max(seq) AND min(seq) = 1 FROM change") == "t"


def check_words(machine, offices):
    """Each change that somebody was told to be recorded is in the log, once."""
    patches = machine.sql("SELECT encode(patch, 'hex') FROM change WHERE patch IS NOT NULL")
    counts = collections.Counter(
        word.decode() for patch in patches.splitlines()
        for word in re.findall(rb"[a-z-]+-\d+\.", bytes.fromhex(patch)))
    for office in offices:
        assert office.failures == []
        assert {word: counts[word] for word in office.acknowledged} == \
            dict.fromkeys(office.acknowledged, 1)


def check_copies(machine, offices):
    """Each copy holds what the register holds, but for what an editor may not read."""
    rows = [row.split("|") for row in machine.sql(
        "SELECT id, revision, seq FROM record WHERE NOT deleted AND kind NOT IN"
        " ('account', 'device', 'contact', 'incident', 'quarantine')").splitlines()]
    there = {id: (int(revision), int(seq)) for id, revision, seq in rows}
    bodies = {}
    for office in offices:
        here = office.records()
        shared = {id: state for id, state in here.items() if id in there}
        assert {id: (revision, seq) for id, (revision, seq, _) in shared.items()} == there, office.name
        for id, (_, _, body) in shared.items():
            assert bodies.setdefault(id, body) == body, f"{office.name}: {id}"


def check(machine, offices):
    settle(offices)
    check_log(machine)
    check_words(machine, offices)
    check_copies(machine, offices)


# --- the first start -------------------------------------------------------------------------------

@pytest.mark.parametrize("image", [f"concertd:{TAG}", f"concert:{TAG}"])
def test_an_image_is_small_and_without_rights(machine, image):
    base = int(docker("image", "inspect", "-f", "{{.Size}}", "debian:bookworm-slim"))
    size, user = docker("image", "inspect", "-f", "{{.Size}} {{.Config.User}}", image).split()
    assert int(size) - base < MOST_BYTES
    assert user == "10001:10001"
    tools = docker("run", "--rm", "--network", "none", "--entrypoint", "/bin/sh", image, "-c",
                   "for tool in gcc cc make cmake curl wget; do command -v $tool; done; true")
    assert tools == ""


def test_the_first_start_tells_one_invitation(machine):
    machine.healthy("postgres", "concertd")
    log = machine.log("concertd")
    assert len(set(re.findall(r"concert://\S+?(?=['\s])", log))) == 1
    assert "event=ready" in log


def test_each_image_is_built_by_one_service():
    """Compose v2 builds at once what several ask for, and replaces their containers at the next up."""
    targets = re.findall(r"^ +target: ([a-z]+)$", FILE.read_text(), re.MULTILINE)
    assert sorted(targets) == ["concert", "concertd", "story"]


def test_up_again_changes_nothing(machine):
    before = [machine.container(service) for service in ("postgres", "concertd")]
    machine.up()
    assert [machine.container(service) for service in ("postgres", "concertd")] == before
    machine.healthy("postgres", "concertd")


@pytest.mark.parametrize("service", ["concertd", "postgres"])
def test_a_container_is_locked(machine, service):
    host = machine.inspect(service)["HostConfig"]
    assert host["ReadonlyRootfs"] and host["CapDrop"] == ["ALL"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["RestartPolicy"]["Name"] == "unless-stopped"


def test_the_server_can_write_to_its_state_alone(machine):
    assert machine.execute("concertd", "id", "-u").stdout.strip() == "10001"
    for path in ("/usr/bin/x", "/etc/x", "/run/concertd/passfile"):
        assert machine.execute("concertd", "sh", "-c", f": >>{path}", check=False).returncode != 0
    machine.execute("concertd", "sh", "-c", ": >>/var/lib/concertd/x && rm /var/lib/concertd/x")


def test_passwords_are_in_files_alone(machine):
    passwords = {machine.execute("postgres", "cat", f"/docker-entrypoint-initdb.d/{role}").stdout.strip()
                 for role in ("postgres", "concert_owner", "concertd")}
    assert len(passwords) == 3 and all(len(password) == 32 for password in passwords)
    told = docker("inspect", machine.container("postgres"), machine.container("concertd")) + \
        machine.log("concertd") + machine.log("postgres") + machine.log("secrets") + \
        machine.execute("concertd", "cat", "/var/lib/concertd/concertd.conf").stdout
    assert not any(password in told for password in passwords)
    mode = machine.execute("concertd", "stat", "-c", "%a %u", "/run/concertd/passfile").stdout
    assert mode.split() == ["600", "10001"]


def test_the_database_asks_for_a_password(machine):
    done = machine.execute("concertd", "psql", "-w", "-c", "SELECT 1",
                           "host=/run/postgresql dbname=concert user=concertd", check=False)
    assert done.returncode != 0 and "password" in done.stderr
    done = machine.execute("concertd", "psql", "-w", "-c", "SELECT 1",
                           "host=/run/postgresql dbname=concert user=postgres", check=False)
    assert done.returncode != 0 and "Peer authentication failed" in done.stderr


def test_an_office_that_has_not_joined_hears_how(machine):
    done = machine.compose("run", "--rm", "-T", "mekinac", "plan", check=False)
    assert done.returncode == 7
    assert "run --rm mekinac rejoindre 'concert://…'" in done.stderr


def test_the_page_tells_of_the_server(machine):
    assert machine.execute("concertd", "concertd-page", "/healthz").returncode == 0
    assert "concert_build_info{" in machine.execute("concertd", "concertd-page", "/metrics").stdout
    assert machine.execute("concertd", "concertd-page", "/nothing", check=False).returncode == 1


# --- a first start that goes wrong ------------------------------------------------------------------

@pytest.fixture(scope="module")
def other(machine):
    """A second region, which nobody but these tests has."""
    made = Machine("cut")
    try:
        yield made
    finally:
        made.remove()


def invitations(machine):
    return set(re.findall(r"^ +(concert://\S+)$", machine.log("concertd"), re.MULTILINE))


def cluster_begins(machine):
    found = docker("ps", "--quiet", "--filter", f"name=^{machine.project}[-_]postgres[-_]1$")
    return found and docker("exec", found, "ls", "/var/lib/postgresql/data", check=False)


def test_a_database_that_is_cut_while_it_is_made_is_made_anew(other):
    up = threading.Thread(
        target=lambda: other.compose("up", "-d", check=False))
    up.start()
    until(lambda: cluster_begins(other), "PostgreSQL prepares its folder")
    docker("kill", other.container("postgres"))
    up.join()
    other.up()
    other.healthy("postgres", "concertd")
    assert len(invitations(other)) == 1


def test_a_database_that_is_made_is_never_made_anew(other):
    """Whatever becomes of its rules, in the life of the container that made it and after."""
    def lives():
        docker("restart", other.container("postgres"))
        other.healthy("postgres", "concertd")
        return other.sql("SELECT seq, encode(hash, 'hex') FROM head")

    log = other.sql("SELECT seq, encode(hash, 'hex') FROM head")
    other.execute("postgres", "sh", "-c", 'sed -i "s/ peer$/ peer # known/" "$PGDATA/pg_hba.conf"')
    assert lives() == log
    # As where the first start had ended without a word of it.
    other.execute("postgres", "sh", "-c", ": >/var/run/postgresql/making")
    assert lives() == log
    other.execute("postgres", "sh", "-c", 'rm "$PGDATA/concert.made"')
    assert lives() == log


def test_the_key_of_a_start_that_was_cut_is_not_kept_twice(other):
    other.execute("concertd", "sh", "-c", "cd /var/lib/concertd && mkdir new && cp key.pem new/")
    docker("restart", other.container("concertd"))
    other.healthy("concertd")
    other.execute("concertd", "sh", "-c", "test ! -e /var/lib/concertd/new")


def test_a_region_that_is_cut_before_it_is_told_is_told_again(other):
    """As if the machine had died between the founding and the settings' way to their place."""
    told = invitations(other)
    other.execute("concertd", "sh", "-c",
                  "cd /var/lib/concertd && mkdir new && mv key.pem cert.pem concertd.conf new/")
    other.crash("concertd")
    until(lambda: len(invitations(other)) == 2, "another invitation is told")
    other.healthy("concertd")
    keys = {line.rpartition(".")[2] for line in invitations(other)}
    assert told < invitations(other) and len(keys) == 1


def test_lost_passwords_are_made_and_given_anew(other):
    other.down()
    docker("volume", "rm", other.network("database-secrets"), other.network("server-secrets"))
    other.up()
    until(lambda: "password authentication failed" in other.log("concertd"), "concertd is refused")
    other.execute("postgres", "bash", "/docker-entrypoint-initdb.d/postgres-passwords",
                  options=["-u", "postgres"])
    other.healthy("concertd")
    assert invitations(other) == set()


# --- the region --------------------------------------------------------------------------------------

def test_the_year_is_played(region, offices):
    assert region.inspect("story")["State"]["ExitCode"] == 0, region.log("story")[-3000:]
    assert "L'année est jouée" in region.log("story")
    assert region.head() > 800
    check(region, offices)


def addresses(machine, service):
    networks = machine.inspect(service)["NetworkSettings"]["Networks"]
    return {name.removeprefix(machine.project + "_"): network["IPAddress"]
            for name, network in networks.items()}


def reaches(machine, service, host, port):
    """Whether a connection opens from that container; a road that swallows packets is none."""
    return machine.execute(service, "timeout", "3", "bash", "-c", f": <>/dev/tcp/{host}/{port}",
                           check=False).returncode == 0


LISTEN = ("use IO::Socket::INET; my $door = IO::Socket::INET->new(LocalPort => 9999, Listen => 5, "
          "ReuseAddr => 1) or die; alarm 60; while (1) { $door->accept }")


def test_an_office_reaches_the_server_alone(region, offices):
    """Not another office, by its name or its address; not the database; nothing beyond."""
    there = addresses(region, "chenaux")
    assert list(there) == ["chenaux"]
    region.execute("chenaux", "perl", "-e", LISTEN, options=["-d"])
    until(lambda: reaches(region, "chenaux", there["chenaux"], 9999), "chenaux listens")
    until(lambda: reaches(region, "concertd", there["chenaux"], 9999), "the server reaches chenaux")
    assert reaches(region, "mekinac", "concertd", 7443)
    assert not reaches(region, "mekinac", there["chenaux"], 9999)
    assert region.execute("mekinac", "timeout", "5", "getent", "hosts", "chenaux",
                          check=False).returncode != 0
    assert not reaches(region, "mekinac", addresses(region, "concertd")["public"], 7443)
    for name in LOCALS:
        assert docker("network", "inspect", "-f", "{{.Internal}}", region.network(name)) == "true"


def test_the_database_is_on_no_network(region, offices):
    assert list(region.inspect("postgres")["NetworkSettings"]["Networks"]) == ["none"]
    assert region.execute("postgres", "cat", "/proc/net/route").stdout.count("\n") == 1, "roads"
    assert region.execute("concertd", "cat", "/proc/net/route").stdout.count("\n") > 1


# --- blows, while the offices work -------------------------------------------------------------------

def needs_reach(region, service):
    if not region.in_reach(service):
        pytest.skip("the engine's processes are not in reach: nothing dies by itself there")


def test_an_office_is_cut_off_while_it_works(region, offices):
    cut = offices[0]
    network = region.network("mekinac")
    with Load(offices) as load:
        docker("network", "disconnect", network, cut.container)
        load.more(2)
        assert cut.waiting(), "what it recorded waits"
        docker("network", "connect", network, cut.container)
        load.more(2)
    check(region, offices)


def test_the_database_is_stopped_under_load(region, offices):
    with Load(offices) as load:
        docker("stop", region.container("postgres"))
        load.more(2)
        docker("start", region.container("postgres"))
        region.healthy("postgres")
        load.more(2)
    region.healthy("concertd", "concertd2")
    check(region, offices)


def test_the_database_is_killed_and_comes_back_by_itself(region, offices):
    needs_reach(region, "postgres")
    with Load(offices) as load:
        region.crash("postgres")
        region.healthy("postgres")
        load.more(2)
    region.healthy("concertd", "concertd2")
    check(region, offices)


@pytest.mark.parametrize("server, other", [("concertd", "concertd2"), ("concertd2", "concertd")])
def test_one_of_two_servers_is_stopped_under_load(region, offices, server, other):
    """The other goes on: what is recorded meanwhile reaches the log."""
    with Load(offices) as load:
        docker("kill", region.container(server))
        load.more(1)
        before = region.head()
        load.more(2)
        assert region.head() > before
        docker("start", region.container(server))
        load.more(1)
    region.healthy(server, other)
    check(region, offices)


def test_a_server_that_is_killed_comes_back_by_itself(region, offices):
    needs_reach(region, "concertd")
    with Load(offices) as load:
        region.crash("concertd")
        load.more(2)
    region.healthy("concertd")
    check(region, offices)


def test_a_server_stops_in_order(region):
    docker("stop", region.container("concertd2"))
    assert region.inspect("concertd2")["State"]["ExitCode"] == 0
    assert "event=stopped" in region.log("concertd2")
    docker("start", region.container("concertd2"))
    region.healthy("concertd2")


# --- another day -------------------------------------------------------------------------------------

def test_all_is_there_after_down_and_up(region, offices):
    before = region.sql("SELECT seq, encode(hash, 'hex') FROM head")
    region.down()
    region.up("region", "two")
    region.healthy("postgres", "concertd", "concertd2")
    assert region.sql("SELECT seq, encode(hash, 'hex') FROM head") == before
    assert "concert://" not in region.log("concertd"), "the invitation is told once"
    until(lambda: region.inspect("story")["State"]["Status"] == "exited", "the story ends")
    assert "L'année est déjà jouée" in region.log("story")
    again = [Office(region, name) for name in LOCALS]
    with Load(again[:2]) as load:
        load.more(1)
    check_copies(region, again[:2])


def test_a_backup_brings_the_region_back(region):
    """Database and key are gone; the offices, whose copies know the region by its key, go on."""
    backup = "/tmp/from.concert-backup"
    before = region.sql("SELECT seq, encode(hash, 'hex') FROM head")
    region.execute("concertd", "admin", "backup", "--to", backup)
    with tempfile.TemporaryDirectory() as folder:
        # docker cp does not see a tmpfs
        with open(f"{folder}/backup", "wb") as file:
            subprocess.run(["docker", "exec", region.container("concertd"), "cat", backup],
                           check=True, stdout=file)
        region.down()
        docker("volume", "rm", region.network("database"), region.network("state"))
        region.compose("up", "-d", "postgres")
        with open(f"{folder}/backup", "rb") as file:
            region.compose("run", "--rm", "-T", "concertd", "restore", "-", stdin=file)
    region.up("region", "two")
    region.healthy("postgres", "concertd", "concertd2")
    assert region.sql("SELECT seq, encode(hash, 'hex') FROM head") == before
    assert "concert://" not in region.log("concertd")
    again = [Office(region, name) for name in LOCALS[:2]]
    with Load(again) as load:
        load.more(1)
    check_copies(region, again)
