"""Regions of their own: each a schema in a database of its own, served by a real concertd."""

import itertools
import os
import pathlib
import random
import re
import secrets
import shutil
import signal
import socket
import subprocess
import threading

from client import PATIENCE, Connection, body
from identity import Identity, read_line
from messages import ROOT, records

BIN = pathlib.Path(os.environ.get("CONCERT_BIN", ROOT / "build"))
CLUSTER = ROOT / "tests/lib/cluster"
serials = itertools.count(1)


def run_well(command, **more):
    """What a program that must succeed said on stdout; CalledProcessError tells its stderr too."""
    try:
        return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, **more).stdout
    except subprocess.CalledProcessError as failed:
        failed.add_note(failed.stderr)
        raise


# --- PostgreSQL ----------------------------------------------------------------------------------

class Cluster:
    """A private PostgreSQL, through tests/lib/cluster."""

    def __init__(self, folder):
        self.folder = folder

    def run(self, command, *arguments, **more):
        return run_well([CLUSTER, command, self.folder, *arguments], **more).strip()

    def start(self):
        self.run("start")

    def kill(self):
        self.run("kill")

    def conninfo(self, database, user):
        return self.run("conninfo", database, user)

    def sql(self, database, statement, user="concert_owner"):
        """psql's bare output; raises CalledProcessError with stderr when it is refused."""
        return run_well(["psql", "--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1", "-c", statement,
                         self.conninfo(database, user)]).strip()


# --- concertd ------------------------------------------------------------------------------------

class Server:
    """A concertd process that accepts once it is made, with all its connections to the database."""

    def __init__(self, state):
        self.state = state
        text = (state / "concertd.conf").read_text()

        def setting(name, default):
            found = re.search(rf"^{name} *= *(\d+)", text, re.M)
            return int(found[1]) if found else default

        self.port = int(re.search(r"^listen.*:(\d+)", text, re.M)[1])
        # What comes from each worker: any may be the one that a connection comes to. It is ready
        # with fewer connections than those of a region, which are the readers', the writer's and
        # the documents'.
        workers, regions = setting("workers", 1), len(re.findall(r"^\[region ", text, re.M))
        self.awaited = {"event=ready": workers, "event=database_up":
                        workers * regions * (setting("store_connections", 4) + 2)}
        self.log, self.told, self.is_ready = [], threading.Event(), False
        self.process = subprocess.Popen([BIN / "concertd", "serve", "--state", state],
                                        stderr=subprocess.PIPE, text=True, errors="replace")
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.told.wait(PATIENCE)
        if not self.is_ready:
            self.kill()
        assert self.is_ready, "".join(self.log)

    def read(self):
        for line in self.process.stderr:
            self.log.append(line)
            for event in self.awaited:
                self.awaited[event] -= event in line
            if max(self.awaited.values()) <= 0:
                self.is_ready = True
                self.told.set()
        self.told.set()

    def story(self):
        """What the log ends with, from a sanitizer's report on if there is one."""
        reports = [n for n, line in enumerate(self.log) if "ERROR:" in line or "runtime error" in line]
        return "".join(self.log[reports[0]:][:60] if reports else self.log[-50:])

    def stop(self):
        """In order; what a sanitizer found fails here."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            code = self.process.wait(PATIENCE)
            self.reader.join()
            assert code == 0, f"exit {code}: {self.story()}"

    def kill(self):
        self.process.kill()
        self.process.wait()


def free_port():
    """One below those of outgoing connections, which could take it before it is served."""
    while True:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", random.randrange(10240, 30240)))
            except OSError:
                continue
            return probe.getsockname()[1]


class Region:
    """A region with its first server and its coordinator joined."""

    all = []  # those that are open

    def __init__(self, folder, cluster, settings=()):
        self.folder, self.cluster, self.name = folder, cluster, "mauricie"
        # A process's number comes again, and may have left a database behind.
        self.database = f"proto_{next(serials)}_{secrets.token_hex(6)}"
        self.servers, self.connections = [], []
        cluster.run("createdb", self.database)
        self.first_line = run_well(
            [BIN / "concertd", "init", "--state", folder / "state", "--region", self.name,
             "--title", "Mauricie", "--language", "fr", "--timezone", "America/Toronto",
             "--listen", "127.0.0.1:0", "--coordinator", "Coordination",
             "--database", cluster.conninfo(self.database, "concertd"),
             "--owner-database", cluster.conninfo(self.database, "concert_owner")])
        self.line = read_line(self.first_line.strip())
        self.configure(folder / "state", settings)
        self.server = self.serve()
        self.identity = Identity(folder, "coordinator")
        try:
            self.coordinator = self.join(self.line, self.identity)
        except Exception:
            self.server.kill()  # nobody else would
            raise
        Region.all.append(self)

    @staticmethod
    def configure(state, settings):
        """Sets (section, name, value) in the settings file, over what is there."""
        path = state / "concertd.conf"
        lines = path.read_text().splitlines()
        for section, name, value in settings:
            lines = [line for line in lines if not line.replace(" ", "").startswith(f"{name}=")]
            at = next(i for i, line in enumerate(lines) if line.startswith(f"[{section}"))
            lines.insert(at + 1, f"{name} = {value}")
        path.write_text("\n".join(lines) + "\n")

    def serve(self, state=None):
        self.servers.append(Server(state or self.folder / "state"))
        return self.servers[-1]

    def second_server(self):
        """Another server of the region, with the same identity and database."""
        state = self.folder / f"state{len(self.servers) + 1}"
        shutil.copytree(self.folder / "state", state)
        self.configure(state, [("server", "listen", f"127.0.0.1:{free_port()}")])
        return self.serve(state)

    def connect(self, identity=None, server=None, **more):
        """A connection that has said nothing."""
        made = Connection("127.0.0.1", (server or self.server).port, identity,
                          self.line.fingerprint, **more)
        self.connections.append(made)
        return made

    def client(self, identity, server=None):
        """A connection that has said hello."""
        made = self.connect(identity, server)
        made.me = made.hello(self.name)
        made.identity = identity
        return made

    def join(self, line, identity):
        with Connection("127.0.0.1", self.server.port, identity, line.fingerprint) as visitor:
            visitor.join(line)
        return self.client(identity)

    def invite(self, role="editor", parties=(), **more):
        """A new account's invitation: its id and the line."""
        account, _ = self.coordinator.put(
            "account", person=f"Person {next(serials)}",
            role=records.Account.Role.Value(role.upper()), parties=parties)
        return account, read_line(self.coordinator.invite(account, **more)[0])

    def member(self, role="editor", parties=()):
        """A client of a new account."""
        return self.join(self.invite(role, parties)[1], Identity(self.folder, role))

    def sql(self, statement, user="concert_owner"):
        return self.cluster.sql(self.database, f"SET search_path = {self.name}; {statement}", user)

    def close(self):
        if self in Region.all:
            Region.all.remove(self)
        for connection in self.connections:
            connection.close()
        try:
            for server in self.servers:
                server.stop()
        finally:
            for server in self.servers:
                if server.process.returncode is None:
                    server.kill()
            self.cluster.run("dropdb", self.database)


