"""Tell an author and a date apart in the line above or below what somebody wrote."""

from __future__ import annotations

import re
from functools import cache
from itertools import groupby

from boilercut.blocks.phrases import shipped_list

__all__ = ["ENDS", "bare_name", "byline", "is_name"]

MAX_CHARACTERS = 100
MAX_NAME_CHARACTERS, MAX_NAME_WORDS = 40, 5
MAX_REST_CHARACTERS = 20
"""What stands behind a date and is no more of the line's matter, such as "#3" or "Reply"."""
MAX_GAP = 3
"""Characters of a word between parts of a date, such as "at", "de" or "kl"."""
ENDS = " \t\r\n\u00a0:：.…,"
"""What may stand behind a name, and between it and what is said."""

_TOKEN = re.compile(r"[^\s,|·•»()\[\]–—]+")
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\d{1,4}(?:st|nd|rd|th|er|º|ª|\.)?", re.IGNORECASE)
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\.?|\d{4}년|\d{1,4}年(?:\d{1,2}月)?(?:\d{1,2}日)?")
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}(?::\d{2})?(?:[ap]m)?Z?", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d\.?")
_ASIAN = re.compile(r"\d{1,2}[月日時分时월일시분]+(?:\d{1,2}[日分]?)?")
_SHORT = frozenset("mon wed sat sun mar mai lun dim sam dom qua г".split())
"""Names of days and months that mostly mean something else, and so are in no phrase list."""
_ZONES = frozenset("am pm a.m p.m uhr utc gmt cet cest est pst".split())
_AGO = re.compile(
    r"\b(?:vor|il y a|hace|há|for|för) \d{1,4} \w{1,12}(?: siden| sedan)?"
    r"|\d{1,4} ?\w{0,8} ?(?:ago|fa|atrás|temu|назад|тому|önce|siden|sedan|sitten|geleden|před|前|전)\b",
    re.IGNORECASE,
)
_OPENER = re.compile(
    r"^(?:(?:posted|written|submitted|publicado|publié|posté|geschrieben|geplaatst|napisany|scritto|inviato|postad"
    r"|erstellt|verfasst|eingetragen) )?"
    r"(?:by|von|par|por|da|door|av|af|przez|od|от|автор|author|autor|auteur)\b:? ",
    re.IGNORECASE,
)
_PARTICLES = frozenset("von da av af od".split())
"""Words before a name that may be part of it."""
_SPEAKS = re.compile(
    r" (?:says|said|wrote|writes|schrieb|schreibt|sagt|sagte|meint|dijo|dice|escribió|disse|diz|escreveu|ha scritto"
    r"|ha detto|scrive|a dit|dit|a écrit|écrit|schreef|zegt|skrev|skriver|sier|siger|säger|sanoo|kirjoitti|napisał"
    r"|napisała|pisze|napsal|napsala|píše|říká|szerint|írta|spune|a spus|a scris|пишет|написал|написала|сказал|сказала"
    r"|пише|написав|каже|каза|λέει|είπε|έγραψε|yazdı|dedi ki|diyor ki|berkata|viết|より)$|(?:说道|說道)$",
    re.IGNORECASE,
)
_LINKS = re.compile(
    r"(?:^| )(?:on|at|am|um|le|à|el|il|alle|op|om|den|kl|em|às|dnia|o|в|от|the|posted|said|about|vor)$", re.IGNORECASE
)
_EDGES = " \t\u00a0:.…,;|·•»«()[]–—-@"
_SENTENCE = re.compile(r"[.!?。！？]\s|[!?。！？]$")


