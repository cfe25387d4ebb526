"""Take the pictures of the report in docs/images, of the page of `boilercut demo`; needs playwright and chromium."""

import sys
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the working tree, whatever is installed

import boilercut
from boilercut.render.report import ReportedPage, html_report

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
        browser.close()


if __name__ == "__main__":
    main()
