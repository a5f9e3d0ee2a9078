"""Bulletins: every printed figure is found, understood, and no numeral is lost."""

from __future__ import annotations

import re
import time
import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import bulletins, project, quantities
from helpers.bulletins import numerals, words
from helpers.bulletins.text import compose
from helpers.project import UserError

SAMPLES = project.root() / "data" / "raw" / "bulletins"
OFFICE = "Sở Lao động - Thương binh và Xã hội tỉnh Lai Châu: kết quả năm 2023\n"


def read(sentence: str, title: str = OFFICE) -> bulletins.Read:
    return bulletins.read_text(title + sentence, "b")


def rows(result: bulletins.Read) -> list[dict[str, str]]:
    return [
        {str(name): str(value) for name, value in row.items()}
        for row in result.figures.astype(str).to_dict("records")
    ]


def links(result: bulletins.Read) -> list[tuple[str, str, str]]:
    return list(result.links.itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("sentence", "printed", "low", "high"),
    [
        ("Tỉnh còn 14.041 hộ nghèo.", "14.041 hộ", 14041, 14041),
        ("Tỷ lệ hộ nghèo là 7,72%.", "7,72%", 7.715, 7.725),
        ("Chi 82 tỷ 056 triệu đồng cho cứu trợ.", "82 tỷ 056 triệu đồng", 82.0555e9, 82.0565e9),
        ("Có hơn 23.500 hộ được vay.", "hơn 23.500 hộ", 23500, 23600),
        ("Mở 06 phiên giao dịch.", "06 phiên", 6, 6),
        ("Quỹ chi 4.995.001.000đồng.", "4.995.001.000đồng", 4995001000, 4995001000),
        ("Tỉnh lo được 18,1 nghìn hộ.", "18,1 nghìn hộ", 18050, 18150),
        ("Trao hàng chục nghìn suất quà.", "hàng chục nghìn suất quà", 20000, 99999),
        ("Hỗ trợ hàng nghìn tỷ đồng.", "hàng nghìn tỷ đồng", 2e12, 1e13 - 1),
        ("Giúp một trăm hai mươi hộ.", "một trăm hai mươi hộ", 120, 120),
        ("Vay từ 30 đến 50 triệu đồng.", "30 đến 50 triệu đồng", 30e6, 50e6),
        ("Tỷ lệ hộ nghèo giảm từ 1,1 - 1,6%.", "1,1 - 1,6%", 1.1, 1.6),
        ("Có 2.438hộ cần sửa nhà.", "2.438hộ", 2438, 2438),
    ],
)
def test_quantities_in_running_text(sentence: str, printed: str, low: float, high: float) -> None:
    figures = read(sentence).figures
    assert figures["printed"].tolist() == [printed]
    assert [*figures["low"], *figures["high"]] == [low, high]


def test_a_fraction_is_one_figure_and_two_units_are_two() -> None:
    assert read("Đã xong 12/13 nhiệm vụ.").figures["of"].tolist() == [13]
    (row,) = rows(read("Huyện Tam Đường có 610 hộ nghèo/12.550 hộ."))
    assert (row["indicator"], row["of"]) == ("poor_households", "12550.0")
    assert len(read("Có 5.804 hộ/15.461 người được giúp.").figures) == 2


@pytest.mark.parametrize(
    ("sentence", "text", "kind"),
    [
        ("Ngày 25/12/2023 họp.", "25/12/2023", "date"),
        ("Ngày 7/10 họp.", "7/10", "date"),
        ("Họp lúc 8 giờ 30 phút.", "8 giờ 30 phút", "time"),
        ("Theo Nghị định số 07/2021/NĐ-CP.", "07/2021/NĐ-CP", "law"),
        ("Theo Chỉ thị 28-CT/TW.", "28-CT/TW", "law"),
        ("Theo Điều 5 của luật.", "5", "article"),
        ("1. Kết quả chung", "1", "list"),
        ("1 2 3 4 5 ...", "1 2 3 4 5", "counter"),
        ("Hôm nay: 1.234", "1.234", "counter"),
        ("Hotline: 0213.825.1234", "0213.825.1234", "phone"),
        ("Trẻ dưới 16 tuổi được khám.", "16", "age"),
        ("Do dịch Covid-19 kéo dài.", "19", "name"),
        ("Trung đoàn 754 giúp dân.", "754", "name"),
        ("Xem tại https://laichau.vn/d2022.htm", "https://laichau.vn/d2022.htm", "code"),
        ("Kế hoạch năm 2024 đã có.", "2024", "year"),
        ("Giai đoạn 2021-2025 còn dài.", "2021-2025", "period"),
        ("Lớp dạy nghề dưới 03 tháng.", "03", "period"),
    ],
)
def test_numerals_that_are_no_figure(sentence: str, text: str, kind: str) -> None:
    result = read(sentence)
    found = result.numerals[["text", "kind"]].to_numpy().tolist()
    assert [text, kind] in found
    assert result.figures.empty


