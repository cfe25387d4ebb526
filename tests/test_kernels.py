"""Kernels, compiled and in NumPy, against definitions that can be read at a glance."""

from __future__ import annotations

import inspect
from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilercut import _native
from boilercut._native import kernels_py
from boilercut._native.rows import ROWS
from boilercut.blocks.arithmetic import slots_for
from boilercut.blocks.characters import character_tables
from boilercut.blocks.words import HashIndex, hash_words, ngram_hash

IS_COMPILED = _native.build() == "compiled"
each_version = pytest.mark.parametrize(
    "kernels",
    [
        kernels_py,
        pytest.param(
            _native.chosen_kernels, marks=pytest.mark.skipif(not IS_COMPILED, reason="this is the pure build")
        ),
    ],
    ids=["numpy", "compiled"],
)
words = st.lists(st.tuples(st.integers(1, 6), st.integers(0, 3)), max_size=30).map(
    lambda own: sorted(own, key=lambda each: each[1])
)
"""Some words, numbers that stand for hashes, each with its block."""


def arrays(said: list[tuple[int, int]]) -> tuple[Any, Any]:
    """Return words as an array of hashes and one of blocks."""
    hashes, blocks = ([own[row] for own in said] for row in (0, 1))
    return np.array(hashes, dtype=np.uint64), np.array(blocks, dtype=np.int64)


def facts(**rows: list[int]) -> Any:
    """Return a table of blocks with some rows filled in."""
    table = np.zeros((len(ROWS), len(next(iter(rows.values())))), dtype=np.int64)
    for name, values in rows.items():
        table[ROWS.index(name)] = values
    return table


def index_of(*keys: int) -> HashIndex:
    return HashIndex(np.array(sorted(keys), dtype=np.uint64))


@pytest.mark.skipif(not IS_COMPILED, reason="this is the pure build")
def test_both_versions_have_the_same_kernels_with_the_same_arguments() -> None:
    names = {name for name, own in vars(_native.chosen_kernels).items() if callable(own) and not name.startswith("_")}
    for name in names:
        arguments = str(inspect.signature(getattr(_native.chosen_kernels, name))).replace("'", "")
        other = inspect.signature(getattr(kernels_py, name))
        assert len(inspect.signature(getattr(_native.chosen_kernels, name)).parameters) == len(other.parameters), (
            arguments
        )


@each_version
@given(st.lists(st.lists(st.integers(-99, 99), min_size=4, max_size=4), min_size=1), st.data())
def test_ranges_are_summed(kernels: Any, rows: list[list[int]], data: st.DataObject) -> None:
    bounds = data.draw(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)).map(sorted)))
    first, end = np.array(bounds, dtype=np.int64).reshape(-1, 2).T.copy()
    found = np.empty((len(rows), len(bounds)), dtype=np.int64)
    kernels.sum_ranges(np.array(rows, dtype=np.int64), first, end, np.empty(5, dtype=np.int64), found)
    assert found.tolist() == [[sum(row[low:high]) for low, high in bounds] for row in rows]


@each_version
@pytest.mark.parametrize(("growing", "numbers"), [(True, [1, 2, 1, 0]), (False, [0, 0, 0, 0])])
def test_keys_are_numbered(kernels: Any, growing: bool, numbers: list[int]) -> None:
    known, found = {"a": 0}, np.empty(4, dtype=np.int64)
    kernels.number_all(["b", "c", "b", "a"], known, found, growing)
    assert found.tolist() == numbers
    assert known == ({"a": 0, "b": 1, "c": 2} if growing else {"a": 0})


@each_version
@given(words)
def test_weights_are_added_up(kernels: Any, said: list[tuple[int, int]]) -> None:
    pair = int(ngram_hash(np.uint64([1]), np.uint64([2]))[0])
    weights = {1: 10, 3: -20, pair: 5}
    index, sums = index_of(*weights), np.zeros((4, 4), dtype=np.int64)
    values = np.array([weights[int(key)] for key in index.keys], dtype=np.int64)
    kernels.sum_weights(*arrays(said), *index.table, values, True, sums)
    for block in range(4):
        own = [word for word, at in said if at == block]
        found = [weights[word] for word in own if word in weights]
        found += [5 for two in pairwise(own) if two == (1, 2)]
        assert sums[:, block].tolist() == [sum(found), len(found), min([0, *found]), max([0, *found])]


@each_version
@given(st.lists(st.integers(1, 6)), st.sampled_from([0, 7]))
def test_rows_of_words_and_of_pairs_are_found(kernels: Any, hashes: list[int], before: int) -> None:
    wanted = np.array(hashes, dtype=np.uint64)
    pairs = ngram_hash(np.full_like(wanted, before), wanted) if before else wanted
    index, rows = index_of(1, 3, int(ngram_hash(np.uint64([7]), np.uint64([2]))[0])), np.empty(len(hashes), np.int64)
    kernels.find_rows(wanted, before, *index.table, rows)
    keys = index.keys.tolist()
    assert rows.tolist() == [keys.index(key) if key in keys else -1 for key in pairs.tolist()]


