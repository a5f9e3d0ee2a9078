"""English: words for what figures count, when, where, and how they hang together."""

from __future__ import annotations

import re

from helpers.bulletins.foreign.english import MONTH_NAMES
from helpers.bulletins.foreign.lexicon import DAY, YEAR, Meanings, listed

_POVERTY = r"(?:multi-?dimensional )?poverty"
_PEOPLES = (
    "khmer|mong|hmong|h'mong|thai|dao|tay|nung|muong|cham|kinh|hoa|van kieu|pa co|co tu|ede|ba na"
)
_NAMED_YEAR = rf"{YEAR}|this year|last year|the previous year|the year before|a year earlier"


def _year(number: int = 1) -> str:
    """A year in a group of its own, by figures or `last year`."""
    return rf"(?P<year{number}>{_NAMED_YEAR})(?![0-9]|[-–/][0-9])"


def _of_year(number: int = 1) -> str:
    return rf"(?:,? (?:of |in )?{_year(number)})"


_COUNTS = listed("one two three four five six seven eight nine ten eleven")
_COUNT = rf"(?P<count1>{'|'.join(_COUNTS)}|1[01]|[1-9])"
_FALLS = (
    r"f[ae]ll(?:s|en|ing)?|declin(?:e|es|ed|ing)|decreas(?:e|es|ed|ing)|drop(?:s|ped|ping)?"
    r"|reduc(?:e|es|ed|ing|tion|tions)|cut(?:s|ting)?|down|lower(?:ed|ing)|shr[aiu]nk|slid|slipp?ed"
    r"|slash(?:ed|ing)?|edged down|lowers?(?= (?:its|the|their|poverty))"
)
_RISES = (
    r"r[oi]se[ns]?|rising|increas(?:e|es|ed|ing)|(?<!making )(?<!made )(?<!makes"
    r" )(?<!make )(?<!set )up|grew|grow[ns]?|growth|climb(?:ed|s)?"
    r"|jump(?:ed|s)?|surg(?:ed|es?)"
)
_BETWEEN_STOP = (
    r"[;:()]|\bto\b(?! an? )|\bat\b|\bfor\b|\bremain|\bstood\b|\baccount|\brepresent|\breach|\bleav"
    r"|\binclud|\bof which\b|\bwith\b|\band (?:ha[sd]|the|now|was|is)\b|\bfunds?\b|\bsupport"
    r"|\bwhile\b|\bwhich\b|\bfrom\b|\bbelow\b|\bunder\b"
)