@pytest.mark.parametrize(
    ("sentence", "indicator", "direction", "unit"),
    [
        ("Tỉnh còn 14.041 hộ nghèo.", "poor_households", "", "hộ"),
        ("Số hộ cận nghèo là 9.928 hộ.", "near_poor_households", "", "hộ"),
        ("Tỷ lệ nghèo đa chiều còn 30,1%.", "multidim_poor_rate", "", "%"),
        ("Tỷ lệ hộ cận nghèo ở mức 5,46%.", "near_poor_rate", "", "%"),
        ("Tỷ lệ hộ nghèo giảm 4,32%.", "poor_rate_change", "fall", "pp"),
        ("Tỷ lệ hộ nghèo tăng 0,4 điểm phần trăm.", "poor_rate_change", "rise", "pp"),
        ("Toàn tỉnh giảm 386 hộ nghèo.", "poor_households_change", "fall", "hộ"),
        ("Hộ nghèo giảm bình quân 4-5%/năm.", "poor_rate_change_per_year", "fall", "pp"),
        ("Có 6.201 hộ thoát nghèo.", "households_escaping_poverty", "", "hộ"),
        ("Có 121 hộ tái nghèo.", "households_falling_back", "", "hộ"),
        ("Có 351 hộ nghèo phát sinh mới.", "households_newly_poor", "", "hộ"),
        ("Tổng số hộ dân là 182.101 hộ.", "total_households", "", "hộ"),
        ("Phấn đấu giảm tỷ lệ hộ nghèo 4%.", "target_poor_rate_change", "fall", "pp"),
        ("Cấp thẻ cho 5.128 hộ nghèo.", "other_ho_ngheo", "", "hộ"),
        ("Tỷ lệ lao động qua đào tạo đạt 63%.", "other_ty_le_lao_dong_qua_dao_tao", "", "%"),
    ],
)
def test_what_is_counted(sentence: str, indicator: str, direction: str, unit: str) -> None:
    (row,) = rows(read(sentence))
    assert (row["indicator"], row["direction"], row["unit"]) == (indicator, direction, unit)


def test_from_one_level_to_another_are_two_levels() -> None:
    result = read("Tỷ lệ hộ nghèo giảm từ 30,35% năm 2022 xuống còn 25,6%, giảm 4,75%.")
    said = result.figures[["indicator", "period"]].to_numpy().tolist()
    assert said == [["poor_rate", "2022"], ["poor_rate", "2023"], ["poor_rate_change", "2023"]]


def test_places_are_carried_as_a_reader_does() -> None:
    text = (
        "Toàn tỉnh còn 14.041 hộ nghèo. Huyện Sìn Hồ còn 3.120 hộ nghèo, thành phố Lai Châu còn 95 "
        "hộ nghèo.\nPhiên tại các huyện Tam Đường, Than Uyên đón 400 người."
    )
    places = read(text).figures["place"].tolist()
    assert places == ["12", "12/Sìn Hồ", "12/Thành phố Lai Châu", "12"]


def test_the_country_and_its_regions() -> None:
    text = "Cả nước còn 1.057.370 hộ nghèo. Vùng Tây Nguyên còn 129.161 hộ nghèo."
    assert read(text, "").figures["place"].tolist() == ["VN", "CH"]


