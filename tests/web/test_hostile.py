"""Input that wants to do harm gets one line and status 4xx; nothing is opened, run or fetched."""

import asyncio
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from rigwright.web.app import create_app
from rigwright.web.guards import Buckets, Settings

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
FILES = (
    "/etc/passwd",
    "../../../../etc/passwd",
    "file.py:make",
    "./net.py:make",
    "os.py:system",
    "model.json",
    "/work/config.json",
    "CONFIG.JSON",
    "ops.parquet",
    "a.parquet ",
    "https://example.com/config.json",
    "file:///etc/passwd",
    "\\\\host\\share\\config.json",
    "x.json\x00",
    "hf:../../secret",
    "timm:/etc/passwd",
    "gpt-h99999999999999999999-l9-a9",
)


@pytest.fixture(autouse=True)
def sealed(monkeypatch):
    """No file is opened by name, nothing is imported, no connection is made."""

    def refuse(*args, **kwargs):
        raise AssertionError(f"must not happen: {args}")

    import rigwright.workload.lookup as lookup
    from rigwright.workload import decoder
    from rigwright.workload.operations import file as opsfile
    from rigwright.workload.trace import cached as traced
    from rigwright.workload.trace import userfile

    for module, name in ((decoder, "read_config"), (opsfile, "read"), (traced, "traced"),
                         (userfile, "source")):  # fmt: skip
        monkeypatch.setattr(module, name, refuse)
    assert lookup.decoder is decoder
    monkeypatch.setattr(socket, "create_connection", refuse)


@pytest.mark.parametrize("name", FILES)
def test_models_are_names_never_files(client, name):
    for path, body in (
        ("/api/predict", {"model": name}),
        ("/api/compare", {"model": name, "gpu": ["RTX 3090", "RTX 4090"]}),
        ("/api/fit", {"model": name, "gpu": ["RTX 3090"]}),
        ("/api/plan", {"workload": {"model": name}, "budget": {"usd": 2000}}),
        ("/api/rent", {"workload": {"model": name}, "budget": {"usd": 2000}}),
    ):
        answer = client.post(path, json=body)
        assert answer.status_code == 422, (path, name)
        assert answer.json()["field"] == "model"
        assert "\n" not in answer.json()["error"]
    for path in ("/?usd=1000&", "/rent?usd=1000&", "/build?", "/compare?gpu=RTX+3090;RTX+4090&"):
        address, _, query = path.partition("?")
        values = dict(p.split("=") for p in query.split("&") if p) | {"model": name}
        answer = client.get(address, params=values)
        assert answer.status_code == 422, (path, name)


def test_the_line_says_that_files_are_for_the_command_line(client):
    answer = client.post("/api/predict", json={"model": "net.py:make"})
    assert "files are read on the command line only" in answer.json()["error"]


@pytest.mark.parametrize(
    "address",
    ["/?usd=2000&model={}", "/?model=resnet50&usd={}", "/?model=resnet50&usd=9&use_cpu={}",
     "/?{}=1", "/build?cpu={}", "/build?card={}&case={}", "/compare?model=resnet50&gpu=RTX 3090;{}",
     "/versus?a.model={}", "/versus?{}=1", "/guide?case={}&board={}", "/rent?model={}",
     "/names/cpu?cpu={}", "/names/{}", "/{}"],
)  # fmt: skip
def test_what_is_given_is_shown_as_text(client, address):
    from urllib.parse import quote

    text = client.get(address.replace("{}", quote(SCRIPT, safe=""))).text
    assert "<script>alert" not in text and "<img src=x" not in text


def test_pasted_and_drawn_names_are_shown_as_text(client):
    pasted = client.post("/paste", data={"text": f"GPU: RTX 3090 {SCRIPT}\nCase: NZXT S340\n"})
    assert "<script>alert" not in pasted.text and "<img src=x" not in pasted.text
    case = f'[[parts.case]]\nname = "{SCRIPT}"\n'
    assert "<script>alert" not in client.post("/paste", data={"text": case}).text
    own = (
        '[parts]\nboard = "ASRock Z170 Extreme4"\n[parts.case]\n'
        f'name = "{SCRIPT}"\nform_factor = "mid tower"\nboard_form_factors = "ATX"\n'
        "width_mm = 200\nheight_mm = 445\ndepth_mm = 432\ngpu_length_mm = 364\n"
    )
    answer = client.post("/paste", data={"text": own})
    assert answer.status_code == 200 and "<svg" in answer.text
    assert "<script>alert" not in answer.text and "<img src=x" not in answer.text
    assert "&lt;script&gt;alert" in answer.text


