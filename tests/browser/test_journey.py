"""What people do with the pages, in a browser."""

from __future__ import annotations

import re

import pytest

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
PAGES = ("/", "/build", "/paste", "/compare", "/rent", "/versus", "/guide", "/verify", "/api")
GOAL = "/?model=resnet50&batch=64&usd=2000"


def settled(page):
    """Whatever was asked for has been answered."""
    busy = ".htmx-request, .htmx-swapping, [aria-busy=true]"
    page.wait_for_selector(busy, state="detached")


def headline(page):
    return page.locator("#answer").inner_text()


def test_from_goal_to_guide(open_page):
    page = open_page("/")
    page.get_by_label("Model").fill("resnet50")
    page.get_by_label("Sequence length").fill("")
    page.get_by_label("Global batch").fill("64")
    page.get_by_label("Method").select_option("full")
    page.get_by_label("Gradient checkpointing").uncheck()
    page.get_by_label("Budget for the parts").fill("2000")
    page.get_by_role("button", name="Plan it").click()
    page.wait_for_url(re.compile("usd=2000"))
    settled(page)
    first = headline(page)
    assert "model=resnet50" in page.url and "method" not in page.url

    page.get_by_label("Budget for the parts").fill("5000")  # nobody presses a button
    page.wait_for_url(re.compile("usd=5000"))
    settled(page)
    assert headline(page) != first
    assert "cost" in page.locator("#change").inner_text()
    assert headline(page) in page.locator("#status").inner_text()

    other = page.context.new_page()  # a plan is a link
    other.goto(page.url)
    assert headline(other) == headline(page)
    other.close()

    page.get_by_role("link", name="Change parts").click()
    assert "/build?" in page.url and page.locator("#answer .badge").count() == 1
    page.get_by_role("link", name="Build it").click()
    assert "/guide?" in page.url
    boxes = page.locator(".step input")
    boxes.nth(0).check()
    boxes.nth(2).check()
    assert page.locator("#done").inner_text().startswith("2 of ")
    page.reload()
    assert boxes.nth(0).is_checked() and not boxes.nth(1).is_checked()
    assert boxes.nth(2).is_checked()


def test_a_part_is_changed_and_fit_speed_and_cost_follow(open_page):
    page = open_page("/build")
    assert "160 mm" in page.locator("#result").inner_text()
    slot = page.get_by_label("Cooler", exact=True)
    slot.fill("nh-d15")
    page.wait_for_selector("#names-cooler option[value='Noctua NH-D15']", state="attached")
    slot.fill("Noctua NH-D15")
    page.wait_for_url(re.compile("NH-D15"))
    settled(page)
    assert "cannot be built" in headline(page)
    changed = page.locator("#change").inner_text()
    assert "cost" in changed and "fit: conflict" in changed
    assert "4 mm" in page.locator(".rules").first.inner_text()


def test_a_list_is_pasted(open_page):
    page = open_page("/paste")
    page.get_by_label("Parts, one per line").fill(
        "CPU: Intel Core i7-6700K\nMotherboard: ASRock Z170 Extreme4\n"
        "GPU: Gigabyte GTX 1070 G1 Gaming\nCase: NZXT S340\nCooler: Frobnicator <b>X</b>\n"
    )
    page.get_by_role("button", name="Check it").click()
    result = page.locator("#result")
    assert "Frobnicator" in result.inner_text() and "not identified" in result.inner_text()
    assert result.locator("b").count() == 0
    assert result.locator("svg[role=img]").count() == 2
    page.get_by_role("link", name="Change parts").click()
    assert page.get_by_label("Processor").input_value() == "Intel Core i7-6700K"


def test_an_error_stands_beside_its_field_and_goes_again(open_page):
    page = open_page(GOAL)
    model = page.get_by_label("Model")
    model.fill("resnet51x")
    page.wait_for_selector("#error-model:has-text('unknown model')")
    settled(page)
    assert model.get_attribute("aria-invalid") == "true"
    assert "No answer" in page.locator("#result h2").inner_text()
    assert model.input_value() == "resnet51x"  # what was typed stays
    model.fill("resnet50")
    page.wait_for_selector("#answer")
    settled(page)
    assert page.locator("#error-model").inner_text() == ""
    assert model.get_attribute("aria-invalid") is None


def test_pages_work_without_scripts(open_page):
    page = open_page(GOAL, java_script_enabled=False)
    page.get_by_label("Budget for the parts").fill("3000")
    page.get_by_role("button", name="Plan it").click()
    assert "usd=3000" in page.url and page.locator("#answer").is_visible()


def test_a_plan_is_asked_for_by_keyboard_alone(open_page):
    page = open_page("/paste")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "f-text"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.type("CPU: Intel Core i7-6700K")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer")
    assert "Intel Core i7-6700K" in page.locator("#result").inner_text()


@pytest.mark.parametrize("address", PAGES)
def test_a_phone_scrolls_no_page_sideways(open_page, address):
    page = open_page(address, **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    small = page.evaluate("""[...document.querySelectorAll('input:not([type=checkbox]):not([type=hidden]), select, button')]
        .filter(e => e.offsetParent && e.getBoundingClientRect().height < 38).map(e => e.id)""")  # noqa: E501
    assert small == []


def test_dark_mode_is_dark_and_light_is_light(open_page):
    for scheme, dark in (("dark", True), ("light", False)):
        page = open_page("/", color_scheme=scheme)
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        ink = page.evaluate("getComputedStyle(document.body).color")
        brightness = [sum(map(int, re.findall(r"\d+", c)[:3])) for c in (paper, ink)]
        assert (brightness[0] < brightness[1]) == dark
        drawn = page.evaluate(
            "getComputedStyle(document.querySelector('.case svg rect[fill^=\"var(\"]')).fill"
        )
        assert drawn.startswith("rgb")


@pytest.mark.parametrize("address", [GOAL, "/rent"])
def test_charts_are_drawn_in_the_colours_of_the_page(open_page, address):
    page = open_page(address, color_scheme="dark")
    page.locator(".chart iframe").scroll_into_view_if_needed()
    words = page.frame_locator(".chart iframe").locator("text").first
    words.wait_for()
    colour = "e => getComputedStyle(e).fill"
    assert words.evaluate(colour) == page.locator("body").evaluate("e => getComputedStyle(e).color")


def test_a_dot_of_the_chart_leads_to_its_answer_without_a_script(open_page):
    page = open_page(GOAL, color_scheme="dark", java_script_enabled=False)
    chart = page.locator(".chart iframe")
    chart.scroll_into_view_if_needed()
    dot = page.frame_locator(".chart iframe").locator("a").first
    dot.wait_for()
    with page.expect_navigation():
        dot.click()
    assert "/why?" in page.url or "usd=" in page.url


@pytest.mark.parametrize(
    ("address", "scheme"),
    [*((page, "light") for page in PAGES), ("/build", "dark"), ("/?model=resnet5&usd=9", "dark")],
)
def test_axe_finds_nothing(open_page, address, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = open_page(address, color_scheme=scheme, bypass_csp=True)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = axe.run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"]})
    told = [
        (v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found.response["violations"]
    ]
    assert told == []
