"""Take the pictures of the report and of `boilercut label` in docs/images; needs playwright and chromium."""

import sys
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

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
    html = html_report(boilercut.extract(source), ReportedPage("demo.html", source))
    with TemporaryDirectory() as folder, sync_playwright() as driver:
        file = Path(folder, "report.html")
        file.write_text(html, encoding="utf-8")
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            page = browser.new_context(color_scheme=scheme, viewport=SIZE).new_page()
            page.goto(file.as_uri())
            if scheme == "dark":
                page.check("input[value=cut]")
            else:
                page.click("li.cut.k-newsletter .text")
                page.evaluate("document.querySelector('.why').parentElement.previousElementSibling.scrollIntoView()")
            page.screenshot(path=ROOT / "docs" / "images" / f"report-{scheme}.png")
        _label(browser, source, Path(folder))
        browser.close()


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
