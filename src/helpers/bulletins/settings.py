"""Settings: which place each figure is about, carried forward as a reader does."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from helpers import places, project
from helpers.bulletins import gazetteer
from helpers.bulletins.gazetteer import Mention
from helpers.bulletins.text import Text, names_sites, spots
from helpers.bulletins.vocabulary import CAPITALS

_WHOLE = dict.fromkeys(("cả nước", "toàn quốc"), "country")
_WHOLE |= dict.fromkeys(
    ("toàn tỉnh", "toàn thành phố", "cả tỉnh", "tỉnh ta", "tỉnh mới", "tỉnh nhà", "địa bàn tỉnh",
     "địa bàn thành phố", "tỉnh còn", "tỉnh có", "tỉnh giảm", "tỉnh đã", "các huyện còn lại",
     "các địa phương còn lại"), "carried province",
)  # fmt: skip
_WHOLE |= dict.fromkeys(
    ("toàn huyện", "toàn thị xã", "toàn quận", "địa bàn huyện", "huyện có", "huyện còn", "huyện đã",
     "huyện được", "huyện hoàn thành", "huyện này", "huyện giảm", "ở huyện có"), "carried",
)  # fmt: skip
_WHOLE |= dict.fromkeys(
    ("toàn xã", "toàn phường", "địa bàn xã", "xã có", "xã còn", "xã này"), "carried commune"
)
_LISTED = re.compile(
    r"(?: ?, ?| và | - | ?; ?)(?:các )?(?:tỉnh |huyện |thành phố |thị xã |xã )?$", re.I
)
_PLURAL = re.compile(
    r"(?:các|những|nhiều|một số|tỉnh, thành|hai|ba|bốn|năm|sáu|(?<![\d/])\d{1,3})"
    r" (?:tỉnh|huyện|xã|phường|thành phố|huyện nghèo)?,? ?$", re.I,
)  # fmt: skip
_ELSEWHERE = re.compile(
    r"(?:\bvới|\btại|\bđi|\bở|\btừ|\bdo|\bsang|\bđến|\bTrường|\bđẳng|\bhọc|\bBáo|\bvề)"
    r"(?: (?:các )?(?:tỉnh|thành phố))? ?$"
)
_BARE_BEFORE = re.compile(rf"[{CAPITALS}][^\W\d_]{{0,11}}(?:,| và) $")
_WITH_KIND = re.compile(r"Huyện|Xã|Phường|Thị|Thành|TP|Tp|TX|Quận|HUYỆN|XÃ|PHƯỜNG|THỊ|THÀNH")
_SPEAKS = ("chia sẻ", "cho biết", "thông tin", "cho hay", "báo cáo")
_OFFICE = re.compile(r"(?:tỉnh|ubnd|sở|tp\.?|thành phố|nguồn|ủy ban nhân dân|uỷ ban nhân dân) ?$")
_DISTRICT_SPEAKS = (
    *(
        f"{who} {kind}"
        for who in ("ubnd", "ủy ban nhân dân", "uỷ ban nhân dân", "phòng lao động", "toàn")
        for kind in ("huyện", "thị xã", "thành phố", "quận")
    ),
    "huyện ủy", "của huyện", "địa bàn huyện", "huyện có", "huyện còn", "huyện đã",
)  # fmt: skip
_PROVINCE_SPEAKS = ("toàn tỉnh", "cả tỉnh", "địa bàn tỉnh")
_COUNTRY = ("cả nước", "toàn quốc", "bộ lđ", "bộ lao động", "bộ nông nghiệp")
_SITE = re.compile(r"(?:https?://|www\.)([\w.-]{1,80})")
_OF_ALL = re.compile(r"(?:của|so với|bình quân|trung bình|nhất)(?: chung)? $")
_INSIDE = re.compile(r" ?[(,-] ?(?:huyện |thị xã |thành phố |TP\.? ?|tỉnh )?")
_SUBJECT = re.compile(r"tỷ lệ|tỉ lệ|số hộ|hộ (?:cận )?nghèo")
_OPENING = 34
_LEAD = 900
_OFTEN = 3


@dataclass(frozen=True)
class Named:
    """The places that a text names, by position, where each starts, and where somebody speaks."""

    all: list[Mention]
    starts: list[int]
    speaking: list[int]


def home_of(text: Text, hint: str, month: str = "") -> str:
    """Code of the place whose office speaks: by title, by `tỉnh X`, by the address of the site.

    hint  : name of the file
    month : when the text was written, '2025-08'; from July 2025 a name means the unit of 2025
    Returns '' where nothing tells; a district's code where a district speaks.
    """
    scores = _scores(text, hint)
    best = max(scores, key=lambda code: scores[code], default="")
    office = best if best and scores[best] >= 2 else ""
    return _district_home(text, office, month) or gazetteer.since_merger(office, month)


def mentions(text: Text, home: str, month: str = "") -> Named:
    """Places named in a text, by position; districts and communes under the province at hand."""
    lower = gazetteer.below(text, home, month)
    covered = {position for m in lower for position in range(m.start, m.end)}
    found = lower + [
        gazetteer.in_its_time(text, m, month)
        for m in gazetteer.upper(text)
        if m.start not in covered
    ]
    office = home.partition("/")[0]
    for start, phrase in spots(text.low, _WHOLE):
        if phrase.endswith(" còn") and text.low.startswith(" lại", start + len(phrase)):
            continue  # `các huyện còn lại` is no `huyện còn 5.120 hộ`
        kind = _WHOLE[phrase]
        code = {"country": "VN", "carried province": "" if office == "VN" else office}.get(kind, "")
        found.append(Mention(start, start + len(phrase), code, kind))
    found.sort(key=lambda m: (m.start, -m.end))
    found = [m for i, m in enumerate(found) if not i or not _is_container(text, found[i - 1], m)]
    listed = [_with_list(text.nfc, found, i) for i in range(len(found))]
    speaking = [start for start, _ in spots(text.low, _SPEAKS)]
    return Named(listed, [mention.start for mention in listed], speaking)


def place_at(text: Text, named: Named, start: int, end: int, home: str) -> str:
    """Place of the figure printed at [start, end): named before it, or just after, or carried."""
    number = text.sentence_of(start)
    opening, closing = text.sentences[number], text.ends[number]
    first = _index(named, opening)
    for mention in reversed(named.all[first : _index(named, start)][-12:]):
        if _is_topic(text.nfc, mention, home):
            return mention.code or _carried(text, named, mention, home)
    after = _after(text.nfc, named, end, closing)
    return after or _topic(text, named, number, home)


def respectively(text: Text, named: Named, starts: list[int]) -> dict[int, str]:
    """Places of figures that `lần lượt` gives one after another: index in `starts` to place.

    starts : where each figure is printed, by position
    """
    given: dict[int, str] = {}
    position = text.low.find("lần lượt")
    while position >= 0:
        number = text.sentence_of(position)
        opening, closing = text.sentences[number], text.ends[number]
        before = [m for m in named.all if opening <= m.start < position and m.code]
        group = [m.code for m in before if m.kind == "listed"]
        first = bisect_left(starts, position)
        here = range(first, bisect_left(starts, closing))
        if len(group) > 1 and len(here) >= len(group):
            given |= {index: group[k] for k, index in zip(range(len(group)), here, strict=False)}
        position = text.low.find("lần lượt", position + 8)
    return given


def _scores(text: Text, hint: str) -> Counter[str]:
    """How much speaks for each province, and for the country."""
    scores: Counter[str] = Counter()
    title_end = text.title_end
    for start, _ in spots(text.low, _COUNTRY):
        scores["VN"] += 5 if start < title_end else 2
    for mention in gazetteer.upper(text):
        if mention.kind == "region":
            continue
        weight = 5 if mention.start < title_end else 1
        office = _OFFICE.search(text.low[max(0, mention.start - 20) : mention.start])
        scores[mention.code] += weight + (3 if office else 0)
    slugs = _slugs(project.raw_dir())
    for match in _SITE.finditer(text.nfc) if names_sites(text.nfc) else ():
        scores.update({code: 3 for key, code in slugs if key.replace("-", "") in match[1]})
    folded = places.fold(hint)
    scores.update({code: 4 for key, code in slugs if key in folded})
    return scores


def _district_home(text: Text, office: str, month: str) -> str:
    """The district that speaks, if the title names one and the text speaks for it; else ''."""
    if "huyện" not in text.low and "thị xã" not in text.low and "thành phố" not in text.low:
        return ""
    part = sum(map(text.low.count, _DISTRICT_SPEAKS))
    whole = sum(map(text.low.count, _PROVINCE_SPEAKS))
    if part <= whole:
        return ""
    title = text.title_end or min(len(text.nfc), 300)
    told = [
        m
        for m in gazetteer.below(text, office, month)
        if m.kind == "below" and m.code and "@" not in m.code
    ]
    named = list(dict.fromkeys(m.code for m in told if m.start < title))
    if len(named) == 1:
        return named[0]
    lead = {m.code for m in told if m.start < title + _LEAD}
    code, times = Counter(m.code for m in told).most_common(1)[0] if told else ("", 0)
    clear = part >= _OFTEN and not whole and not named and 2 * times > len(told)
    return code if clear and code in lead else ""


def _after(nfc: str, named: Named, end: int, closing: int) -> str:
    """A place named right behind the figure: `793 hộ nghèo ở huyện Cai Lậy`."""
    for mention in named.all[_index(named, end) :][:2]:
        between = nfc[end : mention.start]
        if mention.start >= closing or mention.kind == "listed":
            return ""
        if len(between) <= 40 and not re.search(r"[\d,;:.(]|\bvà\b|\btại\b|\bđi\b", between):
            return mention.code if mention.kind in {"below", "commune", "region", "country"} else ""
    return ""


def _topic(text: Text, named: Named, number: int, home: str) -> str:
    """The place that an earlier sentence of the paragraph set as its subject, else the office's."""
    line = text.lines[text.line_of(text.sentences[number])]
    for earlier in range(number - 1, max(-1, number - 12), -1):
        opening, closing = text.sentences[earlier], text.ends[earlier]
        if opening < line:
            break
        here = named.all[_index(named, opening) : _index(named, closing)]
        speaker = bisect_left(named.speaking, opening)
        speaking = named.speaking[speaker : speaker + 1]
        speaks = bool(speaking) and speaking[0] < min(closing, opening + 400)
        for mention in reversed(here[:8]):
            start = text.low[opening : mention.start]
            opens = len(start) <= _OPENING and not _SUBJECT.search(start)
            opens = opens and _is_topic(text.nfc, mention, home)
            if mention.kind != "listed" and (opens or speaks):
                code = mention.code or _carried(text, named, mention, home)
                return code
    return home


