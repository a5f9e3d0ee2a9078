"""Statuses: whether a figure is a target, an estimate, preliminary, or none of these."""

from __future__ import annotations

import re
from bisect import bisect_left

from helpers.bulletins.periods import LOOKS_BACK, Calendar
from helpers.bulletins.text import Text

_TARGET = re.compile(
    r"\b(?:phấn đấu\b|đặt mục tiêu\b|(?:nhiệm vụ|phương hướng)(?: trọng tâm)? "
    r"(?:(?:năm )?(?:19|20)\d\d|\d tháng cuối năm|quý \w+|thời gian tới)[^:.;]{0,20}:"
    r"|yêu cầu(?= (?:tỷ lệ|giảm|phải))|đề ra(?= (?:mỗi|đến|giảm|hạ|tỷ lệ|phải)\b)"
    r"|(?<!so với )(?<!vượt )(?<!đạt )mục tiêu\b(?! quốc gia)"
    r"|(?:chỉ tiêu|kế hoạch)(?: (?:cụ thể|năm|(?:19|20)\d\d))* ?:"
    r"|(?:chỉ tiêu|kế hoạch)(?: (?:cụ thể|năm|cả năm|giao|đề ra|đặt ra|là|giảm|đến năm|tỉnh giao"
    r"|hđnd tỉnh giao|(?:19|20)\d\d))*(?=,| (?:là|phải|giảm|đề|đặt)\b| ?[(:]? ?$))"
)
_NOT_A_TARGET = re.compile(
    r"(?:chương trình|vượt|đạt|hoàn thành|so với|các|những|thực hiện|theo|%|được|bằng|gần|hơn)"
    r"(?: các| được)? $"
)
_BARE_PLAN = re.compile(r"(?:chỉ tiêu|kế hoạch)(?: (?:năm|cả năm|giao|(?:19|20)\d\d))*")
_ANOTHER = re.compile(r"\d(?!.*\btrong đó\b)")
_DONE = re.compile(r"\b(?:đã|kinh phí|nguồn vốn|hiện|đạt được)\b")
_ESTIMATE = re.compile(
    r"\b(?:dự kiến|ước(?: tính| đạt| có| thực hiện| đến| còn| khoảng| giảm| cả năm)?)\b"
    r"(?! (?:mơ|muốn|vọng|nguyện))"
)


def status_at(text: Text, cal: Calendar, start: int, dated: bool, last: int) -> str:
    """`target`, `estimate`, `preliminary` or '' for the figure that starts at a position.

    dated : whether the figure's sentence names its own time; a target is carried over if not
    last  : end of the figure before it, or the start of its sentence
    """
    number = text.sentence_of(start)
    sentence = text.sentences[number]
    opening = max(sentence, start - 400)
    before = text.low[opening:start]
    goal = bisect_left(cal.goals, opening)
    spoken = goal < len(cal.goals) and cal.goals[goal] < start
    for match in reversed(list(_TARGET.finditer(before))) if spoken else ():
        behind = before[match.end() :]
        closed = ")" in behind and "(" not in behind
        if _BARE_PLAN.fullmatch(match[0]):
            if behind.strip() == "(":
                return "target"
            if ";" in behind or _ANOTHER.search(behind):
                continue
        if closed:
            continue
        if not _NOT_A_TARGET.search(before[max(0, match.start() - 20) : match.start()]):
            return "target"
    if _ESTIMATE.search(text.low, max(opening, last), start) or _ESTIMATE.match(text.low, sentence):
        return "estimate"
    line = text.line_of(start)
    if cal.to_come[line] and not _DONE.search(before):
        return "target"
    lead = cal.leads[line]
    if lead and _TARGET.search(text.low, *lead) and not LOOKS_BACK.search(text.low, *lead):
        return "target"
    earlier = text.sentences[number - 1] if number else 0
    follows = not dated and number and sentence > text.lines[line] and not _DONE.search(before)
    if follows and re.search(
        r"\bphấn đấu\b", text.low[max(earlier, text.lines[line], opening - 600) : opening]
    ):
        return "target"
    return ""


def is_preliminary(cal: Calendar, start: int, when: str) -> bool:
    """Whether a result of the text's own year is said to be preliminary, there or before."""
    return start > cal.preliminary and when[:4] == cal.year
