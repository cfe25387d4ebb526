"""Wrap other cleaners, and ours, as plain functions from a page (HTML or text) to text.

`HTML_RIVALS` and `TEXT_RIVALS` hold them by name. Libraries are imported when first called, so one
that is not installed is skipped (`split_by_presence` says which, and why) and none is needed.
Each runs with the settings its users get; where its output is not text, it is made text by the
crawl dump, which adds nothing.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from importlib import import_module, metadata

import boilercut
from benchmarks.quality.renderings import crawl_dump
from boilercut.page import PageKind
from boilercut.peers import justext_lines, stoplist_for, trafilatura_text
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
    """Extract with jusText, the stop list guessed from all text of the page."""
    stoplist = stoplist_for(crawl_dump(html)) if html.strip() else frozenset()
    settings = {} if stoplist else {"stopwords_low": 0, "stopwords_high": 0}
    paragraphs = import_module("justext").justext(html, stoplist, **settings) if html.strip() else []
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
    "trafilatura": Rival(trafilatura_text, "trafilatura", "trafilatura"),
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
