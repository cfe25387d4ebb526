"""The HTML report: its content, and its behaviour in a real browser."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import boilercut
from boilercut.render.report import ReportedPage, html_report
from boilercut.training.label_files import read_labels
from tests.helpers import ARTICLE

MAX_SECONDS = 1.0
"""A report on `MANY_BLOCKS` opens, and filters, in less."""
MANY_BLOCKS = 5000
FIRST, SECOND, THIRD = ARTICLE.splitlines()
PAGE = f"""<nav><a href="/">Home</a> <a href="/town">Town news</a></nav><h1>The bridge over the Wend</h1>
<p>{FIRST}</p><p>{SECOND}</p><div class="newsletter"><p>Sign up to our newsletter and never miss a story.</p></div>
<p>{THIRD}</p><footer>© 2026 The Wend Courier. All rights reserved.</footer>"""
TRICKS = [
    "<script>window.ran = 1</script>",
    "</script><script>window.ran = 2</script>",
    "<img src=x onerror=window.ran=3>",
    "<!--<script>window.ran = 4</script>",
    "]]></textarea></title></style><svg onload=window.ran=5>",
    "\"><iframe srcdoc='<script>parent.ran=6</script>'></iframe>",
    "javascript:window.ran=7",
    "${window.ran=8} $name $data {{window.ran=9}}",
    "&lt;script&gt;window.ran = 10&lt;/script&gt;",
    "\u2028window.ran = 11\u2029",
    "<base href='https://evil.example/'><meta http-equiv=refresh content='0;url=https://evil.example/'>",
]


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


HOSTILE = "".join(
    f"<p>{escaped(trick)} {FIRST}</p><li class='\"><script>'>{escaped(trick)}</li>" for trick in TRICKS
) + "".join(TRICKS)


def report_on(page: str, name: str = "page.html", **options: Any) -> str:
    return html_report(boilercut.extract(page, kind="html", **options), ReportedPage(name, page))


class Elements(HTMLParser):
    """Collects start tags and the text of scripts and blocks."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.started: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.started.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        tag, attributes = self.started[-1] if self.started else ("", {})
        self.texts.setdefault(attributes.get("class") or tag, []).append(data)


# --- what stands in it ---


def test_report_holds_every_block_in_order() -> None:
    result = boilercut.extract(PAGE)
    shown = Elements(html_report(result, ReportedPage("page.html", PAGE))).texts["text"]
    assert shown == [verdict.text for verdict in result.verdicts]


def test_the_numbers_are_those_of_the_result() -> None:
    result = boilercut.extract(PAGE)
    html = html_report(result, ReportedPage("page.html", PAGE, "https://wend.example/bridge"))
    data = json.loads(re.findall(r'id="data">(.*?)</script>', html, re.DOTALL)[0])
    assert (data["source"], data["name"], data["url"]) == (PAGE, "page.html", "https://wend.example/bridge")
    for (probability, rule, evidence), verdict in zip(data["blocks"], result.verdicts, strict=True):
        assert probability == round(verdict.probability, 6)
        assert rule == (verdict.overruled or "")
        named = [
            (data["detectors"][number], value) for number, value in zip(evidence[::2], evidence[1::2], strict=True)
        ]
        assert named == [(each.detector, round(each.log_odds, 4)) for each in verdict.evidence]


@pytest.mark.parametrize(
    "page", [PAGE, HOSTILE, "", "<p>\ud800 lone \x00 \x1b[31m</p>"], ids=["news", "hostile", "empty", "odd"]
)
def test_nothing_of_the_page_becomes_markup(page: str) -> None:
    html = report_on(page, name=f"{TRICKS[1]}.html")
    html.encode("utf-8")
    started = Elements(html).started
    tags = [tag for tag, _ in started]
    assert tags.count("script") == 2
    assert not {"img", "iframe", "svg", "base", "object", "link"} & set(tags)
    assert not [name for _, attributes in started for name in attributes if name.startswith("on")]


def test_the_policy_lets_only_the_reports_own_script_run() -> None:
    html = report_on(HOSTILE)
    elements = Elements(html)
    policy = next(
        each["content"] for tag, each in elements.started if each.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    for tag, source in (("script", "script-src"), ("style", "style-src")):
        text = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text[-1].encode()).digest()).decode()
        assert f"{source} 'sha256-{digest}'" in policy


def test_the_report_is_the_same_every_time() -> None:
    assert report_on(PAGE) == report_on(PAGE)


# --- what it does in a browser ---


