"""Files of bulletins: what each format says, and what is said of those that cannot be read."""

import io
import os
import time
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path

import docx
import matplotlib
import openpyxl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_pdf import FigureCanvasPdf, PdfPages
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from helpers.bulletins import files
from helpers.bulletins.files import Document
from helpers.bulletins.files.numberformats import number_text
from helpers.bulletins.files.rulings import Ruling, tables
from helpers.project import UserError

SENTENCE = "Theo kết quả rà soát cuối năm 2023, tỉnh còn 14.040 hộ nghèo, chiếm 7,71%."
TCVN3 = "Tû lÖ hé nghÌo cña tØnh lµ 7,71%"
VNI = "Tyû leä hoä ngheøo cuûa tænh laø 7,71%"


def read(tmp_path: Path, name: str, data: bytes | str) -> Document:
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return files.read(path)


def refused(tmp_path: Path, name: str, data: bytes | str) -> str:
    """The message about a file that cannot be read, which names it."""
    begun = time.perf_counter()
    with pytest.raises(UserError) as caught:
        read(tmp_path, name, data)
    assert time.perf_counter() - begun < 5
    assert str(caught.value).startswith(str(tmp_path / name))
    return str(caught.value)


def table(document: Document, number: int = 0) -> list[list[str]]:
    """A table as a full grid of texts; '/' where it has no cell."""
    grid = document.grids[number]
    rows = [["/"] * grid.columns for _ in range(grid.rows)]
    for cell in grid.cells:
        assert grid.start <= cell.start <= cell.end <= grid.end
        rows[cell.row][cell.column] = document.text[cell.start : cell.end]
    return rows


MERGED = [
    ["Huyện", "Hộ nghèo", "Hộ nghèo"],
    ["Huyện", "Số hộ", "Tỷ lệ"],
    ["Đakrông", "3.500", "30,5%"],
]


@cache
def document_bytes() -> bytes:
    document = docx.Document()
    document.add_paragraph(SENTENCE)
    document.add_paragraph("Kết quả", style="List Number")
    document.add_paragraph("Tồn tại", style="List Number")
    grid = document.add_table(3, 3)
    for i, row in enumerate(MERGED):
        for j, text in enumerate(row):
            grid.cell(i, j).text = text if (i, j) not in {(0, 2), (1, 0)} else ""
    grid.cell(0, 1).merge(grid.cell(0, 2))
    grid.cell(0, 0).merge(grid.cell(1, 0))
    tracked = document.add_paragraph("Còn ")
    for tag, text, hundreds in (("ins", "t", 9), ("del", "delText", 8)):
        tracked._p.append(
            parse_xml(
                f'<w:{tag} {nsdecls("w")} w:id="{hundreds}" w:author="a">'
                f"<w:r><w:{text}>{hundreds}00 hộ</w:{text}></w:r></w:{tag}>"
            )
        )
    hidden = document.add_paragraph("Hết.").add_run(" 700 hộ")
    hidden.font.hidden = True
    return saved(document.save)


@cache
def workbook_bytes() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"] = "Kết quả rà soát hộ nghèo năm 2023"
    sheet.merge_cells("A1:D1")
    for row in (["Huyện", "Hộ nghèo"], [None, "Số hộ", "Tỷ lệ"], ["Đakrông", 3500, 0.305]):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("B2:C2")
    sheet["B4"].number_format, sheet["C4"].number_format = "#,##0", "0.0%"
    sheet["A5"] = "Nguồn: Sở"
    hidden = book.create_sheet("ẩn")
    hidden["A1"] = 99
    hidden.sheet_state = "hidden"
    return saved(book.save)


def saved(save: Callable[[io.BytesIO], None]) -> bytes:
    target = io.BytesIO()
    save(target)
    return target.getvalue()


