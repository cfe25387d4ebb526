"""The user's rules: matches, order, cost, and errors."""

from __future__ import annotations

import pickle
import time
from pathlib import Path

import pytest

import boilercut
from boilercut import Config, ConfigError, Cutter, Rule, read_rules
from tests.helpers import ARTICLE

FIRST, SECOND, THIRD = ARTICLE.splitlines()
TIDES = "High water at Wend Pier 06:12 and 18:40, low water 00:05 and 12:21."
TEXT = f"{FIRST}\n{TIDES}\n{SECOND}\n{THIRD}"
HTML = f"""<nav><a href="/">Home</a> <a href="/town">Town news</a></nav><main><p>{FIRST}</p><div class="tides box"><p>{TIDES}</p>
<p>All times are winter times.</p></div><p>{SECOND}</p><p>{THIRD}</p></main>
<div id="bio"><p>Ada Brandt writes about rivers.</p></div>"""


def kept(page: str, *rules: Rule, kind: str | None = None) -> list[str]:
    return [verdict.text for verdict in boilercut.extract(page, rules=rules, kind=kind).kept]


def overruled(page: str, *rules: Rule) -> dict[str, str]:
    verdicts = boilercut.extract(page, rules=rules).verdicts
    return {verdict.text: verdict.overruled for verdict in verdicts if verdict.overruled}


def test_without_rules_the_tides_stay() -> None:
    assert TIDES in kept(TEXT)
    assert TIDES in kept(HTML)


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(Rule("drop", phrase="high water at wend pier # # and # #"), id="phrase"),
        pytest.param(Rule("drop", pattern=r"(?i)^high water .* \d\d:\d\d"), id="pattern"),
    ],
)
@pytest.mark.parametrize("page", [TEXT, HTML], ids=["text", "html"])
def test_dropping_by_words(page: str, rule: Rule) -> None:
    assert TIDES not in kept(page, rule)
    assert {FIRST, SECOND, THIRD} <= set(kept(page, rule))
    assert overruled(page, rule)[TIDES] == rule.name


def test_a_phrase_does_not_hit_a_paragraph_that_quotes_it() -> None:
    quoting = f"He said that “{TIDES[:24]}” had been on the board since the spring, and that nobody had read it since."
    page = f"{FIRST}\n{quoting}\n{SECOND}"
    assert quoting in kept(page, Rule("drop", phrase="high water at wend pier"))


def test_dropping_by_selector_takes_all_blocks_inside_and_none_behind() -> None:
    rule = Rule("drop", selector=".tides")
    before, after = kept(HTML), kept(HTML, rule)
    assert [text for text in before if text not in after] == [TIDES, "All times are winter times."]
    assert overruled(HTML, rule)[TIDES] == "drop selector '.tides'"


@pytest.mark.parametrize(
    "rule",
    [Rule("keep", selector="nav"), Rule("keep", phrase="home town news"), Rule("keep", pattern="^Home")],
    ids=lambda rule: rule.name,
)
def test_keeping(rule: Rule) -> None:
    assert "Home Town news" not in kept(HTML)
    assert kept(HTML, rule)[0] == "Home Town news"
    assert overruled(HTML, rule) == {"Home Town news": rule.name}


def test_the_last_rule_that_hits_decides() -> None:
    drop, keep = Rule("drop", selector="main"), Rule("keep", pattern="^High water")
    assert kept(HTML, drop, keep) == [TIDES]
    assert TIDES not in kept(HTML, keep, drop)


def test_a_rule_that_agrees_overrules_nothing() -> None:
    assert overruled(TEXT, Rule("keep", pattern="^The bridge")) == {}


def test_rules_weigh_more_than_kinds() -> None:
    result = boilercut.extract(HTML, exclude=["paragraph"], rules=[Rule("keep", selector=".tides")])
    assert [verdict.text for verdict in result.kept] == [TIDES, "All times are winter times."]


def test_selectors_hit_nothing_in_text() -> None:
    assert kept(TEXT, Rule("drop", selector="*")) == kept(TEXT)


@pytest.mark.parametrize("selector", [".tides", "main > div p", "[class~=box]", "#bio, .tides", "p:nth-of-type(2)"])
def test_lxml_trees_are_selected_alike(selector: str) -> None:
    html = pytest.importorskip("lxml.html", reason="lxml hands over trees")
    rule = Rule("drop", selector=selector)
    page = f"<html><body>{HTML}</body></html>"
    assert kept(html.document_fromstring(page), rule) == kept(page, rule)  # type: ignore[arg-type]


def test_batches_keep_to_rules() -> None:
    rules = [Rule("drop", selector=".tides"), Rule("drop", phrase="high water at wend pier # # and # #")]
    cutter = Cutter(rules=rules)
    pages = [HTML, TEXT, HTML.replace("tides", "other"), "", "<p>"] * 4
    assert list(cutter.clean_many(pages)) == [cutter.clean(page) for page in pages]


def test_cutters_with_rules_are_picklable() -> None:
    cutter = Cutter(rules=[Rule("drop", pattern="^High"), Rule("drop", selector=".tides"), Rule("keep", phrase="a b")])
    assert pickle.loads(pickle.dumps(cutter)).clean(HTML) == cutter.clean(HTML)


