"""Generate pages to measure speed on, from text written for this project, with a seed."""

from __future__ import annotations

from html import escape
from random import Random
from typing import Literal

__all__ = ["FORMS", "KINDS", "SIZES", "page", "text_of"]

Kind = Literal["article", "forum", "listing"]
Form = Literal["html", "text"]

KINDS: tuple[Kind, ...] = ("article", "forum", "listing")
FORMS: tuple[Form, ...] = ("html", "text")
SIZES = {"small": 6, "medium": 120, "huge": 2400}
"""Parts of the page that are its content: paragraphs, posts or entries."""

SENTENCES = (
    "The lock keeper opened the lower gates at six, and by seven the first barge was through.",
    "Nobody had asked the town whether it wanted a second bridge, but the drawings hung in the library.",
    "A litre of milk costs 1.29 at the dairy, which is 14 cents more than it was in March 2023.",
    "Die Fähre legt nur noch zweimal am Tag ab, weil der Wasserstand seit Wochen zu niedrig ist.",
    "Wer früh kommt, bekommt noch Brot; wer spät kommt, bekommt wenigstens einen Kaffee.",
    "Le marché se tient désormais le jeudi, sur la place, et il dure jusqu’à la tombée de la nuit.",
    "La cosecha fue buena este año, aunque nadie en el valle quiso decirlo en voz alta.",
    "Паром ходит только утром, поэтому почту привозят через день.",
    "Most new pipes are laid below the frost line; the old ones were not, and they burst every winter.",
    "She counted the swallows twice: forty-one on the wire, and one on the roof of the boathouse.",
)
LABELS = (
    "Home", "Local news", "Weather", "Sport", "Jobs", "Subscribe to our newsletter", "Share on Facebook",
    "Read more", "About us", "Contact", "Privacy policy", "Cookie settings", "Log in", "Archive", "Impressum",
)  # fmt: skip
TITLES = (
    "Council puts off vote on the weir for a third time", "Ten walks along the upper river",
    "What the flood of 1953 left behind", "Bakery to close after ninety years", "Neue Brücke wird teurer als geplant",
)  # fmt: skip


def page(kind: Kind, size: str | int, form: Form = "html", seed: int = 1) -> str:
    """Return a page of some `SIZES`, or with a number of parts, as HTML or as a crawl's text dump."""
    rng = Random(f"{kind} {size} {seed}")
    parts = SIZES[size] if isinstance(size, str) else size
    content = [_part(kind, number, rng) for number in range(parts)]
    html = _framed("".join(content), rng)
    return html if form == "html" else text_of(html)


def text_of(html: str) -> str:
    """Return the visible text of a generated page, one block per line."""
    from benchmarks.quality.renderings import crawl_dump

    return crawl_dump(html)


def _part(kind: Kind, number: int, rng: Random) -> str:
    text = " ".join(rng.choices(SENTENCES, k=rng.randint(2, 6)))
    if kind == "article":
        heading = f'<h2 class="subhead">{escape(rng.choice(TITLES))}</h2>' if number % 7 == 6 else ""
        return f'{heading}<p class="body-text">{_with_link(text, rng)}</p>\n'
    if kind == "forum":
        return (
            f'<div class="post" id="post-{number}"><div class="post-head"><a href="/user/{number % 9}">user{number % 9}'
            f"</a> <span class='date'>{number % 28 + 1}.04.2024, 18:{number % 60:02}</span></div>"
            f'<div class="post-body"><p>{text}</p></div><ul class="post-tools"><li><a href="#">Reply</a></li>'
            f'<li><a href="#">Quote</a></li><li><a href="#">Report</a></li></ul></div>\n'
        )
    return (
        f'<div class="card teaser-card"><a href="/story/{number}"><img src="/i/{number}.jpg" alt="">'
        f"<h3>{escape(rng.choice(TITLES))}</h3></a><p class='teaser'>{rng.choice(SENTENCES)}</p>"
        f'<span class="price">£{number}.50</span></div>\n'
    )


def _with_link(text: str, rng: Random) -> str:
    words = text.split(" ")
    at = rng.randrange(len(words) - 2)
    words[at] = f'<a href="https://example.org/{at}">{words[at]}'
    words[at + 1] += "</a>"
    return " ".join(words)


def _framed(content: str, rng: Random) -> str:
    """Put what sites put around content: scripts, menus, teasers, prompts and legal lines."""
    menu = "".join(f'<li class="menu-item"><a href="/{n}">{label}</a></li>' for n, label in enumerate(LABELS))
    teasers = "".join(
        f'<li class="related-item"><a href="/t/{n}"><span>{escape(rng.choice(TITLES))}</span></a></li>'
        for n in range(12)
    )
    script = "window.settings = {};\n" + "".join(
        f'settings["flag{n}"] = {{enabled: {n % 2}, "weight": {n}}};\n' for n in range(200)
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(TITLES[0])} | Wend Courier</title>"
        f'<meta property="og:type" content="article"><script>{script}</script></head><body>\n'
        f'<header class="site-header"><nav class="main-nav"><ul>{menu}</ul></nav></header>\n'
        f'<main id="content"><h1>{escape(TITLES[0])}</h1>\n<div class="article-body">{content}</div></main>\n'
        f'<aside class="sidebar"><h4>Related</h4><ul>{teasers}</ul><form class="newsletter">'
        "<p>Subscribe to our newsletter</p><input type='email'><button>Sign up</button></form></aside>\n"
        f"<footer><ul>{menu}</ul><p>© 2024 Wend Courier. All rights reserved.</p></footer></body></html>\n"
    )
