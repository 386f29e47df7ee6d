"""The page in a real browser, against a real server."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Route, expect, sync_playwright

from rag.embedding import Embedder
from rag.testing.provider_server import Hang, ProviderServer, Say
from tests.conftest import ingest_into, place_model
from tests.end_to_end.serving import Running, served

expect.set_options(timeout=20_000)  # as long as for actions: five seconds, its own, are few on a busy machine
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PARAGRAPHS = "\n\n".join(f"Paragraph {number} is about nothing in particular, at some length." for number in range(40))
ARTICLES = {
    "mistral.md": f"""---
title: Mistral AI raises its Series A
site: Example News
author: A. Writer
url: https://news.example/mistral
published: 2023-12-11
---

The weather in Paris 👋🏽 was **mild** that week.

{PARAGRAPHS}

## The round

Mistral AI raised $415 million in a Series A on 11 December 2023. Andreessen Horowitz led the Series A round.

- The seed round was $113 million.

| Round | Lead |
| --- | --- |
| Seed | Lightspeed |
| Series A | Andreessen Horowitz |

{PARAGRAPHS}
""",
    "poolside.md": """---
title: Poolside opens an office
published: 2024-03
---

Poolside opened an office in Paris in March 2024. It employs 40 people in that office.
""",
    "lumen-one.md": """---
title: Lumen in March
site: Example News
published: 2025-03-10
---

Lumen Robotics had annualised revenue of $36 million in February 2025.
Its annualised revenue was $11 million in May 2024.
""",
    "lumen-two.md": """---
title: Another look at Lumen
site: <b>The Wire</b>
published: 2025-03-20
---

Lumen Robotics had annualised revenue of $45 million in February 2025.
""",
    "hostile.md": """---
title: '<img src=x onerror=alert(1)>Quendric "raises" money'
site: <b>The Wire</b>
author: <script>alert(2)</script>
url: javascript:alert(3)
published: 2024-05-01
---

Quendric raised $77 million in a Series B <img src=x onerror=alert(4)> led by Zed Capital on 1 May 2024.

