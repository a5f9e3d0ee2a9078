"""French: words for what figures count, when, where, and how they hang together."""

from __future__ import annotations

import re

from helpers.bulletins.foreign.french import MONTH_NAMES
from helpers.bulletins.foreign.lexicon import DAY, YEAR, Meanings, listed

_PEOPLES = (
    "khmer|khmers|mông|hmong|thaï|dao|tày|nung|muong|cham|kinh|van kiêu|pa cô|co tu|êdê|bahnar"
)
_NAMED_YEAR = (
    rf"{YEAR}|cette année|l'an dernier|l'année dernière|l'an passé|l'année passée"
    r"|l'année précédente|l'an prochain|l'année prochaine"
)
_COUNTS = listed("un deux trois quatre cinq six sept huit neuf dix onze")
_COUNT_WORDS = "|".join(_COUNTS)


def _year(number: int = 1) -> str:
    """A year in a group of its own, by figures or `l'an dernier`."""
    return rf"(?P<year{number}>{_NAMED_YEAR})(?![0-9]|[-–/][0-9])"


def _of_year(number: int = 1) -> str:
    return rf"(?: (?:de |en )?(?:l'année )?{_year(number)})"


_HOUSEHOLD = r"(?:foyers?|ménages?|familles?)"
_FALLS = (
    r"baiss(?:e|es|é|ée|és|er|ant|era)|recul(?:e|é|er|ant|era)?|dimin(?:ue|ué|uer|uant|ution"
    r"|uera)|rédui(?:t|te|re|sant|ra)"
    r"|réduction|chut(?:e|é|er|ant)|abaiss(?:é|er|ant)|déclin|décru|régress(?:é|er|ion)|tomb(?:é"
    r"|ée|ant)|ramen\w+"
)
_RISES = (
    r"augment(?:e|é|er|ant|ation|era)|hausse|progress(?:é|er|ion|ant)|accru|accroissement"
    r"|grimp(?:é|er|ant)"
)
FRENCH = Meanings(
    terms=re.compile(
        r"(?P<escaping>(?:sorti(?:e?s?)?|sortir|sortant|sortie|échapp(?:é|er|ant)\w*"
        r"|affranchi\w*|extraire|extraits?) (?:\w+ )?(?:de |à )(?:la )?(?:quasi-)?pauvreté)"
        r"|(?P<falling>(?:re?tomb(?:é|ée|er|ant)\w*|replong\w+|rechut\w*) (?:dans"
        r"|en) (?:la )?pauvreté|rechut\w+ dans)"
        rf"|(?P<newly>nouveaux? (?:{_HOUSEHOLD} )?pauvres?|nouvelles familles pauvres"
        rf"|nouvellement pauvres?|tombés? dans la pauvreté|(?:{_HOUSEHOLD}) nouvellement)"
        r"|(?P<multidim>(?:pauvreté|pauvres?) multidimension\w*|pauvres? (?:et"
        r"|ou) (?:\w+ )?(?:quasi[- ]?pauvres?|quasi-pauvreté))"
        r"|(?P<near_poor>quasi[- ]?pauvres?|quasi[- ]pauvreté|presque pauvres?"
        r"|proches de la pauvreté|au bord de la pauvreté)"
        rf"|(?P<poor>\bpauvres?\b|pauvreté|{_HOUSEHOLD} (?:les plus )?(?:démuni|indigent|misér)\w*)"
        rf"|(?P<total>nombre total (?:de |des ){_HOUSEHOLD}|total (?:de |des ){_HOUSEHOLD}"
        rf"|nombre (?:de |des ){_HOUSEHOLD}(?! (?:pauv|quasi)))"
        rf"|(?P<other>(?:taux|proportion|pourcentage|part|nombre) (?:de |des |du |d')(?!(?:la "
        rf"|ces )?(?:quasi|pauv|réduction|{_HOUSEHOLD}|[0-9]))\w+"
        r"|travailleurs|élèves|revenus?|budget|crédits?)"
    ),
    no_subject=re.compile(
        r"(?:(?:réduction|élimination|éradication|lutte contre|recul|seuil|norme|critères?"
        r"|programmes?) (?:durable )?(?:de |à |contre )?(?:la |l')?pauvreté(?! (?:a|est) )"
        r"|(?:réduire|éliminer|éradiquer|combattre|contre) (?:durablement )?la pauvreté"
        r"|(?:pour|aux|(?<!liste )des|les) (?:personnes |élèves |femmes |enfants |travailleurs "
        r"|habitants )?pauvres(?! (?:a|ont|est|était))"
        r"|(?:districts?|communes?|villages?|régions?|zones?|localités"
        r"|hameaux) (?:les plus )?pauvres)"
    ),
    given_before=re.compile(
        r"\b(?:pour|aid(?:é|er|ant)|soutenu|soutenir|assist(?:é|er|ant)|accord\w+ (?:à"
        r"|des prêts à)|profit\w+ à|au profit d[e']|bénéfici\w+ à"
        r"|offer\w* (?:\w+ )?à|en faveur d[e']|permis à) ?(?:(?:les|quelque|plus de|près de"
        r"|environ) )*$"
    ),
    to_before=re.compile(r"(?:\bà|\baux) (?:(?:les|quelque|plus de|près de|environ) )*$"),
    given_after=re.compile(
        r"^(?: (?:quasi[- ]?)?pauvres)?(?: (?:de|du|dans|en|à)(?: [\w'’-]+){1,4})?,? (?:qui"
        r" )?(?:(?:ont|a|sont|était|étaient"
        r"|pourront|peuvent|été|ayant|déjà|pu) ){0,3}"
        r"(?:reçu\w*|bénéfici\w+|obtenu\w*|emprunt\w*|accès|particip\w+|accéd\w+|manqu\w+"
        r"|soutenus?|aidée?s|construi\w+)\b"
    ),
    share_after=re.compile(rf"^ (?:des |de |parmi les )(?:[0-9][0-9. ]* )?(?:{_HOUSEHOLD} "
                           rf"|personnes )?(?:quasi[- ]?)?pauvres\b"),
    base=re.compile(
        rf"^ (?:de |des |du |d')(?:(?:la |l'|les |ses |leurs |tous |toutes |ensemble |total |de "
        rf"|des |du )*)(?:{_HOUSEHOLD}|population|total)(?: locaux| de la \w+| du \w+)?"
    ),
    of_others=re.compile(rf"^ (?:de |des |du |d')(?!(?:la |l'|les |ses |leurs |tous |ensemble "
                         rf"|total |de |des )*(?:{_HOUSEHOLD}|population|total|pauv|quasi|plus "
                         rf"|moins |baisse|recul|points?|20\d\d))"),
    competing=re.compile(
        r"\b(?:travailleurs?|ouvriers?|emplois?|élèves|étudiants?|cartes?|assurance|prêts?|prêté"
        r"|emprunt\w*|crédits?|fonds|budget|cadeaux|maisons?|logements?|toits?|enfants?|plan"
        r"|form(?:ation|és|ées|er)|projets?|modèles?|décaiss\w+|eau|assainissement|revenus?"
        r"|croissance|bénéficiaires?|intérêts?|forêts?|couverture|couvre\w*|allocations?|femmes"
        r"|écoles?|médecins?|routes?|électricité|internet|visiteurs|export\w*|critères|services"
        r"|handicap\w*|personnes âgées|certificats?|tourisme|agricol\w+|entreprises|argent)\b"
    ),
    goes_on=re.compile(
        r"^(?:$| ?[,;.():–—\]\n\"»]| (?:et|ou|mais|du total|en|à|au|aux|dans|parmi|chez|sur|par|de"
        r"|des|d'\w+|du|contre|alors|tandis|plus|moins|l'an|cette|pour|comme|après|avec|sont|est"
        r"|étaient|respectivement|contre|foyers?|ménages?|familles?|rura\w+|urbain\w*|que)\b)"
    ),
    pronoun=re.compile(r"\b(?:il|elle|ils|elles|celui|celle|ceux|celles|en (?:dénombre|compte"
                       r"|recense)|y)\b"),
    plan_after=re.compile(
        r"^ (?:de |du |des |d'|par rapport (?:à |au )|sur )?(?:l'|la |le |son "
        r"|leur )?(?:\w+ )?(?:plan|objectif|projet annuel|prévision|quota|cible)s?\b"
    ),
    total_before=re.compile(r"(?:sur (?:un total de |les )|(?:un )?total de )$"),
    total_after=re.compile(r"^ (?:au total|en tout)"),
    from_weak=re.compile(r"\b(?:de|d'|depuis) ?$"),
    falls=re.compile(rf"(?<![-\w])(?:{_FALLS})(?!\w)(?! dans| en pauvreté)"),
    rises=re.compile(rf"(?<![-\w])(?:{_RISES})(?!\w)"),
    not_between=re.compile(
        r"[;:()]|\bà\b|\bpour\b|\bjusqu|\bcontre\b|\breprésent|\bsoit\b|\bdont\b|\batteign"
        r"|\bavec\b|\bpassant\b|\bpassé\b|\bet\b|\bau-dessous\b|\bramen"
    ),
    by_before=re.compile(r"\b(?:de|d'|d'environ|de près de|de plus de) ?$"),
    to_level=re.compile(r"(?:\bà|\bau|\bsous|atteindre|atteignant|s'établir à"
                        r"|en dessous de) (?:(?:seulement|moins de|environ|quelque|près de"
                        r"|plus de|les) )*$"),
    from_before=re.compile(
        r"(?:\bcontre|\bpassant de|\bpassé de|\bpasser de|\bpassée de|par rapport (?:à|aux"
        r"|au taux de)|\bpasse de) (?:(?:les|un|le|taux|environ|près de|plus de|niveau|de) ){0,3}$"
    ),
    then_to=re.compile(rf"[^.;0-9]{{0,40}}(?:{YEAR}[^.;0-9]{{0,20}})?(?<!\w)à (?:(?:seulement"
                       rf"|environ|moins de|près de|plus de|quelque) )*[0-9]"),
    fall_after=re.compile(r"^ (?:de (?:moins|baisse|recul)|en moins|de moins que"
                          r"|inférieure?s? à)\b"),
    rise_after=re.compile(r"^ (?:de (?:plus que|hausse)|en plus|supérieure?s? à)\b"),
    also=re.compile(r"^[ ,(]{0,3}(?:soit|équivalant à|ou|correspondant à)(?: une (?:baisse"
                    r"|diminution|réduction|hausse) de)? {0,2}$"),
    carrying=re.compile(
        r"^[^.;\d]{0,60}\b(?:soit|représent\w+|équivalant à|équivaut à|correspondant à"
        r"|respectivement|constituant|ou)[^.;\d]{0,30}$|^[ ,;]{0,2}\([^()\d]{0,24}$"
        r"|^[ ,;()]{0,3}(?:(?:et|après|à|de|d'|du|des|la|le|les|l'|un|une|en|au|aux|année|an|fin"
        r"|début"
        r"|seulement|environ|près|plus|moins|que|sous|puis|avec|est|était|étaient"
        r"|par|rapport|contre|passant|passé|dernier|dernière|même|période|baisse|baissé|recul"
        r"|reculé|diminué|diminution|hausse|augmenté|réduit|points?|pourcentage|pour"
        r"|taux|nombre|chiffre|niveau|actuellement|moyenne|atteindre|atteignant|atteint|soit"
        r"|pauvres?|rural|urbain|premier|semestre|trimestre|mois|ans"
        r"|\d{1,4})(?!\w)[ ,;)('%-]{0,3})*$"
    ),
    resumed=re.compile(r"\b(?:le|un|ce|son|leur) (?:taux|chiffre|nombre|pourcentage)\b|\b(?:baisse"
                       r"|réduction|recul|diminution)\b"),
    having=re.compile(r"\b(?:compt(?:e|ait|ent|aient)|a|avait|recens(?:e|ait)|dénombr(?:e"
                      r"|ait))(?: (?:quelque|un total de))? $"),
    are_poor=re.compile(r"^(?: autres)? (?:d'entre eux )?(?:sont|étaient|à vivre|vivent|vivaient"
                r"|dans) "),
    of_households=re.compile(rf"^ (?:de |d')(?:{_HOUSEHOLD})"),
    whole_before=re.compile(r"\b(?:sur|parmi) (?:(?:les|un|total|de|ses) )*$"),
    are_poor_later=re.compile(r"^,? ?\(?(?:soit |ou )?[0-9][0-9., ]* ?(?:%"
                              r"|pour ?cent)\)?,? (?:sont|étaient) (?:quasi[- ]?)?pauvres"),
    one_of=re.compile(r"\b(?:dans|de|à travers) $|\bdu?$"),
    yearly=re.compile(r"\b(?:par an|chaque année|annuel\w*|annuellement|en moyenne"
                      r"|l'an(?! dernier| passé| prochain))\b"),
    groups=(
        ("dân tộc", re.compile(rf"(?:ethnie |ethniques? |familles |foyers "
                               rf"|ménages )({_PEOPLES})\b")),
        ("ethnic_minority_areas", re.compile(r"(?:zones?|régions?|localités) (?:peuplées?"
                                             r"|habitées?|des|de|d')[^.;\d]{0,24}(?:ethni"
                                             r"|minorit)")),
        ("ethnic_minority", re.compile(r"minorit\w+ ethniques?|ethnies? minoritaires?|ethniques")),
        ("poor_districts", re.compile(r"districts (?:les plus )?(?:pauvres|défavorisés)")),
        ("rural", re.compile(r"\b(?:rural\w*|ruraux|campagnes?)\b")),
        ("urban", re.compile(r"\b(?:urbaine?s?|villes)\b(?=[^\d]{0,30}$)|zones? urbaines?")),
    ),
    any_group=re.compile(rf"ethni|minorit|districts|rura|urbain|villes|campagne|{_PEOPLES}"),
    times=tuple((form, hints, re.compile(pattern)) for form, hints, pattern in (
        ("day", "au date", rf"(?:au|jusqu'au|en date du|à la date du) (?:1er"
                rf"|{DAY}) (?P<month1>{MONTH_NAMES})(?: {_year(1)})?"),
        ("day", "au", rf"(?:au|jusqu'au) {DAY}[/.-](?P<month1>[0-9]{{1,2}})[/.-]{_year(1)}"),
        ("span", "20 19", rf"(?P<first>{YEAR})(?: ?[-–—/] ?| (?:à|et) (?={YEAR}))(?P<last>{YEAR}"
                rf"|[0-9]{{2}})(?![0-9]"
                 rf"|[.,/-][0-9])"),
        ("quarter", "trimestre", rf"(?P<quarter1>premier|deuxième|second|troisième|quatrième"
                rf"|dernier|1er|2e"
                    rf"|3e|4e) trimestre{_of_year(1)}?"),
        ("half", "semestre", rf"(?P<half1>premier|second|deuxième|dernier|1er"
                rf"|2e) semestre{_of_year(1)}?"),
        ("half", "six 6", rf"(?:six|6) (?P<half1>premiers|derniers) mois{_of_year(1)}?"),
        ("months", "premiers", rf"(?P<count1>{_COUNT_WORDS}|1[01]"
                rf"|[1-9]) premiers mois{_of_year(1)}?"),
        ("month", "20 19", rf"(?P<month1>{MONTH_NAMES}) (?:de )?{_year(1)}"),
        ("end", "fin", rf"fin (?:de )?(?:l'année (?=2))?(?:{_year(1)}|(?P<year4>l'année)\b)"),
        ("end", "clos clôturé terminé achevé", rf"(?:clos|clôturé|terminé"
                rf"|achevé) (?:l'année )?{_year(1)}"),
        ("day", "fin", rf"fin (?P<month1>{MONTH_NAMES})(?: {_year(1)})?"),
        ("start", "début", rf"début (?:de )?{_year(1)}"),
        ("now", "jour présent actuel aujourd'hui désormais plus", r"(?:à ce jour|jusqu'à présent"
                r"|actuellement|à l'heure actuelle|à présent"
                r"|aujourd'hui|désormais|(?:n'(?:a|ont|avons)|ne (?:compte"
                r"|reste)(?:nt)?) plus que)\b"),
        ("year", "20 19", rf"(?P<year1>{YEAR})(?![0-9%]|[-–/][0-9]|[.,][0-9]| ?%)"),
        ("year", "année an", r"(?P<year1>cette année|l'an dernier|l'année dernière|l'an passé"
                r"|l'année passée"
                 r"|l'année précédente|un an plus tôt|un an auparavant|l'an prochain"
                 r"|l'année prochaine)\b"),
    )),
    compared=re.compile(
        r"\b(?:par rapport|contre|comparé|comparativement|que|depuis|supérieur"
        r"|inférieur)(?: (?:à|au|aux|celui|celle|la|le|en|fin|même|période|début|de|l'année|du"
        r"|taux|niveau|ceux)| d')*,? $"
    ),
    of_a_text=re.compile(
        r"\b(?:programmes?|plan|stratégie|listes?|résolution|décret|décision|projet|normes?"
        r"|seuil|loi"
        r"|mandat)\b[^.;:,]{0,80}$"
    ),
    parts_of_year={
        "cette année": "+0", "l'année": "=+0", "l'an dernier": "-1", "l'année dernière": "-1",
        "l'an passé": "-1", "l'année passée": "-1", "l'année précédente": "=-1",
        "un an plus tôt": "=-1", "un an auparavant": "=-1",
        "l'an prochain": "+1", "l'année prochaine": "+1", "premier": "Q1", "premiers": "Q1",
        "1er": "Q1", "deuxième": "Q2", "second": "Q2", "2e": "Q2", "troisième": "Q3", "3e": "Q3",
        "quatrième": "Q4", "dernier": "Q4", "derniers": "Q4", "4e": "Q4",
        **{word: str(number) for number, word in enumerate(_COUNTS, start=1)},
    },
    target=re.compile(
        r"\b(?:s'engag\w+ à|promet\w* de|sera(?:it)? de|seront de|doi(?:t|vent)|devra(?:it|ient"
        r"|ont)?) [a-z'é]{2,}|"
        r"\b(?:vis(?:e|ent|er|ant|ée|é) (?:à|un|une|est)|(?:veut|veulent|souhaite(?:nt)?"
        r"|voudrait) (?!dire)|prévo(?:it|ient|yant)|prévu|ambitionn\w+"
        r"|objectif|s'efforc\w+|compt(?:e|ent) \w+(?:er|ir|re)"
        r"|s'est fixé\w*|se fix\w+|entend(?:ent)?|cherch(?:e|ent) à|espèr(?:e|ent)|projett?e"
        r"|devrait|devraient|(?:réduira|baissera|ramènera|diminuera))\b"
    ),
    no_target=re.compile(r"(?:dépass\w+|atteint|atteindre|réalis\w+|supérieur\w* à|par rapport à"
                r"|moins \w+ que|plus \w+ que|que"
                         r"|rempli|de) (?:(?:l'|les|son|leur|un)? ?){0,2}$"),
    to_come=re.compile(r"[^.;:\d]{0,50}\b(?:seront|sera)\b"),
    done=re.compile(r" (?:[a-zéè]+ )?(?:ont|a|avaient|avait) (?:été |atteint|dépassé|rempli)"),
    estimate=re.compile(r"\b(?:(?:avoisin|dépass|attein|s'élèv|compt|repré)\w*rai(?:en)?t"
                        r"|serai(?:en)?t|estim(?:é|ée|és|ées|ent|e)|selon les estimations)\b"),
    preliminary=re.compile(r"\b(?:préliminaires?|provisoires?)\b"),
    wholes=re.compile(
        r"(?P<country>\b(?:l'ensemble du pays|tout le pays|le pays|à l'échelle nationale"
        r"|au niveau national|dans le pays|du pays|national(?= de)|nationale?(?= (?:de|multi"
        r"|moyen))|vi[eêệ]t ?nam(?! news))\b)"
        r"|(?P<city>\b(?:la ville|cette ville)\b(?! d[e'u]))"
        r"|(?P<home>\b(?:la province|cette province|toute la province|la localité"
        r"|provincial)\b(?! d[e'u]))"
        r"|(?P<carried>\b(?:le district|ce district|la commune|cette commune"
        r"|le bourg)\b(?! d[e'u]))"
        r"|(?P<region>\bla région\b(?! d[e'u]))"
    ),
    offices=("ministère", "gouvernement"),
    speaker=re.compile(r"\b(?:racont\w+|expliqu\w+|plaisant\w+|confi(?:e|ait|é)|précis(?:e|ait|é)"
                       r"|témoign\w+|dit|souri(?:t|ait)|se souv\w+|ajout\w+|not(?:e|ait)"
                       r"|affirm\w+|indiqu\w+|selon)\b"),
    respectively=("respectivement", "chiffres correspondants"),
    regions=(
        ("NMM", "", "montagn midland", re.compile(r"(?:moyennes? régions?|régions? montagneuses?"
                r"|midlands?"
                               r"|montagnes)(?: et (?:les )?(?:régions? )?(?:montagne(?:s"
                               r"|uses?)?|hautes? régions?))? (?:du|septentrionales?)(?: nord)?"
                               r"|\bnord montagneux")),
        ("NCC", "", "cent", re.compile(r"(?:nord du centre|centre[- ]nord"
                r"|centre septentrional) et (?:du"
                               r" |le )?(?:littoral|côte|zone côtière"
                               r"|région côtière)[^.,;\d]{0,14}centr(?:al|e)")),
        ("RRD", "", "delta", re.compile(r"delta du (?:fleuve rouge|sông hông)")),
        ("CH", "", "plateaux tây", re.compile(r"hauts[- ]plateaux du centre|\btây nguyên"
                r"|\bhauts plateaux")),
        ("MRD", "", "delta", re.compile(r"delta du (?:fleuve )?mékong")),
        ("SE", "", "sud bô", re.compile(r"(?:le |du |au )?sud-est\b(?! asi)|nam bô oriental")),
        ("VN", "Tây Bắc", "ouest", re.compile(r"nord-ouest\b")),
        ("VN", "Đông Bắc", "est", re.compile(r"nord-est\b")),
    ),
    of_region=re.compile(r"(?!x)x"),
    below_behind=re.compile(r", (?:un |une |le |la )?(?P<kind>districts?|communes?|bourg|ville)"
                            r"(?: (?:montagneu|frontal|rural|insul|côti)\w+)*\b"),
    below_before=re.compile(
        r"(?P<kind>districts?|communes?|quartiers?|bourgs?|chef-lieu|villes?|arrondissements?"
        r"|provinces?)(?: (?:montagneu(?:x|se)s?|frontali(?:er|ère)s?|insulaires?"
        r"|rurale?s?))?(?: de| d'| du| des| de l')? ?$"
        r"|(?P<before>huyện|xã|phường) $"
    ),
    kinds_below={
        "district": "", "commune": "Xã", "quartier": "Phường", "bourg": "Thị trấn",
        "chef-lieu": "Thị xã",
        "ville": "Thành phố", "arrondissement": "Quận", "huyện": "", "xã": "Xã", "phường": "Phường",
    },
    kind_words=listed("district districts commune communes quartier quartiers bourg bourgs "
                "chef-lieu"
                      " ville villes arrondissement arrondissements huyện xã phường"),
    province_after=re.compile(r"(?!x)x"),
    elsewhere=re.compile(r"(?:\boriginaires? de|\bvers|\bvenus? de|\bcomme"
                         r"|\bavec) (?:la province de )?$"),
    inside=re.compile(r"^[^,;:.()\d]{0,50}(?:\bdans|\bà|\ben|\bau|\bde|\bdu|\bd')(?: (?:la|le"
                      r"|les|l'|province|district|commune|ville|montagneux|de|du|des|d'"
                      r"|ensemble))*[ ']?$"),
    listing=re.compile(r",? et (?:de |d'|du |le |la )?|, (?:de |d'|du |le |la )?"),
    particles=frozenset(
        listed("a le la les l de du des d en dans à au aux un une et selon pour par sur depuis"
               " avec entre "
        "cependant ainsi alors comme lors après avant si mais province district commune ville "
        "m mme président directeur ce cette ces son sa ses plus chez vers seul seule hors")
    ),
    part=re.compile(r"\b(?:dont|parmi lesquel(?:le)?s|parmi eux|y compris|à savoir|comprenant"
                r"|composé\w* de|parmi ces)\b"),
    part_after=re.compile(r"^ d'entre eux\b"),
    out_of=re.compile(r"^ sur (?:les |un total de |ses )?$"),
    of_named=re.compile(r"^\W*(?:sur|parmi|de) (?:les|ces|tous|l'ensemble) [^,;.\d]{0,60},"),
    they=re.compile(r"\b(?:ils|elles|ces|ceux-ci|cela|ce qui)\b[^,;.\d]{0,20}\b(?:représent"
                    r"|constitu|équiva|correspond|form)\w*"),
    worth=re.compile(r"\b(?:d'une valeur|valant|d'un montant|totalisant|représentant)\b"),
    goods=frozenset(listed("cadeaux cartes vélos vaches buffles chèvres bovins porcs bourses lots"
                           " sacs arbres plants couvertures ordinateurs livres paquets "
                "bicyclettes")),
    each=re.compile(r"\b(?:chacun|chacune|chaque|par)\b"),
    achieved=re.compile(r"\b(?:soit|atteignant|réalisant|représentant|équivalant à"
                        r"|correspondant à|remplissant|ou) (?:près de )?$|^[ ,]*\(?$"),
    paid=re.compile(r"\b(?:d'une valeur|valeur|budget|coût|fonds|montant|financement|d'un total"
                    r"|totalisant|total de|emprunt\w+|reçu|touché|partagé|perçu|obtenu|bénéficié"
                r"|pour)\b[^\d;.]{0,40}$"),
    received=re.compile(r"\b(?:reçu|reçoi|touch|partag|perç|obt|bénéfici|attribu|remis)\w*"),
    paid_for=re.compile(r"^[^;.\d]{0,60}(?:\bà|\baux|\bpour|au profit de"
                        r"|en faveur de)(?: [a-zà-ÿ'-]+){0,3} $"),
)  # fmt: skip
