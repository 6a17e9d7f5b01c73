"""The API answers with the same objects as the commands, and with one line when it cannot."""

import json

import pytest
from typer.testing import CliRunner

from rigwright.cli import app

GOAL = {
    "workload": {"model": "resnet50", "batch": 64, "samples": 10_000_000},
    "budget": {"usd": 2000},
    "as_of": "2026-07-01",
}
TOML = """as_of = 2026-07-01
[workload]
model = "resnet50"
batch = 64
samples = 10000000
[budget]
usd = 2000
"""


def command(*words):
    done = CliRunner().invoke(app, [*words, "--json"])
    return json.loads(done.stdout)


@pytest.mark.parametrize("what", ["plan", "rent"])
def test_goal_is_answered_as_on_the_command_line(client, tmp_path, what):
    file = tmp_path / "goal.toml"
    file.write_text(TOML)
    answer = client.post(f"/api/{what}", json=GOAL)
    assert answer.status_code == 200
    assert answer.json() == command(what, str(file))


@pytest.mark.parametrize("why", ["2 x RTX 3090", "Intel Core i9-14900K"])
def test_why_not_is_answered_as_by_the_library(client, plan, why):
    answer = client.get("/api/why", params=plan | {"why": why})
    assert answer.status_code == 200, answer.text
    assert answer.json()["asked"] == why and answer.json()["why"]
    assert answer.json() == json.loads(of_the_library(plan, why))


def of_the_library(plan, why):
    from rigwright.plan.machine.whynot import why_not
    from rigwright.spec.answer import dumps
    from rigwright.web.asks import GoalQuery

    return dumps(why_not(GoalQuery.model_validate(plan).goal(), why))


def test_why_not_of_nothing_known_or_too_many_is_one_line(client, plan):
    for why in ("gibberish qqq", "99 x RTX 3090", "x" * 5000, ""):
        answer = client.get("/api/why", params=plan | {"why": why})
        assert answer.status_code == 422 and "\n" not in answer.json()["error"]
    assert client.get("/api/why", params=plan).status_code == 422


def test_plan_as_a_link_is_the_same_plan(client, plan):
    posted = {"workload": {"model": "resnet50", "batch": 64}, "budget": {"usd": 2000},
              "as_of": plan["as_of"]}  # fmt: skip
    link = client.get("/api/plan", params=plan)
    assert link.status_code == 200
    assert link.json() == client.post("/api/plan", json=posted).json()


def test_predict_is_answered_as_on_the_command_line(client):
    ask = {"model": "resnet50", "gpu": "GTX 1070", "batch": 32, "precision": "fp32"}
    said = ("predict", "resnet50", "--gpu", "GTX 1070", "--batch-size", "32", "--precision", "fp32")
    assert client.post("/api/predict", json=ask).json() == command(*said)
    assert client.post("/api/predict", json={"model": "vgg16"}).json() == command(
        "predict", "vgg16"
    )


def test_compare_and_fit_are_answered_as_on_the_command_line(client):
    ask = {"gpu": ["GTX 960", "GTX 970"], "model": "vgg16", "precision": "fp32",
           "as_of": "2016-10-29"}  # fmt: skip
    said = ("compare", "GTX 960", "GTX 970", "--model", "vgg16", "--precision", "fp32",
            "--as-of", "2016-10-29")  # fmt: skip
    assert client.post("/api/compare", json=ask).json() == command(*said)
    ask = {"gpu": ["GTX 1070"], "model": "resnet50", "batch": 64, "precision": "fp32"}
    said = ("fit", "resnet50", "--gpu", "GTX 1070", "--batch", "64", "--precision", "fp32")
    assert client.post("/api/fit", json=ask).json() == command(*said)


def test_check_takes_a_text_or_parts(client, listed, tmp_path):
    file = tmp_path / "list.txt"
    file.write_text(listed)
    pasted = client.post("/api/check", json={"text": listed}).json()
    assert pasted == command("check", str(file))
    named = {"cpu": "Intel Core i7-6700K", "board": "ASRock Z170 Extreme4",
             "cooler": "Scythe Kotetsu", "cards": ["Gigabyte GTX 1070 G1 Gaming"],
             "case": "NZXT S340", "psu": "Corsair CX600M 600W"}  # fmt: skip
    assert client.post("/api/check", json={"parts": named}).json() == pasted
    for wrong in ({}, {"text": listed, "parts": named}, {"parts": {}}):
        assert client.post("/api/check", json=wrong).status_code == 422


def test_parts_are_searched_and_counted(client):
    answer = client.get("/api/parts/card", params={"words": "1070"}).json()
    assert answer["kind"] == "card" and "1070" in answer["rows"][0][0]["name"]
    assert len(client.get("/api/parts/card", params={"limit": 2}).json()["rows"]) == 2


def test_a_search_takes_no_key_that_it_does_not_know(client):
    answer = client.get("/api/parts/cpu", params={"words": "9950", "budget": 3})
    assert answer.status_code == 422
    assert answer.json() == {"error": "budget: got '3', allowed: no such key", "field": "budget"}


def test_a_budget_said_twice_is_no_key(client):
    said = [("model", "resnet50"), ("budget", "3000"), ("budget", "2000")]
    answer = client.get("/api/plan", params=said)
    assert answer.status_code == 422 and answer.json()["field"] == "budget"


def test_an_error_is_one_line_with_its_field(client):
    answer = client.post("/api/predict", json={"model": "resnet99"})
    assert answer.status_code == 422
    assert answer.json()["field"] == "model" and "did you mean" in answer.json()["error"]
    answer = client.post("/api/predict", json={"model": "resnet50", "gpu": "GTX 99999"})
    assert answer.status_code == 422 and answer.json()["field"] == "gpu"


def test_openapi_describes_every_use_case(client):
    paths = client.get("/api/openapi.json").json()["paths"]
    assert {"/api/plan", "/api/why", "/api/rent", "/api/predict", "/api/compare", "/api/fit",
            "/api/check", "/api/parts/{kind}", "/api/probe", "/api/verify",
            } == set(paths)  # fmt: skip


def test_a_finished_machine_is_judged_as_by_the_library(client):
    import rigwright as rw

    text = "GPU 00000000:01:00.0\n    Product Name : NVIDIA GeForce GTX 1070\n"
    answer = client.post("/api/probe", json={"text": text})
    assert answer.status_code == 200 and answer.json() == rw.probe(text).to_dict()
    said = json.loads(json.dumps(rw.verify(text).to_dict()))
    assert client.post("/api/verify", json={"text": text}).json() == said
    plan = client.post("/api/plan", json=GOAL).json()
    against = client.post("/api/verify", json={"text": text, "plan": plan}).json()
    assert against["against"] == "the plan" and len(against["verdicts"]) > len(said["verdicts"])
    bad = client.post("/api/verify", json={"text": text, "plan": {"chosen": 3}})
    assert (
        bad.status_code == 422
        and "output of rigwright plan" in bad.text
        and "Traceback" not in bad.text
    )
    bad = client.post("/api/verify", json={"text": text, "symptom": "purple smoke"})
    assert bad.status_code == 422 and "NCCL hangs" in bad.text
