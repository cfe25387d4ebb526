"""Malformed HTML and crawl archives by others: nothing raises, nothing hangs, and no text of a page is lost.

The corpora stay in the shared data folder; the trees at the top are this project's own.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from time import thread_time

import pytest

from benchmarks.quality.data import MissingDataError, data_folder
from boilercut import Cutter
from boilercut.read.decode import decoded
from tests.helpers import html_texts
from tests.torture import TreeCase, inputs_of, members, tree_cases

CUTTER = Cutter()
MAX_SECONDS = 5.0
"""Of one page, or of a stack of small ones; the longest takes a tenth of it."""
EXPLAINED = 50
"""Number of inputs per explained input; explaining costs most."""
SUITES = ("gumbo", "html5ever", "html5lib-tests", "jsoup", "justhtml", "lexbor", "nokogiri")
INPUTS = 10_955
TREES = 1840
TREES_WITH_TEXT = 651

KNOWN_DIFFERENCES = {
    # Lost.
    "<svg><tr><title><section\n><math><p><tr>>": "lexbor leaves the row inside the picture, whose text is not read",
    # Not lost.
    "<\x00div>": "lexbor leaves a NUL out of text, the standard puts a replacement character there",
    "<textarea\x0b/>x": "a vertical tab in a tag counts as white space where pages closed XML's way are mended",
    '<x/">': "no text: an attribute whose name is a quote is written down as texts are",
}
"""Sources of tests of tree construction of which other text is read than the tree holds, and why."""
if int(version("selectolax").partition(".")[0]) < 1:
    KNOWN_DIFFERENCES |= {
        "<div><select></div>text": "parsed before the standard let other elements into lists of options",
        "<h3><svg><title><d></h3><": "an older lexbor leaves the heading inside the picture's title",
    }

OWN_TREES = b"""\
#data
<p>One<b>two<p>three</b>four
#errors
#document
| <html>
|   <head>
|   <body>
|     <p>
|       "One"
|       <b>
|         "two"
|     <p>
|       <b>
|         "three"
|       "four
"

#data
<table>lost<tr><td>cell</table>found
#errors
#document
| <html>
|   <head>
|   <body>
|     "lost"
|     <table>
|       <tbody>
|         <tr>
|           <td>
|             "cell"
|     "found"

#data
<title>No</title><svg><text>no</text><p>yes
#errors
#script-off
#document
| <html>
|   <head>
|     <title>
|       "No"
|   <body>
|     <svg svg>
|       <svg text>
|         "no"
|     <p>
|       "yes"

#data
<td>of a fragment
#errors
#document-fragment
tr
#document
| <td>
|   "of a fragment"

