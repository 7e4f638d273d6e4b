"""The chat widget in a real browser, on a customer's page whose policy forbids everything inline."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from api.widget import script
from store.accounts import keys
from store.kit import db
from tests.kit.client import Client
from tests.kit.eventually import eventually
from tests.kit.factories import Maker
from tests.kit.fake_web import FakeWeb
from tests.kit.talks import know

NEEDS_CHROMIUM = pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed")
GREETING = "Hi! How can I help you today?"
FALLBACK = "I don't have info on that. Would you like to talk to a human?"
# As the published document has it, with its listener's line kept where a test can read it.
PAGE = """<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/shop.css"></head><body><h1>Shop</h1>
<script src="{api}/widget.js"></script><script src="/init.js"></script></body></html>"""
INIT = """
window.told = [];
addEventListener("securitypolicyviolation", (event) => told.push(["violation", event.violatedDirective]));
InsydrAI.init({{
  agentId: "{agent}",
  apiKey: "{key}",
  position: "bottom-right",
  theme: "dark"
}});

// Event listeners
InsydrAI.on('message', (data) => {{
  console.log('New message:', data);
  told.push([data.role, data.content]);
}});
InsydrAI.on('error', (data) => told.push(["error", data.code]));
"""
HOSTILE = "* { color: red !important; font-size: 40px !important } button, section { display: none !important }"
REACH_IN = "const a=Element.prototype.attachShadow;Element.prototype.attachShadow=function(o){return a.call(this,{...o,mode:'open'})}"


@dataclass
class Site:
    """A customer's website, and what makes its pages."""

    web: FakeWeb
    api: str
    mine: Client
    path: str
    agent: str
    key: str

    def url(self, *, key: str | None = None, agent: str | None = None) -> str:
        policy = (
            f"default-src 'none'; script-src 'self' {self.api}; connect-src {self.api}; style-src 'self'; img-src data:"
        )
        self.web.page("/", PAGE.format(api=self.api), headers={"Content-Security-Policy": policy})
        init = INIT.format(agent=agent or self.agent, key=key or self.key)
        self.web.page("/init.js", init, content_type="text/javascript")
        self.web.page("/shop.css", HOSTILE, content_type="text/css")
        return f"{self.web.url}/"


@pytest.fixture(scope="module")
def site(stack) -> Iterator[Site]:
    owner = Maker().person(plan="pro")
    mine = stack.client().with_key(owner.token)
    path = f"/api/v1/workspaces/{owner.workspace.id}"
    agent = mine.post(
        f"{path}/agents",
        {
            "name": "Support Bot", "greeting_message": GREETING, "fallback_message": FALLBACK,
            "knowledge_collections": [know(owner.workspace.id)], "behavior": {"greeting_delay": 0},
            "suggested_questions": ["What are your pricing plans?", "Do you ship to Norway?"],
        },
    ).json()["id"]  # fmt: skip
    mine.post(f"{path}/agents/{agent}/publish")
    mine.post(f"{path}/agents/{agent}/test", {"message": "Is the model loaded?"})
    with FakeWeb() as web:
        made = keys.make(
            owner.workspace.id, name="k", kind="publishable", mode="live",
            allowed_domains=[web.url.removeprefix("http://")],
        )  # fmt: skip
        yield Site(web, stack.url, mine, path, agent, made.text)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield found
        found.close()


@pytest.fixture
def page(browser, request) -> Iterator[Any]:
    """A page whose tests may look into the closed shadow root; what it writes to the console is in `page.said`."""
    with browser.new_context(**getattr(request, "param", {})) as context:
        context.add_init_script(REACH_IN)
        opened = context.new_page()
        opened.said = []
        opened.on("console", lambda line: opened.said.append(line.text))
        opened.on("pageerror", lambda error: opened.said.append(str(error)))
        opened.set_default_timeout(30_000)
        yield opened


def write(page: Any, text: str) -> None:
    page.get_by_role("textbox", name="Write a message").fill(text)
    page.keyboard.press("Enter")


