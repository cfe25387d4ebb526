"""Wrap other cleaners, and ours, as plain functions from a page (HTML or text) to text.

`HTML_RIVALS` and `TEXT_RIVALS` hold them by name. Libraries are imported when first called, so one
that is not installed is skipped (`split_by_presence` says which, and why) and none is needed.
Each runs with the settings its users get; where its output is not text, it is made text by the
crawl dump, which adds nothing.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module, metadata
from typing import Any

import boilercut
from benchmarks.quality.renderings import crawl_dump
from boilercut.page import PageKind
from boilercut.training.measures import words

Cleaner = Callable[[str], str]

C4_MIN_WORDS = 5
"""Fewest words in a line that C4 keeps. Source: Raffel et al. 2020, section 2.2."""

C4_LINE_ENDS = (".", "!", "?", '"', "”")
"""Terminal punctuation by which C4 knows a sentence (ibid.); the curly end quote is added."""

PROSE_MIN_WORDS = 20
"""Words from which `best_run` takes a line for prose whatever it ends with (8, 12, 20 tried)."""

RUN_PENALTY = 4
"""What a line that is not prose costs `best_run`, in words of prose (2, 4, 8, 12, 20 tried).

Both are the best of those tried on crawl dumps of 60 pages of each training set, so that the
baseline is as strong as it gets: mean F1 .751, against .707 at worst.
"""

_LANGUAGES = """
English German French Spanish Italian Portuguese Dutch Swedish Norwegian_Bokmal Danish
Finnish Polish Czech Hungarian Romanian Turkish Russian Ukrainian Greek Arabic Persian
Hebrew Indonesian Vietnamese Korean
"""

STOPLISTS = tuple(_LANGUAGES.split())
"""The jusText stop lists that a page's language is guessed from; it has none for Chinese, Japanese."""

MIN_STOPWORD_SHARE = 0.15
"""Below this share of stop words no list fits, and jusText runs in its language-independent way."""

# The ideographic full stop and the full-width marks for !, ? and ; end sentences as well.
_SENTENCE_END = re.compile('[.!?…:;\u3002\uff01\uff1f\uff1b”"»)]$')


@dataclass(frozen=True, slots=True)
class Rival:
    """A cleaner to be measured: its function and the package that it needs, if any."""

    clean: Cleaner
    module: str | None = None
    distribution: str | None = None


def ours(page: str, *, kind: PageKind) -> str:
    """Clean with boilercut itself."""
    return boilercut.clean(page, kind=kind)


def trafilatura(html: str) -> str:
    """Extract with trafilatura, default settings."""
    return import_module("trafilatura").extract(html) or ""


def resiliparse(html: str) -> str:
    """Extract with resiliparse's main-content rules, alternative texts of images left out."""
    extract = import_module("resiliparse.extract.html2text").extract_plain_text
    return str(extract(html, main_content=True, alt_texts=False))


def readability(html: str) -> str:
    """Extract with readability-lxml; its fragment is made text by the crawl dump."""
    if not html.strip():
        return ""
    return crawl_dump(import_module("readability").Document(html).summary())


def justext(html: str) -> str:
    """Extract with jusText, the stop list guessed from the page's text (see `guess_stoplist`)."""
    if not html.strip():
        return ""
    settings = _justext_settings(crawl_dump(html))
    paragraphs = import_module("justext").justext(html, **settings)
    return "\n".join(part.text for part in paragraphs if not part.is_boilerplate)


def untouched(text: str) -> str:
    """Clean nothing: what a cleaner of text has to beat."""
    return text


def c4_lines(text: str) -> str:
    """Keep the lines that C4 keeps: sentences of five words, without "javascript", "lorem ipsum".

    Source: Raffel et al. 2020, "Exploring the Limits of Transfer Learning with a Unified
    Text-to-Text Transformer", section 2.2, its rules on lines only. The rules on whole pages
    (three sentences, bad words, curly brackets, English) choose pages and have no place here.
    """
    return "\n".join(line for line in text.splitlines() if _c4_keeps(line))


def justext_lines(text: str) -> str:
    """Apply jusText's two passes to lines, each a paragraph without links or tags."""
    core = import_module("justext.core")
    paragraphs = [_justext_paragraph(line) for line in text.splitlines() if line.strip()]
    settings = _justext_settings(text)
    core.classify_paragraphs(paragraphs, **settings)
    core.revise_paragraph_classification(paragraphs)
    return "\n".join(part.text for part in paragraphs if not part.is_boilerplate)


