"""Encodings: bytes become text; the fonts of before Unicode are recognised, not guessed at."""

from __future__ import annotations

import codecs
import re
from functools import cache

from helpers.bulletins.files.grids import Unreadable

_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffe\uffff]")
_DECLARED = re.compile(rb"<meta[^>]{1,200}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w-]{3,20})", re.I)
_WESTERN = frozenset({"windows-1252", "cp1252", "iso-8859-1", "latin1", "iso-8859-15"})
_FOREIGN = re.compile(r"[¡-¯±-¸º»¼-¿ÄÅÆÇËÎÏÑÖ×ØÛÜÞßäåæçëîïñö÷øûüþÿ]")
_STRAY_MARK = re.compile(r"[^aăâeêioôơuưyAĂÂEÊIOÔƠUƯY][\u0300\u0301\u0303\u0309\u0323]")
_VIETNAMESE = re.compile(r"[ăđơưĂĐƠƯ]|\w[\u0300\u0301\u0303\u0309\u0323]")
_TWICE = re.compile("á[»º][^ ]")

_LETTERS = "áàảãạăắằẳẵặâấầẩẫậđéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵ"
_TCVN3 = "¸µ¶·¹¨¾»¼½Æ©ÊÇÈÉË®ÐÌÎÏÑªÕÒÓÔÖÝ×ØÜÞãßáâä«èåæçé¬íêëìîóïñòô\xadøõö÷ùýúûüþ"
_VNI = (
    "aù aø aû aõ aï aê aé aè aú aü aë aâ aá aà aå aã aä ñ eù eø eû eõ eï eâ eá eà eå eã eä "
    "í ì æ ó ò où oø oû oõ oï oâ oá oà oå oã oä ô ôù ôø ôû ôõ ôï uù uø uû uõ uï ö öù öø öû öõ öï "
    "yù yø yû yõ î"
)
_COMMON_WORDS = (
    "tỷ lệ hộ nghèo cận của và các được trong năm tỉnh người huyện xã số với đến này không thực "
    "hiện chương trình giảm bền vững việc làm lao động triệu đồng là có toàn còn đã những vùng dân "
    "tộc thoát tái hỗ trợ trên địa bàn kết quả kế hoạch đạt cuối phát triển thiểu"
)


def decoded(data: bytes, *, forgiving: bool = False) -> str:
    """Text of bytes in UTF-8, UTF-16, UTF-32 or Windows-1258, as it is, without byte order mark.

    A page may declare its encoding; UTF-8 that is valid is believed first, since declarations are
    often left over from a template. A forgiving reader prints a damaged letter as browsers do.
    Raises Unreadable for binary data, damaged text and other encodings.
    """
    try:
        text = data.decode(_unicode(data))
    except UnicodeDecodeError as error:
        text = data.decode("utf-8", "replace")
        letters = sum(sign > "\x7f" for sign in text)
        if 20 * text.count("\ufffd") > letters:
            text = _single_bytes(data)
        elif not forgiving:
            line = data.count(b"\n", 0, error.start) + 1
            raise Unreadable(
                f"has a damaged letter in line {line}: correct it and save the text in UTF-8."
            ) from None
    if _CONTROLS.search(text):
        raise Unreadable(
            "is a binary file, not text: save the bulletin as text in UTF-8, or as .docx."
        )
    return text


def refuse_legacy(text: str) -> None:
    """Raise Unreadable for text typed for the fonts of TCVN3 (ABC) or VNI-Windows.

    Such text is letters of western Europe to every program, and looks Vietnamese only in its own
    fonts: `Tû lÖ hé nghÌo`, `Tyû leä hoä ngheøo`. Words that are common in bulletins, spelled so,
    tell it apart.
    """
    if not _FOREIGN.search(text):
        return
    words = re.findall(rb"[a-z\x80-\xff]+", text.encode("cp1252", "replace").lower())
    for name, spelled in _spellings().items():
        hits = sum(word in spelled for word in words)
        if hits >= 3 or (hits == 2 and len(words) <= 20):
            raise Unreadable(
                f"is written in the old encoding {name}, not in Unicode: convert it to Unicode "
                "(for instance with the toolkit of UniKey, Ctrl+Shift+F6) and save it again."
            )
    if len(_TWICE.findall(text)) >= 3:
        raise Unreadable(
            "was saved in UTF-8 twice over (it shows á» in place of letters): "
            "save the original again as text in UTF-8."
        )


def _unicode(data: bytes) -> str:
    """UTF-16 and UTF-32 by their marks, or by the zero bytes of their ASCII letters; else UTF-8."""
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = data[:2000]
    if len(head) >= 2 and b"\0" in head:
        odd, even = head[1::2].count(0), head[0::2].count(0)
        if max(odd, even) > len(head) // 8 and min(odd, even) <= max(odd, even) // 10:
            return "utf-16-le" if odd > even else "utf-16-be"
    return "utf-8-sig"


def _single_bytes(data: bytes) -> str:
    """Text of bytes that are no Unicode: Windows-1258, or what the page declares."""
    if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", data):
        raise Unreadable("is a binary file, not text: save the bulletin as text in UTF-8.")
    refuse_legacy(data.decode("cp1252", "replace"))
    declared = _DECLARED.search(data[:4000])
    name = declared[1].decode("ascii").lower() if declared else ""
    try:
        text = data.decode("cp1252" if name in _WESTERN else "cp1258")
    except UnicodeDecodeError:
        text = ""
    if name not in _WESTERN and (_STRAY_MARK.search(text) or not _VIETNAMESE.search(text)):
        text = ""
    if not text:
        raise Unreadable(
            "is neither UTF-8, UTF-16 nor Windows-1258 text: open it in its own program and save "
            "it as text in UTF-8."
        )
    return text


@cache
def _spellings() -> dict[str, frozenset[bytes]]:
    """Common words as each old encoding spells them, where Vietnamese itself has no such word."""
    tables = {
        "TCVN3 (ABC)": dict(zip(_LETTERS, _TCVN3, strict=True)),
        "VNI-Windows": dict(zip(_LETTERS, _VNI.split(), strict=True)),
    }
    return {
        name: frozenset(
            spelled.encode("cp1252")
            for word in _COMMON_WORDS.split()
            if (spelled := "".join(letters.get(letter, letter) for letter in word))
            and (_FOREIGN.search(spelled) or re.search("[À-Þ]", spelled))
        )
        for name, letters in tables.items()
    }