@each_version
@given(words, st.lists(st.booleans(), min_size=4, max_size=4))
def test_runs_of_six_words_are_hashed(kernels: Any, said: list[tuple[int, int]], compared: list[bool]) -> None:
    pages, size = [0, 0, 1, 1], len(said)
    keys, (begins, ends) = np.zeros(size, dtype=np.uint64), np.zeros((2, size), dtype=np.int64)
    marks = np.array(compared).view(np.uint8)
    count = kernels.hash_shingles(*arrays(said), marks, np.array(pages, dtype=np.int64), keys, begins, ends)
    own = [each for each in said if compared[each[1]]]
    runs = [own[place : place + 6] for place in range(len(own) - 5)]
    runs = [run for run in runs if pages[run[0][1]] == pages[run[-1][1]]]
    assert list(zip(begins[:count].tolist(), ends[:count].tolist(), strict=True)) == [
        (run[0][1], run[-1][1]) for run in runs
    ]
    said_runs = [(pages[run[0][1]], *(word for word, _ in run)) for run in runs]
    assert [said_runs.index(run) for run in said_runs] == [
        keys[:count].tolist().index(key) for key in keys[:count].tolist()
    ]


@each_version
@given(words, st.lists(st.integers(6, 9), min_size=4, max_size=4), st.lists(st.booleans(), min_size=4, max_size=4))
def test_blocks_that_may_be_copies_are_noticed(
    kernels: Any, said: Any, sizes: list[int], droppable: list[bool]
) -> None:
    numbers, begins = arrays(said)
    keys, marks = numbers << np.uint64(60), np.array(droppable).view(np.uint8)
    halves, owners = (numbers // np.uint64(2)).tolist(), begins.tolist()
    first = [owners.index(block) for block in sorted(set(owners)) if droppable[block]]
    looked_at = [(row, min(row + (sizes[owners[row]] - 6) // 2, len(said) - 1)) for row in first]
    expected = any(halves.count(halves[row]) > 1 < halves.count(halves[middle]) for row, middle in looked_at)
    buckets, words_of = np.zeros(8, dtype=np.uint8), np.array(sizes, dtype=np.int64)
    assert bool(kernels.may_hold_copies(keys, begins, words_of, marks, 6, 61, buckets)) == expected


@each_version
@given(words)
def test_phrases_are_found(kernels: Any, said: list[tuple[int, int]]) -> None:
    pair = int(ngram_hash(np.uint64([1]), np.uint64([2]))[0])
    index = index_of(1, 3, pair)
    members = np.array([{pair: 1, 3: 3}.get(int(key), 0) for key in index.keys], dtype=np.int64)
    continues = np.array([key == 1 for key in index.keys], dtype=np.uint8)
    held, (covered, matches) = np.zeros(len(said), dtype=np.int64), np.zeros((2, 2, 4), dtype=np.int64)
    book = (*index.table, members, continues, 2)
    kernels.find_phrases(*arrays(said), *book, held, covered, matches)
    lists = np.zeros(4, dtype=np.int64)
    kernels.mark_phrases(*arrays(said), *book, lists)
    for block in range(4):
        own = [word for word, at in said if at == block]
        pairs, threes = sum(two == (1, 2) for two in pairwise(own)), own.count(3)
        assert matches[:, block].tolist() == [pairs + threes, threes]
        assert covered[:, block].tolist() == [2 * pairs + threes, threes]
        assert lists[block] == (3 if threes else 1 if pairs else 0)


@each_version
@given(words, words, words)
def test_words_of_titles_and_descriptions_are_counted(kernels: Any, said: Any, title: Any, description: Any) -> None:
    pages = [0, 0, 1, 3]
    table = facts(pages=pages)
    slots, marks = slots_for(2 * (len(title) + len(description)) + 1)
    kernels.count_said(*arrays(said), *arrays(title), *arrays(description), slots, marks, table)
    rows = dict(zip(ROWS, table.tolist(), strict=True))
    for block, page in enumerate(pages):
        own = [word for word, at in said if at == block]
        titled, described = ([word for word, at in each if at == page] for each in (title, description))
        pairs = set(pairwise(described))
        assert rows["in_title"][block] == sum(word in titled for word in own)
        assert rows["in_description"][block] == sum(word in described for word in own)
        assert rows["described_pairs"][block] == sum(two in pairs for two in pairwise(own))
        assert (rows["title_words"][block], rows["description_words"][block]) == (len(titled), len(described))


@each_version
@given(words)
def test_words_that_prose_elsewhere_says_are_counted(kernels: Any, said: list[tuple[int, int]]) -> None:
    prose, pages = [1, 0, 1, 1], [0, 0, 0, 1]
    slots, used = slots_for(64)
    counts, scratch = np.zeros(4, dtype=np.int64), np.empty((2, len(slots)), dtype=np.int64)
    places = np.empty(len(said), dtype=np.int64)
    assert kernels.count_core(*arrays(said), facts(prose=prose, pages=pages), slots, used, scratch, places, counts)
    for block in range(4):
        elsewhere = {word for word, at in said if prose[at] and pages[at] == pages[block] and at != block}
        assert counts[block] == sum(word in elsewhere for word, at in said if at == block)


@each_version
@pytest.mark.parametrize(
    ("name", "parts"),
    [("postBody", "post body"), ("site-nav2", "site nav"), ("NAVBar", "navbar"), ("", ""), ("ñUé", "ñ ué")],
)
def test_names_are_split_at_humps(kernels: Any, name: str, parts: str) -> None:
    tables, names = character_tables(), ["x", name]
    hashes, owners = np.empty(20, dtype=np.uint64), np.empty(20, dtype=np.int64)
    size = kernels.split_names(names, tables.classes, tables.keys, hashes, owners)
    assert hashes[:size].tolist() == hash_words(f"x {parts}")
    assert owners[:size].tolist() == [0] + [1] * len(parts.split())


@each_version
def test_spans_are_measured(kernels: Any) -> None:
    text = "Three words here, 24 of them. ok 桥梁"
    table = facts(link_characters=[0, 2, 0])
    starts, ends = np.array([0, 30, 33]), np.array([29, 32, 35])
    fingerprints, hashes, owners = (
        np.empty(3, dtype=np.uint64),
        np.empty(99, dtype=np.uint64),
        np.empty(99, dtype=np.int64),
    )
    tables = character_tables()
    size = kernels.measure_spans(
        text, starts, ends, tables.classes, tables.keys, 2, 3, table, fingerprints, hashes, owners
    )
    rows = dict(zip(ROWS, table.tolist(), strict=True))
    assert Counter(owners[:size].tolist()) == {0: 6, 1: 1, 2: 2}
    assert hashes[:3].tolist() == hash_words("three WORDS here")
    assert rows["words"] == [6, 1, 2]
    assert rows["word_weights"] == [6, 1, 1]
    assert rows["characters"] == [29, 2, 2]
    assert rows["longest_word"] == [5, 2, 1]
    assert (rows["capitalised"], rows["sentences"], rows["digits"], rows["commas"]) == (
        [1, 0, 0],
        [1, 0, 0],
        [2, 0, 0],
        [1, 0, 0],
    )
    assert [chr(code) for code in rows["first_code"]] == ["T", "o", "桥"]
    assert [chr(code) for code in rows["last_code"]] == [".", "k", "梁"]
    assert rows["prose"] == [1, 0, 0]


@each_version
def test_inputs_are_values_neighbours_and_means_within_the_page(kernels: Any) -> None:
    values = np.array([[1.0, 2, 3, 4], [0.5, 0, 0, 8]])
    first, end = np.array([0, 0, 0, 3]), np.array([3, 3, 3, 4])
    rows, reaches, offsets = np.array([0, 0, 1, 1]), np.array([-1, -1, 1, 0]), np.array([0, 1, 0, 0])
    matrix, sums = np.empty((4, 4), dtype=np.float32), np.empty(5, dtype=np.int64)
    kernels.fill_inputs(values, rows, reaches, offsets, first, end, -1.0, 1 / 256, sums, matrix)
    third = np.float32(round(0.5 * 256) / 256 / 3)
    assert matrix.tolist() == [[1, 2, 3, 4], [2, 3, -1, -1], [0.25, third, 0, 8], [0.5, 0, 0, 8]]


@each_version
def test_trees_add_up_the_lowest_leaf_that_is_left(kernels: Any) -> None:
    inputs = np.array([[0.0, 1, 2] * 200], dtype=np.float32)
    asked = np.zeros((3, 2), dtype=np.intp)
    thresholds = np.full((3, 2), np.inf, dtype=np.float32)
    thresholds[:2] = [[0.5, 1.5], [1.5, np.inf]]
    lost = np.array([[1, 1], [2, 0], [0, 0]], dtype=np.uint16)
    leaves, scores = np.zeros((2, 16), dtype=np.int64), np.ones(600, dtype=np.int64)
    leaves[:, :3] = [[10, 20, 30], [100, 200, 0]]
    kernels.score_trees(inputs, asked, thresholds, lost, leaves, scores)
    assert scores.tolist() == [111, 121, 231] * 200


@each_version
@pytest.mark.parametrize("size", [1, 7, 8, 9, 255, 257])
def test_trees_say_of_a_block_the_same_alone_and_among_others(kernels: Any, size: int) -> None:
    draw = np.random.default_rng(size)
    inputs = draw.random((3, size), dtype=np.float32)
    asked, lost = draw.integers(0, 3, (3, 4)), np.array([[1] * 4, [2] * 4, [4] * 4], dtype=np.uint16)
    thresholds, leaves = draw.random((3, 4), dtype=np.float32), draw.integers(0, 100, (4, 16))
    together, alone = np.zeros(size, dtype=np.int64), np.zeros((size, 1), dtype=np.int64)
    kernels.score_trees(inputs, asked, thresholds, lost, leaves, together)
    for block in range(size):
        kernels.score_trees(inputs[:, block : block + 1].copy(), asked, thresholds, lost, leaves, alone[block])
    assert together.tolist() == alone[:, 0].tolist()