def test_catalogue_text_is_escaped(client, monkeypatch):
    """A hostile name that came in with an imported catalogue."""
    from dataclasses import replace

    import rigwright.web.screens.buildpages as pages

    honest = pages.edited

    def poisoned(*args, **kwargs):
        found = honest(*args, **kwargs)
        parts = tuple(replace(p, name=SCRIPT, price_basis=SCRIPT) for p in found.parts)
        said = tuple(replace(f, why=SCRIPT, fix=SCRIPT, rule=SCRIPT) for f in found.findings)
        return replace(found, parts=parts, findings=said)

    monkeypatch.setattr(pages, "edited", poisoned)
    text = client.get("/build", params={"cpu": "Intel Core i7-6700K", "batch": "7"}).text
    assert "<script>alert" not in text and "&lt;script&gt;alert" in text


def test_large_bodies_are_refused_before_they_are_read(client):
    large = b"x" * 10_000_000
    for path in ("/api/plan", "/api/check", "/paste"):
        answer = client.post(path, content=large)
        assert answer.status_code == 413
        assert "256 KiB" in answer.text

    def endless():
        for _ in range(1000):
            yield b"y" * 10_000

    assert client.post("/api/check", content=endless()).status_code == 413


@pytest.mark.parametrize("said", ["-5", "many", "1e3"])
def test_a_false_length_is_refused(client, said):
    answer = client.post("/api/check", content=b"{}", headers={"content-length": said})
    assert answer.status_code in (400, 413)


