"""Hash tables: words made to share a slot cost no more than others, and no answer depends on the seed."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

import boilercut
from boilercut.blocks import arithmetic as columns
from boilercut.blocks.words import Hashes, HashIndex, text_columns
from tests.growth import MAX_GROWTH, growth, seconds
from tests.helpers import ARTICLE
from tests.test_native import compiled_only

BASE, MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)


def mixed(values: Hashes) -> Hashes:
    """Mix as hash tables without a seed did."""
    values = (values ^ (values >> np.uint64(32))) * MIX
    return values ^ (values >> np.uint64(29))


def colliding_words(number: int) -> list[str]:
    """Return words that shared the first slots of a table of 2**18 that had no seed."""
    found: list[str] = []
    low = 26**4
    while len(found) < number:
        codes = np.arange(low, low + (1 << 19))
        letters = np.stack([codes // 26**place % 26 for place in range(5)], axis=1).astype(np.uint8) + ord("a")
        spelt = letters.tobytes().decode()
        words = [spelt[place : place + 5] for place in range(0, len(spelt), 5)]
        hashes = text_columns(" ".join(words)).hashes
        near = (mixed(hashes * BASE) & np.uint64((1 << 18) - 1)) < 1 << 12
        found += [words[row] for row in np.flatnonzero(near).tolist()]
        low += 1 << 19
    return list(dict.fromkeys(found))[:number]


WORDS = colliding_words(16_000)
PLACES = {
    "text": lambda words: "<p>" + " ".join(words),
    "title": lambda words: f"<title>{' '.join(words)}</title><p>{' '.join(words)}",
    "description": lambda words: f"<meta name=description content='{' '.join(words)}'><p>{' '.join(words)}",
    "blocks": lambda words: "".join(f"<p>{word}" for word in words),
    "class names": lambda words: "".join(f"<p class={word}>x" for word in words),
    "plain text": lambda words: "\n".join(words),
}


@pytest.mark.parametrize("place", PLACES)
def test_words_made_to_collide_take_linear_time(place: str) -> None:
    pages = {size: PLACES[place](WORDS[:size]) for size in (len(WORDS) // 2, len(WORDS))}
    assert growth(lambda size: boilercut.clean(pages[size]), len(WORDS) // 2) <= MAX_GROWTH


@compiled_only
@pytest.mark.parametrize("seed", [0, 1, 0xFFFFFFFFFFFFFFFF, 0x0123456789ABCDEF])
@pytest.mark.parametrize("place", PLACES)
def test_no_answer_depends_on_the_seed(place: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    page = f"<title>The bridge over the Wend</title><p>{ARTICLE}</p>" * 3 + PLACES[place](WORDS[:300])
    expected = boilercut.extract(page).to_dict()
    monkeypatch.setattr(columns, "SEED", seed)
    assert boilercut.extract(page).to_dict() == expected


def test_each_process_draws_its_own_seed() -> None:
    program = "from boilercut.blocks.arithmetic import SEED; print(SEED)"
    seeds = {subprocess.check_output([sys.executable, "-c", program]) for _ in range(2)}
    assert len(seeds) == 2


@compiled_only
def test_words_made_to_collide_take_no_longer_than_others() -> None:
    page = "<p>" + " ".join(WORDS)
    ordinary = "<p>" + " ".join(
        f"word{chr(97 + row % 26)}{chr(97 + row // 26 % 26)}{row}x" for row in range(len(WORDS))
    )
    took, ordinary_took = (min(seconds(boilercut.clean, each) for _ in range(3)) for each in (page, ordinary))
    assert took < 5 * ordinary_took + 0.01


def test_keys_that_share_a_bucket_are_found() -> None:
    crowd = np.arange(1000, 2000, dtype=np.uint64)
    index = HashIndex(np.concatenate([crowd, crowd << np.uint64(40)]))
    assert np.diff(index.first).max() >= len(crowd)
    wanted = np.concatenate([crowd[::7], crowd[:50] + np.uint64(5000), crowd[:9] << np.uint64(40)])
    positions, rows = index.find(wanted)
    assert wanted[positions].tolist() == index.keys[rows].tolist() == [*crowd[::7].tolist(), *(crowd[:9] << np.uint64(40)).tolist()]  # fmt: skip


def test_lexicons_find_what_shares_a_bucket() -> None:
    from boilercut.blocks.table import Tokens
    from boilercut.detectors.learned import Lexicon

    crowd = np.arange(1000, 2000, dtype=np.uint64)
    lexicon = Lexicon(crowd, np.arange(1000))
    sums = lexicon.sums(Tokens(crowd[[3, 999, 0]], np.array([0, 1, 1])), 3)
    assert json.dumps(sums.tolist()) == json.dumps([[3, 999, 0], [1, 2, 0], [0, 0, 0], [3, 999, 0]])