def test_a_name_since_july_2025_is_the_unit_of_2025() -> None:
    title = "UBND tỉnh Quảng Trị: giảm nghèo\nNgày 20/8/2025\n"
    assert read("Tỉnh còn 14.041 hộ nghèo.", title).figures["place"].tolist() == ["44@2025"]


def test_the_place_is_asked_for_where_nothing_tells_it() -> None:
    result = read("Còn 14.041 hộ nghèo.", "")
    assert result.figures["place"].tolist() == [""]
    assert any("--place" in problem for problem in result.problems)


@pytest.mark.parametrize(
    ("title", "sentence", "period"),
    [
        ("Kết quả quý I/2024", "Mở 07 phiên giao dịch.", "2024-Q1"),
        ("Kết quả 6 tháng đầu năm 2021", "Mở 07 phiên giao dịch.", "2021-H1"),
        ("Kết quả", "9 tháng năm 2022, ngành mở 07 phiên giao dịch.", "2022-M9"),
        ("Kết quả năm 2023", "Đến cuối năm 2023, tỉnh còn 14.041 hộ nghèo.", "2023-12"),
        ("Kết quả năm 2023", "Tỉnh còn 14.041 hộ nghèo.", "2023"),
        ("Kết quả năm 2023", "Tính đến ngày 30/6/2023, tỉnh còn 14.041 hộ nghèo.", "2023-06"),
        ("Kết quả năm 2023", "Năm 2024, phấn đấu mở 09 lớp.", "2024"),
        ("Kết quả năm 2023", "So với năm 2020, tỉnh mở thêm 09 lớp.", "2023"),
        ("Kết quả 8 tháng năm 2024", "Đến nay, tỉnh có 43.010 người hưởng trợ cấp.", "2024-08"),
    ],
)
def test_periods(title: str, sentence: str, period: str) -> None:
    result = read(sentence, f"Tỉnh Lai Châu: {title}\n")
    assert result.figures["period"].tolist() == [period]


def test_groups_and_status() -> None:
    text = "Khu vực nông thôn còn 28.901 hộ nghèo (29,1%), khu vực thành thị còn 1.251 hộ nghèo."
    assert read(text).figures["group"].tolist() == ["rural", "rural", "urban"]
    (row,) = rows(read("Ước đến hết năm 2023, tỷ lệ lao động qua đào tạo đạt 63%."))
    assert row["status"] == "estimate"


def test_links_between_figures() -> None:
    text = "Tỉnh còn 14.041 hộ nghèo, chiếm tỷ lệ 7,72% và 9.928 hộ cận nghèo, chiếm tỷ lệ 5,46%."
    assert links(read(text)) == [("b-02", "rate_of", "b-01"), ("b-04", "rate_of", "b-03")]
    text = "Tạo việc làm cho 15.385 lao động, đạt 66,88% kế hoạch, trong đó có 292 lao động nữ."
    assert links(read(text)) == [("b-02", "achieved_of", "b-01"), ("b-03", "part_of", "b-01")]
    text = "Tặng quà cho 25.234 người, với tổng kinh phí 12.771.901.000 đồng."
    assert links(read(text)) == [("b-01", "recipients_of", "b-02")]
    text = "Có 43.010 người (42.836 người tại nhà; 174 người tại trung tâm)."
    assert [link[1] for link in links(read(text))] == ["all_parts_of"] * 2
    text = "Tỉnh còn 14.041 hộ nghèo, giảm 2.301 hộ."
    assert links(read(text)) == [("b-02", "change_of", "b-01")]


def test_the_sample_bulletins_hold_conflicts_that_were_printed() -> None:
    result = bulletins.read_files([SAMPLES])
    assert len(result.texts) == 3
    assert not result.problems
    figures = result.figures.set_index("figure_id")
    parts = result.links[result.links["relation"] == "all_parts_of"].groupby("other_id")
    sums = {
        str(whole): figures.loc[group["figure_id"].tolist(), "value"].sum()
        for whole, group in parts
    }
    delta = figures[(figures["place"] == "RRD") & (figures["value"] == 169566)].index[0]
    assert sums[delta] == 169476
    cai_be = figures[figures["place"] == "82/Cái Bè"]
    share = 100 * cai_be["value"].iloc[0] / cai_be["of"].iloc[0]
    rate = cai_be[cai_be["indicator"] == "poor_rate"]
    assert not rate["low"].iloc[0] <= share <= rate["high"].iloc[0]


