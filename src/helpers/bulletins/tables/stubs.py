"""Stubs: what the names of rows and columns of a table mean: places, totals, groups."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from helpers import districts, places, yearbooks
from helpers.bulletins import gazetteer, settings
from helpers.bulletins.text import compose
from helpers.bulletins.vocabulary import CAPITALS

_KIND = re.compile(
    r"(?P<kind>tỉnh|thành phố|t[px]\.?(?= ?[^\W\d_])|tx\.?|thị xã|huyện|quận|xã|phường|thị trấn"
    r"|tt\.?|h\.|x\.|p\.|q\.|đặc khu|thôn|bản|ấp|khóm|buôn|khu phố|tổ dân phố|làng|xóm)"
    r"(?: |(?<=\.)) ?(?P<name>[^\s:].*)",
    re.I,
)
_SHORT = {
    "tp": "thành phố", "tx": "thị xã", "tt": "thị trấn", "h": "huyện", "x": "xã", "p": "phường",
    "q": "quận",
}  # fmt: skip
_VILLAGE = re.compile(r"(?:thôn|bản|ấp|khóm|buôn|khu phố|tổ dân phố|làng|xóm) ")
_DISTRICTS = {
    "huyện": "district", "quận": "urban_district", "thị xã": "town", "thành phố": "city",
}  # fmt: skip
_COMMUNES = frozenset({"xã", "phường", "thị trấn", "đặc khu"})
_ORDINAL = re.compile(
    r"(?:\d{1,3}(?:\.\d{1,3}){0,3}|[IVX]{1,6}|[a-zA-ZđĐ])(?:[.)/]+|\.\))(?= |\w) ?|[-–+*•] ?"
)
_BARE_ORDINAL = re.compile(r"\(?(?:\d{1,3}(?:\.\d{1,3}){0,3}|[IVXL]{1,6}|[a-zA-ZđĐ])[.)]{0,2}")
_UPPER_ORDINAL = re.compile(r"\(?(?:[IVXL]{1,6}|[A-ZĐ])[.)]{0,2}")
_TAIL = re.compile(r" ?(?:\([^()]{0,60}\)|[*¹²³]{1,3}|:) ?$")
_WHOLE = r"(?:toàn|cả) (?:tỉnh|huyện|xã|thành phố|thị xã|quận|phường|vùng)"
_TOTAL = re.compile(
    rf"(?:tổng(?: cộng| số| chung| hợp)?|cộng|chung|bình quân chung)?,? ?(?P<whole>{_WHOLE})"
    r"|tổng(?: cộng| số| chung)?|cộng|chung|bình quân chung",
    re.I,
)
_LETTERHEAD = re.compile(r"cộng h(?:òa|oà) xã hội chủ nghĩa việt nam|kèm theo.*", re.I)
_COUNTRY = re.compile(r"(?:tổng (?:số|cộng) )?(?:cả nước|toàn quốc)(?: .*)?", re.I)
_PROPER = re.compile(
    rf"[{CAPITALS}][^\W\d_]*(?:[’'][^\W\d_]+)?(?:(?: | ?[-–] ?)(?:[{CAPITALS}][^\W\d_]*"
    r"(?:[’'][^\W\d_]+)?|[0-9IVX]{1,3})){0,5}"
)
_OF_PLACES = re.compile(
    r"địa phương|đơn vị(?! tính)|huyện|xã|phường|tỉnh|thành phố|quận|địa bàn|thôn|bản|ấp|khu vực"
    r"|vùng|tên",
    re.I,
)
_OF_THINGS = re.compile(
    r"chỉ tiêu|nội dung|chỉ số|tiêu chí|danh mục|hạng mục|nhóm|loại|đối tượng|dân tộc", re.I
)
_SMALL_WORDS = re.compile(
    r"(?<!\w)(?:Năm|Theo|Trên|Của|Giai Đoạn|Tháng|Đến|Cuối|Đầu|Và|Quý|Sau|Trong|Thời|Tỉnh|Huyện"
    r"|Thị Xã|Thành Phố|Quận|Xã|Phường|Thị Trấn)(?!\w)"
)


@dataclass(frozen=True)
class Setting:
    """Where a table stands.

    home  : code of the office's place, '' if unknown
    own   : code of the place that the table as a whole is about
    month : when the bulletin was written, '2025-08', or ''
    level : what bare names are: 'province', 'district', 'commune', or '' where none is a place
    """

    home: str
    own: str
    month: str
    level: str

    @property
    def province(self) -> str:
        """Code of the province that districts and communes lie in; '' where there is none."""
        code = (self.own if "/" in self.own else self.home or self.own).split("/")[0]
        return code if code[:1].isdigit() else ""


def unnumbered(name: str) -> str:
    """A name without the number, letter or dash before it."""
    match = _ORDINAL.match(name)
    return name[match.end() :].strip() if match else name


def bare(name: str) -> str:
    """A name without the number before it and the notes behind it."""
    plain = unnumbered(name)
    for _ in range(2):
        plain = _TAIL.sub("", plain)
    return plain.strip()


def ordinal(words: str) -> bool:
    """Whether a cell is only the number of its row: `1`, `II`, `a)`, `1.2`."""
    return bool(_BARE_ORDINAL.fullmatch(words))


def opens_section(words: str) -> bool:
    """Whether the number of a row is one of a section: `II`, `B`."""
    return bool(_UPPER_ORDINAL.fullmatch(words))


def total(name: str) -> str:
    """`tỉnh` for `Toàn tỉnh` and the like, `sum` for `Tổng cộng`, '' for what is no total."""
    match = _TOTAL.fullmatch(bare(name))
    if not match:
        return ""
    return match["whole"].split(" ", 1)[1].lower() if match["whole"] else "sum"


def is_place(name: str) -> bool:
    """Whether a name is surely one of a place: by its kind word, or as a province's or region's."""
    plain = bare(name)
    match = _KIND.fullmatch(plain)
    named = match is not None and (match["name"][:1].isupper() or match["name"][:1].isdigit())
    return named or bool(_COUNTRY.fullmatch(plain)) or _code(plain) not in {"", "VN"}


def is_name(name: str) -> bool:
    """Whether a name looks like one of a place, each word with a capital letter."""
    return bool(_PROPER.fullmatch(bare(name)))


def is_listed(name: str, setting: Setting) -> bool:
    """Whether a bare name is one of a district of the province at hand, or of a province."""
    plain = bare(name)
    return is_name(name) and bool(_listed(_cased(plain), setting, "district") or _code(plain))


def places_in(header: str) -> bool | None:
    """Whether the header of the names says that they are places; None where it says nothing."""
    if _OF_THINGS.search(header) and not re.search(r"địa phương", header, re.I):
        return False
    return True if _OF_PLACES.search(header) else None


def level_of(header: str, names: Sequence[str], setting: Setting) -> str:
    """What bare names below a header are: 'province', 'district' or 'commune'."""
    low = header.lower()
    said = [
        level
        for level, pattern in (
            ("province", r"\btỉnh\b(?! lộ)"),
            ("district", r"\b(?:huyện|quận|thị xã)\b"),
            ("commune", r"\b(?:xã|phường|thị trấn)\b(?<!thị xã)"),
        )
        if re.search(pattern, low)
    ]
    known = sum(_code(bare(name)) not in {"", "VN"} for name in names)
    if known >= 2 and 2 * known >= len(names) and "/" not in setting.own:
        return "province"
    for level in ("district", "commune"):
        if level in said:
            return level
    kinds = {_kind(match["kind"]) for n in names if (match := _KIND.fullmatch(bare(n)))}
    if "/" in setting.own or setting.month >= places.MERGER_DATE[:7] or kinds & _COMMUNES:
        return "commune" if not kinds & set(_DISTRICTS) else "district"
    return "district" if setting.province else "province"


def place_of(name: str, setting: Setting, under: str = "") -> str:
    """Code of the place that a name means, as in a ledger; '' where it means none.

    under : 'commune' where the row stands below one of a district
    """
    plain = bare(name)
    if _COUNTRY.fullmatch(plain):
        return "VN"
    match = _KIND.fullmatch(plain)
    if match:
        return _of_kind(_kind(match["kind"]), _cased(match["name"]), plain, setting)
    level = under or setting.level
    if level in {"province", ""}:
        return _upper(_code(plain), setting)
    if not _PROPER.fullmatch(plain):
        return ""
    named = _cased(plain)
    if level == "district":
        return _listed(named, setting, "district") or _below(setting.province, named)
    return _below(setting.province, f"Xã {named}")


def named_in(line: str, home: str, month: str) -> str:
    """Code of the place that a line above a table names, the smallest first; '' if none."""
    line = _LETTERHEAD.sub(" ", line)
    if line.isupper():
        line = _SMALL_WORDS.sub(lambda words: words[0].lower(), line.title())
    found = [m for m in settings.mentions(compose(line), home, month).all if m.code]
    for kind in ("commune", "below", "province", "region", "country"):
        codes = dict.fromkeys(mention.code for mention in found if mention.kind == kind)
        if len(codes) == 1:
            return next(iter(codes))
    return ""


def _of_kind(kind: str, name: str, plain: str, setting: Setting) -> str:
    if kind == "tỉnh":
        return _upper(_code(plain), setting)
    if kind == "thành phố" and (code := _code(plain)) and _is_national(name, setting):
        return _upper(code, setting)
    if kind in _DISTRICTS and (listed := _listed(name, setting, _DISTRICTS[kind], only=True)):
        return listed
    return _below(setting.province, name if kind == "huyện" else f"{kind.capitalize()} {name}")


def _is_national(name: str, setting: Setting) -> bool:
    """Whether a city that bears a province's name is the province, and no city inside it."""
    return setting.level == "province" or not _listed(name, setting, "city")