def test_long_lists_are_refused(client):
    text = "GPU: RTX 3090\n" * 5000
    assert client.post("/api/check", json={"text": text}).status_code == 422
    assert client.post("/paste", data={"text": text}).status_code == 422
    many = {"model": "resnet50", "gpu": ["RTX 3090"] * 9}
    assert client.post("/api/compare", json=many).status_code == 422


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"workload":{"model":'])
def test_deep_json_is_refused(client, opening):
    answer = client.post(
        "/api/plan",
        content=opening * (200_000 // len(opening)),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code in (400, 422)


def test_deep_toml_is_refused(client):
    text = "[parts]\ncpu = " + "[" * 9000 + "]" * 9000
    for answer in (client.post("/paste", data={"text": text}),
                   client.post("/api/check", json={"text": text})):  # fmt: skip
        assert answer.status_code == 422


@pytest.mark.parametrize(
    "path",
    ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd",
     "/static/%2fetc/passwd", "/static/style.css%00",
     "/..%2f..%2fetc/passwd", "/templates/plan.html"],
)  # fmt: skip
def test_only_our_own_files_are_served(client, path):
    answer = client.get(path)
    assert answer.status_code in (400, 404)
    assert "root:" not in answer.text and "create_app" not in answer.text


def test_sql_in_a_name_is_a_name(client):
    bad = "'; DROP TABLE parts; --"
    assert client.get("/api/parts/cpu", params={"words": bad}).json()["rows"] == []
    assert client.get("/build", params={"cpu": bad}).status_code == 200


@pytest.mark.parametrize("page", ["/", "/paste", "/nowhere", "/api/parts/cpu", "/static/app.js",
                                  "/api/plan", "/?usd=x"])  # fmt: skip
def test_every_answer_carries_the_headers(client, page):
    said = client.get(page).headers
    policy = said["content-security-policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    assert "frame-ancestors 'self'" in policy and "object-src 'none'" in policy
    assert said["x-content-type-options"] == "nosniff"
    assert said["referrer-policy"] == "same-origin"
    assert "set-cookie" not in said


def test_an_address_that_asks_too_often_waits():
    client = TestClient(create_app(Settings(rate_per_s=0.5, burst=3)))
    found = [client.get("/paste") for _ in range(5)]
    assert [a.status_code for a in found] == [200, 200, 200, 429, 429]
    assert 1 <= int(found[-1].headers["retry-after"]) <= 3
    assert "default-src 'self'" in found[-1].headers["content-security-policy"]
    assert client.get("/static/style.css").status_code == 200


def test_a_whole_network_of_ipv6_is_one_address():
    app = create_app(Settings(rate_per_s=0.5, burst=2))
    found = [
        TestClient(app, client=(f"2001:db8:1:2::{n}", 1)).get("/paste").status_code
        for n in range(1, 4)
    ]
    other = TestClient(app, client=("2001:db8:1:3::1", 1)).get("/paste").status_code
    assert (*found, other) == (200, 200, 429, 200)


@pytest.mark.parametrize("page", ["/", "/paste", "/api/openapi.json", "/static/style.css"])
def test_head_is_the_answer_without_its_body(client, page):
    got = client.head(page)
    assert got.status_code == 200 and not got.content
    assert got.headers["content-type"] == client.get(page).headers["content-type"]


def test_buckets_fill_again_and_are_bounded():
    now = [0.0]
    buckets = Buckets(Settings(rate_per_s=2, burst=1, addresses_kept=3), clock=lambda: now[0])
    assert buckets.wait_s("a") == 0.0
    assert buckets.wait_s("a") == pytest.approx(0.5)
    assert buckets.wait_s("b") == 0.0
    now[0] = 0.6
    assert buckets.wait_s("a") == 0.0
    for n in range(50):
        buckets.wait_s(str(n))
    assert len(buckets._left) == 3


def in_own_loop(coroutine):
    """Run in another thread: this one may have a loop, where a browser test came before."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def test_more_questions_than_may_wait_are_told_to_return():
    from rigwright.web.answers import Answers, BusyError

    async def crowd():
        answers = Answers(kept=4, waiting_max=2)
        slow = [asyncio.create_task(answers.get(n, lambda: __import__("time").sleep(0.05)))
                for n in range(2)]  # fmt: skip
        await asyncio.sleep(0)
        with pytest.raises(BusyError):
            await answers.get(9, lambda: 1)
        await asyncio.gather(*slow)
        assert await answers.get(9, lambda: 1) == 1

    in_own_loop(crowd())


def test_one_address_with_many_questions_does_not_delay_another():
    from rigwright.web.answers import Answers, BusyError

    order = []

    async def crowd():
        answers = Answers(kept=99, waiting_max=40)

        def work(name):
            return lambda: (time.sleep(0.02), order.append(name))

        many = [asyncio.create_task(answers.get(("a", n), work("a"), "a")) for n in range(10)]
        await asyncio.sleep(0)
        with pytest.raises(BusyError):  # a quarter of the places
            await answers.get(("a", 10), work("a"), "a")
        while not order:
            await asyncio.sleep(0.005)
        await asyncio.gather(*(answers.get(("b", n), work("b"), "b") for n in range(2)), *many)

    in_own_loop(crowd())
    assert order.count("a") == 10 and order.index("b") <= 2
    assert order[-1] == "a" and len(order) - order[::-1].index("b") <= 6


def test_quick_questions_do_not_wait_for_a_search_and_what_nobody_waits_for_is_not_begun():
    from rigwright.web.answers import Answers, BusyError

    async def crowd():
        answers, held, begun = Answers(kept=9, waiting_max=40), threading.Event(), []

        async def left():
            return True

        slow = asyncio.create_task(answers.get("search", held.wait))
        await asyncio.sleep(0.01)
        assert await answers.get("name", lambda: 7, quick=True) == 7
        gone = asyncio.create_task(answers.get("gone", lambda: begun.append(1), gone=left))
        shared = [
            asyncio.create_task(answers.get("kept", lambda: 3, gone=who)) for who in (left, None)
        ]
        stopped = asyncio.create_task(answers.get("stopped", lambda: begun.append(2)))
        await asyncio.sleep(0.01)
        stopped.cancel()
        held.set()
        assert await slow
        with pytest.raises(BusyError):
            await gone
        assert await asyncio.gather(*shared) == [3, 3] and not begun
        late = Answers(kept=9, waiting_max=40, longest_s=0.01)
        held.clear()
        slow = asyncio.create_task(late.get("search", held.wait))
        await asyncio.sleep(0)
        with pytest.raises(BusyError):
            await late.get("other", lambda: 1)
        held.set()
        assert await slow and await late.get("other", lambda: 1) == 1

    in_own_loop(crowd())


def test_equal_questions_are_worked_out_once_and_memory_is_bounded():
    from rigwright.web.answers import Answers

    async def ask():
        answers, made = Answers(kept=3, waiting_max=9), []

        def make():
            made.append(1)
            return len(made)

        assert await asyncio.gather(*(answers.get("q", make) for _ in range(5))) == [1] * 5
        for n in range(10):
            await answers.get(n, make)
        assert len(answers._known) == 3
        with pytest.raises(ZeroDivisionError):
            await answers.get("bad", lambda: 1 / 0)
        assert await answers.get("bad", lambda: 7) == 7

    in_own_loop(ask())


def test_a_fault_is_one_line_and_no_traceback(application, monkeypatch):
    import rigwright.web.screens.planpages as pages

    monkeypatch.setattr(pages, "plan", lambda goal: 1 / 0)
    client = TestClient(application, raise_server_exceptions=False)
    answer = client.get("/", params={"model": "resnet50", "usd": "1234"})
    assert answer.status_code == 500
    assert "ZeroDivision" not in answer.text and "Traceback" not in answer.text
    assert "default-src 'self'" in answer.headers["content-security-policy"]
