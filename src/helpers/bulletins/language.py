"""Language: whether a text is Vietnamese, English, French, or another language."""

from __future__ import annotations

import re

from helpers.bulletins.text import Text

SAMPLE = 20_000
SHORT = 1_500
ENOUGH_WORDS = 200
_VIETNAMESE = (" và ", " của ", " được ", " các ", " người ", " trong ", " với ")
_LONG = {
    "en": (" the ", " of ", " and ", " with ", " for "),
    "fr": (" des ", " les ", " et ", " une ", " dans ", " du ", " est "),
}
_SHORT = {
    "vi": "và của được các người trong với cho có là năm hộ nghèo tỷ lệ tỉnh huyện xã còn đã từ "
    "đến giảm không những này theo về tại ngày số việc thực hiện chiếm",
    "en": "the of and with for in to a an by was were is are has had have from at on its this that "
    "households household poverty poor percent cent rate year province district",
    "fr": "de des les le la et une un dans du est en au aux par sur pour a ont été à ce cette qui "
    "foyers ménages pauvreté pauvres taux province district d'ici soit",
}
_SMALL = {name: frozenset(words.split()) for name, words in _SHORT.items()}
# Words that other languages share: no evidence in a long text that lacks the rest.
_OTHERS_TOO = "de la le en un a in an es du et au on at par sur to has"
_SHARED = frozenset(_OTHERS_TOO.split())
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_OTHER_SCRIPT = re.compile(r"[\u0370-\u1cff\u2e80-\ud7ff\uf900-\ufaff\uff66-\uffdc]")
_VIETNAMESE_LETTER = re.compile(r"[đơưạ-ỹ]")


def language_of(text: Text) -> str:
    """Language of a text: 'vi', 'en', 'fr', or 'other' where that is clear; 'vi' in doubt.

    The frequent small words tell; names in Vietnamese letters inside an English text do not. Only
    the first SAMPLE characters are looked at.
    """
    sample = text.nfc[:SAMPLE]
    if len(sample) < SHORT:
        return _of_short(sample)
    vietnamese = 0
    for word in _VIETNAMESE:
        vietnamese += sample.count(word)
        if vietnamese * 250 > len(sample):
            return "vi"
    scores = {name: sum(map(sample.count, words)) for name, words in _LONG.items()}
    best = max(scores, key=lambda name: scores[name])
    if scores[best] * 200 >= len(sample) and scores[best] > vietnamese:
        return best
    if vietnamese * 1_000 > len(sample):
        return "vi"
    return _of_short(sample)


def _of_short(sample: str) -> str:
    """By a fuller list of words, for short texts and for those with little evidence."""
    words = _WORD.findall(sample.lower())
    shared = _SHARED if len(words) >= ENOUGH_WORDS else frozenset()
    known = {name: small - shared for name, small in _SMALL.items()}
    scores = {name: sum(word in small for word in words) for name, small in known.items()}
    best = max(scores, key=lambda name: scores[name])
    if scores[best] > max(0.05 * len(words), 1):
        return best
    if len(_OTHER_SCRIPT.findall(sample)) > 0.2 * len(sample) > 4:
        return "other"
    strange = len(words) >= ENOUGH_WORDS and not _VIETNAMESE_LETTER.search(sample.lower())
    return "other" if strange else "vi"
