"""Make training pages with readers' comments: posts of threads, in the markup of common systems, under articles.

Pages of today load their comments by script, so that whole sets hold none; older pages, and those that were saved as
shown, are full of them. The markup below was written for this from general knowledge of the systems; no page of
theirs was copied.
"""

import random
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lxml import etree, html

from boilercut.training.measures import words

MIN_POST_WORDS, MAX_POST_WORDS = 4, 250
MIN_GOLD_WORDS = 60
MIN_PIECE_WORDS = 4
MIN_FOUND_SHARE = 0.5
"""Share of the gold text's words that the page has to hold in pieces of `MIN_PIECE_WORDS` or more."""
CONTAINER_SHARE = 0.85
"""Share of those that the innermost element around the article has to hold."""
POSTS = (1, 2, 3, 5, 8, 12, 25)
"""Numbers of posts in a section, each as likely."""
FORM_SHARE = 0.6
"""Share of the sections with a form to write a comment."""


class Post(NamedTuple):
    """What one reader wrote."""

    author: str
    date: str
    text: str


class Markup(NamedTuple):
    """How a system lays comments out; ``{count}``, ``{author}``, ``{date}`` and ``{text}`` are filled in."""

    before: str
    post: str
    after: str
    paragraph: str = "<p>{}</p>"
    """How one paragraph of a post is written."""


