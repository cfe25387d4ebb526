"""Write the same page differently: white space, letter case of tags, order of attributes, names, more `<div>`s."""

import re
import zlib
from collections.abc import Callable, Mapping
from functools import partial

from tests.metamorphic.places import Slots

# What a parsed page serialises to: comments and elements whose text is not markup stay whole. An attribute's name may
# hold quotes, where a page had some too many; its value stands between two. Between two tokens stands text.
_ATTRIBUTE_PATTERN = r'\s=?[^\s=>/]*+(?:="[^"]*+")?'
_TOKEN = re.compile(
    r"<!--.*?-->"
    r"|<(?P<raw>script|style|textarea|title|xmp|iframe|noembed|noframes|noscript|plaintext|pre)\b.*?</(?P=raw)>"
    rf"|<(?P<end>/?)(?P<name>[a-zA-Z][^\s>/]*+)(?P<attributes>(?:{_ATTRIBUTE_PATTERN})*+)>"
    r"|<!(?:[^>]*)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r'\s(=?[^\s=>/]*+)(?:="([^"]*+)")?')
_SPACES = re.compile(r"[ \t\r\n\f]+")
_NAMED = ("class", "id")

Rewrite = Callable[[Slots], str]


def _text_rewritten(change: Callable[[str], str], slots: Slots) -> str:
    """Change what stands between tags."""
    source, parts, end = slots.source, [], 0
    for token in _TOKEN.finditer(source):
        parts += [change(source[end : token.start()]), token[0]]
        end = token.end()
    return "".join((*parts, change(source[end:])))


def _tags_rewritten(change: Callable[[str, list[tuple[str, str]]], str], slots: Slots) -> str:
    """Change every start tag, given its name and its attributes."""
    return _TOKEN.sub(partial(_changed_tag, change), slots.source)


def _changed_tag(change: Callable[[str, list[tuple[str, str]]], str], token: re.Match[str]) -> str:
    if token["name"] is None or token["end"]:
        return token[0]
    return change(token["name"], _ATTRIBUTE.findall(token["attributes"]))


def _tag(name: str, attributes: list[tuple[str, str]]) -> str:
    return "<" + "".join((name, *(f' {key}="{value}"' for key, value in attributes))) + ">"


def _in_capitals(slots: Slots) -> str:
    return _TOKEN.sub(_capital_tag, slots.source)


def _capital_tag(token: re.Match[str]) -> str:
    if token["name"] is None:
        return token[0]
    own = "".join(f' {key.upper()}="{value}"' for key, value in _ATTRIBUTE.findall(token["attributes"]))
    return f"<{token['end']}{token['name'].upper()}{own}>"


def _reversed_attributes(name: str, attributes: list[tuple[str, str]]) -> str:
    return _tag(name, attributes[::-1])


def _without_names(name: str, attributes: list[tuple[str, str]]) -> str:
    return _tag(name, [(key, value) for key, value in attributes if key not in _NAMED])


def _renamed(name: str, attributes: list[tuple[str, str]]) -> str:
    """Write every class and id as a build tool does: one meaningless name for each."""
    return _tag(name, [(key, _hashed(value) if key in _NAMED else value) for key, value in attributes])


def _hashed(names: str) -> str:
    return " ".join(f"c{zlib.crc32(each.encode('utf-8', 'replace')):x}" for each in names.split())


def _wrapped_paragraphs(slots: Slots) -> str:
    return re.sub(r"</p>", "</p></div>", re.sub(r"<p(?=[\s>])", "<div><p", slots.source))


def _wrapped_body(slots: Slots) -> str:
    opened = _TOKEN.sub(
        lambda token: f"{token[0]}<div><div><div>" if token["name"] == "body" and not token["end"] else token[0],
        slots.source,
    )
    before, mark, after = opened.rpartition("</body>")
    return f"{before}</div></div></div>{mark}{after}"


HTML_REWRITES: Mapping[str, Rewrite] = {
    "white space joined": partial(_text_rewritten, partial(_SPACES.sub, " ")),
    "white space split": partial(_text_rewritten, partial(_SPACES.sub, "\n\t  ")),
    "tags in capitals": _in_capitals,
    "attributes reversed": partial(_tags_rewritten, _reversed_attributes),
    "classes and ids dropped": partial(_tags_rewritten, _without_names),
    "classes and ids renamed": partial(_tags_rewritten, _renamed),
    "body in three divs": _wrapped_body,
    "article in three divs": lambda slots: slots.wrapped("<div><div><div>", "</div></div></div>"),
    "each paragraph in a div": _wrapped_paragraphs,
}
TEXT_REWRITES: Mapping[str, Rewrite] = {
    "two spaces for one": lambda slots: slots.source.replace(" ", "  "),
    "spaces at line ends": lambda slots: slots.source.replace("\n", "  \n"),
    "line ends of Windows": lambda slots: slots.source.replace("\n", "\r\n"),
    "empty lines between": lambda slots: slots.source.replace("\n", "\n\n"),
    "lines indented": lambda slots: "".join(f"    {line}" for line in slots.source.splitlines(keepends=True)),
}