<script>alert(5)</script> "><svg/onload=alert(6)> [click](javascript:alert(7)) &lt;img src=x onerror=alert(8)&gt;
""",
}


@pytest.fixture(scope="module")
def page_library(tmp_path_factory: pytest.TempPathFactory, model_folder: Path, embedder: Embedder) -> Path:
    folder = tmp_path_factory.mktemp("page")
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    place_model(model_folder, folder / "library")
    ingest_into(folder / "library", embedder, folder)
    return folder / "library"


@pytest.fixture(scope="module")
def server(page_library: Path) -> Iterator[Running]:
    with served(page_library, page_library.parent / "server.log") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "Debian's package chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        # Playwright gives each launch a new user-data-dir.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, server: Running) -> Iterator[OpenPage]:
    """Opens the page; any dialog, script error or refused resource fails the test."""
    wrong: list[str] = []
    contexts = []

    def refuse(dialog: Dialog) -> None:
        wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def read(message: ConsoleMessage) -> None:
        if message.type == "error":
            wrong.append(f"console: {message.text}")

    def open_at(path: str = "/", *, address: str = server.address, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("dialog", refuse)
        page.on("pageerror", lambda error: wrong.append(f"script error: {error}"))
        page.on("console", read)
        page.goto(address + path)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert not wrong


def ask(page: Page, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    answered(page)


def answered(page: Page) -> None:
    expect(page.locator(".turn").last.locator(".answer")).to_have_attribute("aria-busy", "false", timeout=30_000)


def marked(page: Page) -> str:
    page.locator("#panel-text mark").first.wait_for()
    return "".join(page.locator("#panel-text mark").all_text_contents())


def test_a_citation_opens_its_article_with_exactly_the_quote_marked(open_page: OpenPage, server: Running) -> None:
    page = open_page()
    ask(page, "Who led the Series A of Mistral AI?")
    expect(page.locator(".answer")).to_contain_text("Andreessen Horowitz")
    answer = httpx.post(
        f"{server.address}/v1/ask", json={"question": "Who led the Series A of Mistral AI?"}, timeout=30
    ).json()
    for number, citation in enumerate(answer["citations"], 1):
        cite = page.locator(".answer .cite", has_text=str(number)).first
        cite.click()
        assert marked(page) == citation["quote"]
    article = httpx.get(f"{server.address}/v1/articles/{answer['citations'][0]['article_id']}").json()
    assert page.locator("#panel-text").evaluate("element => element.textContent") == article["text"]
    expect(page.locator("#panel-text mark").first).to_be_in_viewport()
    expect(page.locator("#panel")).to_contain_text("Example News · A. Writer · 11 December 2023")
    expect(page.get_by_role("link", name="news.example")).to_have_attribute("href", "https://news.example/mistral")


def test_escape_closes_the_article_and_gives_the_focus_back(open_page: OpenPage) -> None:
    for size in ({"width": 1280, "height": 800}, {"width": 390, "height": 844}):
        page = open_page(viewport=size)
        ask(page, "Who led the Series A of Mistral AI?")
        cite = page.locator(".answer .cite").first
        cite.click()
        expect(page.get_by_role("dialog", name="Mistral AI raises its Series A")).to_be_visible()
        expect(page.locator("#panel-title")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
        expect(cite).to_be_focused()


def test_values_that_sources_disagree_on_and_earlier_ones_stand_below_the_answer(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, "What was the annualised revenue of Lumen Robotics in February 2025?")
    expect(page.locator(".answer")).to_contain_text("Sources disagree: ")
    beside = page.locator(".beside")
    expect(beside).to_contain_text("$36 million (for February 2025, Example News, 10 March 2025)")
    expect(beside).to_contain_text("$45 million (for February 2025, <b>The Wire</b>, 20 March 2025)")
    expect(beside).to_contain_text("is given here, because")
    expect(beside).to_contain_text("Earlier: $11 million (for May 2024, Example News, 10 March 2025)")


def test_sources_show_where_and_when_and_the_quote(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, "Who led the Series A of Mistral AI?")
    source = page.locator(".source").first
    expect(source).to_contain_text("Mistral AI raises its Series A")
    expect(source).to_contain_text("Example News · A. Writer · 11 December 2023")
    expect(source.locator("q").first).to_contain_text("Andreessen Horowitz led the Series A round.")
    expect(page.locator(".facts")).to_contain_text("extractive")


def test_a_question_without_an_answer_shows_why_and_opens_the_nearest_article(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, "Who is the chief financial officer of Zyxwonian?")
    refusal = page.locator(".not-found")
    expect(refusal).to_contain_text("Not in the library")
    expect(refusal).to_contain_text("Zyxwonian")
    expect(page.locator(".cite")).to_have_count(0)
    refusal.get_by_role("button").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert marked(page)


def test_hostile_text_is_shown_as_text_and_runs_nothing(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, "How much did Quendric raise? <img src=x onerror=alert(9)>")
    expect(page.locator(".question")).to_contain_text("<img src=x onerror=alert(9)>")
    page.locator(".source .title").first.click()
    assert "Quendric" in marked(page)
    page.get_by_label("Your question").fill("Quendric")
    assert page.locator("#panel img, #conversation img, #panel script, #conversation script").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0
    page.goto(page.url.split("?")[0] + "?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E&company=%3Cimg%20src%3Dx%3E")
    answered(page)
    expect(page.locator(".question")).to_have_text("<script>alert(1)</script>")


def test_the_address_of_an_answer_asks_it_again(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_text("Options").click()
    page.get_by_label("As of").fill("2023-12")
    page.get_by_label("Company").fill("Mistral AI")
    ask(page, "Who led the Series A?")
    again = open_page("/" + page.url.partition("/?")[2].join(["?", ""]))
    answered(again)
    expect(again.locator(".question")).to_have_text("Who led the Series A?")
    expect(again.locator(".status")).to_contain_text("as of December 2023 · Mistral AI only")
    assert again.locator(".answer").inner_text() == page.locator(".answer").inner_text()


def test_a_follow_up_is_sent_with_the_conversation_before_it(open_page: OpenPage) -> None:
    page = open_page()
    sent: list[Any] = []

    def note(route: Route) -> None:
        sent.append(route.request.post_data_json)
        route.continue_()

    page.route("**/v1/ask", note)
    ask(page, "Who led the Series A of Mistral AI?")
    first = page.locator(".answer").inner_text()
    ask(page, "And how much was it?")
    assert page.locator(".turn").count() == 2
    assert page.locator(".answer").first.inner_text() == first
    assert sent[0]["history"] == []
    assert [turn["question"] for turn in sent[1]["history"]] == ["Who led the Series A of Mistral AI?"]
    assert "Andreessen Horowitz" in sent[1]["history"][0]["answer"]


def test_a_failing_model_is_shown_with_what_to_do_and_a_retry(open_page: OpenPage, page_library: Path) -> None:
    text = "Andreessen Horowitz led the Series A round [1]. It was on 11 December 2023 [1]. And then"
    with ProviderServer([Say(text, cut=14), Say("Andreessen Horowitz led the Series A round [1].")]) as provider:
        settings = {
            "DOSSIER_MODEL": "mistralai:mistral-small-latest",
            "DOSSIER_MODEL_BASE_URL": provider.url,
            "DOSSIER_MODEL_RETRIES": "0",
            "MISTRAL_API_KEY": "any",
        }
        with served(page_library, page_library.parent / "failing.log", settings) as failing:
            page = open_page(address=failing.address)
            ask(page, "Who led the Series A of Mistral AI?")
            problem = page.get_by_role("alert")
            expect(problem).to_contain_text("The language model failed")
            assert problem.locator(".hint").inner_text()
            problem.get_by_role("button", name="Try again").click()
            expect(page.locator(".answer .cite").first).to_be_enabled()
            expect(page.get_by_role("alert")).to_have_count(0)


def test_an_answer_appears_while_it_is_written_and_can_be_stopped(open_page: OpenPage, page_library: Path) -> None:
    pieces = tuple("Andreessen Horowitz led the Series A round [1]. And after that it ".split(" "))
    with ProviderServer([Hang(tuple(f"{piece} " for piece in pieces))]) as provider:
        settings = {
            "DOSSIER_MODEL": "mistralai:mistral-small-latest",
            "DOSSIER_MODEL_BASE_URL": provider.url,
            "MISTRAL_API_KEY": "any",
        }
        with served(page_library, page_library.parent / "hanging.log", settings) as hanging:
            page = open_page(address=hanging.address)
            page.get_by_label("Your question").fill("Who led the Series A of Mistral AI?")
            page.get_by_role("button", name="Ask").click()
            expect(page.locator(".answer")).to_contain_text("Andreessen Horowitz led the Series A round.")
            expect(page.locator(".answer")).to_have_attribute("aria-busy", "true")
            expect(page.locator(".answer .cite")).to_be_disabled()
            page.get_by_role("button", name="Stop").click()
            answered(page)
            expect(page.locator(".status")).to_contain_text("Stopped")
            expect(page.get_by_role("button", name="Ask")).to_be_visible()


def test_a_server_that_went_away_is_said_so(open_page: OpenPage, page_library: Path, browser: Browser) -> None:
    context = browser.new_context()
    with served(page_library, page_library.parent / "gone.log") as gone:
        page = context.new_page()
        page.goto(gone.address)
        expect(page.locator("#library")).to_contain_text("articles")
    ask(page, "Who led the Series A?")
    expect(page.get_by_role("alert")).to_contain_text("The server does not answer")
    context.close()


def test_a_phone_needs_no_sideways_scrolling(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, device_scale_factor=2)
    assert_fits(page)
    ask(page, "Who led the Series A of Mistral AI?")
    assert_fits(page)
    page.locator(".answer .cite").first.click()
    marked(page)
    box = page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 390)
    assert_fits(page)
    assert page.locator("#panel").evaluate("panel => panel.scrollWidth <= panel.clientWidth")


def assert_fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_dark_scheme_gives_light_text_on_dark(open_page: OpenPage) -> None:
    def brightness(page: Page, name: str) -> float:
        colour = page.evaluate(f"getComputedStyle(document.body).{name}")
        return sum(float(part) for part in colour.strip("rgb()").split(",")[:3]) / 3

    light, dark = open_page(color_scheme="light"), open_page(color_scheme="dark")
    assert brightness(light, "backgroundColor") > 200 > 100 > brightness(light, "color")
    assert brightness(dark, "backgroundColor") < 60 < 180 < brightness(dark, "color")


def test_the_page_can_be_used_with_the_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page()
    page.locator(".examples li").first.wait_for()
    expect(page.get_by_label("Your question")).to_be_focused()
    page.keyboard.type("Who led the Series A of Mistral AI?")
    page.keyboard.press("Enter")
    answered(page)
    for _ in range(40):
        if page.evaluate("document.activeElement.className") == "cite":
            break
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert marked(page)
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") == "cite"


def test_examples_come_from_the_library_and_ask_themselves(open_page: OpenPage) -> None:
    page = open_page()
    example = page.locator(".examples button").first
    question = example.inner_text()
    example.click()
    answered(page)
    expect(page.locator(".question")).to_have_text(question)
