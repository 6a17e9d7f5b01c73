"""Every page answers, shows what the use case says, and keeps its question in the link."""

import datetime as dt
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine.planning import plan as plan_of
from rigwright.plan.parts.checking import check_file
from rigwright.report.text.prediction import duration

PAGES = ("/", "/why", "/build", "/paste", "/compare", "/rent", "/versus", "/guide", "/verify",
         "/api")  # fmt: skip


class Outline(HTMLParser):
    """What an assistive program would find."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.labelled, self.inputs, self.ids = [], set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        self.tags.append((tag, said))
        if "id" in said:
            self.ids.append(said["id"])
        if tag == "label":
            self.labelled.add(said.get("for"))
        if tag in ("input", "select", "textarea") and said.get("type") != "hidden":
            self.inputs.append(said)


@pytest.mark.parametrize("page", PAGES)
def test_page_has_landmarks_labels_and_no_inline_script_or_style(client, page):
    answer = client.get(page)
    assert answer.status_code == 200
    found = Outline(answer.text)
    names = [tag for tag, _ in found.tags]
    assert names.count("h1") == 1 and names.count("main") == 1
    assert {"header", "nav", "footer"} <= set(names)
    assert ("html", {"lang": "en"}) in found.tags
    for said in found.inputs:
        assert said["id"] in found.labelled or said.get("aria-label"), said
    assert len(found.ids) == len(set(found.ids))
    for tag, said in found.tags:
        assert tag != "style" and "style" not in said
        assert not any(name.startswith("on") for name in said), said
        if tag == "script":
            assert said["src"].startswith("/static/")


@pytest.mark.parametrize("page", ["/", "/compare", "/rent", "/api/openapi.json"])
def test_no_page_offers_to_read_a_file(client, page):
    text = client.get(page).text
    assert "file.py" not in text and "config.json" not in text


def test_plan_page_says_what_the_use_case_says(client, plan):
    goal = parse_goal(
        {"workload": {"model": "resnet50", "batch": 64}, "budget": {"usd": 2000},
         "as_of": "2026-03-01"}, "test",
    )  # fmt: skip
    chosen = plan_of(goal).chosen
    text = unescape(client.get("/", params=plan).text)
    assert f">{chosen.gpu_count} \N{MULTIPLICATION SIGN} {chosen.gpu}</h2>" in text
    for line in chosen.parts:
        assert line.name in text
        assert f"${line.usd:,.2f}" in text and (
            line.price_date is None or str(line.price_date) in text
        )
    assert f"${chosen.usd:,.2f}" in text
    assert all(f.rule in text for f in chosen.findings)
    assert "80 % range" in text and re.search(r"\d+ mm", text)


def test_the_example_is_shown_for_an_empty_link_and_said_to_be_one(client):
    assert "change the example in the form" in client.get("/").text
    assert "change the example" not in client.get("/?model=resnet50&usd=2000").text


def test_every_card_of_the_first_page_leads_to_an_answer(client):
    cards = re.search(r'<ul class="starts".*?</ul>', client.get("/").text, re.S)[0]
    links = [unescape(address) for address in re.findall(r'href="([^"]+)"', cards)]
    assert len(links) == len(set(links)) == 4
    for address in links:
        found = client.get(address)
        assert found.status_code == 200, address
        assert "No machine meets" not in found.text and "No answer" not in found.text, address
        assert address == "/paste" or 'class="headline"' in found.text


def test_what_users_wait_for_is_said_as_on_the_command(client):
    goal = {"model": "llama-3-8b", "mode": "serve", "concurrency": 4, "usd": 2500}
    text = unescape(client.get("/", params=goal).text)
    workload = {k: v for k, v in goal.items() if k != "usd"}
    asked = parse_goal({"workload": workload, "budget": {"usd": 2500}}, "test")
    prediction = plan_of(asked).chosen.prediction
    assert f"<dt>First token</dt><dd>{duration(prediction.users.ttft_s)}</dd>" in text
    assert f"<dt>Each token</dt><dd>{duration(prediction.step_s)}</dd>" in text


def test_form_shows_the_question_of_the_link(client, plan):
    text = client.get("/", params=plan | {"precision": "fp32", "used": "true"}).text
    assert 'name="batch" aria-describedby="error-batch" value="64"' in text
    assert '<option value="fp32" selected>' in text
    assert re.search(r'type="checkbox" value="true" id="f-used"[^>]* checked', text)


def test_empty_fields_of_a_form_mean_nothing_given(client, plan):
    empty = dict.fromkeys(("seq_len", "img_size", "own_cpu", "vram_gib_min", "as_of"), "")
    assert client.get("/", params=empty | plan).status_code == 200


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"batch": "many"}, "batch", "Global batch: got 'many', allowed: a whole number"),
        ({"batch": "0"}, "batch", "above 0 up to 65,536"),
        ({"batch": "99999999"}, "batch", "up to 65,536 [items]"),
        (
            {"usd": "nan"},
            "usd",
            "Budget for the parts: got 'nan', allowed: a number up to 10,000,000",
        ),
        ({"model": "resnet99"}, "model", "did you mean"),
        ({"precision": "fp33"}, "precision", "fp32"),
        (
            {"as_of": "yesterday"},
            "as_of",
            "As of the day: got 'yesterday', allowed: a day, YYYY-MM-DD",
        ),
        ({"gpu_count_min": "3", "gpu_count_max": "2"}, "", "gpu_count_min 3 is above"),
        ({"use_psu": "No Such Supply"}, "use_psu", "unknown psu"),
        ({"batchh": "3"}, "batchh", "nearest: batch"),
    ],
)
def test_a_wrong_field_is_said_beside_it(client, plan, changed, field, words):
    answer = client.get("/", params=plan | changed)
    text = unescape(answer.text)
    assert answer.status_code == 422
    beside = re.search(rf'<p class="error" id="error-{field}">([^<]*)', text)
    line = beside[1] if beside else re.search(r'role="alert">([^<]*)', text)[1]
    assert words in line
    assert "Traceback" not in text


def test_a_link_takes_the_command_s_word_for_the_budget(client, plan):
    rest = {k: v for k, v in plan.items() if k != "usd"}
    assert client.get("/", params=rest).status_code == 422
    for said, held in (
        ("2500", {"usd": "2500"}),
        ("2800 EUR", {"amount": "2800", "currency": "EUR"}),
    ):
        answer = client.get("/", params=rest | {"budget": said})
        assert answer.status_code == 200
        for name, value in held.items():
            assert re.search(rf'id="f-{name}"[^>]*value="{value}"', answer.text), name


@pytest.mark.parametrize("path", ["/", "/rent", "/why", "/compare", "/build", "/guide"])
def test_a_key_that_is_none_is_said_first(client, path):
    answer = client.get(path, params={"nonsense": "1"})
    assert (
        answer.status_code == 422
        and "nonsense: got &#39;1&#39;, allowed: no such key" in answer.text
    )


def test_a_missing_budget_is_asked_for_by_its_label(client, plan):
    rest = {k: v for k, v in plan.items() if k != "usd"}
    for path in ("/", "/rent"):
        text = unescape(client.get(path, params=rest).text)
        assert (
            text.count("Budget for the parts: got nothing, allowed: a number up to 10,000,000") == 2
        )
        assert "[USD], such as 3000; it is required" in text


def test_what_a_whole_goal_refuses_stands_beside_its_field_too(client, plan):
    text = unescape(client.get("/", params=plan | {"tax": "included"}).text)
    assert re.search(r'id="error-tax">Tax: got .included., allowed: excluded', text)


def test_nothing_fits_offers_a_budget_that_does(client, plan):
    text = client.get("/", params=plan | {"usd": "300"}).text
    assert "No machine meets these demands" in text
    offered = unescape(re.search(r'href="(/\?[^"]*usd=[^"]*)">Plan it so', text)[1])
    assert "answer" in client.get(offered).text
    assert "No machine meets" not in client.get(offered).text


def test_build_page_follows_from_the_plan_and_agrees_with_it(client, plan):
    text = client.get("/", params=plan).text
    total = re.search(r"<tfoot>.*?(\$[\d,.]+)", text, re.S)[1]
    link = unescape(re.search(r'href="(/build\?[^"]+)">Change parts', text)[1])
    build = client.get(link)
    assert build.status_code == 200
    assert re.search(r"<tfoot>.*?(\$[\d,.]+)", build.text, re.S)[1] == total
    steps = [re.search(r'data-step="([^"]+)"', t)[1] for t in (text, build.text)]
    assert float(steps[0]) == pytest.approx(float(steps[1]))
    assert (
        re.search(r"buildable: [^<\"]*", text)[0] == re.search(r"buildable: [^<\"]*", build.text)[0]
    )


def test_another_case_that_is_too_small_is_a_conflict_in_millimetres(client):
    story = {"card": "Gigabyte GTX 1070 G1 Gaming", "cpu": "Intel Core i7-6700K",
             "board": "ASRock Z170 Extreme4", "cooler": "Noctua NH-D15", "case": "NZXT S340",
             "as_of": "2016-10-29"}  # fmt: skip
    text = client.get("/build", params=story).text
    assert "It cannot be built like this" in text
    # Noctua prints 165 mm for the NH-D15, NZXT 161 mm for the S340.
    assert "165 mm" in text and "161 mm" in text and "4 mm too much" in text


def test_other_parts_for_a_slot_are_each_checked(client):
    story = {"case": "NZXT S340", "cpu": "Intel Core i7-6700K", "board": "ASRock Z170 Extreme4",
             "cooler": "Scythe Kotetsu", "as_of": "2016-10-29", "choose": "cooler"}  # fmt: skip
    text = client.get("/build", params=story).text
    rows = re.findall(r'badge (\w+)"[^\n]*\n?[^\n]*cooler=Noctua\+NH-D15', text)
    assert rows == ["conflict"]


def test_a_run_that_does_not_fit_the_card_is_said_so(client):
    asked = {"card": "Gigabyte GTX 1070 G1 Gaming", "model": "llama-3-8b", "seq_len": "1024"}
    assert "memory of this GPU is too small" in client.get("/build", params=asked).text


def test_an_ambiguous_name_offers_the_nearest(client):
    answer = client.get("/build", params={"card": "RTX 3090", "cpu": "Ryzen"})
    assert answer.status_code == 200
    assert "Not identified" in answer.text and "Did you mean" in answer.text


def test_paste_shows_what_each_line_means(client, listed):
    answer = client.post("/paste", data={"text": listed + "GPU: Frobnicator 9000\n"})
    text = unescape(answer.text)
    assert answer.status_code == 200
    assert "Gigabyte GTX 1070 G1 Gaming" in text and "Frobnicator 9000" in text
    assert "not identified" in text and "160 mm" in text
    link = re.search(r'href="(/build\?[^"]+)">Change parts', text)[1]
    assert client.get(link).status_code == 200


def test_paste_shows_the_prices_of_the_list_beside_ours(client, tmp_path):
    said = "CPU: AMD Ryzen 5 7600 - $189.00\nCase: A box that nobody knows - $50\n"
    text = unescape(client.post("/paste", data={"text": said}).text)
    file = tmp_path / "list.txt"
    file.write_text(said)
    found = check_file(file)
    table = text.partition("Your prices beside ours")[2].partition("</table>")[0]
    assert "$189" in table and "no price" in table
    foot = table.partition("<tfoot>")[2]
    assert "of the 1 with both" in foot
    assert f"${found.your_usd:,.0f}" in foot and f"${found.our_usd:,.0f}" in foot
    unpriced = client.post("/paste", data={"text": "CPU: AMD Ryzen 5 7600\n"}).text
    assert "Your prices beside ours" not in unpriced


def test_prices_of_a_list_are_kept_when_its_parts_are_changed(client):
    said = "CPU: AMD Ryzen 5 7600 - $189.00\nGPU: RTX 5090 - $3,899\nPSU: Corsair RM1000x - 150 €\n"
    pasted = client.post("/paste", data={"text": said}).text
    [link] = re.findall(r'class="button" href="([^"]*)"', pasted)
    link = unescape(link)
    page = unescape(client.get(link).text)
    for text in ("Your prices beside ours", "$189", "$3,899", "All parts at your prices"):
        assert text in page, text
    other = unescape(client.get(link + "&cpu=AMD+Ryzen+7+7700").text)
    assert "$189" not in other and "$3,899" in other
    told = client.post("/api/check", json={"text": said}).json()
    assert [p["kind"] for p in told["prices"]] == ["cpu", "card", "psu"] and told["your_usd"] > 0
    named = client.post(
        "/api/check", json={"parts": {"cpu": "AMD Ryzen 5 7600"}, "prices": ["Ryzen 5 7600=189"]}
    ).json()
    assert named["prices"][0] == told["prices"][0]


def test_a_machine_that_runs_still_runs_where_a_plan_is_edited(client):
    asked = {
        "model": "resnet50", "usd": "1500", "as_of": "2022-06-01",
        "own_board": "ASRock Z170 Extreme4", "own_cpu": "Intel Core i7-6700K",
        "own_ram": "Corsair Vengeance LPX 16GB (2x8GB) DDR4-2666", "ram_gib_min": "16",
        "own_psu": "600 W supply", "own_case": "Cooler Master NR200P",
        "own_cooler": "Scythe Kotetsu",
    }  # fmt: skip
    link = unescape(re.search(r'href="(/build\?card[^"]*)"', client.get("/", params=asked).text)[1])
    runs = parse_qs(urlsplit(link).query)["runs"][0].split("; ")
    assert "ASRock Z170 Extreme4" in runs and "Cooler Master NR200P" in runs and len(runs) == 6

    def open_(link):
        return client.get(link).text.count("said to run together today")

    assert open_(link) > open_(re.sub(r"runs=[^&]*", "", link)) == 0


@pytest.mark.parametrize("said", ["RTX 5090", "RTX 5090=x", "Frobnicator=5"])
def test_a_price_of_nothing_is_one_line_on_the_page(client, said):
    answer = client.get("/build", params={"card": "RTX 5090", "prices": said})
    assert answer.status_code == 422 and 'class="error"' in answer.text


MORE = """CPU: Intel Core i7-6700K $120
Motherboard: MSI Z170A Gaming Pro Carbon
Memory: Corsair Vengeance LPX 32GB (2 x 16GB) DDR4-2666 CL16 $80
GPU: 2x Gigabyte GTX 1070 G1 Gaming $150
GPU: Zubo Frobnicator 9000
GPU: EVGA RTX 3080 FTW3 Ultra
Storage: Samsung 850 EVO 500GB
Storage: Samsung 980 Pro 1TB
Storage: 3x Seagate 4TB; grey $40
PSU: Corsair RM850x $99
PSU: Zubo 600 W
PCIe Riser: LINKUP 30 cm
Fans: 3x Arctic P12 $10
Zubo capacitor 1.21 $88
"""


def test_no_line_and_no_price_of_a_list_is_lost_when_parts_are_changed(client):
    pasted = client.post("/paste", data={"text": MORE}).text
    [link] = re.findall(r'class="button" href="([^"]*)"', pasted)
    query = parse_qs(urlsplit(unescape(link)).query)
    kept = query["rest"][0].split("; ")
    names = ("Frobnicator", "3080", "3x Seagate 4TB, grey", "600 W", "LINKUP", "3x Arctic", "1.21")
    assert len(kept) == len(names)
    assert all(name in line for name, line in zip(names, kept, strict=True))
    page = client.get(unescape(link)).text
    head = re.compile(r'<p class="lead">(.*?)</p>')
    assert head.search(page)[1] == head.search(pasted)[1]  # the verdict stays
    for text in (pasted, unescape(page)):
        for usd in ("$120", "$80", "$300", "$99", "$30", "$88"):
            assert f'<td class="n">{usd}' in text, usd


def test_a_line_that_names_no_product_can_be_chosen_where_it_stands(client):
    pasted = client.post("/paste", data={"text": MORE + "Storage: Seagate 2TB\n"}).text
    row = next(r for r in pasted.split("<tr>") if "<td>Seagate 2TB</td>" in r)
    choices = re.findall(r'<a href="([^"]*)">([^<]*)</a>', row)
    assert choices
    for link, name in choices:
        query = parse_qs(urlsplit(unescape(link)).query)
        assert any(unescape(name) in text for text in query["rest"][0].split("; "))
        assert "Zubo capacitor" in query["rest"][0]


def test_pasted_build_file_is_read_too(client):
    text = '[parts]\ncpu = "Intel Core i7-6700K"\nboard = "ASRock Z170 Extreme4"\n'
    assert "Intel Core i7-6700K" in client.post("/paste", data={"text": text}).text


def test_paste_of_nothing_is_one_line(client):
    answer = client.post("/paste", data={"text": "https://example.com/list"})
    assert answer.status_code == 422 and "only links" in answer.text


def test_case_picture_is_an_svg(client):
    answer = client.get("/case.svg", params={"case": "NZXT S340", "board": "ASRock Z170 Extreme4"})
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.text.startswith("<svg")
    assert client.get("/case.svg", params={"cpu": "Intel Core i7-6700K"}).status_code == 422


@pytest.mark.parametrize("name", ["frontier", "money"])
def test_charts_are_pictures_that_follow_light_and_dark(client, plan, name):
    asked = plan | {"samples": "100000000", "as_of": "2026-07-01"}
    made = client.get(f"/{name}.svg", params=asked)
    assert made.headers["content-type"] == "image/svg+xml"
    assert "<svg" in made.text and 'fill="var(--ink,#' in made.text
    sheet = re.search(r'xml-stylesheet href="([^"]+)"', made.text)[1]
    assert "prefers-color-scheme:dark" in client.get(sheet).text
    assert client.get(f"/{name}.svg", params=asked | {"usd": "1"}).status_code == 422


def _swaps(client, **asked):
    build = {"card": "EVGA GTX 1070 SC", "cpu": "Intel Core i7-6700K", "as_of": "2016-10-29",
             "model": "resnet50", "batch": "32", "choose": "card"}  # fmt: skip
    page = client.get("/build", params=build | asked).text
    table = page[page.index('id="others"') :]
    rows = re.findall(r"<tr><td>(.*?)</tr>", table, re.DOTALL)
    return [
        (
            re.search(r"badge (\w+)", row)[1],
            float(re.search(r"\$([\d,]+)", row)[1].replace(",", "")),
            [float(x) for x in re.findall("([\\d.]+) \N{MULTIPLICATION SIGN}", row)],
            "fits" in row,
        )
        for row in rows
    ]


def test_cards_for_a_slot_have_speed_and_memory_and_are_sorted_and_chosen_without_a_script(client):
    everything = _swaps(client)
    assert sum(bool(speed) for *_, speed, _ in everything) > 3
    by_price = _swaps(client, order="price")
    assert sorted(by_price) == sorted(everything)
    assert [usd for _, usd, *_ in by_price] == sorted(usd for _, usd, *_ in everything)
    speeds = [speed[0] for *_, speed, _ in _swaps(client, order="speed") if speed]
    assert speeds == sorted(speeds, reverse=True) and speeds[0] > speeds[-1]
    fitting = _swaps(client, only="fits")
    assert fitting and all(fits and word != "conflict" for word, *_, fits in fitting)
    answer = client.get("/build", params={"card": "EVGA GTX 1070 SC", "order": "colour"})
    assert answer.status_code == 422


def test_every_dot_of_the_chart_is_a_link_that_answers_and_says_its_choice(client, plan):
    page = client.get("/frontier.svg", params=plan).text
    dots = re.findall(r'<a href="([^"]+)" target="_top"><title>([^<]+)</title>', page)
    points = [p for p in client.get("/api/plan", params=plan).json()["frontier"] if p["usd"]]
    drawn = {p["gpu"]: p for p in points if p["usd"] <= 2.5 * float(plan["usd"])}
    assert {said.partition(" x ")[2].partition(":")[0] for _, said in dots} == set(drawn)
    assert "vega" not in page.replace("vega-", "")
    for address, _ in dots[:: max(len(dots) // 4, 1)]:
        assert client.get(unescape(address)).status_code == 200


def test_a_cap_that_the_plan_chose_goes_along_to_the_parts_and_the_guide(client):
    asked = {"model": "llama-3-8b", "method": "lora", "seq_len": "2048", "batch": "16",
             "precision": "bf16", "grad_checkpointing": "true", "usd": "14000",
             "as_of": "2026-11-20"}  # fmt: skip
    text = client.get("/", params=asked).text
    cap = re.search(r"each card capped at (\d+) W", text)[1]
    build = unescape(re.search(r'href="(/build\?card=[^"]+)"', text)[1])
    guide = unescape(re.search(r'href="(/guide\?card=[^"]+)"', text)[1])
    assert f"power_cap_w={cap}" in build and f"power_cap_w={cap}" in guide
    edited = client.get(build).text
    steps = [re.search(r'data-step="([^"]+)', page)[1] for page in (text, edited)]
    assert steps[0] == steps[1]
    assert f'power_cap_w={cap}"' in edited and "It cannot be built" not in edited
    assert f"Cap each card at {cap} W" in client.get(guide).text
    assert client.get("/guide", params={"card": "RTX 5090", "power_cap_w": "-1"}).status_code == 422


def test_report_is_a_file(client, plan):
    answer = client.get("/report.html", params=plan)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.text.startswith("<!doctype html>")


def test_versus_marks_what_differs(client, plan):
    two = {f"a.{k}": v for k, v in plan.items()} | {f"b.{k}": v for k, v in plan.items()}
    same = client.get("/versus", params=two).text
    other = client.get("/versus", params=two | {"b.usd": "4000"}).text
    assert 'class="differs"' not in same and 'class="differs"' in other
    assert client.get("/versus", params=two | {"b.usd": "-1"}).status_code == 422


def test_compare_takes_names_by_line_or_semicolon(client):
    one = client.get("/compare", params={"gpu": "RTX 3090; RTX 4090", "model": "resnet50"})
    two = client.get("/compare", params={"gpu": "RTX 3090\r\nRTX 4090", "model": "resnet50"})
    assert one.status_code == 200
    results = [t.text.partition('id="result"')[2] for t in (one, two)]
    assert "GeForce RTX 4090" in results[0] and results[0] == results[1]
    assert (
        client.get("/compare", params={"gpu": "RTX 3090", "model": "resnet50"}).status_code == 422
    )


def test_rent_page_shows_offers_with_dates(client, plan):
    text = client.get("/rent", params=plan | {"samples": "100000000", "as_of": "2026-07-01"}).text
    assert "Break-even" in text and re.search(r'class="day">\d{4}-\d\d-\d\d', text)
    poor = client.get("/rent", params={"model": "llama-3.1-70b", "method": "qlora", "usd": "1500",
                                       "as_of": "2026-08-30"})  # fmt: skip
    assert poor.status_code == 200 and "Rent: no machine of your own" in poor.text
    none = client.get("/rent", params=plan | {"as_of": "2012-01-01", "usd": "9000"}).text
    assert "No offer" in none or "no machine meets it" in none


def test_guide_has_a_box_for_each_step(client):
    text = client.get("/guide").text
    boxes = re.findall(r'<input type="checkbox" id="step-', text)
    assert f"{len(boxes)} steps" in text and len(boxes) > 10
    other = client.get("/guide", params={"order": "case-first", "case": "NZXT S340"}).text
    assert "NZXT S340" in other
    assert client.get("/guide", params={"cpu": "Intel Core i7-6700K"}).status_code == 422


def test_names_are_offered_for_the_last_of_several(client):
    assert "Intel Core i7-6700K" in client.get("/names/cpu", params={"cpu": "6700k"}).text
    several = client.get("/names/chip", params={"gpu": "RTX 3090; rtx 4090"}).text
    assert 'value="RTX 3090; GeForce RTX 4090"' in several
    assert client.get("/names/nonsense", params={"x": "a"}).text.strip() == ""


def test_unknown_page_is_a_page(client):
    answer = client.get("/nowhere")
    assert answer.status_code == 404 and "no such page" in answer.text


def test_rules_that_miss_the_same_fact_share_a_row(client, listed):
    text = client.post("/paste", data={"text": listed + "GPU: Frobnicator 9000\n"}).text
    rows = re.findall(r'<th scope="row"><code>parts_identified</code>(.*?)</th>', text)
    assert rows and all(
        "<code>gpu_length</code>" in r and "<code>psu_wattage</code>" in r for r in rows
    )
    assert text.count("<code>gpu_length</code>") == len(rows)


def test_why_not_is_asked_from_the_plan_and_answered_with_the_way_back(client, plan):
    from rigwright.plan.machine.whynot import why_not
    from rigwright.web.asks import GoalQuery

    page = client.get("/", params=plan).text
    form = page[page.index('action="/why"') :]
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    assert {k: unescape(v) for k, v in hidden.items()} == plan
    said = client.get("/why", params=plan | {"why": "2 x RTX 3090"}).text
    told = why_not(GoalQuery.model_validate(plan).goal(), "2 x RTX 3090")
    assert told.why and all(line in unescape(said) for line in told.why)
    assert client.get("/why", params=plan | {"why": "gibberish qqq"}).status_code == 422


def test_a_link_shows_the_answer_before_the_form_and_says_it_to_others(client, plan):
    page = client.get("/", params=plan).text
    assert page.index('id="result"') < page.index('id="ask"')
    assert '<meta property="og:title" content="' in page
    home = client.get("/").text
    assert home.index('id="ask"') < home.index('id="result"')


def test_texts_of_a_machine_get_their_verdicts_and_are_not_kept(client, application):
    text = (Path(__file__).parents[1] / "plan/found/texts/power-brake.txt").read_text()
    kept = len(application.state.answers._known)
    answer = client.post("/verify", data={"text": text})
    assert answer.status_code == 200 and "power brake signal is active" in answer.text
    assert "Faults found" in answer.text and "Tesla V100" in answer.text
    assert len(application.state.answers._known) == kept
    assert client.post("/verify", data={"text": "x" * 150_001}).status_code == 422
    hostile = "Product Name : <script>alert(1)</script> RTX 3090\nGPU 00000000:01:00.0\n"
    hostile += (
        "    Product Name : <script>alert(1)</script>\n    MIG Mode\n        Current : Enabled\n"
    )
    assert "<script>alert" not in client.post("/verify", data={"text": hostile}).text


def test_a_link_to_a_plan_is_shown_with_its_card(client, plan):
    text = client.get("/", params=plan).text
    (image,) = re.findall(r'property="og:image" content="([^"]+)"', text)
    assert image.startswith("http://testserver/card.png?")
    made = client.get(unescape(image))
    assert made.status_code == 200 and made.headers["content-type"] == "image/png"
    assert made.content.startswith(b"\x89PNG")
    nothing = client.get("/card.png", params=plan | {"usd": "20"})
    assert nothing.status_code == 422 and nothing.text.count("\n") == 1


def test_a_link_keeps_its_day_and_leads_to_today(client, plan):
    today = unescape(client.get("/", params=plan | {"as_of": ""}).text)
    (kept,) = re.findall(r'<a href="([^"]+)">Link that keeps this day', today)
    assert parse_qs(urlsplit(kept).query)["as_of"] == [dt.date.today().isoformat()]
    then = unescape(client.get(kept).text)
    (back,) = re.findall(r'<a href="([^"]+)">Plan it for today', then)
    assert "as_of" not in parse_qs(urlsplit(back).query)
    assert re.search(r"Half of these prices were seen \d+ days ago", then)