def best_run(text: str) -> str:
    """Keep the one run of lines with most words of prose, each other line in it at a cost.

    A fifteen-line baseline: a line is prose when it ends as a sentence does or has
    `PROSE_MIN_WORDS`; it earns its words, any other line costs `RUN_PENALTY`. The run with the
    greatest sum is found in one pass (Kadane's).
    """
    lines = text.splitlines()
    best, best_sum, start, running = (0, 0), 0, 0, 0
    for number, line in enumerate(lines):
        running += _prose_words(line)
        if running > best_sum:
            best, best_sum = (start, number + 1), running
        elif running < 0:
            start, running = number + 1, 0
    return "\n".join(lines[best[0] : best[1]])


HTML_RIVALS: dict[str, Rival] = {
    "ours": Rival(partial(ours, kind="html"), distribution="boilercut"),
    "trafilatura": Rival(trafilatura, "trafilatura", "trafilatura"),
    "resiliparse": Rival(resiliparse, "resiliparse", "Resiliparse"),
    "readability": Rival(readability, "readability", "readability-lxml"),
    "justext": Rival(justext, "justext", "jusText"),
}
"""From HTML to text, by name."""

TEXT_RIVALS: dict[str, Rival] = {
    "ours": Rival(partial(ours, kind="text"), distribution="boilercut"),
    "none": Rival(untouched),
    "c4": Rival(c4_lines),
    "justext": Rival(justext_lines, "justext", "jusText"),
    "best-run": Rival(best_run),
}
"""From text to text, by name."""

RIVALS = {"html": HTML_RIVALS, "text": TEXT_RIVALS}


def split_by_presence(
    rivals: dict[str, Rival], names: Iterable[str] | None = None
) -> tuple[dict[str, Rival], dict[str, str]]:
    """Split the named rivals (all, by default) into those that can run and reasons to skip others.

    Raises:
        KeyError: no rival has one of the names.
    """
    wanted = {name: rivals[name] for name in (names or rivals)}
    reasons = {name: reason for name, rival in wanted.items() if (reason := _why_absent(rival))}
    return {name: rival for name, rival in wanted.items() if name not in reasons}, reasons


def versions(rivals: Iterable[Rival]) -> dict[str, str]:
    """Return the versions of the packages that the rivals need, by distribution name."""
    return {name: _version(name) for rival in rivals if (name := rival.distribution)}


def guess_stoplist(text: str) -> str | None:
    """Return the jusText stop list that the text has the greatest share of words from.

    `None` when no list has `MIN_STOPWORD_SHARE`, as in scripts without spaces.
    """
    counts = Counter(words(text))
    shares = {
        name: sum(counts[word] for word in counts.keys() & _stoplist(name)) / max(1, counts.total())
        for name in STOPLISTS
    }
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] >= MIN_STOPWORD_SHARE else None


def _why_absent(rival: Rival) -> str:
    if rival.module is None:
        return ""
    try:
        import_module(rival.module)
    except ImportError as error:
        return f"not importable: {error}"
    return ""


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "not installed, imported from the working tree"


def _c4_keeps(line: str) -> bool:
    folded = line.lower()
    return (
        line.rstrip().endswith(C4_LINE_ENDS)
        and not line.rstrip().endswith("...")
        and len(words(line)) >= C4_MIN_WORDS
        and "javascript" not in folded
        and "lorem ipsum" not in folded
    )


def _prose_words(line: str) -> int:
    count = len(words(line))
    ended = count >= C4_MIN_WORDS and _SENTENCE_END.search(line)
    return count if ended or count >= PROSE_MIN_WORDS else -RUN_PENALTY


@cache
def _stoplist(name: str) -> frozenset[str]:
    stopwords: frozenset[str] = import_module("justext").get_stoplist(name)
    return stopwords


def _justext_settings(text: str) -> dict[str, Any]:
    """Return the stop list for the text, or jusText's documented settings for none."""
    name = guess_stoplist(text)
    if name is None:
        return {"stoplist": frozenset(), "stopwords_low": 0, "stopwords_high": 0}
    return {"stoplist": _stoplist(name)}


def _justext_paragraph(line: str) -> Any:
    """Make the paragraph object that jusText's rules read, from a line of text."""
    justext_paragraph = import_module("justext.paragraph")
    paragraph = justext_paragraph.Paragraph(import_module("justext.core").PathInfo())
    paragraph.append_text(line)
    return paragraph
