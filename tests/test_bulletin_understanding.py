"""Understanding bulletins: times, places, standards and goals, carried on as a reader does."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers import bulletins, districts, project
from helpers.__main__ import main
from helpers.bulletins import files, words
from helpers.bulletins.text import compose

OFFICE = "SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI TỈNH LAI CHÂU\nKết quả năm 2023\n\n"


def table(text: str, *columns: str, title: str = OFFICE) -> list[tuple[str, ...]]:
    """Some columns of the figures of a text, a tuple a figure."""
    figures = bulletins.read_text(title + text, "b").figures.astype(str)
    return list(figures[list(columns)].itertuples(index=False, name=None))


def column(text: str, name: str, title: str = OFFICE) -> list[str]:
    return [cells[0] for cells in table(text, name, title=title)]


def links(text: str, title: str = OFFICE) -> list[tuple[str, str, str]]:
    """Links by the printed text of both figures."""
    result = bulletins.read_text(title + text, "b")
    printed = dict(zip(result.figures["figure_id"], result.figures["printed"], strict=True))
    return [
        (printed[one], relation, printed[other])
        for one, relation, other in result.links.itertuples(index=False, name=None)
    ]


@pytest.mark.parametrize(
    ("title", "text", "periods"),
    [
        ("Báo cáo 9 tháng đầu năm và phương hướng 3 tháng cuối năm 2013\n",
         "Mở 09 phiên.", ["2013-M9"]),
        ("Hội nghị sơ kết công tác 6 tháng đầu năm, nhiệm vụ 6 tháng cuối năm 2022\n",
         "Mở 09 phiên.", ["2022-H1"]),
        ("BÁO LAI CHÂU\nThứ năm, 28/12/2023\n",
         "Khép lại năm 2023, tỉnh mở 09 phiên.\nBước sang năm 2024, ngành mở tiếp 12 phiên.",
         ["2023", "2024"]),
        ("Kết quả năm 2023\n", "Đầu năm 2023, tỉnh có 900 hộ nghèo; đến cuối năm còn 700 hộ nghèo.",
         ["2023-01", "2023-12"]),
        ("Kết quả năm 2023\n",
         "Cuối năm 2023, tỉnh còn 700 hộ nghèo. Trong năm có 250 hộ thoát nghèo.",
         ["2023-12", "2023"]),
        ("Kết quả 9 tháng năm 2023\n", "Toàn tỉnh còn 700 hộ nghèo.", ["2023-09"]),
        ("Kết quả năm 2023\n", "So với cuối năm 2022 (900 hộ nghèo, tỷ lệ 7,71%), số hộ nghèo giảm "
         "200 hộ.", ["2022-12", "2022-12", "2023"]),
        ("Kết quả năm 2023\n", "Hộ nghèo từ 900 hộ (7,71%) cuối năm 2022 xuống còn 700 hộ.",
         ["2022-12", "2022-12", "2023"]),
        ("Kết quả năm 2023\n",
         "Tỷ lệ hộ nghèo các năm 2021, 2022, 2023 lần lượt là 9,5%, 8,2% và 7,1%.",
         ["2021", "2022", "2023"]),
        ("Kết quả năm 2023\n", "Năm 2024, ngành phấn đấu:\n- Mở 09 phiên;\n- Giúp 150 hộ.",
         ["2024", "2024"]),
        ("Kết quả quý I/2024\n", "Toàn tỉnh đang quản lý 2.319 trẻ em.", ["2024-03"]),
    ],
)  # fmt: skip
def test_periods_are_carried_as_a_reader_does(title: str, text: str, periods: list[str]) -> None:
    assert column(text, "period", f"Tỉnh Lai Châu\n{title}\n") == periods


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("- Huyện Sìn Hồ: 3.121 hộ nghèo;\n- Tam Đường: 610 hộ nghèo;",
         ["12/Sìn Hồ", "12/Tam Đường"]),
        ("Tam Đường còn 610 hộ nghèo, Than Uyên 530 hộ nghèo.", ["12/Tam Đường", "12/Than Uyên"]),
        ("Các huyện Tam Đường, Than Uyên còn lần lượt là 610 hộ nghèo và 530 hộ nghèo.",
         ["12/Tam Đường", "12/Than Uyên"]),
        ("Huyện Sìn Hồ - huyện nghèo nhất của tỉnh - còn 3.121 hộ nghèo.", ["12/Sìn Hồ"]),
        ("Ở xã Tả Ngảo (Sìn Hồ), 77 hộ được vay.", ["12/Xã Tả Ngảo"]),
        ("Đoàn thăm sông Nậm Na và trường Sìn Hồ, tặng 60 suất quà.", ["12"]),
        ("Huyện Sìn Hồ khó nhất. Toàn huyện còn 3.121 hộ nghèo.", ["12/Sìn Hồ"]),
        ("Một trong 62 huyện nghèo của cả nước, Sìn Hồ còn 3.121 hộ nghèo.", ["VN", "12/Sìn Hồ"]),
    ],
)  # fmt: skip
def test_places_named_with_and_without_their_kind(text: str, places: list[str]) -> None:
    assert column(text, "place") == places


def test_a_district_may_speak_for_itself() -> None:
    title = "ỦY BAN NHÂN DÂN HUYỆN SÌN HỒ\nBáo cáo năm 2023\n\n"
    text = "Toàn huyện còn 3.121 hộ nghèo. Xây mới 27 căn nhà."
    assert column(text, "place", title) == ["12/Sìn Hồ", "12/Sìn Hồ"]


def test_districts_are_found_by_name_in_their_province() -> None:
    assert districts.named("Dakrong", "45")[0].place == "45/Đakrông"
    assert {d.province for d in districts.named("Châu Thành")} > {"82", "84"}
    assert districts.named("Châu Thành", "82")[0].place == "82/Châu Thành"
    assert districts.named("Atlantis") == ()
    assert {d.province for d in districts.of("44@2025")} == {"44", "45"}


@pytest.mark.parametrize(
    ("text", "standard"),
    [
        ("Theo chuẩn nghèo đa chiều giai đoạn 2022-2025, tỉnh còn 700 hộ nghèo.", "2022-2025"),
        ("Theo Quyết định số 59/2015/QĐ-TTg, cuối năm 2016 tỉnh còn 700 hộ nghèo.", "2016-2020"),
        ("Theo Nghị định 07/2021/NĐ-CP.\nTỉnh còn 700 hộ nghèo.", "2022-2025"),
        ("Theo chuẩn nghèo giai đoạn 2016-2020, tỉnh còn 700 hộ nghèo.", ""),  # not in 2023
        ("Tỉnh còn 700 hộ nghèo.", ""),
        ("Theo chuẩn nghèo giai đoạn 2022-2025, tỉnh mở 09 phiên.", ""),  # counts no poor
    ],
)
def test_a_standard_is_given_where_the_text_says_it(text: str, standard: str) -> None:
    assert column(text, "standard")[-1] == standard


def test_a_citys_own_standard() -> None:
    title = "UBND THÀNH PHỐ HỒ CHÍ MINH\nKết quả năm 2022\n\n"
    text = "Theo chuẩn nghèo của Thành phố, toàn thành phố còn 700 hộ nghèo."
    assert column(text, "standard", title)[0].startswith("local:79-")


@pytest.mark.parametrize(
    ("text", "indicators"),
    [
        ("Tỉnh còn 700 hộ nghèo; riêng huyện Sìn Hồ còn 310 hộ.", ["poor_households"] * 2),
        ("Tỷ lệ hộ nghèo giảm. Thành thị 0,5%, còn nông thôn tới 1,7%.", ["poor_rate"] * 2),
        ("Có 700 hộ nghèo = 7,71% (giảm 2,2%).",
         ["poor_households", "poor_rate", "poor_rate_change"]),
        ("Số hộ nghèo đa chiều theo vùng như sau:\n- Tây Nguyên: 152.971 hộ, tỷ lệ 9,46%;",
         ["multidim_poor_households", "multidim_poor_rate"]),
        ("Có 700 hộ nghèo, trong đó 120 hộ được vay vốn.", ["poor_households", "ho"]),
        ("1.205 hộ nghèo vay 58,4 tỷ đồng.", ["other_ho_ngheo_vay", "other_so_tien"]),
        ("Tỉnh có 182.102 hộ dân.", ["total_households"]),
        ("Gần 47% số hộ của tỉnh là hộ nghèo.", ["poor_rate"]),
        ("Tỷ lệ giảm hộ nghèo đạt 3,98%.", ["poor_rate_change"]),
        ("Có 914 hộ thoát nghèo, phát sinh 187 hộ.",
         ["households_escaping_poverty", "households_newly_poor"]),
    ],
)  # fmt: skip
def test_subjects_are_taken_over_from_the_figures_before(text: str, indicators: list[str]) -> None:
    found = column(text, "indicator")
    assert [
        one if "poor" in two or "house" in two else "other"
        for one, two in zip(found, indicators, strict=True)
    ] == [two if "poor" in two or "house" in two else "other" for two in indicators]


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        ("Giải quyết việc làm cho 4.913 lao động (kế hoạch giao 17.000 lao động).", ["", "target"]),
        ("Tỷ lệ lao động qua đào tạo ước đạt 75,6%; mở 09 phiên.", ["estimate", ""]),
        ("Kết quả sơ bộ, tỉnh còn 700 hộ nghèo, chiếm 7,71%.", ["preliminary"] * 2),
        ("Chỉ tiêu năm 2024, tỷ lệ hộ nghèo giảm 0,5%.", ["target"]),
        ("II. NHIỆM VỤ NĂM 2024\nGiải quyết việc làm cho 5.000 lao động.", ["target"]),
        ("Việc làm vượt kế hoạch\nCả năm có 25.861 lao động có việc làm.", [""]),
    ],
)
def test_goals_estimates_and_first_results(text: str, statuses: list[str]) -> None:
    assert column(text, "status") == statuses


@pytest.mark.parametrize(
    ("text", "tied"),
    [
        ("Tuyển 4.877 học viên (cao đẳng 313, trung cấp 645, sơ cấp 3.919).",
         [("313", "all_parts_of", "4.877 học viên"), ("645", "all_parts_of", "4.877 học viên"),
          ("3.919", "all_parts_of", "4.877 học viên")]),
        ("Có 700 hộ nghèo và 900 hộ cận nghèo. Trong đó: hộ nghèo là người dân tộc thiểu số 650 "
         "hộ.", [("650 hộ", "part_of", "700 hộ")]),
        ("Tỉnh còn 700 hộ nghèo, cụ thể:\n- Huyện Sìn Hồ: 400 hộ nghèo;\n- Huyện Tam Đường: 300 hộ "
         "nghèo.", [("400 hộ", "all_parts_of", "700 hộ"), ("300 hộ", "all_parts_of", "700 hộ")]),
        ("Trong 10 xã được kiểm tra, 02 xã phải làm lại.", [("02 xã", "part_of", "10 xã")]),
        ("Cho 6.813 lượt hộ nghèo vay 289,8 tỷ đồng.",
         [("6.813 lượt hộ", "recipients_of", "289,8 tỷ đồng")]),
        ("Chi 9.179.000.000 đồng tiền điện cho 16.621 hộ.",
         [("16.621 hộ", "recipients_of", "9.179.000.000 đồng")]),
        ("Việc làm cho 12.949 người, tăng 6,4% so với cùng kỳ.",
         [("6,4%", "change_of", "12.949 người")]),
        ("Có 2.743 hộ thoát nghèo trong số 10.782 hộ nghèo đầu năm.",
         [("2.743 hộ", "escaped_from", "10.782 hộ")]),
        ("Hộ nghèo 7,42% (tương đương 3.085 hộ).", [("7,42%", "rate_of", "3.085 hộ")]),
        ("Chỉ đạt 38% kế hoạch với 190 người.", [("38%", "achieved_of", "190 người")]),
        ("Mức hỗ trợ 46.000 đồng/hộ/tháng cho 120 hộ.", []),
    ],
)  # fmt: skip
def test_what_the_prose_ties_together(text: str, tied: list[tuple[str, str, str]]) -> None:
    found = links(text)
    assert [link for link in tied if link not in found] == []
    assert len(found) == len(tied)


@pytest.mark.parametrize(
    ("text", "printed", "value"),
    [
        ("Tiền gà thêm khoảng ba mươi hai triệu đồng.", "khoảng ba mươi hai triệu đồng", 32e6),
        ("Mỗi hộ vay từ 8 đến 30 tr.đ.", "8 đến 30 tr.đ", 19e6),
        ("Chi 213 tỷ 7 trăm triệu đồng.", "213 tỷ 7 trăm triệu đồng", 213.7e9),
        ("Đã giải ngân 118,9 tỷ, đạt yêu cầu.", "118,9 tỷ", 118.9e9),
        ("Có hơn hai nghìn hộ được vay.", "hơn hai nghìn hộ", 2000),
        ("Mỗi dự án 10 – 35 hộ.", "10 – 35 hộ", 22.5),
    ],
)
def test_more_ways_to_print_a_quantity(text: str, printed: str, value: float) -> None:
    (row,) = table(text, "printed", "value")
    assert row[0] == printed
    assert float(row[1]) == value


@pytest.mark.parametrize(
    ("text", "numeral", "kind"),
    [
        ("Các xã 135 giai đoạn mới.", "135", "name"),
        ("Ở thôn Sín Chải 2 mùa này mờ sương.", "2", "name"),
        ("Dịp 27/7 tặng quà gia đình chính sách.", "27/7", "date"),
        ("Bài này có 2.406 lượt đọc.", "2.406", "counter"),
        ("Anh 34 tuổi, chị 29.", "29", "age"),
        ("Chuẩn nghèo mới là 1,5 triệu đồng/người/tháng.", "1,5 triệu đồng/người/tháng", "other"),
        ("Cập nhật lúc 9g15.", "9g15", "time"),
    ],
)
def test_more_numerals_that_are_no_figure(text: str, numeral: str, kind: str) -> None:
    result = bulletins.read_text(OFFICE + text, "b")
    assert [numeral, kind] in result.numerals[["text", "kind"]].to_numpy().tolist()
    assert result.figures.empty


def test_number_words_keep_as_many_digits_as_they_tell() -> None:
    assert words.in_digits("mười lăm triệu", 15e6, money=True) == "15 triệu"
    assert words.in_digits("mười lăm nghìn", 15e3, money=False) == "15000"
    assert words.in_digits("nửa triệu", 5e5, money=True) == "500000"


def test_a_text_in_another_language_is_named_and_its_digits_are_kept() -> None:
    text = "Die Zahl der armen Haushalte ist im Jahr 2023 auf 14.040 gesunken. " * 40
    result = bulletins.read_text(text, "b")
    assert result.figures.empty
    assert "language" in result.problems[0]
    assert result.numerals["text"].tolist()[:3] == ["2023", "14", "040"]


def test_english_and_french_bulletins_are_read_too() -> None:
    english = "By the end of 2023 Quang Tri province had 14,040 poor households, or 7.71 percent."
    figures = bulletins.read_text(english, "b").figures
    assert figures["indicator"].tolist() == ["poor_households", "poor_rate"]
    assert (set(figures["place"]), set(figures["period"])) == ({"45"}, {"2023-12"})


def test_tables_and_prose_of_one_document_are_read_together(tmp_path: Path) -> None:
    page = (
        "<html><body><h1>Tỉnh Lai Châu: rà soát hộ nghèo năm 2023</h1>"
        "<p>Toàn tỉnh còn 930 hộ nghèo, cụ thể như bảng sau.</p><table>"
        "<tr><th>Huyện</th><th>Hộ nghèo (hộ)</th><th>Tỷ lệ (%)</th></tr>"
        "<tr><td>Sìn Hồ</td><td>610</td><td>7,71</td></tr>"
        "<tr><td>Tam Đường</td><td>320</td><td>4,05</td></tr></table></body></html>"
    )
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    result = bulletins.read_files([tmp_path / "page.html"])
    figures = result.figures[["place", "indicator", "value"]].to_numpy().tolist()
    assert figures == [
        ["12", "poor_households", 930],
        ["12/Sìn Hồ", "poor_households", 610], ["12/Sìn Hồ", "poor_rate", 7.71],
        ["12/Tam Đường", "poor_households", 320], ["12/Tam Đường", "poor_rate", 4.05],
    ]  # fmt: skip
    assert result.figures["figure_id"].is_unique


def test_reading_writes_as_it_goes_and_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(OFFICE + "Tỉnh còn 700 hộ nghèo.", encoding="utf-8")
    (tmp_path / "b.txt").write_text(OFFICE + "Tỉnh còn 800 hộ nghèo.", encoding="utf-8")
    ledger = tmp_path / "out" / "x.csv"
    written = bulletins.write(bulletins.stream(bulletins.meant([tmp_path])), ledger)
    assert (written.bulletins, written.figures) == (2, 2)
    together = bulletins.read_files([tmp_path]).figures
    project.write_table(together, tmp_path / "y.csv")
    assert ledger.read_bytes() == (tmp_path / "y.csv").read_bytes()

    def broken() -> object:
        yield from bulletins.stream(bulletins.meant([tmp_path]))
        raise RuntimeError

    before = ledger.read_bytes()
    with pytest.raises(RuntimeError):
        bulletins.write(broken(), ledger)  # type: ignore[arg-type]
    assert ledger.read_bytes() == before
    assert sorted(p.name for p in ledger.parent.iterdir()) == [
        "x.csv", "x.links.csv", "x.numerals.csv",
    ]  # fmt: skip


def test_a_formula_never_reaches_a_cell(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    with project.rows(path, ["text"]) as write:
        write([["=1+2"], ["@SUM(A1)"], ["-1,2"], ["+84 912"], ["-cmd"], ["7,71%"]])
    cells = path.read_text(encoding="utf-8").splitlines()[1:]
    assert cells == ["'=1+2", "'@SUM(A1)", '"-1,2"', "'+84 912", "'-cmd", '"7,71%"']


def test_a_formula_in_a_csv_bulletin_stays_text(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        'Huyện,Hộ nghèo\n"=HYPERLINK(""x"")",610\nTam Đường,320\n', encoding="utf-8"
    )
    main(["read", str(tmp_path / "t.csv"), "-o", str(tmp_path / "x.csv"), "--place", "12"])
    for name in ("x.csv", "x.links.csv", "x.numerals.csv"):
        rows = project.read_table(tmp_path / name)
        assert not rows.map(lambda cell: str(cell).startswith("=")).any(axis=None)


def test_offsets_of_a_text_file_count_its_own_characters(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\n\n\tCó 700 hộ nghèo.", encoding="utf-8")
    document = files.read(tmp_path / "a.txt")
    figures = bulletins.read_files([tmp_path / "a.txt"], place="12", period="2023").figures
    (offset,) = figures["offset"]
    assert document.text[offset:].startswith("700")
    assert document.text == "\n\n\tCó 700 hộ nghèo."


def test_lower_case_keeps_every_character_in_its_place() -> None:
    assert len(compose("İstanbul ẞ").low) == len("İstanbul ẞ")


def test_the_remaining_districts_are_none_of_those_named() -> None:
    text = "Cuối năm 2023 huyện Ea Súp còn 5.120 hộ nghèo, các huyện còn lại 33.550 hộ nghèo."
    assert bulletins.read_text(text, "x", "66").figures["place"].tolist() == ["66/Ea Súp", "66"]


def test_a_plan_with_a_colon_is_a_plan() -> None:
    text = "Cuối quý III/2024 còn 4.102 hộ nghèo. Kế hoạch năm 2025: giảm ít nhất 600 hộ nghèo."
    level, goal = bulletins.read_text(text, "x", "46").figures.to_dict("records")
    assert (level["status"], goal["status"]) == ("", "target")
    assert (goal["indicator"], goal["period"]) == ("target_poor_households_change", "2025")


@pytest.mark.parametrize(
    "text",
    [
        "Năm 2023, số hộ nghèo thiếu hụt về nhà ở là 12.100 hộ.",
        "Năm 2023, cứ 100 hộ nghèo thì có 62 hộ là người dân tộc thiểu số.",
    ],
)
def test_some_of_the_poor_are_not_all_of_them(text: str) -> None:
    found = bulletins.read_text(text, "x", "66").figures["indicator"]
    assert found.str.startswith("other_").all()


def test_a_total_of_which_parts_are_counted() -> None:
    text = "Năm 2024, trên tổng số 10.396 hộ toàn huyện, có 3.594 hộ nghèo và 999 hộ cận nghèo."
    links = bulletins.read_text(text, "x", "45").links
    assert links[["figure_id", "relation", "other_id"]].to_numpy().tolist() == [
        ["x-02", "part_of", "x-01"],
        ["x-03", "part_of", "x-01"],
    ]


def test_a_bulletin_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bulletin = tmp_path / "b.csv"
    bulletin.write_text("Năm 2024, tỉnh Lai Châu còn 12 hộ nghèo.", encoding="utf-8")
    for output in (bulletin, tmp_path / "b.txt"):
        (tmp_path / "b.numerals.csv").write_text("Còn 12 hộ nghèo.", encoding="utf-8")
        files_read = [str(bulletin), str(tmp_path / "b.numerals.csv")]
        assert main(["read", *files_read, "-o", str(output)]) == 2
        assert "both read and to be written" in capsys.readouterr().err
        assert bulletin.read_text(encoding="utf-8").startswith("Năm 2024")


def test_a_file_meant_twice_is_read_once(tmp_path: Path) -> None:
    bulletin = tmp_path / "b.txt"
    bulletin.write_text("Năm 2024, tỉnh Lai Châu còn 12 hộ nghèo.", encoding="utf-8")
    assert bulletins.meant([bulletin, tmp_path]) == [bulletin]


def test_a_group_that_is_counted_first() -> None:
    text = "Năm 2022, ở 74 huyện nghèo, tỷ lệ hộ nghèo còn 38,62%."
    assert bulletins.read_text(text, "x", "VN").figures["group"].tolist()[-1] == "poor_districts"


def test_a_pace_of_one_group_beside_that_of_all() -> None:
    text = "Phấn đấu giảm tỷ lệ hộ nghèo 1-1,5%/năm, riêng hộ nghèo dân tộc thiểu số trên 3%/năm."
    found = bulletins.read_text(text, "x", "VN", "2022").figures
    assert found["indicator"].tolist() == ["target_poor_rate_change_per_year"] * 2
    assert found["group"].tolist() == ["", "ethnic_minority"]


def test_what_is_compared_with_keeps_its_time() -> None:
    text = (
        "Năm 2019, so với 4.060 hộ nghèo cuối năm 2018, đã có 604 hộ vươn lên thoát nghèo, "
        "còn 3.594 hộ."
    )
    found = bulletins.read_text(text, "x", "45/Đakrông").figures
    assert found["period"].tolist() == ["2018-12", "2019", "2019"]
    assert found["indicator"].tolist() == [
        *("poor_households", "households_escaping_poverty", "poor_households")
    ]
