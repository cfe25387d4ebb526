"""Labelling many pages: which ones, what is written, who is let in, and how it works in a real browser."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import boilercut
from boilercut.batch import Job
from boilercut.errors import InputError
from boilercut.results import BOILERPLATE_KINDS, CONTENT_KINDS
from boilercut.training.label_files import LabelError, LabelledPage, last_labels, read_labels, write_labels
from boilercut.training.labelling.app import KEYS, LabelApp
from boilercut.training.labelling.queue import Order, Queue, key_of, queue_of
from boilercut.training.labelling.server import LabelServer
from boilercut.training.labelling.store import LabelStore
from tests.helpers import ARTICLE
from tests.test_report import HOSTILE

FIRST, SECOND, THIRD = ARTICLE.splitlines()
CLEAR = "".join(f"<p>{line}</p>" for line in ARTICLE.splitlines())
NEWS = f"<nav><a href='/'>Home</a> <a href='/town'>Town news</a></nav><h1>The bridge</h1>{CLEAR}<footer>© 2026 Wend</footer>"
DOUBTFUL = "<ul><li>Bridge</li><li>Mill side</li><li>Closed until spring, said the council</li></ul><p>Read on.</p>"
LABELLED = LabelledPage(page="One.\nTwo.\n", kind="text", blocks=((True, "One."), (False, "Two.")), kinds=("", "legal"))


# --- which pages ---


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    pages = {"a-news": NEWS, "b-doubtful": DOUBTFUL, "c-empty": "", "d-again": NEWS, "e-hostile": HOSTILE}
    for name, page in pages.items():
        (tmp_path / "pages" / f"{name}.html").write_text(page, "utf-8")
    return tmp_path


def queued(folder: Path, *labelled: str, limit: int = 10, order: Order = "given", **options: Any) -> Queue:
    job = Job(inputs=(str(folder),), output=folder / "labels.jsonl", **options)
    return queue_of(job, boilercut.Cutter(), {key_of("html", page) for page in labelled}, limit, order)


def names_of(queue: Queue) -> list[str]:
    return [Path(task.name).stem for task in queue.tasks]


def test_each_page_is_offered_once_and_empty_ones_are_counted(folder: Path) -> None:
    queue = queued(folder)
    assert (names_of(queue), queue.unread) == (["a-news", "b-doubtful", "e-hostile"], 1)


def test_the_least_sure_pages_come_first(folder: Path) -> None:
    queue = queued(folder, order="unsure")
    confidences = [boilercut.extract(task.page).confidence for task in queue.tasks]
    assert confidences == sorted(confidences)
    assert names_of(queued(folder, order="unsure", limit=1)) == names_of(queue)[:1]


def test_labelled_pages_come_before_the_others_and_do_not_count(folder: Path) -> None:
    assert names_of(queued(folder, HOSTILE, limit=1, order="unsure"))[0] == "e-hostile"
    assert len(queued(folder, HOSTILE, limit=1, order="unsure").tasks) == 2


def test_rows_of_json_lines_are_pages(tmp_path: Path) -> None:
    rows = [{"content": FIRST, "url": "https://a.example/1"}, {"content": SECOND, "id": "two"}, {"other": 1}]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    queue = queued(tmp_path, page_field="content")
    assert [(task.name, task.url, task.kind, task.page) for task in queue.tasks] == [
        ("https://a.example/1", "https://a.example/1", "text", FIRST),
        ("two", "", "text", SECOND),
    ]
    assert queue.unread == 1


# --- what is written ---


def test_labels_and_kinds_are_read_again(tmp_path: Path) -> None:
    store = LabelStore(tmp_path / "labels.jsonl")
    store.append(LABELLED)
    assert list(read_labels([store.file])) == [LABELLED]
    again = LabelStore(store.file)
    assert again.get(key_of("text", LABELLED.page)) == ((True, ""), (False, "legal"))
    assert again.get(key_of("html", LABELLED.page)) is None


def test_a_page_that_is_labelled_again_counts_once(tmp_path: Path) -> None:
    store = LabelStore(tmp_path / "labels.jsonl")
    turned = LabelledPage(page=LABELLED.page, kind="text", blocks=((False, "One."), (False, "Two.")))
    for page in (LABELLED, LabelledPage(page="x", kind="text", gold="x"), turned):
        store.append(page)
    assert [page.blocks for page in last_labels(read_labels([store.file]))] == [turned.blocks, None]
    assert len(store) == 2


@pytest.mark.parametrize("left", range(1, 40, 7))
def test_a_torn_last_line_is_cut_off(tmp_path: Path, left: int) -> None:
    file = tmp_path / "labels.jsonl"
    write_labels(file, [LABELLED])
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:left])
    store = LabelStore(file)
    assert (store.torn_bytes, len(store), file.read_bytes()) == (left, 1, whole)


def test_a_last_line_without_an_end_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "labels.jsonl"
    write_labels(file, [LABELLED])
    file.write_bytes(file.read_bytes().rstrip(b"\n"))
    LabelStore(file).append(LabelledPage(page="x", kind="text", gold="x"))
    assert [page.page for page in read_labels([file])] == [LABELLED.page, "x"]


@pytest.mark.parametrize(
    "held",
    [
        '{"some": "rows"}\n',
        '{"some": "rows"}',
        "Notes.\nA last line without an end",
        "Notes",
        '{"page": "of a crawl"}\n{"page": "torn',
        "[" * 100_000,
    ],
)
def test_a_file_that_holds_no_labels_is_left_alone(tmp_path: Path, held: str) -> None:
    file = tmp_path / "labels.jsonl"
    file.write_text(held)
    with pytest.raises(LabelError, match=r"line 1: (no object with a page|no JSON|kind None)"):
        LabelStore(file)
    assert file.read_text() == held


def test_a_torn_line_of_any_depth_is_cut_off(tmp_path: Path) -> None:
    file = tmp_path / "labels.jsonl"
    file.write_bytes(b'{"page": ' + b"[" * 100_000)
    assert (LabelStore(file).torn_bytes, file.read_bytes()) == (100_009, b"")


def test_a_full_disk_leaves_no_torn_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LabelStore(tmp_path / "labels.jsonl")
    store.append(LABELLED)
    whole, write = store.file.read_bytes(), os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:9]))
    with pytest.raises(OSError, match="no space left"):
        store.append(LabelledPage(page="x", kind="text", gold="x"))
    assert store.file.read_bytes() == whole
    assert len(store) == 1


def test_half_characters_are_written_and_found_again(tmp_path: Path) -> None:
    page = LabelledPage(page="Half \ud800 of one.", kind="text", blocks=((True, "Half \ud800 of one."),))
    store = LabelStore(tmp_path / "labels.jsonl")
    store.append(page)
    assert list(read_labels([store.file])) == [page]
    assert key_of("text", page.page) in LabelStore(store.file)


# --- what the page asks for ---


@pytest.fixture
def app(folder: Path) -> LabelApp:
    return LabelApp(queued(folder / "pages").tasks, LabelStore(folder / "labels.jsonl"), boilercut.Cutter())


def suggested(app: LabelApp, number: int) -> list[list[Any]]:
    return [block[:2] for block in app.task(number)["blocks"]]


def test_every_kind_has_a_key_of_its_own() -> None:
    assert set(KEYS) == {*CONTENT_KINDS, *BOILERPLATE_KINDS}
    assert len(set(KEYS.values())) == len(KEYS)


def test_suggestions_are_the_models_verdicts_until_there_are_labels(app: LabelApp) -> None:
    verdicts = boilercut.extract(NEWS).verdicts
    assert suggested(app, 0) == [[int(verdict.keep), verdict.kind] for verdict in verdicts]
    chosen = [[0, "form"]] * len(verdicts)
    assert app.save(0, json.dumps({"blocks": chosen}).encode()) == {"done": 1}
    assert suggested(app, 0) == chosen
    (label,) = read_labels([app.store.file])
    assert label.blocks == tuple((False, verdict.text) for verdict in verdicts)
    assert set(label.kinds) == {"form"}
    assert [page["done"] for page in app.overview()["pages"]] == [True, False, False]


@pytest.mark.parametrize(("keep", "kind"), [(True, ""), (True, "body text"), (False, ""), (False, "paragraph")])
def test_labels_with_kinds_that_nobody_knows_can_be_saved(app: LabelApp, keep: bool, kind: str) -> None:
    verdicts = boilercut.extract(NEWS).verdicts
    blocks = tuple((keep, verdict.text) for verdict in verdicts)
    task = app.tasks[0]
    app.store.append(LabelledPage(page=task.page, kind=task.kind, blocks=blocks, kinds=(kind,) * len(blocks)))
    assert {block[0] for block in suggested(app, 0)} == {int(keep)}
    assert app.save(0, json.dumps({"blocks": suggested(app, 0)}).encode()) == {"done": 1}


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "{}", "[" * 100_000, '{"blocks": []}', '{"blocks": 7}',
             json.dumps({"blocks": [[1, "newsletter"]] * 6}), json.dumps({"blocks": [[2, "list"]] * 6}),
             json.dumps({"blocks": [["1", "list"]] * 6}), json.dumps({"blocks": [[1, "nonsense"]] * 6})],
)  # fmt: skip
def test_what_is_no_label_is_refused(app: LabelApp, body: str) -> None:
    assert len(suggested(app, 0)) == 6
    with pytest.raises(InputError):
        app.save(0, body.encode())
    assert not app.store.file.exists()


# --- who is let in ---


@pytest.fixture
def server(app: LabelApp) -> Iterator[LabelServer]:
    server = LabelServer(app)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def asked(
    server: LabelServer | str, path: str, method: str = "GET", body: str | None = None, **headers: str
) -> tuple[int, str]:
    host = server if isinstance(server, str) else server.origin.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=10)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


def test_it_listens_on_this_machine_only(server: LabelServer) -> None:
    assert server.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize("path", ["/", "/pages", "/wrong/", "/wrong/pages/0", "//", "/?token"])
def test_every_request_needs_the_token(server: LabelServer, path: str) -> None:
    assert asked(server, path) == (403, "Forbidden")
    assert asked(server, path, "POST", "{}", Origin=server.origin, Content_Type="application/json")[0] == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "[::1]:{port}", ""])
def test_another_name_for_this_machine_is_refused(server: LabelServer, host: str) -> None:
    named = host.format(port=server.server_address[1])
    assert asked(server, f"/{server.token}/pages", Host=named)[0] == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Origin": "https://evil.example", "Content_Type": "application/json"}, 403),
        ({"Origin": "own", "Content_Type": "text/plain"}, 403),
        ({"Origin": "own", "Content_Type": "application/json", "Content_Length": "99999999999"}, 413),
        ({"Origin": "own", "Content_Type": "application/json", "Content_Length": "9" * 5000}, 413),
        ({"Origin": "own", "Content_Type": "application/json", "Content_Length": "-1"}, 413),
    ],
)
def test_other_sites_cannot_write_labels(server: LabelServer, headers: dict[str, str], status: int) -> None:
    own = {name: server.origin if value == "own" else value for name, value in headers.items()}
    assert asked(server, f"/{server.token}/pages/0", "POST", '{"blocks": []}', **own)[0] == status
    assert not server.app.store.file.exists()


@pytest.mark.parametrize("path", ["pages/99", "pages/-1", "pages/x", "pages/²", "nothing", "../labels.jsonl"])
def test_a_request_for_what_is_not_there_is_a_bad_one(server: LabelServer, path: str) -> None:
    from urllib.parse import quote

    assert asked(server, f"/{server.token}/{quote(path)}")[0] == 400


def test_a_label_that_cannot_be_written_is_reported(server: LabelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server.app.store, "file", Path("/nowhere/labels.jsonl"))
    body = json.dumps({"blocks": suggested(server.app, 0)})
    headers = {"Origin": server.origin, "Content_Type": "application/json"}
    status, reason = asked(server, f"/{server.token}/pages/0", "POST", body, **headers)
    assert status == 500
    assert "/nowhere/labels.jsonl" in reason


@pytest.mark.skipif(sys.platform == "win32", reason="a process there cannot be interrupted alone")
def test_the_command_goes_on_where_it_stopped(folder: Path) -> None:
    for expected in ("3 pages, 0 labelled", "3 pages, 1 labelled"):
        command = [sys.executable, "-m", "boilercut", "label", str(folder / "pages"), "-o", "labels.jsonl"]
        with subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as running:
            assert running.stdout is not None
            assert running.stderr is not None
            _, _, host, token, _ = running.stdout.readline().strip().split("/")
            told = [running.stderr.readline(), running.stderr.readline()]
            assert any(expected in line for line in told)
            status, page = asked(host, f"/{token}/pages/0")
            body = json.dumps({"blocks": [block[:2] for block in json.loads(page)["blocks"]]})
            headers = {"Origin": f"http://{host}", "Content_Type": "application/json"}
            assert asked(host, f"/{token}/pages/0", "POST", body, **headers)[0] == status == 200
            running.terminate()
            assert "1 of 3 pages are labelled in labels.jsonl" in running.stderr.read()
        assert running.returncode == 0
    assert len(last_labels(read_labels([folder / "labels.jsonl"]))) == 1


# --- in a browser ---


class Tab:
    """The labelling page in a browser, with what went wrong."""

    def __init__(self, browser: Any, server: LabelServer, width: int = 1100) -> None:
        self.errors: list[str] = []
        self.dialogs: list[str] = []
        self.requests: list[str] = []
        self.page = browser.new_page(viewport={"width": width, "height": 760})
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: self.errors.append(message.text))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("dialog", self._dialog)
        self.page.goto(server.address)
        self.wait("page 1 of 3")

    def _dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.type)
        dialog.accept()

    def wait(self, progress: str) -> None:
        self.page.wait_for_function(
            "text => document.getElementById('progress').textContent.startsWith(text)", arg=progress
        )

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def states(self) -> list[list[str]]:
        return self.page.eval_on_selector_all(
            "#blocks > li",
            "all => all.map(each => [each.className.split(' ')[0], each.querySelector('.kind').textContent])",
        )


@pytest.fixture
def tab(browser: Any, server: LabelServer) -> Tab:
    return Tab(browser, server)


@pytest.mark.extra
def test_a_page_is_labelled_by_keyboard(tab: Tab, server: LabelServer) -> None:
    before = tab.states()
    tab.press("x", "j", "r", "w", "Shift+ArrowDown", "k", "Enter")
    tab.wait("page 2 of 3, 1 labelled")
    (label,) = read_labels([server.app.store.file])
    assert label.page == NEWS
    expected = [
        ["cut" if before[0][0] == "keep" else "keep", ""],
        ["cut", "newsletter"],
        ["cut", "newsletter"],
        *before[3:],
    ]
    chosen = [
        ["keep" if keep else "cut", kind] for (keep, _), kind in zip(label.blocks or (), label.kinds, strict=True)
    ]
    assert [each[0] for each in chosen] == [each[0] for each in expected]
    assert chosen[1:] == expected[1:]
    assert tab.errors == []


@pytest.mark.extra
def test_undo_takes_back_one_change_after_the_other_and_then_the_page(tab: Tab) -> None:
    before = tab.states()
    tab.press("x", "j", "x", "c")
    assert {state for state, _ in tab.states()} == {"cut"}
    tab.press("u", "Control+z", "u")
    assert tab.states() == before
    tab.press("x", "Enter")
    tab.wait("page 2 of 3")
    tab.press("u")
    tab.wait("page 1 of 3, 1 labelled")
    assert tab.states() != before


@pytest.mark.extra
def test_unsaved_changes_outlive_a_reload(tab: Tab) -> None:
    tab.press("x", "j", "x")
    changed = tab.states()
    tab.page.reload()
    tab.wait("page 1 of 3")
    assert (tab.states(), tab.dialogs) == (changed, ["beforeunload"])
    tab.press("Enter")
    tab.wait("page 2 of 3")
    tab.page.reload()
    tab.wait("page 2 of 3")
    assert (tab.dialogs, tab.errors) == (["beforeunload"], [])


@pytest.mark.extra
def test_the_last_page_says_what_to_do_next(tab: Tab, server: LabelServer) -> None:
    for progress in ("page 2 of 3, 1", "page 3 of 3, 2", "page 3 of 3, 3"):
        tab.press("Enter")
        tab.wait(progress)
    assert tab.page.inner_text("#next") == f"boilercut train {server.app.store.file} -o my-model"


@pytest.mark.extra
def test_a_server_that_went_away_is_reported(tab: Tab, server: LabelServer) -> None:
    tab.page.context.set_offline(True)
    tab.press("x", "Enter")
    tab.page.wait_for_function("document.getElementById('status').textContent.startsWith('Not saved')")
    tab.page.context.set_offline(False)
    tab.press("Enter")
    tab.wait("page 2 of 3, 1 labelled")


@pytest.mark.extra
def test_a_hostile_page_runs_nothing(tab: Tab, server: LabelServer) -> None:
    tab.press("]", "]")
    tab.wait("page 3 of 3")
    tab.press("j", "x", "r", "Escape")
    assert tab.page.evaluate("window.ran") is None
    assert tab.page.evaluate("document.querySelectorAll('script, iframe, img, object, base').length") == 1
    tab.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x: onerror=\"window.ran=1\">')")
    assert tab.page.evaluate("window.ran") is None
    assert {request.startswith(server.address) for request in tab.requests if not request.startswith("x:")} == {True}
    assert all("Content Security Policy" in error for error in tab.errors)


@pytest.mark.extra
@pytest.mark.parametrize("width", [390, 1100])
def test_nothing_is_wider_than_the_screen(browser: Any, server: LabelServer, width: int) -> None:
    tab = Tab(browser, server, width)
    for _ in range(2):
        assert tab.page.evaluate("document.documentElement.scrollWidth") == width
        box = tab.page.locator("#save").bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width
        tab.press("]", "]")
        tab.wait("page 3 of 3")
    tab.press("r")
    assert tab.page.locator("#picker").bounding_box()["width"] <= width
