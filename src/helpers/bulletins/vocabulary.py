"""Vocabulary of Vietnamese bulletins: units, scales, words that end a noun phrase."""

from __future__ import annotations

import re

SCALES = "nghìn tỷ|nghìn tỉ|ngàn tỷ|nghìn|ngàn|vạn|triệu|tỷ|tỉ"
SCALE = re.compile(
    rf" ?(?:(?:trăm )?(?:{SCALES})(?![^\W\d_])(?! (?:lệ|trọng|giá)\b)|tr\.(?= ?đ))", re.I
)

_MEASURES = (
    "điểm phần trăm|điểm %|phần trăm|đồng|vnđ|vnd|đ|tệ|usd|đô la|euro|kg|ki-lô-gam|tấn|tạ|yến|gram"
    "|ha|héc-ta|hecta|sào|công đất|km2|km²|km|m2|m²|m3|m³|mét vuông|mét khối|mét|m|lít"
    "|kwh|mw|lần|ngày công"
)
_COUNTED = (
    "lđ|hscs|hộ gia đình|hộ dân cư|hộ dân|hộ|nhân khẩu|khẩu|người dân|người lao động|người|lao động"
    "|học sinh sinh viên|học sinh|sinh viên|học viên|trẻ em|trẻ|cháu|cụ|em|phụ nữ|công nhân"
    "|điều tra viên|tuyên truyền viên|cộng tác viên|đối tượng"
    "|gia đình|quân nhân|nhà giáo|giáo viên|cán bộ|công chức|viên chức|đại biểu|hội viên|đảng viên"
    "|đoàn viên|thành viên|thương binh|liệt sĩ|bệnh nhân|thân nhân|bà mẹ|ca|trường hợp|ngư dân"
    "|hồ sơ|suất quà|suất|phần quà|phần|thẻ bhyt|thẻ|sổ|giấy phép|căn nhà|ngôi nhà|căn|nhà ở|nhà"
    "|công trình|mô hình|dự án|tiểu dự án|đề án|chương trình|kế hoạch|nghị quyết|quyết định|văn bản"
    "|nhiệm vụ|chỉ tiêu|tiêu chí|nghề|lớp|khóa|khoá|cuộc|buổi|phiên|hội nghị|hội thảo|hội chợ"
    "|ngày hội|lượt|đợt|đoàn|đội|tổ|nhóm|câu lạc bộ|cơ sở|đơn vị|doanh nghiệp|hợp tác xã"
    "|tổ hợp tác|trung tâm|trường|trạm|điểm trường|tỉnh|thành phố|thị xã|huyện|quận|xã|phường"
    "|thị trấn|thôn|bản|ấp|khóm|buôn|làng|khu dân cư|con bò|con trâu|con|cây|tài khoản|tin"
    "|bài|phiếu|món vay|khoản vay|hợp đồng|việc làm|vụ việc|vụ|đối tác|dân tộc|giải|sản phẩm"
    "|huân chương|bằng khen|giấy khen|lao|bộ|chiếc|cái|máy|bể|giếng|tổ chức|cá nhân|tập thể"
)
_LONGEST_FIRST = sorted(
    [f"lượt {noun}" for noun in ("người lao động", "lao động", "người", "hộ", "đối tượng",
                                 "học sinh", "cán bộ", "trẻ em", "hội viên", "đoàn viên")]
    + _MEASURES.split("|") + _COUNTED.split("|"),
    key=len, reverse=True,
)  # fmt: skip
NOUNS = "|".join(
    re.escape(noun) + ("(?! lượt)" if noun == "lần" else "") for noun in _LONGEST_FIRST
)
UNIT = re.compile(
    rf" {{0,3}}(?:(?P<sign>%|‰|₫)|(?P<noun>{NOUNS})(?![^\W\d_])(?<!dân(?= tộc)))", re.I
)
PER = re.compile(
    r" ?/ ?(?:năm|người|hộ|tháng|suất|đối tượng|căn|lao động|ngày|nhà|dự án|con|lớp|buổi|km|khẩu"
    r"|học sinh|em|trẻ|sào|lượt|thẻ|công|tuần|đợt|lần|xã|mô hình)(?: ?/ ?(?:năm|tháng|ngày))?"
    r"(?![^\W\d_])|/(?:ha|m2|kg)(?![^\W\d_])| (?:mỗi|một|hằng|hàng) năm(?! \d)",
    re.I,
)
MONEY = frozenset({"đồng", "đ", "vnđ", "vnd", "usd", "đô la", "euro", "₫"})
HOUSEHOLDS = frozenset({"hộ", "hộ gia đình", "hộ dân", "hộ dân cư"})

QUALIFIERS = re.compile(
    r"(?:(?<=^)|(?<=[\s(:;,“\"/]))"
    r"(?:trên dưới|không dưới|không thấp hơn|không ít hơn|không vượt quá|không quá|không đến"
    r"|ước khoảng|ước tính|ước đạt|ước có|ước|ít nhất|tối thiểu|tối đa|nhiều nhất|xấp xỉ|khoảng"
    r"|chừng|ngót|chưa đến|chưa tới|(?<!tính )(?<!tổng số )(?<!dựa )trên|hơn|gần|dưới)"
    r"(?: (?:trên|hơn|gần|khoảng|mức|từ|đạt))? {0,2}$",
    re.I,
)
AT_ENDS = re.compile(r"(?: (?:hộ|số|cận|nghèo)){0,3} (?:trở lên|trở xuống)(?!\w)", re.I)

CAPITALS = "A-Z" + "".join(
    filter(str.isupper, map(chr, [*range(0xC0, 0x1B1), *range(0x1EA0, 0x1EFA)]))
)
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_STOPPING = (
    "của tại trên với đạt chiếm trong được có cho đi ở và theo từ gồm là bằng về vào để do khi mà "
    "đã đang sẽ còn tham so tương như nhằm thông đến tới hoặc hay giảm tăng trở không dự qua nhưng "
    "bị thuộc vay lên xuống cùng những các này đó hưởng tiếp ra chưa lúc hồi khi giai nữa thì nếu "
    "nên phải cả chỉ đều rồi mới xong"
)
STOPPING = frozenset(_STOPPING.split())