ENGLISH = Meanings(
    terms=re.compile(
        r"(?P<escaping>escap(?:e|ed|es|ing)(?: from)?(?: the)?(?: multi-?dimensional(?:ly)?)?(?:"
        r" near-)?[ -]?"
        rf"(?:poverty|poor)|(?:out of|exit(?:ed|ing)?|above|overc[ao]m(?:e|ing)|shak(?:e|en"
        rf"|ing) off"
        rf"|g[eo]t(?:ting)? rid of|from|ris(?:e|en|ing) above) (?:the )?(?:near-)?{_POVERTY}(?!"
        rf" (?:rate|line|list))"
        r"|no longer (?:in )?poo?v?e?r(?:ty)?|removed from the (?:list of )?poo?r|poverty escape)"
        r"|(?P<falling>(?:re-?laps(?:e|ed|es|ing)|(?:f[ae]ll(?:s|en|ing)?|slip\w*|slid|sliding"
        r"|sank|sinking)"
        rf" back|return(?:ed|ing|s)?|back) (?:in)?to {_POVERTY}|re-?impoverish\w*|relapses? into"
        rf"|re-?entering poverty"
        r"|poverty relapse|relapsed)"
        r"|(?P<newly>new(?:ly)?[- ](?:poor|emerg\w+|impoverished|aris\w+|identified|recorded)"
        rf"|newly f[ae]ll\w* into|(?:f[ae]ll(?:s|en|ing)?|pushed) into {_POVERTY}|new poor)"
        r"|(?P<multidim>multi-?dimensional(?:ly)?[ -]?(?:poor|poverty)"
        r"|(?:poor|poverty)(?:,| and| or|/| plus) ?(?:the )?near[- ]?(?:poor|poverty))"
        r"|(?P<near_poor>near[- ]?(?:poor|poverty)|sub-poverty|almost[- ]poor|marginally poor)"
        r"|(?P<poor>\bpoor\b|poverty|impoverished\b|\b(?:needy|destitute|indigent) (?:househ"
        r"|famil))"
        r"|(?P<total>total (?:number )?(?:of )?(?:the )?(?:local )?(?:households|families)"
        r"|households in total"
        r"|number of households)"
        r"|(?P<other>(?<!poverty )(?<!poor )(?<!household )(?:percentage|proportion|rate|share"
        r"|ratio|number) of (?!all\b(?! )|(?:the |these |all "
        r"|local |its )?"
        r"(?:(?:multi-?dimensional(?:ly)?|ethnic(?: minority)?|rural|urban"
        r"|new(?:ly)?) )?(?:near[- ]?)?(?:poo?r|poverty"
        r"|households?|families|[0-9]|about|over|more|less|nearly|those|them))\w+"
        r"|(?<!poor )(?<!poverty )(?<!household )(?<!reduction )(?<!the"
        r" )(?<!this )(?<!a )(?<!that )(?<!its )(?<!')\b"
        r"(?!average|annual|lower|higher|same|with|and|at|of|such|national|current|the |this "
        r"|that |its |their |a )[a-z]+ rate\b"
        r"|workers|labou?rers|students|pupils|income|budget|population|coverage|loans?\b|plan\b)"
    ),
    no_subject=re.compile(
        r"(?:(?:poverty|hunger)[- ](?:reduction|alleviation|eradication|relief|elimination|line"
        r"|lines"
        r"|standards?|criteria|threshold|programmes?|programs?|work|policies|reviews?"
        r"|fighting)(?! rate)"
        r"|(?:reduc\w+|alleviat\w+|fight\w*|eliminat\w+|eradicat\w+|combat\w*|tackl\w+"
        r"|against) (?:poverty|hunger)(?! rate)"
        r"|(?:for|to|of|help|helping|support|supporting|among"
        r"|with) the (?:near-)?poor(?! household| famil| rate)(?! (?:fell|was|is|dropped))"
        r"|(?:near-)?poor (?:people|students?|women|children|workers?|patients?|pupils|farmers"
        r"|areas?|regions?"
        r"|localities|countries|labourers|residents|ethnic people|students)"
        r"|(?:[0-9]+ )?poor(?:est)? (?:districts?|communes?|villages?|provinces?|hamlets?)"
        r"|the poor fund|fund for the poor)"
    ),
    given_before=re.compile(
        r"\b(?:(?<!account )(?<!accounts )(?<!accounted )(?<!accounting )for|support(?:ed|ing"
        r"|s)?|help(?:ed|ing|s)?"
        r"|assist(?:ed|ing|s)?|benefit(?:ed|ing|s)?|provid(?:ed|ing) (?:\w+ ){0,4}(?:to|for)"
        r"|given|giving|gave"
        r"|granted|enabl(?:ed|ing)|offered|among|loans? (?:\w+ )?(?:reached|to)"
        r"|insurance (?:reached|for|to)) (?:(?:the|a total of|over|more than|nearly|some|about"
        r"|another) )*$"
    ),
    to_before=re.compile(r"(?<!equal )(?<!equivalent )(?<!corresponding )(?<!home )(?<!amounting"
                         r" )(?<!close )\bto (?:(?:the|a total of|over|more than|nearly|some"
                         r"|about|another) )*$"),
    given_after=re.compile(
        r"^(?: (?:in|of|from|at|across|living|and|near-poor|nationwide"
        r"|locally)(?: [\w'’-]+){0,5})?,?"
        r" (?:(?:who|that|which) )?(?:(?:were|was|are|have|had|has|been|being|will|be|also|can"
        r"|to) ){0,3}"
        r"(?:receiv\w+|benefi\w+|given|granted|provided|supported|assisted|offered|borrow\w*"
        r"|access\w*"
        r"|participat\w+|join\w*|tak(?:e|ing|en) part|took part|lack\w*|without|in need"
        r"|in difficulty|build|rebuil\w+|repair"
        r"|with (?:loans|houses|housing|access|support|health|children|people|members)|get|got"
        r"|enjoy\w*|exempt\w*|lent|helped)\b"
    ),
    share_after=re.compile(
        r"^ (?:of|among) (?:the |all |these |those |its |total |local )*(?:[0-9][0-9,]* )?"
        r"(?:(?:number of|multi-?dimensional(?:ly)?) )?(?:near-)?(?:poor|poverty-stricken)\b"
        r"(?! (?:households|families) (?:escap|were lifted|in (?:19|20)))"
    ),
    base=re.compile(
        r"^ (?:of|among) (?:[a-z'’-]+ ){0,4}?(?:households|families|total|population)\b"
        r"(?: in the \w+| there| locally| nationwide)?"
    ),
    of_others=re.compile(r"^ of (?!(?:[a-z'’-]+ ){0,4}?(?:households|families|total|population"
                r"|whole"
                         r"|(?:near-)?poor|poverty|20[0-9]{2})\b)"),
    competing=re.compile(
        r"\b(?:workers?|labou?r(?:ers)?|jobs?|employ\w+|students?|pupils?|cards?|insurance|loans?"
        r"|lent|borrow\w*|capital|money|funds?|budget|gifts?|houses?|housing|homes|roofs?"
        r"|children|plan|train\w+|courses?|vocational|projects?|models?|disburs\w+|water"
        r"|sanitation|incomes?|growth|gdp|merit|interest|forests?|coverage|enrol\w+|trees?|crops?"
        r"|beneficiar\w+|allowances?|inspect\w+|communes (?:met|that)|support(?:ed)?|women"
        r"|schools?|doctors?|roads?|electricity|internet|visitors|export\w*|deprived|disabilit\w+"
        r"|criteria|services|aged|elderly|voters?|certificates?|tourism|agricultur\w+)\b"
    ),
    goes_on=re.compile(
        r"^(?:$| ?[,;.():–—\]\n\"”]| (?:and|or|but|of the total|in|at|among|across|on|by|from|to|a"
        r"|compared|against|while|lower|higher|less|fewer|more|last|this|for|as|over|per|after"
        r"|with|left"
        r"|are|were|is|was|respectively|nationwide|below|above|down|up|the|year|living|still"
        r"|than|households?|families|of (?:its|the|all|their|total|local)|rural|urban|ethnic)\b)"
    ),
    pronoun=re.compile(r"\b(?:it|they|that|those|these|them|which|where)\b"),
    plan_after=re.compile(
        r"^ (?:(?:of|above|over|higher than|below|against|compared (?:to|with)) )?(?:the |its "
        r"|their |this |yearly |annual |year's |set )*"
        r"(?:\w+ )?(?:plan|target|goal|quota|estimate|assignment)s?\b"
    ),
    total_before=re.compile(r"\b(?:(?:out )?of (?:the |a )?(?:province's |district's |country's "
                            r"|city's )?(?:total(?: of)? )?"
                            r"|(?:a )?total of )$"),
    total_after=re.compile(r"^ (?:in total|in all|altogether)"),
    from_weak=re.compile(r"(?!x)x"),
    falls=re.compile(rf"(?<![-\w])(?:{_FALLS})(?!\w)(?! (?:back|into|short|behind|under))"),
    rises=re.compile(rf"(?<![-\w])(?:{_RISES})(?!\w)(?! (?:above|to date|rates?\b))"),
    not_between=re.compile(_BETWEEN_STOP),
    by_before=re.compile(r"\bby (?:(?:an? |the )?(?:total |annual |yearly )?(?:average |further "
                         r"|additional )?(?:of )?)?$"),
    to_level=re.compile(r"\b(?:to|at|below|under|as low as|reaching|of only) (?:(?:only|just"
                        r"|about|an?|the|current|some|below) )*$"),
    from_before=re.compile(
        r"\b(?:from|compared (?:to|with)|against|versus|up on|down on) (?:(?:a|an|the|about|only"
        r"|over|nearly|some|its|more than|rate"
        r"|figure|level|of|high|peak|last year's|previous year's|initial) ){0,4}$"
    ),
    then_to=re.compile(rf"[^.;]{{0,80}}?\b(?:to|down to) (?:(?:only|just|about|less than|below"
                       rf"|under|nearly|over|more than|some) )*[0-9]"
                       rf"|[^.;0-9]{{0,60}}(?:{YEAR}[^.;0-9]{{0,20}})?\bto"
                       rf" (?:[a-z]+ ){{0,3}}[0-9]"),
    fall_after=re.compile(
        r"^ (?:(?:percentage )?points? )?(?:(?:poor |near-poor )?(?:households |families ))?"
        r"(?:lower|less|fewer|decrease|reduction|decline|drop|fall)\b"
    ),
    rise_after=re.compile(
        r"^ (?:(?:percentage )?points? )?(?:(?:poor |near-poor )?(?:households "
        r"|families ))?(?:higher|increase|rise|up(?! from| to))\b"
    ),
    also=re.compile(r"^[ ,(]{0,3}(?:or|equivalent to|equal to|equalling|corresponding to"
                    r"|i\.e\.)[ ,]?(?: ?(?:a|an) (?:decrease|fall|drop|decline|reduction"
                    r"|increase|rise) of)? {0,2}$"),
    carrying=re.compile(
        r"^[^.;\d]{0,60}\b(?:or|account\w*(?: for)?|representing|represents|mak(?:ing|es) up"
        r"|made up|equivalent to|equal to|equalling"
        r"|corresponding to|respectively|constituting|comprising)[^.;\d]{0,30}$"
        r"|^[ ,;]{0,2}\([^()\d]{0,24}$"
        r"|^[ ,;()]{0,3}(?:(?:and|after|to|from|at|by|the|a|an|of|in|down|up|or|year|end|late|early"
        r"|just|only|about|nearly|over|some"
        r"|more|less|than|under|below|then|while|with|was|is|were|compared|against|versus"
        r"|previous|last|this|same|period|fell|fall|falling"
        r"|fallen|drop|dropped|dropping|decrease|decreased|decreasing|declined|decline|rise|rose"
        r"|rising|increase|reduced|reduction|"
        r"percentage|points?|for|number|number|figure|rate|level|now|currently|remained|remains"
        r"|still|average|annual|annually|respectively"
        r"|around|almost|it|reach|reached|reaching|as|rural|urban|areas?|first|half|quarter"
        r"|month|months|years?|alone|\d{1,4})(?![\w])[ ,;)('%-]{0,3})*$"
    ),
    resumed=re.compile(r"\bit (?:is|was|dropped|fell|rose|stood)\b|\bthat (?:of|in|among)\b"
                       r"|\bthe (?:largest|highest|lowest|smallest)\b|\b(?:the|this|that|its"
                       r"|their|average|annual) (?:national |provincial |average |overall "
                       r"|city )?(?:rate|figure|proportion|number|ratio|percentage)\b"
                       r"|\b(?:reduction|decrease|decline|drop)\b|'s (?:poverty )?(?:rate|figure"
                r"|number)\b"
                       r"|\b(?:rate|figure|number)s? (?:is|was|stood|stands|fell|reached|are)\b"
                       r"|\bcorresponding\b"),
    having=re.compile(r"\b(?:had|has|have|number|numbered|live in|lived in|counted|counts"
                      r"|comprised|comprises)(?: (?:a total of|some|about))? $"),
    are_poor=re.compile(r"^(?: others)? of (?:them|these|those|which|whom) (?:are|were|being) "
                r"|^ (?:are|were"
                        r"|living|were living|are living|still) "),
    of_households=re.compile(r"(?!x)x"),
    whole_before=re.compile(r"\b(?:of|among|out of) (?:(?:the|a|total|of|all|its) )*$"),
    are_poor_later=re.compile(r"^,? ?\(?(?:or )?[0-9][0-9.,]* ?(?:%"
                r"|per ?cent)\)?,? (?:[a-z' -]{1,40}"
                              r" )??(?:are|were|as|being) (?:near-)?poor(?: (?:or"
                r"|and) near-?poor)?"),
    one_of=re.compile(r"\b(?:in|of|across) $"),
    yearly=re.compile(r"\b(?:(?:a|per|each|every) year\b(?! (?:earlier|ago|before))|per annum"
                      r"|annually|annual(?:ly)?\b|yearly|on average)"),
    groups=(
        ("dân tộc", re.compile(rf"\b({_PEOPLES}) (?:ethnic|people|minority|households|families"
                               rf"|group)")),
        ("ethnic_minority_areas", re.compile(
            r"ethnic(?:[- ]minority)?(?:[- ]inhabited)?(?: and mountainous| people's)? (?:areas?"
            r"|regions?|communes)"
            r"|areas? (?:inhabited by|of|with) ethnic")),
        ("ethnic_minority", re.compile(r"ethnic(?:[- ]minorit(?:y|ies)| people| households"
                                       r"| group)|minority households")),
        ("poor_districts", re.compile(r"(?:poor(?:est)?|impoverished|disadvantaged) districts")),
        ("rural", re.compile(r"\brural\b")),
        ("urban", re.compile(r"\burban\b")),
    ),
    any_group=re.compile(rf"ethnic|minorit|districts|rural|urban|{_PEOPLES}"),
    times=tuple((form, hints, re.compile(pattern)) for form, hints, pattern in (
        ("day", "by as until till to", rf"(?:as of|as at|by|until|up to|till"
                rf"|to) (?:the end of )?(?:{DAY}(?:st|nd|rd"
                rf"|th)? (?:of )?(?P<month1>{MONTH_NAMES})\b,?(?: {_year(1)})?"
                rf"|(?P<month2>{MONTH_NAMES})\.? {DAY}(?:st|nd|rd|th)?(?![0-9])(?:,? {_year(2)})?"
                rf"|{DAY}[/.-](?P<month3>[0-9]{{1,2}})[/.-]{_year(3)})"),
        ("span", "20 19", rf"(?P<first>{YEAR})(?: ?[-–—/] ?| (?:to|and"
                rf"|through) (?={YEAR}))(?P<last>{YEAR}"
                 rf"|[0-9]{{2}})(?![0-9]|[.,/-][0-9]|-month)"),
        ("quarter", "quarter", rf"(?P<quarter1>first|second|third|fourth|last|1st|2nd|3rd"
                    rf"|4th)[- ]quarter{_of_year(1)}?"),
        ("quarter", "q1 q2 q3 q4", rf"q(?P<quarter1>[1-4])(?:[ /]| of ){_year(1)}"),
        ("half", "half six 6", rf"(?P<half1>first|second|last|1st|2nd) (?:half|six months"
                 rf"|6 months){_of_year(1)}?(?! of the period)"),
        ("months", "months", rf"(?:first|past|opening) {_COUNT} months{_of_year(1)}?"),
        ("months", "months", rf"{_COUNT} months (?:of|in) {_year(1)}"),
        ("month", "20 19", rf"(?P<month1>{MONTH_NAMES})\.?,? (?:of )?{_year(1)}"),
        ("end", "end late last close", rf"(?:end of|end-|late|last days of|close of) ?(?:{_year(1)}"
                rf"|(?P<year4>the year)\b)"),
        ("day", "end late close", rf"(?:end of|end-|late"
                rf"|close of) ?(?P<month1>{MONTH_NAMES})\b(?:,? {_year(1)})?"),
        ("end", "year-end closed ended closing ending", rf"(?:year-end|closed|ended|closing"
                rf"|ending) {_year(1)}"),
        ("end", "year-end", rf"(?P<year1>{YEAR})[- ]year-end"),
        ("start", "beginning start outset early", rf"(?:beginning of|start of|outset of"
                rf"|early) {_year(1)}"),
        ("now", "date far present current now presently today", r"(?:to date|so far|at present"
                r"|currently|now|up to now|until now|presently"
                r"|today)\b"),
        ("year", "20 19", rf"(?P<year1>{YEAR})(?:'s)?(?![0-9%]|[-–/][0-9]|[.,][0-9]| ?%)"),
        ("year", "year", r"(?P<year1>this year|last year|the previous year|the year before"
                 r"|a year earlier|next year)\b"),
    )),
    compared=re.compile(
        r"\b(?:compared (?:to|with)|against|versus|than|vs\.?|over|from|year-on-year|relative to"
        r"|that of|than in|since|on|times) "
        r"(?:(?:the|same|period|of|in|at|that|those|figure|level|rate|end|beginning|start|late"
        r"|early|last|previous|for) )*$"
    ),
    of_a_text=re.compile(
        r"\b(?:programmes?|programs?|plan|strategy|resolution|decree|decision|project|standards?"
        r"|line|lists?|scheme|criteria|law|term|vision)\b[^.;:,]{0,80}$"
    ),
    parts_of_year={
        "this year": "+0", "last year": "-1", "the previous year": "=-1", "the year before": "=-1",
        "a year earlier": "=-1", "next year": "+1", "the year": "=+0", "first": "Q1",
        "second": "Q2", "third": "Q3", "fourth": "Q4", "last": "Q4", "1st": "Q1",
        "2nd": "Q2", "3rd": "Q3", "4th": "Q4", "1": "Q1", "2": "Q2", "3": "Q3", "4": "Q4",
        **{word: str(number) for number, word in enumerate(_COUNTS, start=1)},
    },
    target=re.compile(
        r"\b(?:must|commit(?:s|ted)? to|pledg\w+ to|ha(?:s|ve) to|needs? to|(?:is"
        r"|are) to) [a-z]{2,}|"
        r"\b(?:should (?:be|fall|drop|reach)|aim(?:s|ed|ing)?|plan(?:s|ned|ning)? to|striv(?:e"
        r"|es|ed|ing)|target(?:s|ed|ing)?"
        r"|goal|objective|hop(?:e|es|ed|ing) to"
        r"|wants?\b|wishes to|expect(?:s|ed|ing)? (?:to|that)|is set to|are set to|seeks? to"
        r"|seeking to|endeavou?r(?:s|ed|ing)?|determined to"
        r"|will (?:be |continue |try |further |have |also |strive )?(?:to )?(?:be "
        r"|been )?(?:reduc|cut|fall|drop|lower|bring|decreas|decline|lift|help|create|provide"
        r"|build|only)\w*"
        r"|to be reduced|intends? to|set(?:s|ting)? (?:a |the |out )?(?:target|goal)"
        r"|project(?:ed|s) to)\b"
    ),
    no_target=re.compile(r"(?:national|exceed\w*|met|meeting|meets|fulfil\w*|achiev\w+"
                         r"|surpass\w*|beyond|against|beat\w*|hit|reach\w*"
                         r"|\bthan|compared (?:to|with)|of) (?:(?:the|its|their"
                         r"|set|yearly|annual|year's|a|all) ){0,3}$"),
    to_come=re.compile(r"[^.;:\d]{0,50}\b(?:will be|(?:is|are) to|must)\b"),
    done=re.compile(r" (?:[a-z]+ )?(?:met|surpassed|exceeded|fulfilled|reached|achieved|were"
                    r"|was|had been|have been)\b"),
    estimate=re.compile(r"\b(?:estimat(?:e|es|ed)|est\.)(?!\w)"),
    preliminary=re.compile(r"\bpreliminary\b"),
    wholes=re.compile(
        r"\b(?:(?P<country>nationwide|countrywide|nation-wide|across the (?:whole )?(?:country"
        r"|nation)|the (?:whole |entire )?(?:country|nation)"
        r"(?!'s (?:poor|larg|south|north|first|most|bigg))|national(?= (?:multi|poverty|rate"
        r"|average|household|near))|viet ?nam(?! (?:fatherland|bank|news|women|red|social"
        r"|general|national|farmers"
        r"|youth|war|veterans|television|private|chamber|government|trade)))"
        r"|(?P<city>(?:the|this) (?:whole |entire )?(?:centrally[- ]run )?city\b)"
        r"|(?P<home>(?:the|this) (?:whole |entire )?(?:province|locality)\b|province-?wide"
        r"|provincial (?:rate|average|poverty|figure))"
        r"|(?P<carried>the (?:whole |entire )?(?:mountainous |highland |border |upland |island "
        r"|rural )?(?:district|commune|town|township)\b|district-?wide)"
        r"|(?P<region>the region\b))"
    ),
    offices=("ministry", "molisa", "the government"),
    speaker=re.compile(r"\b(?:said|says|told|tells|recall(?:s|ed)|explain(?:s|ed)|smil(?:es|ed)"
                       r"|laugh(?:s|ed)|add(?:s|ed)|not(?:es|ed)|shar(?:es|ed)|confid(?:es|ed)"
                       r"|according to)\b"),
    respectively=("respectively", "corresponding figures", "corresponding rates"),
    regions=(
        ("NMM", "", "north", re.compile(r"north(?:ern)? (?:midlands?|mountain(?:s|ous)?"
                               r"|upland)[a-z, ]{0,14}?(?: (?:and|&) (?:mountain(?:s|ous)?"
                               r"|upland))?(?: (?:areas?|regions?|provinces))?(?!\w)")),
        ("NCC", "", "cent", re.compile(r"north(?:ern)?[- ]cent(?:ral|re)(?: region| area"
                               r"| coast(?:al)?)?,?(?: and "
                               r"| & )(?:south(?:ern)? )?(?:the )?cent(?:ral"
                               r"|re)(?:[- ]coast(?:al)?)?(?: (?:areas?|regions?))?\b")),
        ("RRD", "", "delta", re.compile(r"(?:red|hong) river delta\b")),
        ("CH", "", "highlands tay", re.compile(r"central highlands\b|\btay nguyen\b")),
        ("MRD", "", "delta", re.compile(r"(?:mekong(?: river)? delta"
                r"|cuu long (?:river )?delta)\b")),
        ("SE", "", "south", re.compile(r"south-?east(?:ern)?(?: region| area)?\b(?! asia)")),
        ("VN", "Tây Bắc", "west", re.compile(r"north-?west(?:ern)?(?: mountain(?:s|ous))?(?: region"
                                     r"| area| provinces)?\b")),
        ("VN", "Đông Bắc", "east", re.compile(r"north-?east(?:ern)?(?: mountain(?:s"
                r"|ous))?(?: region"
                                      r"| area| provinces)?\b")),
    ),
    of_region=re.compile(r"(?:'s)? (?:[a-z]+ )?(?:province|city|locality)\b"),
    below_behind=re.compile(r"(?:'?s?|,(?: the| an?| one of the)?) (?P<kind>(?:mountainous "
                r"|border |island "
                            r"|rural )?(?:districts?|communes?|wards?|townships?|towns?|city"
                            r"|cities))\b"),
    below_before=re.compile(
        r"\b(?P<kind>districts?|communes?|wards?|townships?|towns?|city|cities"
        r"|provinces?) of (?:the )?$"
        r"|(?P<before>(?:huyện|xã|phường|thị xã|thị trấn|district|commune|ward)) $"
    ),
    kinds_below={
        "district": "", "commune": "Xã", "ward": "Phường", "township": "Thị trấn", "town": "Thị xã",
        "city": "Thành phố", "cities": "Thành phố", "huyện": "", "xã": "Xã", "phường": "Phường",
        "thị xã": "Thị xã", "thị trấn": "Thị trấn",
    },
    kind_words=(*listed("district districts commune communes ward wards township townships town "
                "towns"
                        " city cities huyện xã phường"), "thị xã", "thị trấn"),
    province_after=re.compile(r"(?:'s)? (?:(?:mountainous |northern |central "
                              r"|southern )*province|province's)\b"),
    elsewhere=re.compile(r"\b(?:from|to|visit(?:ed|ing)?|with|born in"
                         r"|neighbouring) (?:the )?(?:[a-z]+ )?(?:provinces? of )?$"),
    inside=re.compile(r"^[^,;:.()\d]{0,50}\b(?:in|across|throughout|from) (?:(?:the|mountainous"
                      r"|remote|rural|border|its|highland|whole|of|provinces?|districts?"
                      r"|communes?|city|town|northern|central|southern|most"
                      r"|disadvantaged) ){0,5}$"),
    listing=re.compile(r",? and (?:the )?|, (?:the )?| & |/"),
    particles=frozenset(
        listed("in the at of by for while meanwhile and as with from only since after during among"
        " both on to "
        "mountainous poor under however this these where when according especially particularly "
        "including besides currently today now many some most all such if but or its their his her "
        "an a last next between within across over near chairman vice mr mrs ms secretary director "
        "deputy leader leaders a rural remote central northern southern western eastern district "
        "commune province city towards via than like also nearly about")
    ),
    part=re.compile(r"\b(?:of which|of whom|of them|of these|of those|among (?:them|which|whom"
                    r"|these|those)|including|includes?|namely|in which|compris\w+|consist\w* of"
                    r"|made up of)\b"),
    part_after=re.compile(r"^ of (?:them|these|those|which|whom)\b"),
    out_of=re.compile(r"^ (?:out )?of (?:the |a |its )?(?:province's |total (?:of )?)?$"),
    of_named=re.compile(r"^\W*(?:out )?(?:of|among) (?:the|these|those|all) [^,;.\d]{0,60},"),
    they=re.compile(r"\b(?:they|these|this|those|that)\b[^,;.\d]{0,20}\b(?:mak|account|represent"
                r"|equal"
                    r"|correspond|constitut|form|is|are)\w*"),
    worth=re.compile(r"\b(?:worth|valued|value|totalling|totaling|costing|cost)\b"),
    goods=frozenset(listed("gifts packages cards bicycles cows buffaloes goats pigs scholarships"
                           " portions trees bikes seedlings blankets computers wheelchairs books")),
    each=re.compile(r"\b(?:each|per|every)\b"),
    achieved=re.compile(r"\b(?:meet\w*|fulfil\w*|reach\w*|equal(?:l?ing)?(?: to)?|equivalent to"
                        r"|complet\w+|achiev\w+|attain\w*|account\w* for|representing|or|by"
                        r"|exceed\w*) (?:the )?$|^[ ,]*\(?$"),
    paid=re.compile(r"\b(?:worth|funding|costs?|valued at|value|funds?|budget|expenditure|amount"
                    r"|money|borrow\w*|shared?|given|granted|paid|took home|receiv\w+"
                r"|benefit\w* from|lent|totall?ing|total of"
                    r"|with|sum of|capital)\b[^\d;.]{0,40}$"),
    received=re.compile(r"\b(?:given|granted|allocated|handed|receiv\w+|took home|shared?|got)\b"),
    paid_for=re.compile(r"^[^;.\d]{0,60}\b(?:to|for|were handed over to|among|benefit\w*"
                r"|support\w*|help\w*"
                        r"|provided)\b(?: [a-z'-]+){0,3} $"),
)  # fmt: skip