class Opened:
    """A report in a browser, with what went wrong and what was asked for."""

    def __init__(self, browser: Any, file: Path, html: str) -> None:
        file.write_text(html, "utf-8")
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page = browser.new_page(viewport={"width": 1100, "height": 800})
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: self.errors.append(message.text))
        self.dialogs: list[str] = []
        self.page.on("dialog", self.dialog)
        self.page.goto(file.as_uri())

    def dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.type)
        dialog.accept()

    def shown(self) -> list[str]:
        return self.page.eval_on_selector_all(
            "#blocks > li:not([hidden]) .text", "all => all.map(each => each.textContent)"
        )

    def kept(self) -> list[str]:
        return self.page.eval_on_selector_all("#blocks > li.keep .text", "all => all.map(each => each.textContent)")


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Opened:
    return Opened(browser, tmp_path / "report.html", report_on(PAGE))


@pytest.mark.extra
def test_it_opens_without_a_complaint(opened: Opened) -> None:
    assert opened.errors == []
    assert len(opened.requests) == 1
    assert opened.kept() == [verdict.text for verdict in boilercut.extract(PAGE).kept]
    assert opened.page.inner_text("#summary").startswith(f"Kept {len(opened.kept())} of {len(opened.shown())} blocks, ")


@pytest.mark.extra
def test_a_hostile_page_runs_nothing(browser: Any, tmp_path: Path) -> None:
    opened = Opened(browser, tmp_path / "report.html", report_on(HOSTILE, name=TRICKS[1]))
    for _ in range(3):
        opened.page.keyboard.press("j")
        opened.page.keyboard.press("Enter")
    assert opened.page.evaluate("window.ran") is None
    assert opened.errors == opened.dialogs == []
    assert len(opened.requests) == 1
    assert opened.page.evaluate("document.querySelectorAll('script, iframe, img, object, base').length") == 2
    assert opened.page.url == (tmp_path / "report.html").as_uri()


@pytest.mark.extra
def test_scripts_put_in_later_do_not_run_either(opened: Opened) -> None:
    """The policy holds even if something of the page did become markup."""
    opened.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x: onerror=\"window.ran=1\">')")
    opened.page.evaluate(
        "(() => { const own = document.createElement('script'); own.textContent = 'window.ran=2'; document.body.append(own); })()"
    )
    assert opened.page.evaluate("window.ran") is None
    assert any("Content Security Policy" in error for error in opened.errors)


@pytest.mark.extra
def test_filters(opened: Opened) -> None:
    everything = opened.shown()
    opened.page.check("input[value=cut]")
    assert opened.shown() == [verdict.text for verdict in boilercut.extract(PAGE).cut]
    opened.page.click(".chip.k-newsletter")
    assert [text for text in everything if "newsletter" in text and text in opened.shown()] == []
    opened.page.check("input[value=all]")
    opened.page.click(".chip.k-newsletter")
    assert opened.shown() == everything


@pytest.mark.extra
def test_evidence_on_demand_adds_up(opened: Opened) -> None:
    verdict = boilercut.extract(PAGE).verdicts[0]
    assert opened.page.query_selector(".why") is None
    opened.page.click("#blocks > li:first-child .text")
    rows = opened.page.eval_on_selector_all(
        ".why tr", "all => all.map(row => [row.cells[0].textContent, row.cells[1].textContent])"
    )
    assert [name for name, _ in rows[1:]] == [each.detector for each in verdict.evidence]
    total = sum(float(value.replace("−", "-")) for _, value in rows)
    assert abs(
        total - float(re.findall(r"Score (\S+)", opened.page.inner_text(".why p"))[0].replace("−", "-"))
    ) < 0.005 * len(rows)
    opened.page.click("#blocks > li:first-child .text")
    assert opened.page.query_selector(".why") is None


@pytest.mark.extra
def test_the_slider_decides_again(opened: Opened) -> None:
    before = opened.kept()
    verdicts = boilercut.extract(PAGE).verdicts
    for level in ("0.9", "0.05"):
        opened.page.fill("#threshold", level)
        expected = [v.text for v in verdicts if (v.keep if v.overruled else v.probability >= float(level))]
        assert opened.kept() == expected
        assert "context rules are not run again" in opened.page.inner_text("#confidence")
    opened.page.click("#reset")
    assert opened.kept() == before


@pytest.mark.extra
def test_the_keyboard_is_enough(opened: Opened) -> None:
    opened.page.keyboard.press("j")
    opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("Enter")
    assert opened.page.eval_on_selector(
        "#blocks > li:nth-child(2)", "item => item === document.activeElement && !!item.querySelector('.why')"
    )
    before = opened.kept()
    opened.page.keyboard.press("x")
    assert len(set(before) ^ set(opened.kept())) == 1
    opened.page.keyboard.press("x")
    assert opened.kept() == before
    opened.page.keyboard.press("k")
    assert opened.page.eval_on_selector("#blocks > li:first-child", "item => item === document.activeElement")


