"""Offers from files and addresses: history in the store, each feed by itself, all or none of it."""

import io
import json
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from tests.catalog.prices.test_offerfile import HUNT, SKY

from rigwright.catalog import source
from rigwright.plan.money.offering import add_offers, history, report
from rigwright.spec.errors import UnknownNameError
from rigwright.spec.market import Offer

PLAIN = "provider,instance,gpu,gpu_count,region,usd_per_hour,date,source\n"


@pytest.fixture
def store(database, tmp_path):
    """A folder, and an empty database of each kind."""
    return tmp_path


@pytest.fixture
def host():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("verda.csv", HUNT)
        archive.writestr("broken.csv", "<html>")
    pages = {"/v8/aws/vms.csv": SKY.encode(), "/catalog.zip": packed.getvalue(),
             "/page.csv": b"<html>moved</html>"}  # fmt: skip

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self):
            found = pages.get(self.path)
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(found or b"no")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_each_feed_fails_alone(store, host):
    pages = ("/page.csv", "/v8/aws/vms.csv", "/none.csv", "/catalog.zip")
    found = add_offers([*(host + p for p in pages), str(store / "no.csv"), "ftp://a"])
    assert [f.added for f in found] == [0, 3, 0, 1, 0, 0, 0]
    assert [bool(f.error) for f in found] == [True, False, True, False, True, True, True]
    assert found[1].unstated == 1
    assert all("\n" not in f.error for f in found)
    assert any(o.provider == "verda" and o.usd_per_hour == 1.29 for o in source.offers_seen())
    assert not any(o.chip == "H100" for o in source.load(Offer))


def test_history_is_kept_and_nothing_twice(store):
    file = store / "own.csv"
    rows = ["me,box,L40S,1,here,1.5,2026-05-01,list", "me,box,L40S,1,here,1.2,2026-06-01,list"]
    file.write_text(PLAIN + "\n".join(rows))
    assert [f.added for f in add_offers([str(file)])] == [2]
    assert [f.added for f in add_offers([str(file)])] == [0]
    found = history("L40S", "2026-11-30")
    assert [(s.amount) for s in found.seen if s.source == "list"] == [1.5, 1.2]
    assert [o.usd_per_hour for o in found.latest if o.provider == "me"] == [1.2]
    assert [s for s in history("L40S", "2026-05-15").seen if s.source == "list"][-1].amount == 1.5
    with pytest.raises(UnknownNameError):
        history("nothing 9000")
    told = report("2026-11-30")
    assert next(p for p in told.providers if p[0] == "me")[:3] == ("me", 2, 1)
    assert told.conflicts == () and json.dumps(told.offers)


def test_two_prices_on_one_day_are_a_conflict(store):
    file = store / "own.csv"
    file.write_text(PLAIN + "me,box,L4,1,x,1.5,2026-05-01,a\n")
    other = store / "other.csv"
    other.write_text(PLAIN + "me,box,L4,1,x,1.9,2026-05-01,b\n")
    add_offers([str(file), str(other)])
    [line] = report("2026-11-30").conflicts
    assert "$1.5, $1.9" in line


def test_an_offer_far_from_the_middle_of_its_chip_is_named(store):
    file = store / "far.csv"
    usd = (1.0, 1.2, 0.9, 1.1, 1.0, 8.8, 0.2)
    rows = (f"me,box{i},L4,1,x,{p},2026-05-01,b" for i, p in enumerate(usd))
    file.write_text(PLAIN + "\n".join((*rows, "me,big,L4,8,x,8.0,2026-05-01,b")))
    add_offers([str(file)])
    mine = [line for line in report("2026-06-01").outliers if line.startswith("me ")]
    assert [line.split()[1] for line in mine] == ["box5", "box6"]


def test_ten_thousand_offers_in_two_seconds_or_so(store):
    file = store / "many.csv"
    rows = (
        f"p{i % 7},box{i},L4,1,r{i % 50},{1 + i % 90 / 100},2026-05-01,x" for i in range(10_000)
    )
    file.write_text(PLAIN + "\n".join(rows))
    start = time.monotonic()
    assert add_offers([str(file)])[0].added == 10_000
    assert time.monotonic() - start < 6