def shown(page: Any, text: str) -> Any:
    """The message with this text."""
    return page.locator(".bubble", has_text=text)


def told(page: Any) -> list[list[str]]:
    return page.evaluate("told")


def test_the_script_is_one_small_file_for_every_page(stack):
    answer = stack.client().get("/widget.js", headers={"Accept-Encoding": "gzip"}, stream=True)

    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert (answer.headers["Access-Control-Allow-Origin"], answer.headers["Content-Encoding"]) == ("*", "gzip")
    assert len(answer.raw.read(decode_content=False)) <= 20_000
    assert len(gzip.compress(script.text().encode())) <= 20_000
    again = stack.client().get("/widget.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@NEEDS_CHROMIUM
def test_a_visitor_talks_on_a_page_that_forbids_everything_inline(site, page):
    page.goto(site.url())
    assert page.get_by_role("button", name="Show message from Support Bot").inner_text() == GREETING

    page.get_by_role("button", name="Open chat with Support Bot").press("Enter")
    panel = page.get_by_role("dialog", name="Support Bot")
    log = panel.get_by_role("log")
    assert page.evaluate("document.querySelector('insydr-widget').shadowRoot.activeElement.tagName") == "TEXTAREA"
    panel.get_by_role("button", name="What are your pricing plans?").click()
    shown(page, "We offer three plans: Free, Starter and Pro.").wait_for()
    panel.get_by_role("button", name="Source 1: Pricing Page").click()
    assert panel.get_by_role("list", name="Sources").get_by_text("Pricing Page").is_visible()
    assert log.get_attribute("aria-live") == "polite"

    panel.get_by_role("button", name="Helpful", exact=True).click()
    eventually(lambda: db.row("SELECT 1 FROM exchange WHERE feedback = 'THUMBS_UP'"), within_s=20)
    write(page, "Who won the cup in 1998?")
    shown(page, FALLBACK).wait_for()
    log.get_by_role("button", name="Talk to a person").click()
    panel.get_by_label("Your e-mail address").fill("nobody")
    panel.get_by_role("button", name="Submit").click()
    assert panel.get_by_role("alert").inner_text() == "Please enter a valid e-mail address."
    panel.get_by_label("Your e-mail address").fill("user@example.com")
    panel.get_by_label("How can we help?").fill("I need help with billing")
    panel.get_by_role("button", name="Submit").click()
    shown(page, "A person will write to user@example.com.").wait_for()
    assert db.row("SELECT email, message FROM escalation") == ("user@example.com", "I need help with billing")

    page.keyboard.press("Escape")
    assert not panel.is_visible()
    closed = page.get_by_role("button", name="Open chat with Support Bot")
    assert closed.get_attribute("aria-expanded") == "false"
    assert page.evaluate("document.querySelector('insydr-widget').shadowRoot.activeElement.className") == "launcher"
    assert (
        page.evaluate(
            "getComputedStyle(document.querySelector('insydr-widget').shadowRoot.querySelector('h2')).fontSize"
        )
        == "16px"
    )

    page.reload()  # the transcript is kept, and the agent still knows what was said
    page.evaluate("(InsydrAI.open(), InsydrAI.sendMessage('Do you ship to Norway?'))")
    shown(page, "We ship to all countries of the European Union").wait_for()
    assert shown(page, "We offer three plans: Free, Starter and Pro.").is_visible()
    assert [one for one in told(page) if one[0] == "user"] == [["user", "Do you ship to Norway?"]]
    assert [line for line in page.said if not line.startswith("New message:")] == []
    assert db.row("SELECT count(*), max(exchanges) FROM conversation") == (1, 3)


@NEEDS_CHROMIUM
def test_what_a_page_may_call(site, browser):
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(site.url())
        answer = page.evaluate("InsydrAI.sendMessage('Hello!')")

        assert answer == GREETING
        assert page.evaluate("document.querySelector('insydr-widget').shadowRoot") is None
        assert page.evaluate("document.querySelector('insydr-widget').dataset.theme") == "dark"
        assert (
            page.evaluate("InsydrAI.setTheme('light') && document.querySelector('insydr-widget').dataset.theme")
            == "light"
        )
        again = f"InsydrAI.init({{agentId: '{site.agent}', apiKey: '{site.key}'}})"
        assert page.evaluate(f"({again}, document.querySelectorAll('insydr-widget').length)") == 1
        listened = "(InsydrAI.on('open', () => told.push(['open'])), InsydrAI.toggle(), InsydrAI.toggle(), InsydrAI.off('open'), InsydrAI.open())"
        page.evaluate(listened)
        assert [one for one in told(page) if one == ["open"]] == [["open"]]
        assert page.evaluate("(InsydrAI.destroy(), document.querySelectorAll('insydr-widget').length)") == 0
        with pytest.raises(Exception, match="agentId and apiKey"):
            page.evaluate("InsydrAI.init({})")


@NEEDS_CHROMIUM
def test_a_cut_stream_goes_on_where_it_was_and_a_lost_question_is_asked_once(site, page):
    tries: list[str | None] = []

    def cut(route: Any) -> None:
        tries.append(route.request.headers.get("last-event-id"))
        if len(tries) == 1:
            route.abort("connectionreset")
        elif len(tries) == 2:
            whole = route.fetch()
            blocks = whole.text().split("\n\n")
            route.fulfill(response=whole, body="\n\n".join(blocks[: len(blocks) // 2]) + "\n\n")
        else:
            route.continue_()

    page.route("**/api/v1/widget/chat", cut)
    page.goto(site.url())
    before = db.row("SELECT count(*) FROM exchange")[0]
    answer = page.evaluate("InsydrAI.sendMessage('Do you ship to Norway?')")

    assert answer.endswith("A parcel arrives within three working days.” [1]")
    assert answer.count("European Union") == 1
    assert tries[:2] == [None, None]
    assert tries[2].startswith("job_")
    assert db.row("SELECT count(*) FROM exchange")[0] == before + 1


@NEEDS_CHROMIUM
def test_trouble_is_told_and_never_a_blank_bubble(site, page):
    page.goto(site.url(key="pk_live_wrong"))
    page.get_by_role("button", name="Open chat with Chat").click()
    assert page.get_by_role("dialog").get_by_text("UNAUTHORIZED").is_visible()
    assert told(page) == [["error", "UNAUTHORIZED"]]

    page.goto(site.url())
    page.evaluate("InsydrAI.open()")
    page.route("**/api/v1/widget/chat", lambda route: route.fulfill(
        status=429, json={"detail": "Rate limit exceeded", "code": "RATE_LIMITED"},
        headers={"Retry-After": "2", "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"},
    ))  # fmt: skip
    write(page, "Do you ship to Norway?")
    page.get_by_text("Too many messages. Try again in 2 s.").wait_for()
    page.unroute("**/api/v1/widget/chat")
    page.get_by_role("button", name="Try again").click()  # playwright waits until it is enabled
    shown(page, "We ship to all countries of the European Union").wait_for()

    page.context.set_offline(True)
    page.get_by_text("You are offline. What you write is sent when you are back.").wait_for()
    write(page, "I forgot my password")
    page.context.set_offline(False)
    shown(page, "To reset your password").wait_for()


@NEEDS_CHROMIUM
@pytest.mark.parametrize(
    "page", [{"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}], indirect=True
)
def test_on_a_phone_the_chat_fills_the_screen_and_the_demo_page_shows_it(site, stack, page):
    page.goto(f"{stack.url}/widget/demo?agent_id={site.agent}&api_key={site.key}")
    page.get_by_text("This chat is not available").wait_for(state="hidden")
    page.evaluate("InsydrAI.open()")
    eventually(lambda: page.get_by_role("dialog").bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844})