def test_every_figure_of_the_samples_is_understood() -> None:
    figures = bulletins.read_files([SAMPLES / "tien-giang-2021.txt"]).figures
    assert set(figures["place"].str.split("/").str[0]) == {"82"}
    assert set(figures["period"]) == {"2021"}
    assert set(figures["indicator"]) == {
        "total_households", "poor_households", "poor_rate", "near_poor_households",
        "near_poor_rate",
    }  # fmt: skip


PIECES = (
    "1 12 5.804 7,71 % / - – ( ) . , ; : hộ nghèo người đồng tỷ triệu giảm tăng năm tháng ngày "
    "2023 đến từ trên gần trong đó Huyện Sìn Hồ tỷ lệ chiếm cả nước 1.2.3 Covid-19 27/7 8h30"
)
SOUP = st.lists(st.sampled_from([*PIECES.split(), "\n"]), max_size=40).map(" ".join)


@given(st.one_of(st.text(max_size=120), SOUP, st.text("0123456789.,/-() %hộ\n", max_size=80)))
def test_every_digit_is_in_one_figure_or_one_numeral(text: str) -> None:
    result = bulletins.read_text(text, "b")
    nfc = compose(text)
    count = [0] * len(nfc.nfc)
    where = {nfc.offset(i): i for i in reversed(range(len(nfc.nfc)))}
    for printed, offset in zip(result.figures["printed"], result.figures["offset"], strict=True):
        start = where[offset]
        opening = nfc.nfc.rfind(printed, 0, start + len(printed))
        for i in range(start, opening + len(printed)):
            count[i] += 1
    for said, offset in zip(result.numerals["text"], result.numerals["offset"], strict=True):
        start = where[offset]
        assert nfc.nfc.startswith(said, start)
        for i in range(start, start + len(said)):
            count[i] += 1
    assert set(result.numerals["kind"]) <= set(numerals.KINDS)
    for match in re.finditer(r"[0-9]+", nfc.nfc):
        assert set(count[match.start() : match.end()]) == {1}, match.group()


@given(SOUP)
def test_composed_and_decomposed_letters_read_the_same(text: str) -> None:
    one = bulletins.read_text(unicodedata.normalize("NFC", text), "b")
    two = bulletins.read_text(unicodedata.normalize("NFD", text), "b")
    shared = [name for name in bulletins.COLUMNS if name != "offset"]
    pd.testing.assert_frame_equal(one.figures[shared], two.figures[shared])
    pd.testing.assert_frame_equal(one.links, two.links)


def test_offsets_count_the_decoded_text() -> None:
    decoded = unicodedata.normalize("NFD", OFFICE + "Tỉnh còn gần 14.041 hộ nghèo.")
    (offset,) = bulletins.read_text(decoded, "b").figures["offset"]
    assert decoded[offset:].startswith("14.041")


@given(st.integers(1, 10**9), st.sampled_from(["hộ", "người", "lao động"]))
def test_a_rendered_count_is_read_back(count: int, unit: str) -> None:
    printed = quantities.render(count, 0, unit)
    figures = bulletins.read_text(f"Toàn tỉnh có {printed} được giúp.", "b", "45").figures
    assert figures["value"].tolist() == [count]


@pytest.mark.parametrize(
    ("spelled", "value"),
    [
        ("một trăm hai mươi", 120),
        ("hai mươi mốt nghìn không trăm mười một", 21011),
        ("ba trăm linh năm", 305),
        ("nửa triệu", 500_000),
        ("một nghìn tỷ", 10**12),
        ("hai ba", None),
    ],
)
def test_number_words(spelled: str, value: int | None) -> None:
    assert words.read(spelled) == value


def test_unreadable_numbers_are_kept_and_flagged() -> None:
    result = read("Còn 15.5580 người chưa có thẻ.")
    (row,) = rows(result)
    assert (row["printed"], row["value"]) == ("15.5580 người", "nan")
    assert "155.580" in row["note"]
    assert any("15.5580" in problem for problem in result.problems)


