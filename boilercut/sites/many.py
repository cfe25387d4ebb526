"""Profiles of many sites, by the names of the sites."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from boilercut.page import PageKind, site_of
from boilercut.sites.profile import SiteProfile
from boilercut.sites.sampling import Sample

__all__ = ["Samples", "SiteLearner", "learn_many", "merged"]


class Samples:
    """The samples of the sites whose pages came last, of at most `most` sites.

    To forget a site costs time, and changes no profile.
    """

    def __init__(self, most: float = inf) -> None:
        self._samples: dict[str, Sample] = {}
        self._most = most

    def of(self, site: str) -> Sample:
        """Return what is known of a site's pages."""
        sample = self._samples[site] = self._samples.pop(site, Sample())
        if len(self._samples) > self._most:
            del self._samples[next(iter(self._samples))]
        return sample


class SiteLearner:
    """Learns the profiles of many sites, page by page."""

    def __init__(self, kind: PageKind | None = None) -> None:
        self.profiles: dict[str, SiteProfile] = {}
        self._samples = Samples()
        self._kind = kind

    def add(self, site: str, page: object) -> bool:
        """Learn from a page; return False where it teaches nothing, because its site has no name."""
        if not site:
            return False
        known = self.profiles.setdefault(site, SiteProfile())
        if found := self._samples.of(site).sketch(page, self._kind):
            self.profiles[site] = known | SiteProfile.of(found)
        return True


def learn_many(pages: Iterable[tuple[str, object]], kind: PageKind | None = None) -> dict[str, SiteProfile]:
    """Learn from pages, each behind its address; those without a site teach nothing."""
    learner = SiteLearner(kind)
    for url, page in pages:
        learner.add(site_of(url), page)
    return learner.profiles


def merged(parts: Iterable[tuple[str, SiteProfile]]) -> dict[str, SiteProfile]:
    """Merge the profiles of each site."""
    profiles: dict[str, SiteProfile] = {}
    for site, profile in parts:
        profiles[site] = profiles.get(site, SiteProfile()) | profile
    return profiles
