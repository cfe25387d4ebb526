"""Measures of cleaned text: word-F1, which lines were kept, lost snippets, bootstrap intervals.

Everything is plain arithmetic on strings; nothing here needs boilercut or the data.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy

# Scripts written without spaces between words: kana, Han (with extensions and compatibility
# forms) and Thai. Korean has spaces and is counted by words.
_UNSPACED = (
    "\u0e00-\u0e7f\u3040-\u30ff\u31f0-\u31ff\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
)
# Either one word character of such a script, or a run of word characters of any other: two
# character classes that share no character, so no input makes it backtrack.
_WORD = re.compile(rf"(?=\w)[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_FIRST_UNSPACED = re.compile(f"[{_UNSPACED}]")
_NOT_WORDS = re.compile(r"[\W_]+")


class Score(NamedTuple):
    """Precision, recall and their harmonic mean, each from 0 to 1."""

    precision: float
    recall: float
    f1: float


def words(text: str) -> list[str]:
    r"""Split text into the words that measures count: runs of ``\w`` characters, lower-cased.

    Each character of a script without spaces (Han, kana, Thai) is a word of its own; WCXB's own
    definition, ``\w+``, would take a whole Chinese clause for one word.

    >>> words("It's 10 °C in 北京")
    ['it', 's', '10', 'c', 'in', '北', '京']
    """
    return _WORD.findall(text.lower())


def word_f1(output: str, gold: str) -> Score:
    """Compare the multisets of `words` of an output and of the gold text, as WCXB defines it.

    Word order does not matter. An output without words scores 0, unless the gold has none either.
    Source: WCXB, the Web Content Extraction Benchmark (evaluation by word-level F1).

    >>> word_f1("Home The cat sat", "The cat sat down").f1
    0.75
    """
    return _score(Counter(words(output)), Counter(words(gold)))


def line_f1(kept: Sequence[bool], labels: Sequence[bool]) -> Score:
    """Compare the lines that were kept with the labelled ones, each line counting once.

    >>> line_f1([True, True, False], [True, False, False])
    Score(precision=0.5, recall=1.0, f1=0.6666666666666666)
    """
    hits = sum(1 for guess, label in zip(kept, labels, strict=True) if guess and label)
    return _harmonic(hits, sum(kept), sum(labels))


def character_accuracy(lines: Sequence[str], kept: Sequence[bool], labels: Sequence[bool]) -> float:
    """Return the share of characters in lines whose verdict is right; 1 for an empty document.

    Lines weigh what they have in characters, white space at the ends left out.

    >>> character_accuracy(["four", "six..."], [True, True], [True, False])
    0.4
    """
    sizes = [len(line.strip()) for line in lines]
    right = sum(size for size, guess, label in zip(sizes, kept, labels, strict=True) if guess == label)
    return right / sum(sizes) if sum(sizes) else 1.0


def kept_lines(lines: Sequence[str], output: str) -> list[bool]:
    r"""Tell which lines of a document are in an output that is an ordered subset of them.

    Lines are compared with white space evened out, as some cleaners do to theirs. An output line
    goes to the first line like it that is still ahead; one that is nowhere ahead is passed over.
    Empty lines are never kept.

    >>> kept_lines(["Menu", "Text.", "Menu"], "Text.\nMenu")
    [False, True, True]
    """
    evened = [" ".join(line.split()) for line in lines]
    kept, position = [False] * len(lines), 0
    for wanted in filter(None, (" ".join(line.split()) for line in output.splitlines())):
        try:
            found = evened.index(wanted, position)
        except ValueError:
            continue
        kept[found], position = True, found + 1
    return kept


def losses(output: str, with_: Iterable[str]) -> float | None:
    """Return the share of the snippets that must appear but do not; `None` without snippets.

    Case, white space and punctuation are evened out before one is looked for in the other.

    >>> losses("The cat sat.", ["The cat", "the dog"])
    0.5
    """
    wanted = [snippet for snippet in map(even_out, with_) if snippet]
    if not wanted:
        return None
    evened = even_out(output)
    return sum(not holds(evened, snippet) for snippet in wanted) / len(wanted)


def bootstrap_interval(
    values: Sequence[float], *, draws: int = 1000, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    """Return the percentile bootstrap interval of the mean of one value a page.

    Pages are drawn with replacement, `draws` times, from a generator with a fixed seed: the same
    values give the same interval. No values give ``(nan, nan)``.

    >>> bootstrap_interval([0.5, 0.5, 0.5])
    (0.5, 0.5)
    """
    if not values:
        return (float("nan"), float("nan"))
    pages = numpy.asarray(values, dtype=float)
    picks = numpy.random.default_rng(seed).integers(len(pages), size=(draws, len(pages)))
    edges = numpy.quantile(pages[picks].mean(axis=1), [(1 - level) / 2, (1 + level) / 2])
    return (float(edges[0]), float(edges[1]))


def even_out(text: str) -> str:
    """Fold case and turn each run of space and punctuation into one space, to look snippets up.

    Punctuation goes too, so that Markdown's marks, curly quotes and line breaks between a label
    and its value do not count as losses.
    """
    return _NOT_WORDS.sub(" ", text).strip().casefold()


def holds(evened: str, snippet: str) -> bool:
    """Return whether an evened text has the words of an evened snippet in a row, whole words only.

    Scripts without spaces have no word bounds; there any place counts.

    >>> holds("the homeowner left", "home"), holds("go home", "home"), holds("去北京吧", "北京")
    (False, True, True)
    """
    return snippet in evened if _FIRST_UNSPACED.match(snippet) else f" {snippet} " in f" {evened} "


def _score(output: Counter[str], gold: Counter[str]) -> Score:
    return _harmonic((output & gold).total(), output.total(), gold.total())


def _harmonic(hits: int, given: int, wanted: int) -> Score:
    if not given and not wanted:
        return Score(1.0, 1.0, 1.0)
    precision = hits / given if given else 0.0
    recall = hits / wanted if wanted else 0.0
    return Score(precision, recall, 2 * hits / (given + wanted))