def byline(line: str) -> tuple[str, str] | None:
    """Return who wrote something and when, each empty if the line does not say it; None for a line of other matter.

    >>> byline("by wilf » Mon Mar 03, 2014 6:12 pm"), byline("Anna says:"), byline("Thanks, Anna.")
    (('wilf', 'Mon Mar 03, 2014 6:12 pm'), ('Anna', ''), None)
    """
    if not 0 < len(line) <= MAX_CHARACTERS:
        return None
    line = " ".join(line.split())
    found = _moment(line)
    if found is None:
        name = _name(line) if _SPEAKS.search(line.rstrip(_EDGES)) else None
        return (name, "") if name else None
    start, end = found
    if line[:start].rstrip().endswith(":") and not _SPEAKS.search(line[:start].rstrip(_EDGES)):
        return None  # "Joined: 3 May 2010"
    name, rest = _name(line[:start]), line[end:].strip(_EDGES)
    if not name and _SPEAKS.search(rest):  # "On 3 May 2010 Anna wrote:"
        name, rest = _name(rest), ""
    return None if name is None or len(rest) > MAX_REST_CHARACTERS else (name, line[start:end].strip(_EDGES))


def is_name(line: str) -> bool:
    """Return whether a line may be a name and nothing else.

    >>> is_name("Anna Berg"), is_name("Posts: 14"), is_name("2903")
    (True, False, False)
    """
    return line != "" and line == _name(line) and ":" not in line


def bare_name(text: str) -> str:
    """Return a name without the words around it that say that somebody wrote; it may be a long one.

    >>> bare_name("Anna says:"), bare_name("Pepe dijo..."), bare_name("Posted by Anna"), bare_name("von Berg")
    ('Anna', 'Pepe', 'Anna', 'von Berg')
    """
    opener = _OPENER.match(text)
    if opener and opener[0].strip().casefold() not in _PARTICLES:
        text = text[opener.end() :]
    return _without_verb(text)


def _without_verb(name: str) -> str:
    return _SPEAKS.sub("", name.rstrip(ENDS)).rstrip(ENDS)


def _name(text: str) -> str | None:
    """Return a name without the words around it; None for what is too long, or a sentence."""
    text = _OPENER.sub("", text.strip(_EDGES) + " ", count=1).strip(_EDGES)
    while (shorter := _LINKS.sub("", _without_verb(text)).rstrip(_EDGES)) != text:
        text = shorter
    long = len(text) > MAX_NAME_CHARACTERS or len(text.split()) > MAX_NAME_WORDS
    is_name = not text or any(map(str.isalpha, text))
    return None if long or "," in text or not is_name or _SENTENCE.search(text) else text


def _moment(line: str) -> tuple[int, int] | None:
    """Return where the longest date or time of a line stands."""
    if not _DIGIT.search(line):
        return None
    if ago := _AGO.search(line):
        return ago.span()
    tokens = list(_TOKEN.finditer(line))
    kinds = [_kind(token[0]) for token in tokens]
    for row in range(1, len(tokens) - 1):
        if not kinds[row] and kinds[row - 1] and kinds[row + 1] and len(tokens[row][0]) <= MAX_GAP:
            kinds[row] = 1
    runs = [list(run) for is_date, run in groupby(range(len(tokens)), lambda row: kinds[row] > 0) if is_date]
    runs = [run[_is_zone(tokens[run[0]][0]) :] for run in runs]
    sure = [run for run in runs if any(kinds[row] > 1 for row in run) and (len(run) > 1 or kinds[run[0]] > 2)]
    if not sure:
        return None
    longest = max(sure, key=len)
    return tokens[longest[0]].start(), tokens[longest[-1]].end()


def _kind(token: str) -> int:
    """Return whether a token may be part of a date (1), says a year or a time (2), or is a whole date (3)."""
    if _DATE.fullmatch(token):
        return 3
    if _YEAR.fullmatch(token) or _TIME.fullmatch(token) or _ASIAN.fullmatch(token):
        return 2
    word = token.casefold().rstrip(".")
    named = word in _SHORT or word in _months() or _is_zone(token)
    return int(named or _NUMBER.fullmatch(token) is not None)


def _is_zone(token: str) -> bool:
    return token.casefold().rstrip(".") in _ZONES


@cache
def _months() -> frozenset[str]:
    """Return the names of months and weekdays."""
    return frozenset(name.casefold() for name in shipped_list("months"))