SYSTEMS: dict[str, Markup] = {
    "wordpress": Markup(
        '<div id="comments"><h3 id="comments-title">{count}</h3><ol class="commentlist">',
        '<li class="comment even thread-even depth-1"><div class="comment-body"><div class="comment-author vcard">'
        '<cite class="fn">{author}</cite> <span class="says">says:</span></div>'
        '<div class="comment-meta commentmetadata"><a href="#c">{date}</a></div>{text}'
        '<div class="reply"><a class="comment-reply-link" href="#r">{reply}</a></div></div></li>',
        "</ol></div>",
    ),
    "wordpress-html5": Markup(
        '<div id="comments" class="comments-area"><h2 class="comments-title">{count}</h2><ol class="comment-list">',
        '<li class="comment byuser"><article class="comment-body"><footer class="comment-meta">'
        '<div class="comment-author vcard"><b class="fn">{author}</b></div><div class="comment-metadata">'
        '<a href="#c"><time>{date}</time></a></div></footer><div class="comment-content">{text}</div>'
        '<div class="reply"><a href="#r">{reply}</a></div></article></li>',
        "</ol></div>",
    ),
    "disqus": Markup(
        '<div id="disqus_thread"><div id="dsq-content"><h3>{count}</h3><ul id="dsq-comments">',
        '<li class="dsq-comment"><div class="dsq-comment-header"><cite><span>{author}</span></cite></div>'
        '<div class="dsq-comment-body"><div class="dsq-comment-message">{text}</div></div></li>',
        "</ul></div></div>",
    ),
    "disqus-frame": Markup(
        '<section id="conversation"><div id="posts"><ul id="post-list" class="post-list">',
        '<li class="post"><div class="post-content"><div class="post-body"><header><span class="post-byline">'
        '<span class="author">{author}</span></span><span class="post-meta"><a class="time-ago">{date}</a></span>'
        '</header><div class="post-body-inner"><div class="post-message-container"><div class="post-message">{text}'
        '</div></div></div><footer><ul><li class="reply"><a href="#">{reply}</a></li></ul></footer></div></div></li>',
        "</ul></div></section>",
    ),
    "livefyre": Markup(
        '<div id="livefyre-comments"><div class="fyre"><div class="fyre-stream-stats">{count}</div>'
        '<div class="fyre-comment-stream">',
        '<article class="fyre-comment-article"><section class="fyre-comment-wrapper"><header class="fyre-comment-head">'
        '<span class="fyre-comment-username">{author}</span> <time class="fyre-comment-date">{date}</time></header>'
        '<div class="fyre-comment-body"><div class="fyre-comment">{text}</div></div></section></article>',
        "</div></div></div>",
    ),
    "blogger-old": Markup(
        '<div id="comments"><h4>{count}</h4><dl id="comments-block">',
        '<dt class="comment-author blogger-comment-icon"><a href="#">{author}</a> said...</dt>'
        '<dd class="comment-body">{text}</dd><dd class="comment-footer"><span class="comment-timestamp">'
        '<a href="#c">{date}</a></span></dd>',
        "</dl></div>",
    ),
    "blogger": Markup(
        '<div class="comments" id="comments"><h4>{count}</h4><div class="comments-content"><ol id="top-ra">',
        '<li class="comment"><div class="comment-block"><div class="comment-header"><cite class="user">{author}</cite>'
        '<span class="datetime secondary-text"><a href="#c">{date}</a></span></div>'
        '<p class="comment-content">{text}</p>'
        '<span class="comment-actions"><a href="#r">{reply}</a></span></div></li>',
        "</ol></div></div>",
        "{}<br>",
    ),
    "movable-type": Markup(
        '<div id="comments" class="comments"><h2 class="comments-header">{count}</h2><div class="comments-content">',
        '<div class="comment"><div class="inner"><div class="comment-header">'
        '<span class="vcard author">{author}</span> '
        '<abbr class="published">{date}</abbr></div><div class="comment-content">{text}</div></div></div>',
        "</div></div>",
    ),
    "typepad": Markup(
        '<h3 class="comments-header">{count}</h3><div class="comments-body">',
        '{text}<p class="posted">Posted by: <a href="#">{author}</a> | <a href="#c">{date}</a></p>',
        "</div>",
    ),
    "drupal": Markup(
        '<div id="comments"><h2>{count}</h2>',
        '<div class="comment odd"><h3><a href="#c">{author}</a></h3><div class="submitted">{date} — {author}</div>'
        '<div class="content">{text}</div><ul class="links"><li><a href="#r">{reply}</a></li></ul></div>',
        "</div>",
    ),
    "intense-debate": Markup(
        '<div id="idc-cover"><div id="idc-commentcount">{count}</div><div id="idc-container">',
        '<div class="idc-c"><div class="idc-c-h"><div class="idc-c-h-inner"><p class="idc-i"><a href="#">{author}</a>'
        '<em>{date}</em></p></div></div><div class="idc-c-t"><div class="idc-c-t-inner">{text}</div></div></div>',
        "</div></div>",
    ),
    "newspaper": Markup(
        '<div class="reader-comments"><div class="commentsHeader">{count}</div><ul>',
        '<li><div class="commentItem"><p class="commentText">{text}</p><div class="userInfo">{author}, '
        '<span class="location">{date}</span></div></div></li>',
        "</ul></div>",
        "{}<br>",
    ),
    "home-made list": Markup(
        "<h3>{count}</h3><ol>", "<li><strong>{author}</strong> <em>{date}</em>{text}</li>", "</ol>"
    ),
    "home-made lines": Markup(
        "<hr><b>{count}</b><br>", "<div><b>{author}</b> ({date})<br>{text}</div><hr>", "", "{}<br>"
    ),
    "home-made table": Markup(
        '<table width="100%"><tr><td><b>{count}</b></td></tr>',
        "<tr><td><b>{author}</b> {date}</td></tr><tr><td>{text}</td></tr>",
        "</table>",
        "{}<br>",
    ),
    "home-made classes": Markup(
        '<a name="{word}"></a><div class="{word}"><h2>{count}</h2>',
        '<div class="{word}Box"><div class="{word}Head">{author} {date}</div>'
        '<div class="{word}Text">{text}</div></div>',
        "</div>",
    ),
}
HEADINGS = (
    "{} Comments", "Comments ({})", "{} Responses", "{} Replies", "Reader comments", "What others say", "{} Kommentare",
    "Kommentare ({})", "Leserkommentare", "{} commentaires", "Réactions ({})", "{} comentarios", "Comentários ({})",
    "{} commenti", "{} reacties", "Komentarze ({})", "Комментарии ({})", "{} комментариев", "{} σχόλια", "评论 ({})",
    "コメント ({})", "Discussion", "Have your say", "{} reader opinions",
)  # fmt: skip
REPLIES = (
    "Reply",
    "Antworten",
    "Répondre",
    "Responder",
    "Rispondi",
    "Odpowiedz",
    "Ответить",
    "Απάντηση",
    "回复",
    "返信",
)
WORDS = (
    "comments",
    "kommentare",
    "commentaires",
    "comentarios",
    "commenti",
    "reacties",
    "opinie",
    "feedback",
    "talkback",
)
LINES_BEFORE = (
    ("{author} says:", "{date}"),
    ("{author}", "{date}"),
    ("{author} said...",),
    ("{author} {date}",),
    ("{date}", "{author}:"),
    ("{author} • {date}",),
    ("{author} wrote on {date}",),
    (),
)
"""Lines above a comment, as systems print them."""
LINES_BEHIND = (
    ("{reply}",),
    (),
    (),
    ("{reply}", "Report"),
    ("Posted by: {author} | {date}",),
    ("{date}",),
    ("{author}",),
)
FORM_LINES = (
    "Leave a Reply",
    "Your email address will not be published. Required fields are marked *",
    "Name *",
    "Email *",
)
FORM = (
    '<div id="respond"><h3>Leave a Reply</h3><form id="commentform"><p>Your email address will not be published. '
    'Required fields are marked *</p><p><label>Name</label> <input name="author"></p><p><label>Email</label> '
    '<input name="email"></p><p><textarea name="comment"></textarea></p><p><input type="submit" value="Submit"></p>'
    "</form></div>"
)
_NAMES = (
    "anna ben carla dmitri eva farid gina hans ines jo kofi lena marek nora oscar petra quinn rosa sven tara".split()
)


def posts_of(texts: Iterable[str], draw: random.Random) -> list[Post]:
    """Make posts of texts: paragraphs of threads, with a name and a date that are made up."""
    sizes = ((text, len(words(text))) for text in texts)
    return [Post(_author(draw), _date(draw), text) for text, size in sizes if MIN_POST_WORDS <= size <= MAX_POST_WORDS]