def test_files_of_every_kind(tmp_path: Path) -> None:
    text = unicodedata.normalize("NFD", OFFICE + "Tỉnh còn 14.041 hộ nghèo.\n")
    (tmp_path / "a.txt").write_bytes(text.encode("utf-8-sig"))
    (tmp_path / "b.txt").write_bytes(text.encode("utf-16"))
    (tmp_path / "c.txt").write_bytes(text.encode("utf-16-le"))
    page = (
        "<html><head><title>2</title><style>p{margin:3px}</style></head><body><nav>4</nav>"
        "<script>var a=5;</script><p hidden>6 hộ</p><div style='display:none'><div>7</div>8</div>"
        "<h1>Tỉnh Lai Châu năm 2023</h1><p>Tỉnh c&ograve;n 14.041&nbsp;hộ<br>nghèo.</p>"
        "<table><tr><td>Sìn Hồ</td><td>793 hộ</td><td>1,47%</td></tr></table></body></html>"
    )
    (tmp_path / "d.html").write_text(page, encoding="utf-8")
    result = bulletins.read_files([tmp_path])
    assert sorted(result.texts) == ["a", "b", "c", "d"]
    values = result.figures.groupby("source_id")["value"].agg(list).to_dict()
    assert values == {"a": [14041], "b": [14041], "c": [14041], "d": [14041, 793, 1.47]}
    assert result.numerals.loc[result.numerals["source_id"] == "d", "text"].tolist() == ["2023"]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("empty.txt", b"", "empty"),
        ("blank.txt", b" \n \n", "empty"),
        ("binary.txt", bytes(range(256)) * 4, "UTF-8"),
        ("zeros.txt", b"\x00" * 100, "binary"),
        ("latin.txt", "Tỷ lệ".encode("cp1258", "replace") + b"\xff\xfe\xe9", "UTF-8"),
        ("scan.pdf", b"%PDF-1.4", "broken PDF"),
        ("none", b"14.041 ho", "read now"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_the_others_are_read(
    tmp_path: Path, name: str, data: bytes, says: str
) -> None:
    (tmp_path / name).write_bytes(data)
    (tmp_path / "good.txt").write_text(OFFICE + "Tỉnh còn 14.041 hộ nghèo.", encoding="utf-8")
    result = bulletins.read_files([tmp_path / name, tmp_path / "good.txt"])
    assert len(result.figures) == 1
    (problem,) = result.problems
    assert name in problem and says in problem


def test_a_missing_file_and_an_empty_folder_are_named(tmp_path: Path) -> None:
    result = bulletins.read_files([tmp_path / "nowhere.txt", tmp_path])
    assert len(result.problems) == 2
    assert list(result.figures.columns) == list(bulletins.COLUMNS)


def test_a_text_without_figures_gives_empty_tables_and_says_so() -> None:
    result = read("Hội nghị kết thúc tốt đẹp.")
    assert result.figures.empty and result.links.empty
    assert any("no figure" in problem for problem in result.problems)


def test_wrong_use_is_refused() -> None:
    with pytest.raises(UserError, match="no place"):
        bulletins.read_files([], place="Atlantis")
    for period in ("last year", "2025-2021", "2023-13"):
        with pytest.raises(UserError, match="no period: write it as 2023, 2022-12"):
            bulletins.read_files([], period=period)


def test_files_of_one_name_get_different_ids(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "Bản tin.txt").write_text("Có 25 hộ.", encoding="utf-8")
    result = bulletins.read_files([tmp_path / "one", tmp_path / "two"], place="45", period="2023")
    assert result.figures["figure_id"].tolist() == ["ban-tin-01", "ban-tin-2-01"]
    assert set(result.figures["place"]) == {"45"}


@pytest.mark.parametrize("piece", ["1.", "1 ", "1)", "(", "9", ". ", "1/1", "trong đó 5 hộ, "])
def test_hostile_texts_take_time_in_proportion(piece: str) -> None:
    begun = time.perf_counter()
    bulletins.read_text(piece * (100_000 // len(piece)), "b", "45")
    assert time.perf_counter() - begun < 6


FALL = "giảm 1,59 điểm phần trăm, từ 7,71% xuống còn 6,12%."
UNTOLD = "the text does not say when this earlier level was; write its period into the ledger."


@pytest.mark.parametrize(
    ("sentence", "periods", "told"),
    [
        (f"So với cuối năm 2022, tỷ lệ hộ nghèo {FALL}", ["2023", "2022-12", "2023"], True),
        (f"Tỷ lệ hộ nghèo {FALL}", ["2023", "", "2023"], False),
        ("Năm 2023, tỷ lệ hộ nghèo giảm từ 7,71% xuống còn 6,12%.", ["", "2023"], False),
        ("Tỷ lệ hộ nghèo giảm từ 7,71% (năm 2022) xuống còn 6,12%.", ["2022", "2023"], True),
        ("Tỷ lệ hộ nghèo giảm từ 7,71% đầu năm xuống còn 6,12%.", ["2023-01", "2023"], True),
        (
            "Tỷ lệ hộ nghèo là 6,12%, giảm 1,59% so với năm 2022 (7,71%).",
            ["2023", "2023", "2022"],
            True,
        ),
        (
            "Tỷ lệ hộ nghèo giảm từ 7,71% xuống còn 6,12%, giảm 1,59% so với cùng kỳ năm 2022.",
            ["2022", "2023", "2023"],
            True,
        ),
        ("Tỷ lệ hộ nghèo còn 6,12%, đạt 90% so với kế hoạch năm 2022.", ["2023", "2023"], True),
        (
            "Số hộ nghèo giảm từ 900 hộ (7,71%) xuống còn 700 hộ (6,12%).",
            ["", "", *2 * ["2023"]],
            False,
        ),
    ],
)
def test_an_earlier_level_never_gets_the_period_of_the_later(
    sentence: str, periods: list[str], told: bool
) -> None:
    result = read(sentence)
    assert result.figures["period"].tolist() == periods
    assert [UNTOLD in problem for problem in result.problems] == [True] * periods.count("")
    assert told == (not result.problems)


def test_the_same_part_of_an_earlier_year_is_meant_by_its_name() -> None:
    title = OFFICE.replace("kết quả năm 2023", "kết quả 6 tháng đầu năm 2023")
    result = read(
        "Giải quyết việc làm tăng từ 5.000 lao động lên 6.000 lao động so với cùng kỳ năm 2022.",
        title,
    )
    assert result.figures["period"].tolist() == ["2022-H1", "2023-H1"]


@pytest.mark.parametrize(
    ("sentence", "change", "levels"),
    [
        (f"Tỷ lệ hộ nghèo {FALL}", 1, {2, 3}),
        ("Tỷ lệ hộ nghèo giảm từ 7,71% xuống còn 6,12%, giảm 1,59 điểm phần trăm.", 3, {1, 2}),
        ("Tỷ lệ hộ nghèo là 6,12%, giảm 1,59% so với năm 2022 (7,71%).", 2, {1, 3}),
        ("So với năm 2022, tỷ lệ hộ nghèo giảm 1,59%, còn 6,12%.", 1, {2}),
    ],
)
def test_a_change_is_tied_to_both_of_its_levels(
    sentence: str, change: int, levels: set[int]
) -> None:
    tied = {(f"b-{change:02d}", "change_of", f"b-{level:02d}") for level in levels}
    assert set(links(read(sentence))) == tied


def test_the_start_of_a_fall_is_a_level_and_no_target() -> None:
    first, last = rows(read("Phấn đấu giảm tỷ lệ hộ nghèo từ 7,71% xuống còn 6,12%."))
    assert (first["indicator"], first["direction"], first["unit"]) == ("poor_rate", "", "%")
    assert (first["status"], last["status"]) == ("", "target")
    one, rate, two, share = rows(read("Số hộ nghèo giảm từ 900 hộ (7%) xuống còn 700 hộ (6%)."))
    assert [row["indicator"] for row in (one, two)] == ["poor_households"] * 2
    assert [row["indicator"] for row in (rate, share)] == ["poor_rate"] * 2


def test_a_rate_is_of_no_count_of_another_time() -> None:
    text = "Số hộ nghèo giảm từ 900 hộ xuống còn 700 hộ, tỷ lệ hộ nghèo giảm từ 7% còn 6%."
    assert links(read(text)) == []