# --- a small plan --------------------------------------------------------------------------------

class World:
    """A plan with one objective, two local committees and an editor of each."""

    def __init__(self, region):
        self.region, self.boss = region, region.coordinator
        self.serials = itertools.count(1)
        self.mekinac = self.party("Comité local de Mékinac")
        self.chenaux = self.party("Comité local Des Chenaux")
        self.consortium = next(
            record.id for record in self.boss.pull(kinds=["party"]).records
            if record.id not in (self.mekinac, self.chenaux))
        self.plan = self.new_plan()
        self.objective, _ = self.boss.put(
            "objective", plan=self.plan, number="1", title="Réduire la pauvreté")
        self.editor = region.member("editor", [self.mekinac])
        self.other = region.member("editor", [self.chenaux])

    def party(self, name):
        return self.boss.put("party", name=name, type=records.Party.LOCAL)[0]

    def new_plan(self, **more):
        return self.boss.put(
            "plan", title="Plan d'action 2009-2010", type=records.Plan.ANNUAL,
            party=self.consortium, starts_on="2009-04-01", ends_on="2010-03-31", **more)[0]

    def action(self, objective=None, **more):
        """A new action's id; its number is its own."""
        more.setdefault("number", f"1.{next(self.serials)}")
        return self.boss.put("action", objective=objective or self.objective,
                             title="Tenir une rencontre", **more)[0]

    def meeting(self, party=None, **more):
        """A new meeting's id, of the Consortium where no party is named."""
        more.setdefault("starts_at", "2009-05-01T09:30")
        return self.boss.put("meeting", party=party or self.consortium, **more)[0]

    def item(self, meeting=None, **more):
        """A new agenda item's id."""
        more.setdefault("title", "Adoption du plan")
        return self.boss.put(
            "agenda_item", meeting=meeting or self.meeting(), rank=1, **more)[0]

    def adoption(self, **more):
        """What a patch that adopts a plan holds."""
        return {"status": records.Plan.ADOPTED, "adopted_on": "2009-05-01",
                "resolution": self.item(decision="Adopté à l'unanimité."), **more}

    def share(self, party=None, **more):
        """A new share of a new action, the editor's own where no party is named."""
        return self.boss.put("share", action=self.action(), party=party or self.mekinac, **more)[0]


def latest(client, id):
    """(the record, its body) as a snapshot tells them."""
    record = client.get(id)
    return record, body(record)


def head(region):
    """The seq of the log's end."""
    return int(region.sql("SELECT seq FROM head"))