def test_patterns_are_linear_in_the_text() -> None:
    """Patterns that take a backtracking matcher longer than the universe lasts."""
    page = f"{FIRST}\n{'a' * 100_000}!\n{SECOND}"
    rules = [Rule("drop", pattern=pattern) for pattern in (r"^(a+)+$", r"(a|a)*$", r"(.*a){20}b")]
    started = time.perf_counter()
    kept(page, *rules)
    assert time.perf_counter() - started < 5


def test_lone_surrogates_do_not_stop_a_pattern() -> None:
    page = f"{FIRST}\nbad \ud800 line of text\n{SECOND}"
    assert "bad \ud800 line of text" not in kept(page, Rule("drop", pattern="^bad . line"), kind="text")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param({"action": "drop"}, "give one of phrase, pattern, selector", id="nothing"),
        pytest.param({"action": "drop", "phrase": "a", "selector": "p"}, "give one of", id="two things"),
        pytest.param({"action": "hide", "phrase": "a"}, "'hide' is neither 'keep' nor 'drop'", id="unknown action"),
        pytest.param({"action": "drop", "phrase": "…"}, "this one has 0", id="phrase without words"),
        pytest.param({"action": "drop", "phrase": "word " * 17}, "this one has 17", id="long phrase"),
        pytest.param({"action": "drop", "pattern": "("}, "no pattern for RE2", id="broken pattern"),
        pytest.param({"action": "drop", "pattern": r"(a)\1"}, "no pattern for RE2", id="back-reference"),
        pytest.param({"action": "drop", "pattern": "a" * 1001}, "at most 1000 characters", id="long pattern"),
        pytest.param({"action": "drop", "selector": "p >"}, "selector 'p >'", id="broken selector"),
        pytest.param({"action": "drop", "selector": " "}, "use text", id="blank"),
    ],
)  # fmt: skip
def test_rules_that_cannot_work_are_refused(options: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match="(?s)" + message.replace("(", r"\(")):
        Rule(**options)  # type: ignore[arg-type]


def test_only_rules_are_rules() -> None:
    with pytest.raises(ConfigError, match="is no rule"):
        Config(rules=[".tides"])  # type: ignore[arg-type]


def test_a_thousand_rules_are_enough(tmp_path: Path) -> None:
    many = [Rule("drop", selector=f".x{number}") for number in range(1001)]
    assert Cutter(rules=many[:-1]).clean(HTML) == boilercut.clean(HTML)
    with pytest.raises(ConfigError, match="1,001 rules; use at most 1,000"):
        Config(rules=many)  # type: ignore[arg-type]
    (tmp_path / "rules.toml").write_text("[[rule]]\naction = 'drop'\nselector = 'p'\n" * 1001)
    with pytest.raises(ConfigError, match="use at most 1,000"):
        read_rules(tmp_path / "rules.toml")


def test_rules_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(
        '[[rule]]\naction = "drop"\nselector = ".tides"\n[[rule]]\naction = "keep"\nphrase = "all times are winter times"\n'
    )
    assert read_rules(file) == (
        Rule("drop", selector=".tides"),
        Rule("keep", phrase="all times are winter times"),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rule = 1", "write tables"),
        ("[[rules]]\naction = 'drop'", "write tables"),
        ("", "write tables"),
        ("[[rule]", "no readable rules"),
        ("a = " + "[" * 100_000, "no readable rules"),
        ("rule = [1]", "rule 1"),
        ("[[rule]]\naction = ['drop']\nphrase = 'a'", "rule 1"),
        ("[[rule]]\naction = 'drop'\nphrase = 5", "rule 1"),
        ("[[rule]]\naction = 'drop'\ncss = 'p'", "rule 1: .*css"),
        ("[[rule]]\naction = 'drop'\nphrase = 'a'\n[[rule]]\naction = 'drop'", "rule 2: rule: give one"),
    ],
)
def test_invalid_rule_files_are_explained(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=f"rules.toml: {message}"):
        read_rules(file)


# --- phrase lists ---


def phrases(tmp_path: Path, name: str, text: str) -> str:
    (tmp_path / name).write_text(text, "utf-8")
    return str(tmp_path)


def test_phrases_of_a_folder_are_found_like_those_that_ship(tmp_path: Path) -> None:
    prompt = "Kom bij de rivierclub"
    page = f"{FIRST}\n{SECOND}\n{THIRD}\n{prompt}\nPrivacy policy"
    folder = phrases(tmp_path, "newsletter.txt", "Our club.\n[nl]\nkom bij de rivierclub\n")
    before, after = (boilercut.extract(page, phrases=own).verdicts[3] for own in (None, folder))
    spoken = {each.detector: each.log_odds for each in after.evidence}
    assert spoken.get("newsletter", 0) + spoken.get("prompts", 0) < 0
    assert after.probability < before.probability
    assert (after.text, after.kind) == (prompt, "newsletter")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("newsletters.txt", "[en]\na b", "no list has this name; there are adverts"),
        ("newsletter.txt", "a b", "no phrases there"),
        ("newsletter.txt", "[en]\n…", "has not 1 to 16 words"),
        ("newsletter.md", "[en]\na b", "no .txt files there"),
    ],
)
def test_invalid_phrase_folders_are_explained(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Config(phrases=phrases(tmp_path, name, text))
