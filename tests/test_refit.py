"""Adapting the model to the user's pages, and measuring the gain."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner, Result

import boilercut
from boilercut import ModelError
from boilercut.cli import commands
from boilercut.detectors.learned import SITE_PREFIX
from boilercut.errors import ConfigError, MissingExtraError
from boilercut.training.cleaners import rivals
from boilercut.training.evaluate import score_pages, summarise, table
from boilercut.training.label_files import LabelError, LabelledPage, write_labels
from boilercut.training.train import stored_model, train

NOUNS = "bridge river school council harbour market museum orchard station theatre tower valley".split()
VERBS = "closed opened moved painted sold repaired measured flooded visited guarded rented mended".split()


def site_page(number: int) -> LabelledPage:
    """Return a page of a site that puts a chronicle into its articles, twice, in a class that says nothing: `q9`.

    Its lines could be content anywhere else; only the site's labels tell that here they are not.
    """
    noun, verb = NOUNS[number % 12], VERBS[(5 * number) % 12]
    article = [
        f"The {noun} was {verb} on day {number + step}, and nobody who lived near the {NOUNS[(number + step) % 12]} was surprised."
        for step in range(5)
    ]
    chronicle = [
        f"The {NOUNS[(number + 3 + step) % 12]} {VERBS[(number + step) % 12]} in {1900 + number + step}"
        for step in range(12)
    ]
    paragraphs = [f"<p class='x7'>{line}</p>" for line in article]
    paragraphs[4:4] = [f"<div class='q9'>{'<br>'.join(chronicle[6:])}</div>"]
    paragraphs[2:2] = [f"<div class='q9'>{'<br>'.join(chronicle[:6])}</div>"]
    menu = f"<nav><a href='/'>Home</a> <a href='/{noun}'>{noun}</a></nav>"
    return LabelledPage(
        page=f"{menu}<div class='x7wrap'>{''.join(paragraphs)}</div>",
        kind="html",
        gold="\n".join(article),
        name=f"page-{number}",
        site="toy.example",
        without=(chronicle[0],),
    )


LABELLED, HELD_OUT = [site_page(number) for number in range(10)], [site_page(number) for number in range(20, 26)]


def mean_f1(pages: list[LabelledPage], model: str | None) -> float:
    cutter = boilercut.Cutter(model=model)
    summary = summarise(list(score_pages(pages, {"own": lambda page: cutter.clean(page.page, kind=page.kind)})))[0]
    assert summary.means["f1"] is not None
    return summary.means["f1"]


@pytest.fixture(scope="module")
def adapted(tmp_path_factory: pytest.TempPathFactory) -> str:
    pytest.importorskip("lightgbm", reason="lightgbm fits models; running one does not need it")
    folder = tmp_path_factory.mktemp("models") / "adapted"
    done = train(LABELLED, folder)
    assert done["html"].startswith("adapted to 10 pages by ")
    assert done["text"] == "no labelled pages: copied"
    return str(folder)


@pytest.mark.extra
def test_ten_pages_of_a_site_help_on_its_other_pages(adapted: str) -> None:
    before, after = mean_f1(HELD_OUT, None), mean_f1(HELD_OUT, adapted)
    assert after > max(0.95, before + 0.1)


@pytest.mark.extra
def test_an_adapted_model_explains_itself_exactly(adapted: str) -> None:
    result = boilercut.extract(HELD_OUT[0].page, model=adapted)
    assert [verdict.probability for verdict in result.verdicts] != [
        verdict.probability for verdict in boilercut.extract(HELD_OUT[0].page).verdicts
    ]
    for verdict in result.verdicts:
        log_odds = result.base + sum(each.log_odds for each in verdict.evidence)
        assert 1 / (1 + np.exp(-log_odds)) == pytest.approx(verdict.probability, abs=1e-6)


@pytest.mark.extra
def test_an_adapted_model_says_where_it_comes_from(adapted: str) -> None:
    stored = json.loads(Path(adapted, "html.json").read_text("utf-8"))
    base = stored_model("html", None)
    added = stored["provenance"]["refit"]
    assert added["pages"] == 10
    assert len(stored["trees"]) == len(base["trees"]) + added["trees"]
    assert stored["trees"][: len(base["trees"])] == base["trees"]
    assert stored["provenance"]["data"] == base["provenance"]["data"]
    assert {name.removeprefix(SITE_PREFIX) for name in stored["lexicons"] if name.startswith(SITE_PREFIX)} == {
        "words",
        "class_words",
    }
    assert (
        Path(adapted, "text.json").read_text("utf-8")
        == json.dumps(stored_model("text", None), ensure_ascii=False, separators=(",", ":")) + "\n"
    )


@pytest.mark.extra
def test_adapting_twice_is_the_same_as_once(adapted: str, tmp_path: Path) -> None:
    train(LABELLED, tmp_path / "again")
    train(LABELLED, tmp_path / "twice", adapted)
    models = [Path(folder, "html.json").read_bytes() for folder in (adapted, tmp_path / "again", tmp_path / "twice")]
    assert models[0] == models[1] == models[2]


@pytest.mark.extra
def test_pages_that_teach_nothing_change_nothing(tmp_path: Path) -> None:
    pytest.importorskip("lightgbm", reason="lightgbm fits models; running one does not need it")
    cutter = boilercut.Cutter()
    pages = [
        LabelledPage(page=page.page, kind="html", gold=cutter.clean(page.page), name=page.name) for page in LABELLED
    ]
    train(pages, tmp_path)
    assert mean_f1(pages, str(tmp_path)) == 1
    for page in HELD_OUT:
        assert boilercut.clean(page.page, model=str(tmp_path)) == cutter.clean(page.page)


def test_error_without_lightgbm_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(MissingExtraError, match=r"lightgbm is not installed: pip install 'boilercut\[train\]'"):
        train(LABELLED[:4], tmp_path)


@pytest.mark.extra
def test_text_is_adapted_too(tmp_path: Path) -> None:
    pytest.importorskip("lightgbm", reason="lightgbm fits models; running one does not need it")

    def dump(number: int) -> LabelledPage:
        article = (site_page(number).gold or "").split("\n")
        lines = [(False, "Home"), *((True, line) for line in article)]
        lines += [
            (False, f"Tide table of the harbour master for day {number + day}, printed here without warranty.")
            for day in range(6)
        ]
        return LabelledPage(
            page="\n".join(line for _, line in lines), kind="text", blocks=tuple(lines), site="toy.example"
        )

    labelled, held_out = [dump(number) for number in range(10)], [dump(number) for number in range(20, 24)]
    assert train(labelled, tmp_path)["html"] == "no labelled pages: copied"
    assert mean_f1(held_out, str(tmp_path)) > max(mean_f1(held_out, None), 0.95)


@pytest.mark.extra
def test_a_model_from_scratch_knows_only_its_pages(tmp_path: Path) -> None:
    pytest.importorskip("lightgbm", reason="lightgbm fits models; running one does not need it")
    pages = [site_page(number) for number in range(24)]
    assert train(pages, tmp_path, from_scratch=True)["html"] == "fitted on 24 pages"
    stored = json.loads(Path(tmp_path, "html.json").read_text("utf-8"))
    assert "refit" not in stored["provenance"]
    assert stored["provenance"]["command"] == "boilercut train"
    assert mean_f1([site_page(number) for number in range(40, 44)], str(tmp_path)) > 0.95


@pytest.mark.extra
@pytest.mark.parametrize(
    ("pages", "from_scratch", "message"),
    [
        ([], False, "nothing to train on"),
        (LABELLED[:3], False, "3 labelled html pages with text are too few: label 4 at least"),
        (LABELLED[:3], True, "3 labelled html pages are too few to fit"),
    ],
)
def test_too_few_pages_are_an_error(
    tmp_path: Path, pages: list[LabelledPage], from_scratch: bool, message: str
) -> None:
    pytest.importorskip("lightgbm", reason="lightgbm fits models; running one does not need it")
    with pytest.raises(LabelError, match=message):
        train(pages, tmp_path, from_scratch=from_scratch)


def test_a_base_that_is_none_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no readable model there"):
        train(LABELLED, tmp_path / "new", str(tmp_path / "missing"))


# --- measuring ---


def measured(pages: list[LabelledPage], **outputs: str) -> list[list[str]]:
    cleaners = {name: (lambda page, text=text: text) for name, text in outputs.items()}
    return [line.split() for line in table(summarise(list(score_pages(pages, cleaners)), by_group=True))]


def test_the_table_by_hand() -> None:
    page = LabelledPage(
        page="<p>x</p>", kind="html", gold="one two three four", with_=("one", "four"), without=("menu", "ads")
    )
    head, all_of_it, half, nothing = measured([page], all="one two three four", half="one two Menu sign", nothing="")
    assert head == [
        "pages",
        "of",
        "cleaner",
        "pages",
        "F1,",
        "95",
        "%",
        "F1",
        "precision",
        "recall",
        "lost",
        "leaked",
        "ms",
        "a",
        "page",
        "failed",
    ]
    assert all_of_it[4:9] == ["1.000", "1.000", "1.000", "0.000", "0.000"]
    assert half[4:9] == ["0.500", "0.500", "0.500", "0.500", "0.500"]
    assert nothing[4:9] == ["0.000", "0.000", "0.000", "1.000", "0.000"]


def test_lines_of_text_are_measured_too() -> None:
    page = LabelledPage(
        page="Menu\nOne two.\nAds", kind="text", blocks=((False, "Menu"), (True, "One two."), (False, "Ads"))
    )
    head, row = measured([page], own="One two.\nAds")
    assert "line" in head
    line_f1, characters = row[7:9]
    assert float(line_f1) == pytest.approx(2 / 3, abs=1e-3)
    assert float(characters) == pytest.approx(12 / 15)


def test_groups_have_rows_of_their_own() -> None:
    pages = [LabelledPage(page="<p>x</p>", kind="html", gold="x", type=kind) for kind in ("news", "forum", "news")]
    rows = measured(pages, own="x")
    assert [row[:3] for row in rows[1:]] == [["all", "own", "3"], ["news", "own", "2"], ["forum", "own", "1"]]


def test_one_page_has_no_interval_and_sites_have_rows_on_request_only() -> None:
    pages = [LabelledPage(page="<p>x</p>", kind="html", gold="x", site=site) for site in ("a.example", "b.example")]
    scores = list(score_pages(pages, {"own": lambda page: "x"}))
    assert [each.group for each in summarise(scores)] == ["all"]
    rows = [line.split() for line in table(summarise(scores, by_group=True))[1:]]
    assert [(row[0], row[3]) for row in rows] == [("all", "1.000–1.000"), ("a.example", "–"), ("b.example", "–")]


def test_a_cleaner_that_raises_is_counted() -> None:
    def broken(page: LabelledPage) -> str:
        raise RuntimeError("no")

    (summary,) = summarise(list(score_pages(LABELLED[:2], {"broken": broken})))
    assert (summary.failed, summary.means["f1"]) == (2, 0.0)


RIVALS = [
    pytest.param(name, marks=pytest.mark.extra) for name in ("trafilatura", "justext", "resiliparse", "readability")
]


@pytest.mark.parametrize("name", ["none", *RIVALS])
def test_rivals_return_text(name: str) -> None:
    if name != "none":
        pytest.importorskip(name, reason="the extra `bench` has it")
    for kind, page in (("html", LABELLED[0]), ("text", SimpleNamespace(page=LABELLED[0].gold, kind="text"))):
        found = rivals(kind, [name])  # type: ignore[arg-type]
        assert all(isinstance(cleaner(page), str) for cleaner in found.values())  # type: ignore[arg-type]
        assert found or kind == "text"


def test_unknown_rivals_are_an_error() -> None:
    with pytest.raises(ConfigError, match="no cleaner 'boilerpipe': there are none, trafilatura"):
        rivals("html", ["boilerpipe"])


# --- the commands ---


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands, arguments, catch_exceptions=True)


@pytest.mark.extra
def test_labels_to_model_to_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a user does: label, train, measure, clean."""
    pytest.importorskip("lightgbm", reason="lightgbm fits models; running one does not need it")
    monkeypatch.chdir(tmp_path)
    for page in LABELLED:
        write_labels(f"{page.name}.labels.jsonl", [page])
    write_labels("held-out.jsonl.gz", HELD_OUT)
    trained = run("train", *(f"{page.name}.labels.jsonl" for page in LABELLED), "-o", "my-model")
    assert trained.output.splitlines()[1] == "my-model/text.json: no labelled pages: copied"
    evaluated = run("evaluate", "held-out.jsonl.gz", "--model", "my-model", "--against", "none")
    rows = {line.split()[1]: line.split() for line in evaluated.output.splitlines() if line.startswith(("all", "toy"))}
    assert float(rows["my-model"][4]) > 0.95
    assert float(rows["shipped"][5]) < 0.85
    assert float(rows["none"][4]) < float(rows["my-model"][4])
    Path("page.html").write_text(HELD_OUT[0].page)
    assert run("clean", "page.html", "--model", "my-model").output.strip() == HELD_OUT[0].gold


def test_importing_on_the_command_line(tmp_path: Path) -> None:
    for name, text in {"gold/a.txt": "One.", "pages/a.html": "<p>One.</p>"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    done = run("import", "gold-text", str(tmp_path), "-o", str(tmp_path / "labels.jsonl"))
    assert done.output == f"{tmp_path}/labels.jsonl: 1 labelled pages\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("train", "missing.jsonl", "-o", "m"), "missing.jsonl: no such file"),
        (("train", "labels.jsonl"), "Missing option"),
        (("train", "labels.jsonl", "-o", "m", "--from-scratch", "--model", "x"), "exclude each other"),
        (("evaluate", "labels.jsonl", "--against", "boilerpipe"), "no cleaner 'boilerpipe'"),
        (("evaluate", "damaged.jsonl", "--against", "boilerpipe"), "no cleaner 'boilerpipe'"),
        (("import", "csv", ".", "-o", "x"), "'csv' is not one of"),
    ],
)
def test_usage_errors_advise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_labels("labels.jsonl", LABELLED[:1])
    done = run(*arguments)
    assert done.exit_code != 0
    assert message in done.output + str(done.exception)
