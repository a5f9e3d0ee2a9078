"""English: its numbers, and the numerals of its texts that are no figure."""

from __future__ import annotations

import re

from helpers.bulletins.foreign.lexicon import DAY, MONTH, YEAR, Lexicon, any_of, listed

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sept sep", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
MONTH_NAMES = any_of(" ".join(MONTHS))
_COUNTED = any_of(
    "households household families people persons workers labourers jobs houses hectares "
    "students children dong percent million billion"
)
_SPAN = rf"{YEAR} ?[-–—/] ?(?:{YEAR}|[0-9]{{2}})(?![0-9]|[.,/-][0-9]| ?%)"
_LAWS = "nđ|nd|nq|qđ|qd|tt|ct|kh|qh|kl|bc|tb|tu|hd|hđ|cv|ttr|tw|ttlt|ubnd|hđnd|hdnd|l-?ctn"
_NO_FIGURE = re.compile(
    rf"(?P<law>[0-9]{{1,5}}(?:/{YEAR})?[-/](?:{_LAWS})(?:\b"
    rf"|(?=[0-9]))(?:[-–/]?[a-zđ0-9&]{{1,12}}){{0,3}})"
    rf"|(?P<date>{DAY}(?P<mark>[/.-]){MONTH}(?P=mark){YEAR}\b|{YEAR}-{MONTH}-{DAY}\b"
    rf"|{DAY}(?:st|nd|rd|th)?(?: ?(?:-|–|to|and) ?{DAY}(?:st|nd|rd|th)?)?[ -](?:of )?"
    rf"(?:{MONTH_NAMES})\b\.?(?:,? {YEAR}\b)?|{MONTH}/{YEAR}\b(?!/))"
    r"|(?P<time>(?:[01]?[0-9]|2[0-4])(?::[0-5][0-9](?::[0-5][0-9])?(?: ?(?:[ap]\.m\.|[ap]m\b))?"
    r"|(?:\.[0-5][0-9])? ?(?:[ap]\.m\.|[ap]m\b)|h[0-5][0-9]\b))"
    rf"|(?P<period>{_SPAN})"
    r"|(?P<age>[0-9]{1,3}(?: ?(?:-|–|to|and) ?[0-9]{1,3})?(?:[ -]years?[ -]olds?\b| years of age))"
    r"|(?P<period2>[0-9]{1,3}(?:[.,][0-9])?(?: ?(?:-|–|to|or|and) ?[0-9]{1,3})?"
    r"(?:-| )(?:(?:consecutive|straight|successive) )?"
    r"(?:years?|months?|weeks?|days?|hours?|minutes?|quarters?|decades?)\b)"
    rf"|(?P<year>{YEAR}(?:s\b|'s\b)?(?![0-9]|[.,][0-9]| ?%| (?:(?:near-)?poor "
    rf"|new )?(?:{_COUNTED})\b))"
    r"|(?P<name>[0-9]{1,3}(?:st|nd|rd|th)\b|[0-9][0-9.,]{0,9} (?:hundred|thousand|m"
    r"|b)?(?:illion)?th\b|[0-9]{1,2}(?= national target program))"
    r"|(?P<phone>0[0-9]{2,3}[ .-][0-9]{3}[ .-]?[0-9]{3,4}\b|0[1-9][0-9]{8,9}\b"
    r"|1[89]00[ .]?[0-9]{4,6}\b|0[0-9]{2,3}\.[0-9]{3,4}\.[0-9]{3,4}\b|84-[0-9]{1,3}-[0-9]{6,8}\b)"
    r"|(?P<counter>[0-9][0-9,.]{0,9} (?:views?|comments?|shares?|likes?|photos?)\b)"
    r"|(?P<code>[0-9]{1,5}(?!(?:kg|km|ha|m|g|t|l|cm|mm|kw|mw|kv|bn|mln|tn|d|đ|pp|pct)(?![a-z0-9]))"
    r"[a-z]{1,3}(?![a-z]))"
)
_ONES = listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENS = listed("twenty thirty forty fifty sixty seventy eighty ninety")
_NUMBERS = {word: i for i, word in enumerate(_ONES)} | {
    word: 10 * i for i, word in enumerate(_TENS, start=2)
}
_GROUPS = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_WORD = "|".join([*_TENS, *_ONES[::-1], *_GROUPS])
_HEADS = {
    **dict.fromkeys(("households", "household", "families", "family"), "hộ"),
    **dict.fromkeys(("people", "persons", "person", "inhabitants", "citizens", "residents",
                     "individuals"), "người"),
    **dict.fromkeys(("workers", "labourers", "laborers", "employees"), "lao động"),
    **{word: word for word in listed(
        "jobs houses homes gifts packages cards students pupils children women farmers members "
        "beneficiaries officials teachers trainees guests visitors patients veterans loans models "
        "projects works classes courses sessions communes districts provinces cities towns wards "
        "villages hamlets localities regions units enterprises businesses firms cooperatives "
        "schools stations centres centers tasks targets criteria cases dossiers documents meetings "
        "visits trips times cows buffaloes goats pigs trees passengers borrowers customers groups "
        "products sites items certificates hectares ha tonnes tons kg kilometres kilometers km "
        "litres square scholarships portions policies plans programmes programs"
    )},
}  # fmt: skip
_QUALIFIERS = {
    phrase.replace("_", " "): qualifier
    for qualifier, phrases in {
        "more_than": "more_than just_over over above exceeding higher_than well_over upwards_of"
        " slightly_more_than greater_than slightly_over",
        "nearly": "nearly almost close_to just_under near approaching well-nigh",
        "about": "about around roughly approximately some an_estimated estimated_at approx."
        " an_estimated_total_of in_the_region_of ~ estimated",
        "at_least": "at_least no_less_than not_less_than no_fewer_than a_minimum_of minimum_of"
        " no_lower_than not_lower_than ≥",
        "at_most": "at_most up_to no_more_than not_more_than a_maximum_of maximum_of"
        " not_exceeding no_higher_than ≤",
        "less_than": "less_than lower_than under below fewer_than < not_even",
    }.items()
    for phrase in phrases.split()
}
ENGLISH = Lexicon(
    style="en",
    numeral=re.compile(
        r"[0-9]{1,3}(?:, ?[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]{1,3}(?: [0-9]{3}){1,4}(?![0-9]"
        r"|[.,][0-9])"
        r"|[0-9]+(?:[.,][0-9]+)*"
    ),
    no_figure=_NO_FIGURE,
    left_words={
        **dict.fromkeys(
            listed("decree resolution decision directive circular dispatch"
                   " ordinance conclusion plan law"
            " notice document instruction"), "law"),
        **dict.fromkeys(
            listed("article articles clause point chapter section appendix"
                   " annex table figure criterion"
            " criteria item box"), "article"),
        **dict.fromkeys(listed("aged age ages"), "age"),
        **dict.fromkeys(listed("tel phone telephone hotline fax mobile zalo đt thoại"), "phone"),
        **dict.fromkeys(listed("page views visits visitors online today yesterday comments "
                "shares likes"), "counter"),
        **dict.fromkeys(
            listed("programme program programmes covid regiment division"
                   " brigade battalion highway road"
            " route ward zone phase level class grade group component project sub-project hamlet"
            " village quarter type top industry revolution storm typhoon channel region vision"
            " agenda district no number số street"), "name"),
    },
    number_signs=frozenset({"no", "nos", "number", "số", "#"}),
    text_words=frozenset(
        listed("decree resolution decision directive circular dispatch"
               " ordinance conclusion plan law"
        " notice document instruction")
    ),
    months=MONTHS,
    scale=re.compile(
        r"[ -]?(?P<word>thousand billion|trillion|billion|million|thousand|bn|mln|tn"
        r"|hundred)(?![a-z])(?!-)"
    ),
    scales={"bn": "billion", "mln": "million", "tn": "trillion"},
    money_before=re.compile(r"(?:vnd|vnđ|us ?\$|usd|[as]?\$|€|eur|(?<![a-zà-ỹ])đ) ?$"),
    money={
        **dict.fromkeys(("dong", "dongs", "vnd", "vnđ", "đồng", "đ", "₫"), "đồng"),
        **dict.fromkeys(("usd", "dollars", "dollar", "us dollars", "us$", "$"), "USD"),
        **dict.fromkeys(("euro", "euros", "eur", "€"), "EUR"),
    },
    signs=re.compile(
        r"(?P<pp> ?(?:%|percent|per cent)?[ -]?percentage[ -]points?\b| ?(?:%"
        r"|percent)[ -]points?\b| ?pps?\b"
        r"| points?\b)|(?P<pct> ?%| ?per ?cent\b(?!age)| ?pct\b| percentage\b)"
    ),
    heads=_HEADS,
    measures={
        "hectares": "ha", "hectare": "ha", "ha": "ha", "kilometres": "km", "kilometers": "km",
        "km": "km", "tonnes": "tonnes", "tonne": "tonnes", "tons": "tons", "ton": "tons",
        "kg": "kg", "kilograms": "kg", "litres": "lít", "liters": "lít", "times": "lần",
        "metres": "km", "meters": "km", "fold": "lần",
    },
    stops=frozenset(
        listed("them whom of in on at with to for from by and or as than that which who whose "
               "while were"
               " was is are "
        "be been being have has had will would can could may should the a an this these those it "
        "them whom its their they per each not under over after before since until between "
        "among including "
        "compared accounting representing making equal equivalent respectively when where but so "
        "if down up lower higher out into during within across through nationwide annually year "
        "last next more less fewer against versus also only then accounted made remained fell rose "
        "reached still now escaped escape escaping lifted rise rising fall falling received "
        "receive by plus live lives lived belong belonged came come took take get got stayed "
        "stay left remaining"
             " work worked find found need needed lack lacked moved went go reported counted")
    ),
    fillers=frozenset({"of", "the", "its", "total", "local", "more", "additional", "other"}),
    range_to=re.compile(r"(?P<own> ?%| per ?cent)?(?: ?[-–—~] ?| to )(?=(?:vnd|us\$|\$)?[0-9])"),
    between_before=re.compile(r"\b(?:between|from between) (?:vnd|us\$|\$)?$"),
    between_and=re.compile(r"(?P<own> ?%| per ?cent)? and (?=(?:vnd|us\$|\$)?[0-9])"),
    fraction=re.compile(r" ?/ ?(?=[0-9])| (?:out )?of (?:the |its |a "
                        r"|all )?(?:total (?:of )?)?(?=[0-9])"),
    changing_from=re.compile(
        r"\b(?:r[oi]s[eai]\w*|increas\w+|gr[eo]wn?|up|climb\w*|went|improv\w+|chang\w+|jump\w+)\b"
        r"(?:(?!\bby\b)[^.;,]){0,60}\bfrom (?:[a-z]+ ){0,2}$"
    ),
    qualifiers=_QUALIFIERS,
    after_ends=re.compile(
        r" (?P<at_least>or more|or higher|or above|and above|and over|and more|upwards?)\b"
        r"|(?P<at_most> (?:or less|or lower|or below|and below|or fewer|at most))\b"
    ),
    yearly=re.compile(r" ?(?:/ ?year|(?:a|per|each|every) year(?! (?:earlier|ago|before))"
                      r"|per annum|annually|yearly)\b"),
    norm_before=re.compile(r"\b(?:poor|poverty)\b[^.;]{0,60}$|\bpoverty (?:line"
                           r"|standard)[^.;]{0,120}$"),
    norm_after=re.compile(r" (?:a|per|or less|and below)\b|/"),
    street=re.compile(r",? (?:[a-z]+ ){1,4}(?:street|road|avenue|alley)\b"),
    bare_before=frozenset(
        listed("to from of was were is are reached totalled totaled"
               " totalling at by and number including "
        "had has have with remained recorded only just or up down being than :")
    ),
    bare_after=re.compile(
        r" (?:fewer|less|lower|higher|of (?:them|these|those|which|whom)|are|were|live"
        r"|lived|belong|belonged|came|come|went|got|received|abroad)\b"
    ),
    spelled=re.compile(
        rf"(?<![\w-])(?:half an? (?:million|billion)|(?:an? (?=hundred|thousand|million|billion))?"
        rf"(?:{_WORD})(?:(?:[ -]|,? and )(?:{_WORD})){{0,12}})(?![\w])"
    ),
    numbers=_NUMBERS,
    groups=_GROUPS,
    vague=re.compile(
        r"(?<!\w)(?P<vague>(?:tens|hundreds|thousands|millions|billions)(?: of (?:thousands"
        r"|millions"
        r"|billions))?) of(?! \d)(?=( [a-zđ]))"
    ),
)  # fmt: skip
