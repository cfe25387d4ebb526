"""Take the pictures of reports and of `boilercut label` in docs/images; needs playwright and chromium."""

import sys
from importlib import resources
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the working tree, whatever is installed

import boilercut
from boilercut.render.report import ReportedPage, html_report
from boilercut.training.labelling.app import LabelApp
from boilercut.training.labelling.queue import Task
from boilercut.training.labelling.server import LabelServer
from boilercut.training.labelling.store import LabelStore

CHROMIUM = "/usr/bin/chromium"
SIZE = {"width": 1080, "height": 720}


def main() -> None:
    """Write one picture in light colours, with evidence open, and one in dark colours, with only cuts shown."""
    source = resources.files("boilercut").joinpath("demo/demo.html").read_text("utf-8")
    plain, known = boilercut.extract(source), boilercut.extract(source, site=_site(source))
    with TemporaryDirectory() as folder, sync_playwright() as driver:
        file = Path(folder, "report.html")
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, result in (("light", plain), ("dark", plain), ("site", known)):
            file.write_text(html_report(result, ReportedPage("demo.html", source)), encoding="utf-8")
            scheme: Any = "dark" if name == "dark" else "light"
            page = browser.new_context(color_scheme=scheme, viewport=SIZE).new_page()
            page.goto(file.as_uri())
            if name == "dark":
                page.check("input[value=cut]")
            elif name == "light":
                page.click("li.cut.k-newsletter .text")
                page.evaluate("document.querySelector('.why').parentElement.previousElementSibling.scrollIntoView()")
            else:
                page.evaluate("[...document.querySelectorAll('li.keep')].at(-1).scrollIntoView({block: 'center'})")
            page.screenshot(path=ROOT / "docs" / "images" / f"report-{name}.png")
        _label(browser, source, Path(folder))
        browser.close()


def _site(source: str) -> boilercut.SiteProfile:
    """Return the profile of twelve made-up pages: the same template, and articles of the same words in other orders."""
    pages = []
    for number in range(12):
        page = source
        for verdict in boilercut.extract(source).kept:
            words = verdict.text.split()
            page = page.replace(verdict.text, " ".join(Random(number).sample(words, len(words))))
        pages.append(page)
    return boilercut.SiteProfile.learn(pages)


def _label(browser: Browser, source: str, folder: Path) -> None:
    """Write a picture of the page that labels, with a block turned round."""
    tasks = [Task(0.5, number, f"pages/demo-{number}.html", "", "html", source) for number in range(1, 21)]
    server = LabelServer(LabelApp(tasks, LabelStore(folder / "labels.jsonl"), boilercut.Cutter()))
    Thread(target=server.serve_forever, daemon=True).start()
    page = browser.new_page(viewport={"width": 1080, "height": 520})
    page.goto(server.address)
    page.wait_for_selector("#blocks li")
    page.click("li.k-heading .mark")
    page.evaluate("document.querySelector('li.yours').scrollIntoView({block: 'center'})")
    page.screenshot(path=ROOT / "docs" / "images" / "label.png")
    server.shutdown()
    server.server_close()


if __name__ == "__main__":
    main()
