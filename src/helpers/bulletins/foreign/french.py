"""French: its numbers, and the numerals of its texts that are no figure."""

from __future__ import annotations

import re

from helpers.bulletins.foreign.lexicon import DAY, MONTH, YEAR, Lexicon, any_of, listed

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier", "février fevrier", "mars", "avril", "mai", "juin", "juillet", "août aout",
            "septembre", "octobre", "novembre", "décembre decembre",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
MONTH_NAMES = any_of(" ".join(MONTHS))
_COUNTED = any_of(
    "foyers ménages familles personnes habitants travailleurs emplois maisons hectares"
)
_SPAN = rf"{YEAR} ?[-–—/] ?(?:{YEAR}|[0-9]{{2}})(?![0-9]|[.,/-][0-9]| ?%)"
_LAWS = "nđ|nd|nq|qđ|qd|tt|ct|kh|qh|kl|bc|tb|tu|hd|hđ|cv|ttr|tw|ttlt|ubnd|hđnd|hdnd"
_NO_FIGURE = re.compile(
    rf"(?P<law>[0-9]{{1,5}}(?:/{YEAR})?[-/](?:{_LAWS})(?:\b"
    rf"|(?=[0-9]))(?:[-–/]?[a-zđ0-9&]{{1,12}}){{0,3}})"
    rf"|(?P<date>{DAY}(?P<mark>[/.-]){MONTH}(?P=mark){YEAR}\b|{YEAR}-{MONTH}-{DAY}\b"
    rf"|(?:1er|{DAY})(?: ?(?:-|–|au|et) ?{DAY})? (?:{MONTH_NAMES})\b(?: {YEAR}\b)?"
    rf"|{MONTH}/{YEAR}\b(?!/))"
    r"|(?P<time>(?:[01]?[0-9]|2[0-4])(?::[0-5][0-9]\b| ?h(?: ?[0-5][0-9])?\b))"
    rf"|(?P<period>{_SPAN})"
    r"|(?P<age>[0-9]{1,3}(?: ?(?:-|–|à|et) ?[0-9]{1,3})? ans(?= et plus| ou plus|,? (?:ont|est"
    r"|sont)\b)"
    r"|[0-9]{1,3} (?:à|et) [0-9]{1,3} ans\b|(?<=, )[0-9]{1,3} ans(?=[,.]))"
    r"|(?P<period2>[0-9]{1,3}(?:,[0-9])?(?: ?(?:-|–|à|ou|et) ?[0-9]{1,3})? (?:(?:premiers?"
    r"|derniers?"
    r"|premières?|dernières?|prochaine?s?|années?) )?(?:ans?|années?|mois|semaines?|jours?|heures?"
    r"|minutes?|trimestres?|semestres?)\b)"
    rf"|(?P<year>{YEAR}(?![0-9]|[.,][0-9]| ?%| (?:{_COUNTED})\b))"
    r"|(?P<name>[0-9]{1,3}(?:er|re|ère|e|ème|ᵉ|è)\b|[0-9]{1,2}(?= programmes nationaux))"
    r"|(?P<phone>0[0-9]{2,3}[ .-][0-9]{3}[ .-]?[0-9]{3,4}\b|0[1-9][0-9]{8,9}\b"
    r"|1[89]00[ .]?[0-9]{4,6}\b|0[0-9]{2,3}\.[0-9]{3,4}\.[0-9]{3,4}\b|84-[0-9]{1,3}-[0-9]{6,8}\b)"
    r"|(?P<counter>[0-9][0-9,.]{0,9} (?:vues?|lectures|commentaires?|partages?|photos?)\b)"
    r"|(?P<code>[0-9]{1,5}(?!(?:kg|km|ha|m|g|t|l|cm|mm|kw|mw|kv|d|đ)(?![a-z0-9]))"
    r"[a-z]{1,3}(?![a-zà-ÿ]))"
)
_ONES = listed(
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
)
_TENS = listed("vingt trente quarante cinquante soixante")
_NUMBERS = (
    {word: i for i, word in enumerate(_ONES)}
    | {word: 10 * i for i, word in enumerate(_TENS, start=2)}
    | {"dixsept": 17, "une": 1, "quatrevingts": 80, "quatrevingt": 80, "vingts": 20}
)
_GROUPS = {
    "cent": 100, "cents": 100, "mille": 10**3, "million": 10**6, "millions": 10**6,
    "milliard": 10**9, "milliards": 10**9,
}  # fmt: skip
_WORD = "|".join([*_TENS, "une", *_ONES[::-1], *reversed(_GROUPS)])
_HEADS = {
    **dict.fromkeys(("ménages", "ménage", "foyers", "foyer", "familles", "famille"), "hộ"),
    **dict.fromkeys(("personnes", "habitants", "citoyens", "individus"), "người"),
    **dict.fromkeys(("travailleurs", "ouvriers"), "lao động"),
    **{word: word for word in listed(
        "emplois maisons logements cadeaux cartes élèves étudiants enfants femmes agriculteurs "
        "membres bénéficiaires cadres enseignants visiteurs touristes patients prêts modèles "
        "projets ouvrages classes cours sessions communes districts provinces villes quartiers "
        "villages hameaux localités régions unités entreprises coopératives écoles centres tâches "
        "objectifs critères cas dossiers documents réunions fois buffles vaches chèvres produits "
        "hectares ha tonnes kg kilomètres km litres bourses lots sacs programmes"
    )},
}  # fmt: skip
_QUALIFIERS = {
    phrase.replace("_", " "): qualifier
    for qualifier, phrases in {
        "more_than": "plus_de plus_d' au-delà_de supérieur_à supérieure_à"
        " dépassant un_peu_plus_de >",
        "nearly": "près_de près_d' presque proche_de quasi quasiment",
        "about": "environ quelque quelques autour_de approximativement"
        " à_peu_près estimé_à estimée_à ~",
        "at_least": "au_moins au_minimum un_minimum_de pas_moins_de ≥",
        "at_most": "au_plus au_maximum jusqu'à un_maximum_de pas_plus_de ≤",
        "less_than": "moins_de moins_d' inférieur_à inférieure_à en_dessous_de sous_les <",
    }.items()
    for phrase in phrases.split()
}
FRENCH = Lexicon(
    style="fr",
    numeral=re.compile(
        r"[0-9]{1,3}(?:[ .][0-9]{3})+(?![0-9])(?:,[0-9]+)?|[0-9]+(?:[.,][0-9]+)*"
    ),
    no_figure=_NO_FIGURE,
    left_words={
        **dict.fromkeys(
            listed("décret résolution décision directive circulaire ordonnance"
                   " conclusion loi plan"),
            "law"),
        **dict.fromkeys(
            listed("article articles clause point chapitre section annexe tableau figure critère"
            " critères"), "article"),
        **dict.fromkeys(listed("tél tel téléphone fax mobile hotline đt thoại"), "phone"),
        **dict.fromkeys(
            listed("page vues visites partagez partages commentaires lectures"), "counter"
        ),
        **dict.fromkeys(
            listed("programme covid régiment division brigade bataillon"
                   " autoroute route nationale quartier"
            " zone phase niveau classe groupe projet sous-projet hameau village type top industrie"
            " typhon vision agenda district n° nº no numéro số étape volet"), "name"),
    },
    number_signs=frozenset({"n°", "no", "nº", "numéro", "số", "n"}),
    text_words=frozenset(
        listed("décret résolution décision directive circulaire ordonnance conclusion loi plan")
    ),
    months=MONTHS,
    scale=re.compile(r" (?P<word>mille milliards|milliards?|millions?|mille|mds?)(?![a-z])"),
    scales={
        "mille milliards": "thousand billion", "milliard": "billion", "milliards": "billion",
        "million": "million", "millions": "million", "mille": "thousand", "md": "billion",
        "mds": "billion",
    },
    money_before=re.compile(r"(?:vnd|vnđ|us ?\$|usd|\$|€) ?$"),
    money={
        **dict.fromkeys(("dong", "dôngs", "dông", "dongs", "đồng", "vnd", "vnđ", "đ", "₫"), "đồng"),
        **dict.fromkeys(("usd", "dollars", "dollar", "us$", "$"), "USD"),
        **dict.fromkeys(("euro", "euros", "€"), "EUR"),
    },
    signs=re.compile(
        r"(?P<pp> ?points? de (?:pourcentages?|pour ?cents?|%)| ?points?\b|(?: ?%)? ?de points?\b)"
        r"|(?P<pct> ?%| ?pour ?cents?\b)"
    ),
    heads=_HEADS,
    measures={
        "hectares": "ha", "hectare": "ha", "ha": "ha", "kilomètres": "km", "km": "km",
        "tonnes": "tonnes", "tonne": "tonnes", "kg": "kg", "litres": "lít", "fois": "lần",
    },
    stops=frozenset(
        listed("de des du d en dans à au aux avec pour par et ou que qui dont où le la les"
        " un une ce cette "
        "ces son sa ses leur leurs était étaient est sont a ont été être sera seront soit contre "
        "sur sous entre depuis selon après avant fin d'ici comme mais si contrairement environ "
        "représentant contre par rapport passant tandis alors ainsi an année mois y vers chez ne "
        "n'ont se sorties sortis sorti vivent vivaient figurent"
             " travaillent habitent comptent reçoivent manquent")
    ),
    fillers=frozenset({"de", "d", "des", "autres", "nouveaux", "nouvelles"}),
    range_to=re.compile(r"(?P<own> ?%| pour ?cent)?(?: ?[-–—~] ?| à )(?=[0-9])"),
    between_before=re.compile(r"\bentre $"),
    between_and=re.compile(r"(?P<own> ?%)? et (?=[0-9])"),
    fraction=re.compile(r" ?/ ?(?=[0-9])| sur (?:les |un total de |ses )?(?:quelque )?(?=[0-9])"),
    changing_from=re.compile(
        r"\b(?:pass\w+|augment\w+|grimp\w+|progress\w+|hausse|évolu\w+)\b[^.;,]{0,60}\b(?:de|d'"
        r"|des) "
        r"(?:[a-z]+ ){0,2}$"
    ),
    qualifiers=_QUALIFIERS,
    after_ends=re.compile(
        r" (?P<at_least>et plus|ou plus|au moins|et au-delà)\b|(?P<at_most> (?:et moins|ou moins"
        r"|au plus))\b"
    ),
    yearly=re.compile(r" ?(?:/ ?an\b|(?:par|chaque|l') ?an(?:née)?\b|annuellement)"),
    norm_before=re.compile(r"\b(?:pauvres?|pauvreté)\b[^.;]{0,60}$"),
    norm_after=re.compile(r" (?:par (?:mois|personne|tête)|ou moins)\b|/"),
    street=re.compile(r",? (?:rue|avenue|boulevard|allée)\b"),
    bare_before=frozenset(
        listed("à de était étaient est sont atteint totalisant par"
               " et nombre dont a ont avec seulement"
        " contre soit que :")
    ),
    bare_after=re.compile(r" (?:de (?:moins|plus)|d'entre|sont|étaient|vivent|vivaient|ont)\b"),
    spelled=re.compile(
        rf"(?<![\w-])(?:un demi-? ?(?:million|milliard)|(?:{_WORD})(?:(?:[ -]|-et-"
        rf"| et )(?:{_WORD})){{0,12}})"
        r"(?![\w])"
    ),
    numbers=_NUMBERS,
    groups=_GROUPS,
    vague=re.compile(
        r"(?<!\w)(?P<vague>(?:des |plusieurs )?(?:dizaines|centaines|milliers|millions|milliards)"
        r"(?: de (?:milliers|millions|milliards))?|une (?:dizaine|quinzaine|vingtaine|trentaine"
        r"|quarantaine|cinquantaine|soixantaine|centaine)) d(?:e |')(?=[a-zàâéèêîôûç])"
    ),
)  # fmt: skip
