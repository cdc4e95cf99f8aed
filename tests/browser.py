"""A page opened as a reader would: in Chromium without network, on a desktop or a phone, light or dark, or printed.

Where no Chromium is installed, the tests that want one are skipped and say so. `reader` is a fixture to import.
"""

import re
import shutil
import time
import unicodedata
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

DESKTOP, PHONE = (1280, 900), (390, 844)
PAPER, PAPER_ON_ITS_SIDE = (680, 1009), (1009, 680)  # A4 between margins of 15 mm, in the pixels of CSS
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
_NAMES = ("chromium", "chromium-browser", "google-chrome")


class Reader:
    """Who opens pages, with one browser; what goes wrong in any of them is kept in `faults`."""

    def __init__(self, browser):
        self.browser = browser
        self.faults: list[str] = []

    def open(self, page: Path | str, tmp_path: Path, size=DESKTOP, *, dark=False, scripts=True):
        """Open a file, or a page that is given as text; of other requests none is answered, and each is a fault."""
        if isinstance(page, str):
            path = tmp_path / f"page-{len(list(tmp_path.glob('page-*')))}.html"
            path.write_text(page, encoding="utf-8")
            page = path
        width, height = size
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            offline=True,
            java_script_enabled=scripts,
            accept_downloads=True,
        )
        opened = context.new_page()
        opened.route("**/*", self._answer)
        opened.on("console", lambda said: self.faults.append(said.text) if said.type in ("error", "warning") else None)
        opened.on("pageerror", lambda error: self.faults.append(str(error)))
        opened.goto(page.resolve().as_uri())
        return opened

    def _answer(self, route) -> None:
        if route.request.url.startswith(("file:", "data:", "blob:")):
            route.continue_()
        else:
            self.faults.append(f"asked for {route.request.url}")
            route.abort()


def chromium() -> str | None:
    """Find a Chromium."""
    return next((path for path in map(shutil.which, _NAMES) if path), None)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    path = chromium()
    if path is None:
        pytest.skip(f"no Chromium is installed: none of {', '.join(_NAMES)} is there (Debian: apt-get install chromium)")
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install 'flopwatt[test]'")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield Reader(browser)
        browser.close()


def draw_pictures(page) -> None:
    """Scroll to every picture, and wait until it is drawn."""
    for box in page.locator("[data-picture]").all():
        box.scroll_into_view_if_needed()
    wait_for_pictures(page, page.locator("[data-picture]").count())


def wait_for_pictures(page, count: int) -> None:
    page.wait_for_function(
        "count => document.querySelectorAll('.drawing.drawn svg').length >= count", arg=count, timeout=20_000
    )


def seconds_to_open(reader: Reader, path: Path, tmp_path: Path, tries: int = 3) -> float:
    """Measure how long a page takes until all pictures in view are drawn: the fastest of some tries."""
    times = []
    for _ in range(tries):
        start = time.monotonic()
        page = reader.open(path, tmp_path)
        page.wait_for_function("""() => [...document.querySelectorAll('[data-picture]')].every((box) =>
            box.getBoundingClientRect().top > innerHeight || box.classList.contains('drawn'))""")
        times.append(time.monotonic() - start)
        page.context.close()
    return min(times)


def count_marks(page, figure: str) -> int:
    """Count what is drawn in a figure, its axes aside."""
    return page.locator(f"#{figure} svg .role-mark:not(.mark-group) > *").count()


def serious_violations(page) -> list[str]:
    """List what axe-core calls serious or critical, with the elements."""
    from axe_playwright_python.sync_playwright import Axe

    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:160]} {node.get('failureSummary', '')}"
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


def beyond_the_page(page) -> list[str]:
    """List the parts of a page that stand out of it to the right, what scrolls aside."""
    return page.evaluate("""() => {
      const scrolls = (part) => ['auto', 'scroll', 'hidden'].includes(getComputedStyle(part).overflowX);
      const isIn = (part) => part && part !== document.body && (scrolls(part) || isIn(part.parentElement));
      return [...document.querySelectorAll('body *')].filter((part) => {
        const { right, width } = part.getBoundingClientRect();
        const beyond = right > document.documentElement.clientWidth + 1 && width > 1;
        return beyond && !part.closest('svg, .unseen, .skip') && !isIn(part.parentElement);
      }).map((part) => part.outerHTML.slice(0, 120));
    }""")


def print_preview(page, size=PAPER) -> None:
    """Lay a page out as it is printed."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(media="print")


# --- what a PDF of Chromium's says --------------------------------------------------------------------------------------


def pdf_texts(data: bytes) -> list[str]:
    """Read the text of each page of a PDF that Chromium wrote, without what divides words and lines."""
    objects = _objects(data)
    pages = [body for body in objects.values() if re.search(rb"/Type /Page\b(?!s)", body)]
    return [_page_text(body, objects) for body in pages]


def pdf_colours(data: bytes) -> set[str]:
    """List the colours that a PDF is filled with, as ``#rrggbb``."""
    streams = (_stream(body) for body in _objects(data).values() if b"stream\n" in body and b"/FlateDecode" in body)
    filled = {colour for stream in streams for colour in re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) rg", stream)}
    return {"#" + "".join(f"{round(255 * float(part)):02x}" for part in colour) for colour in filled}


def _objects(data: bytes) -> dict[int, bytes]:
    return {int(number): body for number, body in re.findall(rb"(?:^|\n)(\d+) 0 obj\n(.*?)\nendobj", data, re.DOTALL)}


def _page_text(page: bytes, objects: dict[int, bytes]) -> str:
    fonts = {}
    for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", _dictionary(page, b"Resources", objects)):
        to_unicode = re.search(rb"/ToUnicode (\d+) 0 R", objects[int(number)])
        fonts[name] = _letters(_stream(objects[int(to_unicode[1])])) if to_unicode else {}
    contents = re.search(rb"/Contents (\d+) 0 R", page)
    assert contents is not None
    text, font = [], {}
    for name, codes in re.findall(rb"/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>", _stream(objects[int(contents[1])])):
        if name:
            font = fonts[name]
        else:
            text += [font.get(codes[i : i + 4].upper(), "") for i in range(0, len(codes), 4)]
    return unicodedata.normalize("NFKC", "".join(text))


def _dictionary(page: bytes, key: bytes, objects: dict[int, bytes]) -> bytes:
    there = re.search(rb"/%b (\d+) 0 R" % key, page)
    return objects[int(there[1])] if there else page


def _stream(body: bytes) -> bytes:
    data = body.split(b"stream\n", 1)[1].rsplit(b"\nendstream", 1)[0]
    return zlib.decompress(data) if b"/FlateDecode" in body else data


def _letters(table: bytes) -> dict[bytes, str]:
    """Read a font's table of what its glyphs say."""
    letters = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, text in re.findall(rb"<([0-9A-Fa-f]+)> <([0-9A-Fa-f]+)>", block):
            letters[code.upper()] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text in re.findall(rb"<([0-9A-Fa-f]+)> <([0-9A-Fa-f]+)> <([0-9A-Fa-f]+)>", block):
            for i in range(int(last, 16) - int(first, 16) + 1):
                letters[b"%04X" % (int(first, 16) + i)] = chr(int(text, 16) + i)
    return letters
