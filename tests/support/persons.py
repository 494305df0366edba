"""A person at a real browser: what they press and type is counted, and what goes wrong is noted."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response

SCREENSHOTS = Path(__file__).parents[2] / ".screenshots"

DESKTOP = (1280, 800)
PHONE = (360, 740)

#: How long a page may take, in milliseconds, on a machine that does much else.
PATIENCE = 20_000

#: How many things the keyboard may pass on a page.
TABS_MAX = 50

_AT_HAND = """() => {
    const at = document.activeElement;
    const label = at.labels?.[0] ?? document.getElementById(at.getAttribute("aria-labelledby"));
    return (label ?? at).innerText.trim();
}"""

#: Asks axe, which is brought to the page when it is first asked there.
_IS_AXE_THERE = "'axe' in window"
_ASK_AXE = "axe.run({resultTypes: ['violations']}).then(found => found.violations)"


@dataclass(frozen=True)
class Habits:
    """What a person's browser is set to."""

    language: str = "en"
    scheme: str = "light"
    size: tuple[int, int] = DESKTOP
    scripts: bool = True


@dataclass
class Person:
    """A person with a browser of their own, at one page."""

    habits: Habits
    context: BrowserContext
    page: Page
    #: What they did since this was last emptied: each press, and each field that they filled in.
    done: list[str] = field(default_factory=list)
    #: What their browser complained of: scripts that fail, and what the page may not load or do.
    complaints: list[str] = field(default_factory=list)
    #: Whether pictures are left of the pages that they look at.
    pictured: bool = False
    _failed: set[str] = field(default_factory=set)

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text().strip()

    @property
    def text(self) -> str:
        """The text of the page, with each space of any kind as one space."""
        return " ".join(self.page.locator("body").inner_text().split())

    @property
    def path(self) -> str:
        return "/" + self.page.url.split("/", 3)[3]

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth - innerWidth")

    def resize(self, size: tuple[int, int]) -> None:
        """Make the window as large as (width, height)."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})

    def go(self, address: str) -> Response:
        """Open an address, or a path of the console."""
        return self.page.goto(address)

    def must_read(self, *words: str) -> None:
        """Check that all these words stand on the page."""
        assert [each for each in words if " ".join(each.split()) not in self.text] == [], self.text

    def follow(self, words: str) -> None:
        """Press a link that says so."""
        self._press("link", words)

    def press(self, words: str) -> None:
        """Press a button that says so."""
        self._press("button", words)

    def button(self, words: str) -> Locator:
        """Return a button that says so."""
        return self._named("button", words)

    def type(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def enter(self) -> None:
        """Press Enter, and come to the page that it leads to."""
        with self.page.expect_navigation():
            self.type("Enter")

    @property
    def at_hand(self) -> str:
        """What the keyboard is at: its label or its text."""
        return self.page.evaluate(_AT_HAND)

    def tab_to(self, words: str) -> None:
        """Press Tab until the keyboard is at what says so."""
        for _ in range(TABS_MAX):
            if self.at_hand.startswith(words):
                return
            self.type("Tab")
        raise AssertionError(f"the keyboard does not come to {words}")

    def fill(self, label: str, text: str) -> None:
        """Fill in the field of this label."""
        self.done.append(f"field: {label}")
        fields = self.page.locator("input, textarea, select")
        fields.and_(self.page.get_by_label(label)).fill(text)

    def keep_look(self, name: str) -> None:
        """Leave a picture of the whole page in `.screenshots/`, if pictures are wanted."""
        if not self.pictured:
            return
        SCREENSHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)

    def barriers(self) -> list[str]:
        """Return what axe finds on the page: the rule, and where."""
        if not self.page.evaluate(_IS_AXE_THERE):
            self.page.evaluate(AXE_SCRIPT)
        found = self.page.evaluate(_ASK_AXE)
        return [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]

    def _press(self, role: str, words: str) -> None:
        self.done.append(f"{role}: {words}")
        with self.page.expect_navigation():
            self._named(role, words).click()

    def _named(self, role: str, words: str) -> Locator:
        text = re.compile(r"\s+".join(map(re.escape, words.split())))
        return self.page.locator("main").get_by_role(role, name=text).first

    def _listen(self) -> None:
        self.context.on("console", self._note_message)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.context.on("response", self._note_response)

    def _note_response(self, response: Response) -> None:
        if response.status >= 400 and response.request.is_navigation_request():
            self._failed.add(response.url)

    def _note_message(self, message: ConsoleMessage) -> None:
        # A page that says what went wrong comes with the status of a failure, which is meant.
        meant = message.location["url"] in self._failed and "Failed to load" in message.text
        if message.type in {"error", "warning"} and not meant:
            self.complaints.append(f"{message.text} ({message.location['url']})")


def a_person(chromium: Browser, url: str, habits: Habits) -> Person:
    """Let a person open a browser of their own, which is at no page yet."""
    width, height = habits.size
    context = chromium.new_context(
        base_url=url,
        locale=habits.language,
        color_scheme=habits.scheme,
        viewport={"width": width, "height": height},
        java_script_enabled=habits.scripts,
    )
    context.set_default_timeout(PATIENCE)
    person = Person(habits, context, context.new_page())
    person._listen()
    return person
