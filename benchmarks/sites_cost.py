"""Measure what learning from sites costs: time per page beside `clean`, memory, and a profile's size."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from random import Random
from time import process_time
from typing import Any

from benchmarks.quality.data import read_pages
from benchmarks.reporting import peak_megabytes
from benchmarks.speed.timing import interleaved
from boilercut import Cutter, SiteProfile
from boilercut.read import read
from boilercut.sites import learn_many

SETS = ("static-sites", "static-sites-2")
SMALL_SITE, LARGE_SITE = 32, 1000
"""Numbers of pages of the sites whose cost is told."""
MADE_SITES, MADE_PAGES = 1000, 100
"""How many sites are made up for the measurement of memory, and how many pages of each."""
WORDS = """river bridge council morning valley market winter summer teacher harbour ferry mill garden library tower
letter window doctor baker school street village mountain paper engine history music evening kitchen farmer""".split()


def measured() -> dict[str, Any]:
    """Return and print all figures."""
    found = {"made_up": _memory(), "real_pages": _times()}  # the peak of memory is told, so that comes first
    print(found, flush=True)
    return found


def _times() -> dict[str, float]:
    """Return milliseconds of processor time per page of the sets' pages, the best of some rounds."""
    pages = [page.html for name in SETS for page in read_pages(name)][:LARGE_SITE]
    small = [pages[low : low + SMALL_SITE] for low in range(0, len(pages) - SMALL_SITE + 1, SMALL_SITE)]
    profile = SiteProfile.learn(pages)
    cleaned = interleaved({"clean": Cutter().clean, "clean with a profile": Cutter(site=profile).clean}, pages)
    learned = [sum(interleaved({"": SiteProfile.learn}, sites)[""]) for sites in (small, [pages])]
    return {
        **{name: 1000 * sum(own) / len(pages) for name, own in cleaned.items()},
        "learn, sites of 32 pages": 1000 * learned[0] / len(small) / SMALL_SITE,
        "learn, a site of 1,000 pages": 1000 * learned[1] / len(pages),
        "bytes of a profile": len(profile.to_json()),
    }


def _memory() -> dict[str, float]:
    """Learn from made-up sites whose pages come mixed, and return what it took."""
    before = peak_megabytes()
    blocks = sum(len(read(page).starts) for _, page in list(_made(1, 10))) / 10
    making = process_time()
    list(_made(MADE_SITES, 1))
    making = (process_time() - making) * MADE_PAGES
    started = process_time()
    profiles = learn_many(_made(MADE_SITES, MADE_PAGES))
    seconds, megabytes, pages = process_time() - started - making, peak_megabytes() - before, MADE_SITES * MADE_PAGES
    sizes = [len(profile.to_json()) for profile in profiles.values()]
    return {
        "pages": pages, "sites": len(profiles), "blocks per page": blocks,
        "milliseconds per page": 1000 * seconds / pages,
        "megabytes": megabytes,
        "bytes of a profile": sum(sizes) / len(sizes),
        "bytes, packed": sum(len(zlib.compress(each.to_json().encode())) for each in profiles.values()) / len(sizes),
    }  # fmt: skip


def _made(sites: int, pages: int) -> Iterator[tuple[str, str]]:
    """Yield pages behind their addresses, one of each site in turn."""
    templates = [_sentences(Random(f"site {site}"), 25) for site in range(sites)]
    for number in range(pages):
        for site, template in enumerate(templates):
            own = _sentences(Random(f"{site} {number}"), 15)
            menu = "".join(f"<li><a href=/{place}>{line[:20]}</a></li>" for place, line in enumerate(template[:20]))
            told = "".join(f"<p>{line}</p>" for line in own)
            footer = "".join(f"<p>{line}</p>" for line in template[20:])
            page = f"<ul class=menu>{menu}</ul><div class=story><h1>{own[0][:40]}</h1>{told}</div><div>{footer}</div>"
            yield f"https://site{site}.example/{number}", page


def _sentences(draw: Random, count: int) -> list[str]:
    return [" ".join(draw.choices(WORDS, k=20)) + "." for _ in range(count)]
