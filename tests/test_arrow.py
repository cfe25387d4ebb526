"""Arrow tables keep rows, order, nulls and types."""

from __future__ import annotations

import pytest

import boilercut
from boilercut.errors import ConfigError
from tests.helpers import ARTICLE, golden_sources

pa = pytest.importorskip("pyarrow", reason="needs the extra arrow")
pytestmark = pytest.mark.extra

from boilercut.arrow import article_schema, clean_table  # noqa: E402

PAGES = [source.read_text(encoding="utf-8") for source in golden_sources("realistic")]
TYPES = ["string", "large_string", "string_view", "binary", "large_binary", "binary_view"]


@pytest.mark.parametrize("name", TYPES)
def test_pages_of_any_type_of_text_or_bytes(name: str) -> None:
    pages = [None, *PAGES[:5], b"" if "binary" in name else "", None]
    column = pa.array([page.encode() if page and "binary" in name else page for page in pages], pa.type_for_alias(name))
    table = clean_table(pa.table({"page": column}), "page")
    wanted = [None, *map(boilercut.extract, PAGES[:5]), boilercut.extract(""), None]
    assert table["text"].to_pylist() == [each and each.text for each in wanted]
    assert table["title"].to_pylist() == [each and each.title for each in wanted]
    assert table["confidence"].to_pylist() == [each and each.confidence for each in wanted]
    assert table.schema.field("page").type == pa.type_for_alias(name)


def test_every_field_has_its_type() -> None:
    names = ["text", "title", "confidence", "kept", "cut", "truncated"]
    table = clean_table(pa.table({"page": [PAGES[0]]}), "page", fields=names, prefix="a_")
    result = boilercut.extract(PAGES[0])
    assert table.schema.names == ["page", *(f"a_{name}" for name in names)]
    assert table.select(table.schema.names[3:]).to_pylist() == [
        {"a_confidence": result.confidence, "a_kept": len(result.kept), "a_cut": len(result.cut), "a_truncated": False}
    ]
    assert table.schema.equals(pa.schema([pa.field("page", pa.string()), *article_schema(names, "a_")]))


def test_chunks_slices_dictionaries_and_other_columns_are_kept() -> None:
    chunked = pa.chunked_array(
        [pa.array(PAGES[:3]), pa.array([], pa.string()), pa.array(PAGES[3:40])]
    ).dictionary_encode()
    table = pa.table({"n": range(len(PAGES[:40])), "page": chunked}).slice(2, 20)
    cleaned = clean_table(table, "page", fields=["text"])
    assert cleaned["n"].to_pylist() == list(range(2, 22))
    assert cleaned["text"].to_pylist() == [boilercut.clean(page) for page in PAGES[2:22]]


def test_a_record_batch_gives_a_record_batch() -> None:
    batch = pa.RecordBatch.from_pydict({"page": [ARTICLE, None]})
    cleaned = clean_table(batch, "page", kind="text", cutter=boilercut.Cutter(mode=0.0001))
    assert isinstance(cleaned, pa.RecordBatch)
    assert cleaned.column("text").to_pylist() == [boilercut.clean(ARTICLE, kind="text", mode=0.0001), None]


@pytest.mark.parametrize("column", [pa.array([], pa.string()), pa.array([None, None]), pa.nulls(3, pa.binary())])
def test_no_pages_at_all(column: pa.Array) -> None:
    cleaned = clean_table(pa.table({"page": column}), "page", fields=["text", "kept"])
    assert cleaned.schema.types[1:] == [pa.string(), pa.int32()]
    assert cleaned["kept"].null_count == len(column) == cleaned.num_rows


def test_metadata_of_the_schema_is_kept() -> None:
    table = pa.table({"page": [ARTICLE]}).replace_schema_metadata({"made": "today"})
    assert clean_table(table, "page").schema.metadata == {b"made": b"today"}


@pytest.mark.parametrize(
    ("columns", "options", "message"),
    [
        ({"a": [ARTICLE]}, {}, "column 'page': .* among a"),
        ({"page": [1]}, {}, "holds int64"),
        ({"page": [[ARTICLE]]}, {}, "holds list"),
        ({"page": [ARTICLE], "text": ["mine"]}, {}, "'text' is there already"),
        ({"page": [ARTICLE]}, {"fields": ["texts"]}, "'texts' is none of"),
        ({"page": [ARTICLE]}, {"fields": "text"}, "use a list"),
        ({"page": [ARTICLE]}, {"fields": []}, "at least one"),
    ],
)
def test_usage_errors_advise(columns: dict[str, list[object]], options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        clean_table(pa.table(columns), "page", **options)


@pytest.mark.extra
@pytest.mark.parametrize("package", ["pandas", "polars"])
def test_frames_come_back_as_frames(package: str) -> None:
    frames = pytest.importorskip(package)
    pages = {
        "id": [1, 2],
        "url": ["https://ullin.example/1", None],
        "page": [f"<p>{ARTICLE}<a href='/2'>More</a>", None],
    }
    frame = frames.DataFrame(pages)
    cleaned = clean_table(frame, "page", fields=["text", "kept", "html"], urls="url")
    assert type(cleaned) is frames.DataFrame
    assert list(cleaned.columns) == ["id", "url", "page", "text", "kept", "html"]
    assert list(cleaned["id"]) == [1, 2]
    assert cleaned["text"][0] == boilercut.clean(pages["page"][0])
    assert "text" not in frame.columns
    missing = cleaned["text"].isna() if package == "pandas" else cleaned["text"].is_null()
    assert list(missing) == [False, True]
    with pytest.raises(ConfigError, match="among id, url, page"):
        clean_table(frame, "html")
    with pytest.raises(ConfigError, match="there already"):
        clean_table(cleaned, "page")
    pages = cleaned["page"].dropna() if package == "pandas" else cleaned["page"].drop_nulls()
    assert list(boilercut.Cutter().clean_many(pages)) == [cleaned["text"][0]]
    for wrong in (frame, frame["page"]):
        with pytest.raises(boilercut.PageTypeError, match="clean_many"):
            boilercut.clean(wrong)
    with pytest.raises(boilercut.PageTypeError, match="has columns"):
        boilercut.Cutter().clean_many(frame)


def test_what_is_no_table_is_refused() -> None:
    for wrong in ([ARTICLE], {"page": [ARTICLE]}, ARTICLE):
        with pytest.raises(ConfigError, match="no table of Arrow"):
            clean_table(wrong, "page")


def test_sites_are_learned_and_used() -> None:
    from boilercut.arrow import learn_sites, profile_table, profiles_of
    from tests.test_sites import BLURB, page

    pages = [*(page(number) for number in range(6)), None, page(7)]
    urls = [*(f"https://www.a.example/{number}" for number in range(6)), None, "https://b.example/"]
    table = pa.table({"html": pages, "url": urls})
    profiles = learn_sites(table, "html", urls="url")
    assert {site: len(profile) for site, profile in profiles.items()} == {"a.example": 6, "b.example": 1}
    assert profiles_of(pa.concat_tables([profile_table(profiles), profile_table(profiles)])) == profiles
    texts = clean_table(table, "html", urls="url", fields=["text"], sites=profiles)["text"].to_pylist()
    assert texts == [
        *(boilercut.clean(each, site=profiles["a.example"]) for each in pages[:6]), None, boilercut.clean(pages[7])
    ]  # fmt: skip
    assert [BLURB in text for text in texts if text] == [False] * 6 + [True]
    with pytest.raises(ConfigError, match="among html, url"):
        learn_sites(table, "html", urls="address")
