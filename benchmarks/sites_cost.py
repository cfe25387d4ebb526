"""Measure what learning from sites costs: time per page beside `clean`, memory, and a profile's size."""

from __future__ import annotations

import resource
import zlib
from collections.abc import Callable, Iterator, Sequence
from random import Random
from time import process_time
from typing import Any

from benchmarks.quality.data import read_pages
from boilercut import Cutter, SiteProfile
from boilercut.read import read
from boilercut.sites import learn_many

SETS = ("static-sites", "static-sites-2")
SMALL_SITE, LARGE_SITE = 32, 1000
"""Numbers of pages of the sites whose cost is told."""
ROUNDS = 3
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
    plain, known = Cutter(), Cutter(site=SiteProfile.learn(pages))
    return {
        "clean": _best(lambda: _each(plain.clean, pages)) / len(pages),
        "clean with a profile": _best(lambda: _each(known.clean, pages)) / len(pages),
        "learn, sites of 32 pages": _best(lambda: _each(SiteProfile.learn, small)) / len(small) / SMALL_SITE,
        "learn, a site of 1,000 pages": _best(lambda: _each(SiteProfile.learn, [pages])) / len(pages),
        "bytes of a profile": len(SiteProfile.learn(pages).to_json()),
    }


def _each(work: Callable[[Any], object], items: Sequence[Any]) -> None:
    for item in items:
        work(item)


def _best(work: Callable[[], None]) -> float:
    """Return milliseconds."""
    times = []
    for _ in range(ROUNDS):
        started = process_time()
        work()
        times.append(1000 * (process_time() - started))
    return min(times)


def _memory() -> dict[str, float]:
    """Learn from made-up sites whose pages come mixed, and return what it took."""
    before = _megabytes()
    blocks = sum(len(read(page).starts) for _, page in list(_made(1, 10))) / 10
    making = process_time()
    _each(len, [page for _, page in _made(MADE_SITES, 1)])
    making = (process_time() - making) * MADE_PAGES
    started = process_time()
    profiles = learn_many(_made(MADE_SITES, MADE_PAGES))
    seconds, megabytes, pages = process_time() - started - making, _megabytes() - before, MADE_SITES * MADE_PAGES
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


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
