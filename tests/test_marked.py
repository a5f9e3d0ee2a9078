"""Marked bulletins: every figure in its place, the text unchanged, nothing by colour alone."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import bulletins, labels, project
from helpers.bulletins import numerals
from helpers.charts import marked
from helpers.ledger import RELATIONS
from helpers.project import UserError

SAMPLES = bulletins.read_files([project.raw_dir() / "bulletins"])
PIECES = (
    "1 12 5.804 7,71 15.5580 % / - – ( ) . , ; : & < > \" ' <b> &amp; hộ nghèo người đồng tỷ triệu "
    "giảm tăng gần năm tháng 2023 Huyện Sìn Hồ tỷ lệ chiếm mục tiêu 1.2.3 Covid-19 27/7"
)
WORDS = [*PIECES.split(), "\n", "\t", "\u0302"]
SOUP = st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join)


class Parts(HTMLParser):
    """What a browser makes of a page: its text without raised notes, its marks, the legend."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.legend, self.raised = "", "", ""
        self.marks: list[str] = []
        self.others: list[str] = []
        self.titles: list[str] = []
        self.tags: set[str] = set()
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "br":
            return
        self._open.append(tag)
        held = {"mark": self.marks, "span": self.others}.get(tag)
        if held is not None and "div" in self._open:
            held.append("")
            if tag == "mark":
                self.titles.append(str(dict(attrs)["title"]))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "div" not in self._open:
            self.legend += data
        elif "sup" in self._open:
            self.raised += data
        else:
            self.text += data
            for tag, held in (("mark", self.marks), ("span", self.others)):
                if tag in self._open:
                    held[-1] += data


def shown(text: str, language: str = "en", place: str = "") -> tuple[bulletins.Read, Parts]:
    read = bulletins.read_text(text, "b", place)
    return read, Parts(marked.page(read, "b", language))


def composed(text: str) -> str:
    """Composed letters and plain spaces, as the reader writes what it found."""
    return re.sub("[\t\xa0]", " ", unicodedata.normalize("NFC", text))


@pytest.mark.parametrize("language", labels.LANGUAGES)
@pytest.mark.parametrize("name", SAMPLES.texts)
def test_a_sample_keeps_its_text_and_marks_everything_once(name: str, language: str) -> None:
    parts = Parts(marked.page(SAMPLES, name, language))
    assert parts.text == SAMPLES.texts[name]
    figures = SAMPLES.figures[SAMPLES.figures["source_id"] == name]
    others = SAMPLES.numerals[SAMPLES.numerals["source_id"] == name]
    assert parts.marks == figures["printed"].tolist()
    assert parts.others == others["text"].tolist()
    numbers = re.findall(r"\[(\d+)\]", parts.raised)
    assert numbers == [str(number) for number in range(1, len(figures) + 1)]
    assert parts.tags <= {"section", "div", "p", "mark", "span", "sup", "br", "small"}


@given(SOUP | st.text(max_size=80) | st.text("0123456789.,/-() %hộ\n", max_size=80))
def test_any_text_is_kept_and_its_figures_and_numerals_marked_once(text: str) -> None:
    read, parts = shown(text)
    assert parts.text == text
    assert [composed(mark) for mark in parts.marks] == read.figures["printed"].tolist()
    assert len(parts.others) == len(read.numerals)
    for digits in re.finditer("[0-9]+", text):
        assert any(digits.group() in mark for mark in [*parts.marks, *parts.others])


@given(SOUP)
def test_letters_with_marks_of_their_own_are_marked_as_composed_ones(text: str) -> None:
    _, one = shown(unicodedata.normalize("NFC", text))
    _, two = shown(unicodedata.normalize("NFD", text))
    assert two.text == unicodedata.normalize("NFD", text)
    assert [composed(mark) for mark in two.marks] == [composed(mark) for mark in one.marks]
    assert two.titles == one.titles


def test_a_text_cannot_bring_markup_of_its_own() -> None:
    text = 'Tỉnh còn 14.041 hộ nghèo <script>alert(5)</script> & <b title="7">.'
    read, parts = shown(text, place="12")
    assert parts.text == text
    assert not parts.tags & {"script", "b"}
    hostile = read.figures.assign(note='"><script>', indicator='"><script>', value=float("nan"))
    other = bulletins.Read(hostile, read.links, read.numerals, read.texts, ())
    assert "script" not in Parts(marked.page(other, "b", "en")).tags