def _carried(text: Text, named: Named, at: Mention, home: str) -> str:
    """`toàn huyện` is the district named last, `toàn xã` the commune, `toàn tỉnh` the office's."""
    wanted = {"carried": "below"}.get(at.kind, at.kind.removeprefix("carried "))
    if wanted == "below" and "/" in home:
        return home
    for mention in reversed(named.all[: _index(named, at.start)][-20:]):
        if mention.kind == wanted and mention.code:
            return mention.code
    return home


def _is_topic(nfc: str, mention: Mention, home: str) -> bool:
    """Whether what follows is about the place: not one of a list, nor where somebody goes to."""
    before = nfc[max(0, mention.start - 16) : mention.start]
    if mention.kind == "listed" or (mention.kind == "country" and _OF_ALL.search(before)):
        return False
    if mention.kind == "province" and mention.code != home:
        return not _ELSEWHERE.search(nfc[max(0, mention.start - 24) : mention.start])
    return bool(mention.code) or mention.kind.startswith("carried")


def _with_list(nfc: str, found: list[Mention], index: int) -> Mention:
    """The mention, marked as listed where it is one of several or follows a plural."""
    mention = found[index]
    if mention.kind == "country" or mention.kind.startswith("carried"):
        return mention
    before = nfc[max(0, mention.start - 24) : mention.start]
    behind = nfc[mention.end : mention.end + 3]
    follows = (
        index > 0
        and mention.start - found[index - 1].end <= 24
        and not found[index - 1].kind.startswith(("carried", "country"))
    )
    enumerated = follows and _LISTED.fullmatch(nfc, found[index - 1].end, mention.start)
    opens_list = re.match(rf", [{CAPITALS}]", behind) or (
        index + 1 < len(found)
        and found[index + 1].start - mention.end <= 24
        and _LISTED.fullmatch(nfc, mention.end, found[index + 1].start)
        and not _contains(mention, found[index + 1])
    )
    bare = nfc[mention.start].isupper() and not _WITH_KIND.match(nfc, mention.start)
    continues = (enumerated or (bare and _BARE_BEFORE.search(before))) and not (
        index and _contains(found[index - 1], mention)
    )
    if _PLURAL.search(before) or opens_list or continues:
        return Mention(mention.start, mention.end, mention.code, "listed")
    return mention


def _is_container(text: Text, inner: Mention, outer: Mention) -> bool:
    """Whether a place only tells where the one before it lies: `xã Hang Kia (Mai Châu)`."""
    if inner.kind == "commune" and outer.kind in {"below", "province"}:
        return bool(_INSIDE.fullmatch(text.nfc, inner.end, outer.start))
    lies = inner.kind == "below" and outer.kind == "province"
    return (
        lies
        and bool(_INSIDE.fullmatch(text.nfc, inner.end, outer.start))
        and _contains(inner, outer)
    )


def _contains(inner: Mention, outer: Mention) -> bool:
    """`xã A, huyện Đakrông, tỉnh Quảng Trị` names one place, not three."""
    if inner.kind == "commune" and outer.kind in {"below", "province"}:
        return True
    return inner.kind == "below" and inner.code.startswith(f"{outer.code}/")


def _index(named: Named, position: int) -> int:
    return bisect_left(named.starts, position)


@lru_cache(maxsize=8)
def _slugs(raw: Path) -> tuple[tuple[str, str], ...]:
    """Each province's name without diacritics, as addresses of sites write it, and its code."""
    del raw
    return tuple((places.fold(p.name_vi), p.code) for p in places.provinces("63"))