@cache
def pdf_bytes(pages: int = 2, text: str = SENTENCE) -> bytes:
    target = io.BytesIO()
    with matplotlib.rc_context({"pdf.fonttype": 42}), PdfPages(target) as book:
        for number in range(pages):
            page = Figure(figsize=(8.27, 11.69))
            FigureCanvasPdf(page)
            page.text(0.1, 0.96, "UBND tỉnh Quảng Trị")
            page.text(0.5, 0.03, str(number + 1))
            page.text(0.12, 0.88, f"Trang thứ {number + 1}: {text}")
            page.text(0.1, 0.86, "tiếp theo dòng trên.")
            page.text(0.12, 0.84, "Đoạn sau.")
            for y in (0.8, 0.74, 0.71):
                page.add_artist(Line2D([0.1, 0.7], [y, y], lw=0.5))
            page.add_artist(Line2D([0.3, 0.7], [0.77, 0.77], lw=0.5))
            for x, top in ((0.1, 0.8), (0.3, 0.8), (0.5, 0.77), (0.7, 0.8)):
                page.add_artist(Line2D([x, x], [0.71, top], lw=0.5))
            page.text(0.11, 0.765, MERGED[0][0])
            page.text(0.31, 0.78, MERGED[0][1])
            for x, above, below in zip((0.11, 0.31, 0.51), MERGED[1], MERGED[2], strict=True):
                page.text(x, 0.75, above if x > 0.2 else "")
                page.text(x, 0.72, below)
            book.savefig(page)
    return target.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def rezipped(data: bytes, changes: dict[str, bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return zipped({name: archive.read(name) for name in archive.namelist()} | changes)


# text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_is_decoded_and_nothing_else(tmp_path: Path, encoding: str) -> None:
    text = f"{SENTENCE}\r\n\n  e\u0302\u0323 \n"
    assert read(tmp_path, "a.txt", text.encode(encoding)) == Document(text, ())


def test_windows_1258_is_read_from_its_bytes(tmp_path: Path) -> None:
    text = "Ty\u0309 lê\u0323 hô\u0323 nghèo cu\u0309a ti\u0309nh ðô\u0300ng".replace("ð", "đ")
    assert read(tmp_path, "a.txt", text.encode("cp1258")).text == text
    page = b'<html><head><meta charset="windows-1258"></head><p>' + text.encode("cp1258")
    assert read(tmp_path, "a.html", page).text == text


@pytest.mark.parametrize(("text", "name"), [(TCVN3, "TCVN3"), (VNI, "VNI")])
def test_fonts_of_before_unicode_are_refused_with_advice(
    tmp_path: Path, text: str, name: str
) -> None:
    document = docx.Document()
    document.add_table(1, 2).cell(0, 1).text = text
    book = openpyxl.Workbook()
    book.worksheets[0].append(["1", text])
    cases = {
        "a.txt": text.encode("cp1252"),
        "b.txt": text.encode(),
        "c.html": f"<html><p>{text}</p></html>".encode(),
        "d.docx": saved(document.save),
        "e.xlsx": saved(book.save),
        "f.pdf": pdf_bytes(1, text),
        "g.csv": f"1,{text}".encode(),
    }
    for file, data in cases.items():
        message = refused(tmp_path, file, data)
        assert name in message and "convert it to Unicode" in message, file


def test_a_damaged_letter_is_named_in_a_text_and_shown_in_a_page(tmp_path: Path) -> None:
    damaged = f"{SENTENCE}\n{SENTENCE}".encode() + "ộ".encode()[:2]
    assert "line 2" in refused(tmp_path, "a.txt", damaged)
    assert read(tmp_path, "a.html", damaged).text.endswith("7,71%.\ufffd")


def test_unicode_text_is_not_taken_for_an_old_font(tmp_path: Path) -> None:
    text = SENTENCE + " Diện tích 3 m² × 2; hé mở, cà phê, số 5°, «Ngày vì người nghèo» ± 1%."
    assert read(tmp_path, "a.txt", text).text == text


def test_a_thousand_text_bulletins_take_a_moment(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(SENTENCE * 90, encoding="utf-8")
    best = min(timed(lambda: files.read(path)) for _ in range(30))
    assert best < 0.0015  # a fifth of it alone on the machine


def timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


# pages

PAGE = f"""<!doctype html><html><head><title>Báo X</title><style>p{{margin:3px}}</style></head>
<body><form id="aspnetForm"><div><a href="1">Trang chủ</a> <a href="2">Thời sự</a></div>
<nav>4 hộ</nav><script>var a = "5 hộ";</script><h1>Quảng Trị giảm nghèo</h1><div>12/12/2023</div>
<div><p>{SENTENCE}</p><p hidden>6 hộ</p><div style="display: none"><div>7 hộ</div>8 hộ</div>
<span aria-hidden="true">9 hộ</span>
<p>Năm 2024 tỉnh phấn đấu giảm thêm 2% theo chuẩn đa chiều, c&ograve;n&nbsp;12&#46;000 hộ.</p>
<table><tr><th rowspan="2">Huyện<th colspan="9">Hộ nghèo</tr><tr><th>Số<br>hộ<th>Tỷ lệ</tr>
<tr><td>Đakrông<td>3.500<td><b>30</b>,5%</table>
<p>Kết quả có được nhờ sự vào cuộc của cả hệ thống chính trị từ tỉnh đến cơ sở.</p></div>
<ul><li><a href="3">Lai Châu: tỷ lệ hộ nghèo còn 25,5%</a></ul><div>Giấy phép 12/GP</div>
</form></body></html>"""


def test_of_a_page_the_article_is_read_with_its_heading_date_and_table(tmp_path: Path) -> None:
    document = read(tmp_path, "a.html", PAGE)
    lines = document.text.split("\n")
    assert lines[:3] == ["Quảng Trị giảm nghèo", "12/12/2023", SENTENCE]
    assert lines[3].endswith("còn 12.000 hộ.")
    assert lines[4:7] == ["Huyện | Hộ nghèo", "Số hộ | Tỷ lệ", "Đakrông | 3.500 | 30,5%"]
    assert len(lines) == 8
    assert table(document) == MERGED


def test_a_figure_outside_of_the_article_brings_the_whole_page(tmp_path: Path) -> None:
    box = "<div><span>Cả nước còn 1.234 hộ nghèo</span></div></form>"
    text = read(tmp_path, "a.html", PAGE.replace("</form>", box)).text
    assert "1.234 hộ nghèo" in text and SENTENCE in text


def test_a_short_page_is_read_whole(tmp_path: Path) -> None:
    assert read(tmp_path, "a.htm", "<p>Còn 25 hộ.<p>Hết").text == "Còn 25 hộ.\nHết"


def test_a_table_for_the_layout_of_a_page_is_prose(tmp_path: Path) -> None:
    inner = "<table><tr><td>a<td>1</table>"
    document = read(tmp_path, "a.html", f"<html><table><tr><td>menu<td>x{inner}y</table></html>")
    assert document.text == "menu\nx\na | 1\ny"
    assert table(document) == [["a", "1"]]


@pytest.mark.parametrize(
    "source",
    [
        "<html>" + "<div>" * 100_000 + SENTENCE,
        "<html>" + "<table><tr><td>" * 600 + SENTENCE,
        "<html>" + "<p>a" * 300_000,
        "<html>" + "<br>" * 190_000 + "1 hộ",
        "<html><table>" + "<tr><td rowspan=999 colspan=999>1<td>2" * 5000,
        "<html>" + "<!--" * 500_000,
        "<html>" + "&" * 2_000_000,
        "<html><p style='display" + " " * 2_000_000,
    ],
)
def test_no_page_takes_long(tmp_path: Path, source: str) -> None:
    begun = time.perf_counter()
    with suppress(UserError):
        read(tmp_path, "a.html", source)
    assert time.perf_counter() - begun < 8


# documents


def test_a_document_is_read_in_order_without_deletions_and_hidden_text(tmp_path: Path) -> None:
    document = read(tmp_path, "a.docx", document_bytes())
    lines = document.text.split("\n")
    assert lines[:3] == [SENTENCE, "1. Kết quả", "2. Tồn tại"]
    assert lines[3:6] == ["Huyện | Hộ nghèo", "Số hộ | Tỷ lệ", "Đakrông | 3.500 | 30,5%"]
    assert lines[6:] == ["Còn 900 hộ", "Hết."]
    assert table(document) == MERGED


def test_boxes_inside_of_boxes_are_read_once(tmp_path: Path) -> None:
    box = "<w:p><w:r><w:txbxContent>{}</w:txbxContent></w:r></w:p>"
    body = "<w:p><w:r><w:t>14 hộ</w:t></w:r></w:p>"
    for _ in range(60):
        body = box.format(body)
    xml = f"<w:document {nsdecls('w')}><w:body>{body}</w:body></w:document>".encode()
    data = rezipped(document_bytes(), {"word/document.xml": xml})
    assert read(tmp_path, "a.docx", data).text == "14 hộ"


# sheets


def test_a_merged_range_of_the_whole_sheet_is_refused(tmp_path: Path) -> None:
    name = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(workbook_bytes())) as archive:
        sheet = archive.read(name).replace(b"A2:A3", b"A2:XFD99999")
    message = refused(tmp_path, "a.xlsx", rezipped(workbook_bytes(), {name: sheet}))
    assert "split them" in message


def test_a_sheet_is_its_title_its_table_and_its_notes(tmp_path: Path) -> None:
    document = read(tmp_path, "a.xlsx", workbook_bytes())
    assert document.text.split("\n")[0] == "Kết quả rà soát hộ nghèo năm 2023"
    assert document.text.split("\n")[-1] == "Nguồn: Sở"
    assert "99" not in document.text
    assert table(document) == MERGED


@pytest.mark.parametrize(
    ("value", "form", "printed"),
    [
        (14040, "#,##0", "14.040"),
        (7.71, "0.00", "7,71"),
        (7.005, "0.00", "7,01"),
        (0.0771, "0.00%", "7,71%"),
        (7.71, '0.00"%"', "7,71%"),
        (0.1 + 0.2, "General", "0,3"),
        (14040, "General", "14040"),
        (-5, "#,##0_);(#,##0)", "(5)"),
        (0, '#,##0;-#,##0;"-"', "-"),
        (14040, '_(* #,##0_);_(* (#,##0);_(* "-"??_);_(@_)', "14.040"),
        (12, '0" hộ"', "12 hộ"),
        (7.5, "0.0#", "7,5"),
        (12345678, "#,##0,", "12.346"),
        (5, "@", "5"),
        (14040, "#,##0 [$đ-42A]", "14.040 đ"),
        (1e300, "#,##0", "1,00000E+300"),
    ],
)
def test_a_number_is_printed_as_its_format_shows_it(value: float, form: str, printed: str) -> None:
    assert number_text(value, form) == printed


def test_dates_are_printed_day_first(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Ngày", date(2023, 12, 31)])
    assert read(tmp_path, "a.xlsx", saved(book.save)).text == "Ngày | 31/12/2023"


def test_a_formula_that_was_never_computed_is_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Tổng", "=1+1"])
    assert "cell B1" in refused(tmp_path, "a.xlsx", saved(book.save))


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_cells_of_a_csv_stand_between_commas_semicolons_or_tabs(tmp_path: Path, mark: str) -> None:
    text = "\n".join(mark.join(f'"{cell}"' for cell in row) for row in MERGED)
    document = read(tmp_path, "a.csv", f"Bảng 1\n{text}\n")
    assert document.text.startswith("Bảng 1\nHuyện | Hộ nghèo | Hộ nghèo\n")
    assert table(document) == MERGED


# pdfs


def test_a_pdf_is_paragraphs_and_ruled_tables_without_page_numbers(tmp_path: Path) -> None:
    document = read(tmp_path, "a.pdf", pdf_bytes())
    one = [
        "UBND tỉnh Quảng Trị",
        f"Trang thứ 1: {SENTENCE} tiếp theo dòng trên.",
        "Đoạn sau.",
        "Huyện | Hộ nghèo",
        "Số hộ | Tỷ lệ",
        "Đakrông | 3.500 | 30,5%",
    ]
    lines = document.text.split("\n")
    assert lines[:6] == one
    assert lines[6:] == [f"Trang thứ 2: {SENTENCE} tiếp theo dòng trên.", *one[2:]]
    assert table(document) == table(document, 1) == MERGED


def test_a_scan_is_refused_with_advice(tmp_path: Path) -> None:
    page = Figure()
    page.add_axes((0, 0, 1, 1)).imshow([[0, 1], [1, 0]])
    page.axes[0].axis("off")
    assert "OCR" in refused(tmp_path, "a.pdf", saved(lambda to: page.savefig(to, format="pdf")))


def test_lines_that_cross_are_a_table_and_a_frame_is_none() -> None:
    frame = [Ruling(0, 0, 100), Ruling(50, 0, 100)]
    assert tables(frame, [Ruling(0, 0, 50), Ruling(100, 0, 50)]) == []
    (cells,) = tables(frame, [Ruling(0, 0, 50), Ruling(60, 0, 50), Ruling(100, 0, 50)])
    assert [(cell.column, cell.left, cell.right) for cell in cells] == [(0, 0, 60), (1, 60, 100)]


def test_a_page_full_of_lines_takes_a_moment() -> None:
    across = [Ruling(i * 3.5, 0, 600) for i in range(9000)]
    begun = time.perf_counter()
    tables(across, [Ruling(i * 4.0, 0, 800) for i in range(9000)])
    tables(across[:140], [Ruling(i * 4.0, 0, 800) for i in range(140)])
    assert time.perf_counter() - begun < 3


def bomb_pdf() -> bytes:
    packed = zlib.compress(b" " * 201_000_000)
    return b"".join(
        [
            b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1",
            b"/Kids[3 0 R]>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents ",
            b"4 0 R>>endobj\n4 0 obj<</Filter/FlateDecode/Length ",
            str(len(packed)).encode(),
            b">>stream\n",
            packed,
            b"\nendstream endobj\ntrailer<</Root 1 0 R>>",
        ]
    )


# what cannot be read


def ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + stream.encode("utf-16-le")


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \n ", "empty"),
        ("a.html", b"", "empty"),
        ("a.csv", b"\n\n", "empty"),
        ("a.txt", bytes(range(256)) * 4, "binary"),
        ("a.txt", b"\xe9 caf\xe9", "UTF-8"),
        ("a.doc", ole("WordDocument"), "save it as .docx"),
        ("a.docx", ole("WordDocument"), "save it as .docx"),
        ("a.xls", ole("Workbook"), "save it as .xlsx"),
        ("a.ppt", ole("PowerPoint Document"), ".docx"),
        ("a.docx", ole("EncryptedPackage"), "password"),
        ("a.xlsx", ole("EncryptedPackage"), "password"),
        ("a.rtf", b"{\\rtf1 x}", "save it as .docx"),
        ("a.odt", zipped({"content.xml": b"<x/>"}), "save it as .docx"),
        ("a.png", b"\x89PNG", "not read"),
        ("a.pdf", b"\x89PNG", "OCR"),
        ("a.pdf", b"%PDF-1.4", "broken PDF"),
        ("a.pdf", b"text", "no .pdf file"),
        ("a.docx", b"PK\x03\x04" + bytes(50), "broken"),
        ("a.docx", b"text", "no .docx file"),
        ("a.zip.txt", zipped({"a.txt": b"x"}), "unpack it"),
        ("none", b"x", "read now"),
    ],
)
def test_each_bad_file_has_its_message(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    assert says in refused(tmp_path, name, data)


def test_a_missing_file_a_folder_and_a_pipe_are_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "folder.txt").mkdir()
    for name in ("nowhere.txt", "folder.txt", "pipe.txt", "x" * 300 + ".txt", "zero\0.txt"):
        with pytest.raises(UserError, match=r"missing|no file|cannot be read"):
            files.read(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_a_file_without_permission_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "a.txt").chmod(0)
    with pytest.raises(UserError, match="cannot be read"):
        files.read(tmp_path / "a.txt")


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(200_000_000)
    begun = time.perf_counter()
    with pytest.raises(UserError, match="larger than 50 MB"):
        files.read(tmp_path / "a.txt")
    assert time.perf_counter() - begun < 0.1


def test_files_are_read_as_what_they_hold(tmp_path: Path) -> None:
    assert read(tmp_path, "a.txt", pdf_bytes()) == read(tmp_path, "a.pdf", pdf_bytes())
    assert read(tmp_path, "b.pdf", document_bytes()) == read(tmp_path, "b.docx", document_bytes())
    assert read(tmp_path, "c.docx", workbook_bytes()).grids
    assert read(tmp_path, "d.txt", PAGE) == read(tmp_path, "d.html", PAGE)


def entities(data: bytes, part: str) -> bytes:
    head = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    return rezipped(data, {part: head})


@pytest.mark.parametrize(
    "data",
    [
        lambda: rezipped(document_bytes(), {"word/document.xml": b" " * 30_000_000}),
        lambda: rezipped(document_bytes(), {"word/media/a.bin": bytes(30_000_000)}),
        lambda: zipped({f"word/{n}": b"" for n in range(6000)} | {"word/document.xml": b""}),
        lambda: entities(document_bytes(), "word/document.xml"),
        lambda: entities(workbook_bytes(), "xl/sharedStrings.xml"),
        bomb_pdf,
    ],
)
def test_bombs_are_not_opened(tmp_path: Path, data: Callable[[], bytes]) -> None:
    message = refused(tmp_path, "a.docx", data())
    assert "not opened" in message


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pdf", "html", "txt", "csv"])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_whatever_the_bytes_only_a_user_error_escapes(
    tmp_path: Path, kind: str, data: st.DataObject
) -> None:
    whole = {"docx": document_bytes, "xlsx": workbook_bytes, "pdf": pdf_bytes}.get(
        kind, PAGE.encode
    )()
    if data.draw(st.booleans()):
        damaged = bytearray(whole)
        for _ in range(data.draw(st.integers(1, 20))):
            damaged[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    else:
        damaged = bytearray(whole[: data.draw(st.integers(0, len(whole) - 1))])
    for content in (bytes(damaged), data.draw(st.binary(max_size=200))):
        path = tmp_path / f"a.{kind}"
        path.write_bytes(content)
        try:
            assert files.read(path) == files.read(path)
        except UserError as error:
            assert str(error).startswith(str(path))


# folders


def test_a_folder_stands_for_its_bulletins(tmp_path: Path) -> None:
    names = ["a.txt", "b.PDF", "c.doc", "d.csv"]
    for name in [*names, "~$c.docx", ".e.txt", "f.py", "g.links.csv"]:
        (tmp_path / name).write_text("figure_id,relation,other_id\n" if "links" in name else "x")
    assert files.listed([tmp_path]) == [tmp_path / name for name in names]
    with pytest.raises(UserError, match="no bulletin"):
        (tmp_path / "empty").mkdir()
        files.listed([tmp_path / "empty"])