def test_a_figure_says_what_it_was_understood_as() -> None:
    parts = Parts(marked.page(SAMPLES, "tien-giang-2021", "en"))
    title = parts.titles[parts.marks.index("1.370 hộ nghèo/79.836 hộ")]
    assert title.split("\n") == [
        "poverty: count or rate: poor households",
        "Cái Bè (Tiền Giang), 2021",
        "1,370 of 79,836 households",
        "has the rate [15]",
    ]
    row = marked.understood(SAMPLES, "tien-giang-2021", "vi").loc["[15]"]
    assert row["value"] == "1,67 [1,665; 1,675]"
    assert row["links"] == "là tỷ lệ của [14]"


def test_kinds() -> None:
    text = (
        "Tỉnh Lai Châu năm 2023\nTỉnh còn 14.041 hộ nghèo, tỷ lệ hộ nghèo giảm 4,32%.\n"
        "Có 15.5580 người chưa có thẻ. Mở 06 phiên.\nMục tiêu năm 2024: giảm tỷ lệ hộ nghèo 4%."
    )
    figures = bulletins.read_text(text, "b").figures
    said = ["level", "change", "unreadable", "other", "target"]
    assert marked.kinds(figures).tolist() == said
    _, parts = shown(text)
    for kind in said:
        assert labels.text(f"marked.kind.{kind}", "en") in parts.legend
    assert "may stand for" in parts.titles[parts.marks.index("15.5580 người")]


@pytest.mark.parametrize("language", labels.LANGUAGES)
def test_what_was_not_understood_is_listed_with_its_words_and_reason(language: str) -> None:
    read, parts = shown("Còn 14.041 hộ nghèo, 15.5580 người.\nmã 77 là gì", language)
    table = marked.not_understood(read, "b", language)
    assert table["printed"].tolist() == ["14.041 hộ", "15.5580 người", "77"]
    assert table["around"].tolist()[2] == "mã 77 là gì"
    place, kind = (labels.text(f"marked.no.{what}", language) for what in ("place", "kind"))
    assert place in table["why"][0] and place in parts.titles[0]
    assert table["why"][2] == kind
    assert "3" in marked.say_not_understood(read, "b", language)


def test_the_samples_leave_little_open() -> None:
    assert marked.not_understood(SAMPLES, "ca-nuoc-2022", "en").empty
    assert "Nothing" in marked.say_not_understood(SAMPLES, "ca-nuoc-2022", "en")


def test_a_text_without_figures_is_shown_plainly() -> None:
    read, parts = shown("Hội nghị kết thúc.\n\n")
    assert (parts.text, parts.legend) == ("Hội nghị kết thúc.\n\n", "\n")
    assert marked.understood(read, "b", "en").empty


def test_the_plain_text_of_a_page_is_one_sentence() -> None:
    page = marked.page(SAMPLES, "tra-vinh-2021-h1", "en")
    assert page._repr_html_() == str(page)
    assert re.fullmatch(r"tra-vinh-2021-h1: Found: 17 figures.*\.", repr(page))


def test_an_unknown_bulletin_and_a_figure_that_is_not_there_are_named() -> None:
    with pytest.raises(UserError, match="tien-giang-2021"):
        marked.page(SAMPLES, "atlantis", "en")
    read = bulletins.read_text("Còn 14.041 hộ nghèo.", "b")
    moved = bulletins.Read(read.figures.assign(offset=0), read.links, read.numerals, read.texts, ())
    with pytest.raises(UserError, match="b-01"):
        marked.page(moved, "b", "en")


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, WCAG 2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_marks_are_readable_and_differ_without_colour() -> None:
    for ground, line in marked.LOOKS.values():
        assert contrast(marked.INK, ground) >= 7
        assert contrast(line.split()[-1], ground) >= 3
        assert contrast(line.split()[-1], "#FFFFFF") >= 3
    lines = [line.rpartition(" ")[0] for _, line in marked.LOOKS.values()]
    assert len(set(lines)) == len(lines) - 1  # what cannot be read has a whole box, not a line


def test_every_kind_and_relation_has_a_name_in_both_languages() -> None:
    table = project.read_table(project.raw_dir() / "labels.csv", ["key"])
    wanted = {f"numeral.{kind}" for kind in numerals.KINDS}
    wanted |= {f"relation.{name}{end}" for name in RELATIONS for end in ("", ".back")}
    wanted |= {f"marked.kind.{kind}" for kind in marked.LOOKS}
    assert wanted <= set(table["key"])


def test_the_table_is_by_the_numbers_of_the_marks() -> None:
    table = marked.understood(SAMPLES, "ca-nuoc-2022", "en")
    figures = SAMPLES.figures[SAMPLES.figures["source_id"] == "ca-nuoc-2022"]
    assert table["printed"].tolist() == figures["printed"].tolist()
    assert table.index.tolist() == [f"[{n}]" for n in range(1, len(figures) + 1)]
