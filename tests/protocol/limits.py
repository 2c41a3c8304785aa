"""What a server says of its limits: in its metrics, and in its log."""

import re
import urllib.request

from client import PATIENCE, until
from region import free_port


def with_page(settings):
    """The settings, and a page of metrics on a port of its own."""
    return [*settings, ("server", "metrics", f"127.0.0.1:{free_port()}")]


def page(server):
    """The page's text."""
    at = re.search(r"^metrics *= *(\S+)", (server.state / "concertd.conf").read_text(), re.M)[1]
    with urllib.request.urlopen(f"http://{at}/metrics", timeout=PATIENCE) as answer:
        return answer.read().decode()


def reached(server, limit):
    """How often the limit was reached."""
    found = re.search(
        rf'^concert_limit_reached_total\{{limit="{limit}"\}} (\S+)', page(server), re.M)
    assert found, f"no metric of {limit}"
    return int(float(found[1]))


def lines(server, limit):
    """The log's lines that tell of it."""
    return [line for line in server.log if f" event=limit limit={limit} " in line]


def tells(server, limit, at_least=1):
    """The metric has moved, and the log has a line of it, as a warning."""
    until(lambda: reached(server, limit) >= at_least)
    until(lambda: lines(server, limit))
    assert all(" level=warning " in line for line in lines(server, limit))


def memory(server):
    """The server's resident bytes, all workers together."""
    pages = 0
    for pid in [server.process.pid, *children(server.process.pid)]:
        with open(f"/proc/{pid}/statm", encoding="ascii") as statm:
            pages += int(statm.read().split()[1])
    return pages * 4096


def children(pid):
    """The process's children."""
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as found:
        return [int(child) for child in found.read().split()]
