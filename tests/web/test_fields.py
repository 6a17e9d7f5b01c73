"""API and forms reach every field that is declared, and refuse what does not apply."""

import re
from html import unescape

import pytest

from rigwright.plan.ask.datasets import OF_SET
from rigwright.plan.ask.goal import sections
from rigwright.plan.ask.questions import ASKED, MACHINE, RUN
from rigwright.web import fields

RUN_NAMES = set(RUN)
DATA_NAMES = set(OF_SET)
OTHER = ("own", "use", "data")
GOAL = DATA_NAMES | {q.name for n, asked in sections().items() if n not in OTHER for q in asked}
PARTS = {f"{s}_{q.name}" for s in ("own", "use") for q in sections()[s]}


@pytest.fixture(scope="module")
def schemas(application):
    return application.openapi()["components"]["schemas"]


@pytest.mark.parametrize(
    ("schema", "names"),
    [
        ("PredictAsked", RUN_NAMES | set(MACHINE) | DATA_NAMES | {"samples"}),
        ("FitAsked", RUN_NAMES | set(MACHINE) | DATA_NAMES | {"samples"}),
        ("CompareAsked", RUN_NAMES | DATA_NAMES | set(MACHINE) - {"gpu_count"}),
        ("WorkloadAsked", RUN_NAMES | {"samples"}),
    ],
)
def test_the_api_has_every_field_with_its_bound(schemas, schema, names):
    said = schemas[schema]["properties"]
    assert names <= set(said)
    for name, q in ASKED.items():
        if name in said and q.most:
            assert any(kind.get("maximum") == q.most for kind in said[name]["anyOf"]), name


@pytest.mark.parametrize("section", ["limits", "site", "budget", "data"])
def test_a_goal_of_the_api_has_the_bounds_of_its_declaration(schemas, section):
    said = schemas[f"{section.capitalize()}Asked"]["properties"]
    for q in sections()[section]:
        kinds = said[q.name].get("anyOf", [said[q.name]])
        if q.most:
            assert any(kind.get("maximum") == q.most for kind in kinds), q.name


@pytest.mark.parametrize(
    ("groups", "names"),
    [
        (fields.PLAN, GOAL - {"offers"} | PARTS),
        (fields.RENT, GOAL | PARTS),
        (fields.COMPARE, RUN_NAMES | DATA_NAMES | set(MACHINE) - {"gpu_count"}),
        (fields.BUILD, RUN_NAMES | {"samples"}),
    ],
)
def test_a_form_has_every_field_once(groups, names):
    shown = [f.name for group in groups for f in group.fields]
    assert names <= set(shown) and len(shown) == len(set(shown))


def test_the_link_of_a_plan_takes_every_field(client):
    said = client.get("/api/openapi.json").json()["paths"]["/api/plan"]["get"]["parameters"]
    query = {p["name"] for p in said}
    assert query == GOAL | PARTS


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"model": "resnet50", "method": "qlora"}, "method"),
        ({"model": "resnet50", "seq_len": 128}, "seq_len"),
        ({"model": "llama-3-8b", "gen_len": 64}, "gen_len"),
        ({"model": "llama-3-8b", "img_size": 224}, "img_size"),
        ({"model": "resnet50", "framework": "banana"}, "framework"),
    ],
)
def test_what_does_not_apply_is_refused_beside_its_field(client, values, field):
    for path, body in (
        ("/api/predict", values),
        ("/api/fit", values | {"gpu": "RTX 3090"}),
        ("/api/compare", values | {"gpu": "RTX 3090; RTX 4090"}),
        ("/api/plan", {"workload": values, "budget": {"usd": 2000}}),
    ):
        answer = client.post(path, json=body)
        assert (answer.status_code, answer.json()["field"]) == (422, field), path
        assert "\n" not in answer.json()["error"]
    for page, more in (("/", {"usd": 900}), ("/compare", {"gpu": "RTX 3090; RTX 4090"}),
                       ("/build", {"cpu": "Intel Core i7-6700K"})):  # fmt: skip
        answer = client.get(page, params=values | more)
        beside = re.search(rf'id="error-{field}">([^<]*)', unescape(answer.text))
        assert answer.status_code == 422 and beside and str(values[field]) in beside[1], page


def test_a_form_sent_with_everything_at_its_default_asks_nothing_more(client):
    ask = {"model": "resnet50", "usd": "2000", "as_of": "2026-03-01"}
    whole = {f.name: f.default for group in fields.PLAN for f in group.fields if f.options}
    plain, full = (client.get("/api/plan", params=p).json() for p in (ask, whole | ask))
    assert plain == full


def test_neutral_values_are_silent(client):
    plain = client.post("/api/predict", json={"model": "resnet50"}).json()
    for name, q in RUN.items():
        if q.needs and name not in ("img_size", "micro_batch"):
            for value in (None, 0, "none") if q.kind != "yes" else (None, False, 0):
                said = {"model": "resnet50", name: value}
                if (name, value) == ("optimizer", "none"):
                    continue  # a word of its own where it applies
                assert client.post("/api/predict", json=said).json() == plain, said