@pytest.mark.extra
def test_flipped_verdicts_are_saved_as_labels(opened: Opened, tmp_path: Path) -> None:
    opened.page.click("#blocks > li:first-child .mark")
    with opened.page.expect_download() as waiting:
        opened.page.click("#save")
    assert re.fullmatch(r"page\.html\.\d{8}T\d{6}\.labels\.jsonl", waiting.value.suggested_filename)
    file = tmp_path / "labels.jsonl"
    waiting.value.save_as(file)
    verdicts = boilercut.extract(PAGE).verdicts
    (label,) = read_labels([file])
    assert (label.page, label.kind, label.name) == (PAGE, "html", "page.html")
    assert label.blocks == ((not verdicts[0].keep, verdicts[0].text), *((v.keep, v.text) for v in verdicts[1:]))
    assert opened.errors == []


@pytest.mark.parametrize(
    ("names", "files"),
    [
        (("https://a.example/", "https://b.example/"), ("a.example", "b.example")),
        (
            ("https://a.example/news/?id=1", "https://a.example/news/?id=2"),
            ("a.example_news_id_1", "a.example_news_id_2"),
        ),
        (("one/index.html", "two/index.html"), ("one_index.html", "two_index.html")),
        (("/", "新闻/桥.html"), ("page", "新闻_桥.html")),
    ],
)
def test_labels_of_two_pages_have_two_names(names: tuple[str, str], files: tuple[str, str]) -> None:
    data = [re.findall(r'id="data">(.*?)</script>', report_on(PAGE, name=name), re.DOTALL)[0] for name in names]
    assert tuple(json.loads(each)["file"] for each in data) == files


@pytest.mark.extra
def test_flipped_verdicts_outlive_a_reload(opened: Opened) -> None:
    before = opened.kept()
    opened.page.click("#blocks > li:first-child .mark")
    flipped = opened.kept()
    opened.page.reload()
    assert opened.dialogs == ["beforeunload"]
    assert opened.kept() == flipped != before
    with opened.page.expect_download():
        opened.page.click("#save")
    opened.page.reload()
    assert opened.dialogs == ["beforeunload"]
    assert opened.kept() == flipped
    opened.page.click("#reset")
    opened.page.reload()
    assert opened.kept() == before
    assert (opened.dialogs, opened.errors) == (["beforeunload"], [])


@pytest.mark.extra
def test_another_page_has_flipped_verdicts_of_its_own(browser: Any, tmp_path: Path, opened: Opened) -> None:
    opened.page.click("#blocks > li:first-child .mark")
    other = PAGE + "<p>One more line.</p>"
    (tmp_path / "other.html").write_text(report_on(other), "utf-8")
    opened.page.goto((tmp_path / "other.html").as_uri())
    assert opened.kept() == [verdict.text for verdict in boilercut.extract(other).kept]


@pytest.mark.extra
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_in_both_schemes(opened: Opened, scheme: str) -> None:
    """WCAG asks for a contrast of 4.5 between text and what is behind it."""
    opened.page.emulate_media(color_scheme=scheme)
    pairs = opened.page.evaluate(
        """() => ['#blocks li.keep .text', '#blocks li.cut .text', '#blocks li.cut .kind', '.summary', '.chip'].flatMap(
            (selector) => [...document.querySelectorAll(selector)].map((node) => {
              let behind = node;
              while (getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
              return [selector, getComputedStyle(node).color, getComputedStyle(behind).backgroundColor];
            }))"""
    )
    assert len(pairs) > 10
    assert [pair for pair in pairs if contrast(pair[1], pair[2]) < 4.5] == []


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two CSS colours, as WCAG 2 defines it."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", color)[:3]]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.extra
def test_a_long_page_opens_and_filters_quickly(
    browser: Any, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    page = "".join(
        f"<p>{FIRST} {number}</p><ul><li><a href='/{number}'>Teaser {number}</a></li></ul>"
        for number in range(MANY_BLOCKS // 2)
    )
    opened = Opened(browser, tmp_path / "report.html", report_on(page))
    assert opened.page.locator("#blocks > li").count() == MANY_BLOCKS
    opening, filtering, sliding = [], [], []
    for _ in range(3):
        opened.page.reload()
        opening.append(opened.page.evaluate("performance.getEntriesByType('navigation')[0].domComplete / 1000"))
        filtering.append(opened.page.evaluate(TIMED, [".chip.k-paragraph", ""]))
        sliding.append(opened.page.evaluate(TIMED, ["#threshold", "0.99"]))
    record_property("seconds", {"open": min(opening), "filter": min(filtering), "slide": min(sliding)})
    assert max(min(opening), min(filtering), min(sliding)) < MAX_SECONDS


TIMED = """async ([selector, level]) => {
  const start = performance.now();
  const control = document.querySelector(selector);
  if (level) { control.value = level; control.dispatchEvent(new Event('input')); }
  else control.click();
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return (performance.now() - start) / 1000;
}"""
"""Seconds from using a control to when the frame that shows it is drawn."""
