"""What the pages of one site repeat: profiles of sites, and the evidence that they give on a block."""

from boilercut.sites.many import SiteLearner, learn_many, merged
from boilercut.sites.profile import SiteProfile

__all__ = ["SiteLearner", "SiteProfile", "learn_many", "merged"]