def with_comments(source: str, gold: str, posts: Sequence[Post], seed: str) -> tuple[str, str] | None:
    """Put a section of comments behind the article of a page; return the page and the comments' text, or None.

    None where the gold text is short, or does not stand together in one element. The same seed makes the same page.
    """
    draw = random.Random(zlib.crc32(seed.encode()))
    if len(words(gold)) < MIN_GOLD_WORDS or not posts:
        return None
    try:
        root = html.document_fromstring(source.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError):
        return None
    article = _article_element(root, gold)
    if article is None:
        return None
    chosen = draw.sample(list(posts), min(len(posts), draw.choice(POSTS)))
    section = html.fragment_fromstring(_section(chosen, draw), create_parent="div")
    _insert(article, section, draw)
    made = etree.tostring(root, encoding="unicode", method="html")
    return made, "\n".join(line for post in chosen for line in (post.author, post.date, post.text))


def _article_element(root: html.HtmlElement, gold: str) -> html.HtmlElement | None:
    """Return the innermost element that holds most of what the page has of the gold text."""
    element = root.find("body")
    if element is None:
        return None
    masses = _gold_masses(element, gold)
    if masses[element] < MIN_FOUND_SHARE * len(words(gold)):
        return None
    least = CONTAINER_SHARE * masses[element]
    while inner := [child for child in element if masses[child] >= least]:
        element = inner[0]
    return None if element.tag == "body" else element


def _gold_masses(body: html.HtmlElement, gold: str) -> Counter[html.HtmlElement]:
    """Count for each element the words of the pieces of text in it that the gold text holds word for word."""
    running = f" {' '.join(words(gold))} "
    masses: Counter[html.HtmlElement] = Counter()
    elements = [element for element in body.iter() if isinstance(element.tag, str)]
    for element in elements:
        for owner, text in ((element, element.text), (element.getparent(), element.tail)):
            own = words(text) if text and owner is not None and owner.tag not in ("script", "style") else ()
            if len(own) >= MIN_PIECE_WORDS and f" {' '.join(own)} " in running:
                masses[owner] += len(own)
    for element in reversed(elements[1:]):
        masses[element.getparent()] += masses[element]
    return masses


def _insert(article: html.HtmlElement, section: html.HtmlElement, draw: random.Random) -> None:
    """Put the section behind the article, behind its parent, or into it at the end."""
    parent = article.getparent()
    place = draw.random()
    if place < 0.25 or parent is None or article.tag in ("td", "tr", "tbody"):
        article.append(section)
        return
    if place < 0.5 and parent.tag not in ("body", "td", "tr", "tbody", "table"):
        article = parent
    section.tail, article.tail = article.tail, None
    article.addnext(section)


def _section(posts: Sequence[Post], draw: random.Random) -> str:
    markup = SYSTEMS[draw.choice(list(SYSTEMS))]
    fills = {
        "count": draw.choice(HEADINGS).format(len(posts)),
        "word": draw.choice(WORDS),
        "reply": draw.choice(REPLIES),
    }
    parts = [markup.before.format(**fills)]
    for post in posts:
        text = "".join(markup.paragraph.format(_escaped(line)) for line in post.text.split("\n"))
        parts.append(markup.post.format(author=_escaped(post.author), date=post.date, text=text, **fills))
    parts.append(markup.after.format(**fills))
    if draw.random() < FORM_SHARE:
        parts.append(FORM)
    return "".join(parts)


def section_lines(posts: Sequence[Post], draw: random.Random) -> list[str]:
    """Return the lines of a section of comments as a crawl's dump has them."""
    chosen = draw.sample(list(posts), min(len(posts), draw.choice(POSTS)))
    head = draw.choice(LINES_BEFORE)
    behind = draw.choice(LINES_BEHIND)
    lines = [draw.choice(HEADINGS).format(len(chosen))]
    for post in chosen:
        lines += [line.format(author=post.author, date=post.date) for line in head]
        lines += [line.strip() for line in post.text.split("\n") if line.strip()]
        lines += [line.format(author=post.author, date=post.date, reply=draw.choice(REPLIES)) for line in behind]
    return [*lines, *FORM_LINES] if draw.random() < FORM_SHARE else lines


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _author(draw: random.Random) -> str:
    name = draw.choice(_NAMES)
    return draw.choice(
        (name, name.title(), f"{name}{draw.randint(1, 99)}", f"{name.title()} {draw.choice('ABKMRST')}.")
    )


def _date(draw: random.Random) -> str:
    day, month, year = draw.randint(1, 28), draw.randint(1, 12), draw.randint(2004, 2024)
    names = "January February March April May June July August September October November December".split()
    clock = f"{draw.randint(1, 12)}:{draw.randint(0, 59):02} {draw.choice(('am', 'pm'))}"
    return draw.choice(
        (
            f"{names[month - 1]} {day}, {year} at {clock}",
            f"{day}/{month:02}/{year} {clock}",
            f"{year}-{month:02}-{day:02} {clock}",
            f"{day}. {month}. {year}",
            f"{draw.randint(2, 11)} years ago",
        )
    )