def _listed(name: str, setting: Setting, kind: str, only: bool = False) -> str:
    """Code of the district of a name, of this kind first; '' where the list has none."""
    if not setting.province:
        return ""
    found = districts.named(name, setting.province)
    alike = [one.place for one in found if one.kind == kind]
    others = [] if only or kind == "city" else [one.place for one in found]
    return next(iter([*alike, *others]), "")


def _upper(code: str, setting: Setting) -> str:
    """A province's code as of the time of writing; other codes unchanged."""
    return gazetteer.since_merger(code, setting.month) if code[:1].isdigit() else code


@lru_cache(maxsize=4096)
def _code(name: str) -> str:
    """Code of a province, region or the country of this name, else ''."""
    if len(name) > 60:
        return ""
    for part in (name, re.sub(r"^(?:các tỉnh )?(?:vùng|khu vực) ", "", name, flags=re.I)):
        code = yearbooks.name_of(part)
        if code and "@" not in code:
            return code
    return ""


def _kind(word: str) -> str:
    plain = word.lower().rstrip(".")
    return _SHORT.get(plain, plain)


def _cased(name: str) -> str:
    return name.title() if name.isupper() and len(name) > 2 else name


def _below(province: str, name: str) -> str:
    return f"{province}/{name}".lstrip("/")


def rank(code: str) -> int:
    """How deep a place lies: 0 country, 1 region, 2 province, 3 district, 4 commune, 5 village."""
    if "/" not in code:
        return 2 if code[:1].isdigit() else 0 if code in {"VN", ""} else 1
    name = code.rpartition("/")[2].lower()
    if name.startswith(tuple(f"{kind} " for kind in _COMMUNES)):
        return 4
    return 5 if _VILLAGE.match(name) else 3