#data
<template>no</template><!-- "no" --><a href="no">a "b"</a>
#errors
#document
| <html>
|   <head>
|     <template>
|       content
|         "no"
|     <!--  "no"  -->
|   <body>
|     <a>
|       href="no"
|       "a "b""
"""


def letters_of(case: TreeCase) -> str:
    """Return what is read of a source, without white space."""
    return "".join("".join(html_texts(case.source)).split())


def test_own_trees_are_read_whole() -> None:
    cases = list(tree_cases("own.dat", OWN_TREES))
    assert [case.visible for case in cases] == ["Onetwothreefour", "lostcellfound", "yes", 'a"b"']
    assert [letters_of(case) for case in cases] == [case.visible for case in cases]


def test_inputs_are_found_in_all_kinds_of_files() -> None:
    packed = gzip.compress(b"<p>in")
    holders = {
        "a.dat": b"#data\n<p>one\n#errors\n\n#data\n<p>two\n\n#encoding\nutf-8\n",
        "a.test": rb'{"tests": [{"input": "<p>\u00e9\"", "output": []}]}',
        "a.ton": b'[{"data": "<p>\\x41\n"}, {"data": $DATA{ ,4}\n    <p>\n      b\n    $DATA}]',
        "a.html.gz": packed,
        "a.html": b"<p>plain",
    }
    found = {name: list(inputs_of(name, data)) for name, data in holders.items()}
    assert all(inputs.pop(0) == holders[name] for name, inputs in found.items())
    assert found == {
        "a.dat": [b"<p>one", b"<p>two\n"],
        "a.test": ['<p>é"'.encode()],
        "a.ton": [b"<p>A\n", b"<p>\n  b"],
        "a.html.gz": [b"<p>in"],
        "a.html": [],
    }


# The corpora of the data folder, where it is there.


@pytest.fixture(scope="session")
def suites() -> dict[str, bytes]:
    return members(_archive("torture.tar.xz"))


def _archive(name: str) -> Path:
    try:
        archive = data_folder() / name
    except MissingDataError as error:
        pytest.skip(str(error))
    if not archive.is_file():
        pytest.skip(f"no {name} in {archive.parent}")
    return archive


def each_in_time(answers: Iterable[object]) -> int:
    """Count answers; raise AssertionError where one takes too long. Other processes do not count."""
    count, begun = 0, thread_time()
    for count, _ in enumerate(answers, 1):
        assert thread_time() - begun < MAX_SECONDS, f"answer {count}"
        begun = thread_time()
    return count


@pytest.fixture(scope="session")
def inputs(suites: dict[str, bytes]) -> dict[bytes, str]:
    """Return each input, once, with the suite that has it first."""
    found: dict[bytes, str] = {}
    for name, data in suites.items():
        for each in inputs_of(name, data):
            found.setdefault(each, name.split("/")[1])
    assert len(found) == INPUTS
    return found


@pytest.mark.data
@pytest.mark.parametrize("suite", SUITES)
def test_every_input_is_answered_in_time(inputs: dict[bytes, str], suite: str) -> None:
    pages = [each for each, owner in inputs.items() if owner == suite]
    assert pages
    texts = [each.decode("utf-8", "surrogateescape") for each in pages]
    assert each_in_time(CUTTER.clean_many(pages)) == len(pages)
    assert each_in_time(CUTTER.clean_many(texts, kind="html")) == len(pages)
    explained = [*pages[::EXPLAINED], *texts[EXPLAINED // 2 :: EXPLAINED]]
    assert each_in_time(CUTTER.extract(each) for each in explained) == len(explained)


@pytest.mark.data
def test_no_text_of_an_expected_tree_is_lost(suites: dict[str, bytes]) -> None:
    files = {
        name: data for name, data in suites.items() if re.search(r"/tree-construction/.*\.dat|-tests__.*\.dat", name)
    }
    cases = [case for name, data in files.items() for case in tree_cases(name, data)]
    assert len(cases) == TREES
    assert sum(bool(case.visible) for case in cases) == TREES_WITH_TEXT
    assert {case.source for case in cases if letters_of(case) != case.visible} == set(KNOWN_DIFFERENCES)


@pytest.mark.data
@pytest.mark.extra
def test_run_writes_every_page_of_an_archive(tmp_path: Path) -> None:
    pytest.importorskip("fastwarc", reason="needs the extra batch")
    pytest.importorskip("warcio", reason="needs the extra batch")
    from boilercut.batch import Job, run
    from boilercut.batch.inputs import find_sources
    from boilercut.batch.readers import read_sources
    from boilercut.batch.records import Failed, Record, Skipped

    for name, data in members(_archive("warc.tar.xz")).items():
        (tmp_path / name.replace("/", "+")).write_bytes(data)
    job = Job(inputs=(str(tmp_path),), output=tmp_path.with_suffix(".jsonl"))
    items = [placed.item for placed in read_sources(find_sources(job.inputs), job)]
    pages = [item for item in items if isinstance(item, Record)]
    counts = run(job)
    rows = [json.loads(line) for line in job.output.read_text("utf-8").splitlines()]
    texts = {page.id: CUTTER.clean(decoded(bytes(page.page), page.charset), kind=page.kind) for page in pages}
    assert {row["id"]: row["text"] for row in rows} == {row["id"]: texts[row["id"]] for row in rows}
    assert counts.read == len(items) > len(pages) > len(rows) / 2 > 50
    assert counts.failed.total() == sum(isinstance(item, Failed) for item in items)
    binary = len(pages) - len(rows)
    assert counts.skipped.total() == sum(isinstance(item, Skipped) for item in items) + binary
    assert counts.skipped["binary data"] == binary


@pytest.mark.data
def test_every_payload_of_an_archive_is_a_page_too() -> None:
    """Whatever a record is of, clipped and broken ones included, found without a reader of archives."""
    payloads = [each for data in members(_archive("warc.tar.xz")).values() for each in _payloads(data)]
    assert len(payloads) > 400
    assert each_in_time(CUTTER.clean_many(payloads)) == len(payloads)
    texts = [each.decode("utf-8", "replace") for each in payloads]
    assert each_in_time(CUTTER.clean_many(texts)) == len(payloads)
    explained = payloads[::EXPLAINED]
    assert each_in_time(CUTTER.extract(each) for each in explained) == len(explained)


def _payloads(archive: bytes) -> Iterator[bytes]:
    """Yield the archive, and of each record what follows its head, and what follows that of HTTP."""
    yield archive
    for record in re.split(rb"^(?=WARC/\d)", b"".join(_unpacked(archive)), flags=re.MULTILINE):
        _, _, block = record.partition(b"\r\n\r\n")
        yield block
        if block.startswith(b"HTTP/"):
            yield block.partition(b"\r\n\r\n")[2]


def _unpacked(archive: bytes) -> Iterator[bytes]:
    """Unpack the members of a gzip file as far as they go."""
    while archive.startswith(b"\x1f\x8b"):
        member = zlib.decompressobj(wbits=31)
        try:
            yield member.decompress(archive)
        except zlib.error:
            return
        archive = member.unused_data
    yield archive
