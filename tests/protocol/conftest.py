"""Fixtures: what the tests stand on, each suite on a server, a database and a port of its own."""

import contextlib
import os

import pytest

from messages import ROOT
from region import Cluster, Region, World

os.environ["CONCERT_LANG"] = "en"  # what programs say is looked for in English, libc's words too


@pytest.fixture(scope="session")
def cluster():
    """The one that suites share; whoever started the tests removes it."""
    shared = Cluster(os.environ.get("CONCERT_TEST_CLUSTER", ROOT / "var/test/pg"))
    shared.start()
    return shared


@pytest.fixture
def own_cluster(tmp_path):
    """One that a test may kill."""
    own = Cluster(tmp_path / "pg")
    own.start()
    yield own
    own.run("remove")


@pytest.fixture(scope="module")
def make_region(tmp_path_factory, cluster):
    """Makes regions that last as long as the module."""
    with contextlib.ExitStack() as made:  # one that does not end well leaves no other running

        def make(of_cluster=cluster, settings=()):
            region = Region(tmp_path_factory.mktemp("region"), of_cluster, settings)
            made.callback(region.close)
            return region

        yield make


@pytest.fixture(autouse=True)
def tidy():
    """A device may have so many connections: those of a test end with it."""
    before = {region: len(region.connections) for region in Region.all}
    yield
    for region, count in before.items():
        for connection in region.connections[count:]:
            connection.close()
        del region.connections[count:]


@pytest.fixture(scope="module")
def region(make_region):
    return make_region()


@pytest.fixture(scope="module")
def world(region):
    return World(region)
