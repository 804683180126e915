"""The words that dates are written with in many languages, and the names of time zones."""

from __future__ import annotations

import unicodedata
from types import MappingProxyType

_MONTHS = {
    1: "january januar jänner janvier enero gennaio janeiro januari январь января січень січня",
    2: "february februar feber février febrero febbraio fevereiro februari февраль февраля лютий лютого",
    3: "march märz mars marzo março maart март марта березень березня",
    4: "april avril abril aprile апрель апреля квітень квітня",
    5: "may mai mayo maggio maio mei май мая травень травня",
    6: "june juni juin junio giugno junho июнь июня червень червня",
    7: "july juli juillet julio luglio julho июль июля липень липня",
    8: "august août agosto augustus август августа серпень серпня",
    9: "september septembre septiembre setiembre settembre setembro сентябрь сентября вересень вересня",
    10: "october oktober octobre octubre ottobre outubro октябрь октября жовтень жовтня",
    11: "november novembre noviembre novembro ноябрь ноября листопад листопада",
    12: "december dezember décembre diciembre dicembre dezembro декабрь декабря грудень грудня",
}
# Further languages, which know the months by name only: where their beginnings collide with those above, those win.
_MORE_MONTHS = {
    1: "január ianuarie styczeń stycznia leden ledna tammikuu tammikuuta tammikuun ocak gener януари "
    "ιανουάριος ιανουαρίου يناير ינואר בינואר",
    2: "február februarie luty lutego únor února helmikuu helmikuuta helmikuun şubat febrer февруари "
    "φεβρουάριος φεβρουαρίου فبراير פברואר בפברואר",
    3: "március martie marts mart marzec marca březen března maaliskuu maaliskuuta maaliskuun març maret "
    "μάρτιος μαρτίου مارس מרץ במרץ מרס",
    4: "április aprilie kwiecień kwietnia duben dubna huhtikuu huhtikuuta huhtikuun nisan "
    "απρίλιος απριλίου أبريل إبريل ابريل אפריל באפריל",
    5: "május maja maj květen května toukokuu toukokuuta toukokuun mayıs maig μάιος μαΐου مايو מאי במאי",
    6: "június iunie czerwiec czerwca červen června kesäkuu kesäkuuta kesäkuun haziran juny юни "
    "ιούνιος ιουνίου يونيو يونيه יוני ביוני",
    7: "július iulie lipiec lipca červenec července heinäkuu heinäkuuta heinäkuun temmuz juliol юли "
    "ιούλιος ιουλίου يوليو يوليه יולי ביולי",
    8: "augusztus augusti sierpień sierpnia srpen srpna elokuu elokuuta elokuun ağustos agost agustus avgust "
    "αύγουστος αυγούστου أغسطس اغسطس אוגוסט באוגוסט",
    9: "szeptember septembrie wrzesień września září syyskuu syyskuuta syyskuun eylül setembre septembar "
    "септември σεπτέμβριος σεπτεμβρίου سبتمبر ספטמבר בספטמבר",
    10: "octombrie październik października říjen října lokakuu lokakuuta lokakuun ekim oktobar октомври "
    "οκτώβριος οκτωβρίου أكتوبر اكتوبر אוקטובר באוקטובר",
    11: "noiembrie listopad listopada listopadu marraskuu marraskuuta marraskuun kasım novembar ноември "
    "νοέμβριος νοεμβρίου نوفمبر נובמבר בנובמבר",
    12: "decembrie desember grudzień grudnia prosinec prosince joulukuu joulukuuta joulukuun aralık desembre "
    "decembar декември δεκέμβριος δεκεμβρίου ديسمبر דצמבר בדצמבר",
}
_WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday "
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag "
    "lundi mardi mercredi jeudi vendredi samedi dimanche "
    "lunes martes miércoles jueves viernes sábado domingo "
    "lunedì martedì mercoledì giovedì venerdì sabato domenica "
    "segunda terça quarta quinta sexta sábado domingo "
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag "
    "понедельник вторник среда четверг пятница суббота воскресенье "
    "szerda maanantai "
    "понеділок вівторок середа четвер п'ятниця субота неділя"
)
_DAYS_AGO = {
    0: "today heute aujourd'hui aujourdhui hoy oggi hoje vandaag сегодня сьогодні now jetzt",
    1: "yesterday gestern hier ayer ieri ontem gisteren вчера вчора",
}
_UNITS = {
    60: "minute minutes min mins minuten minuto minutos minuti minuut минут минуты минуту хвилин хвилини хвилину",
    3600: "hour hours hr hrs stunde stunden heure heures hora horas ora ore uur uren часов часа "
    "час годин години годину",
    86400: "day days tag tage tagen jour jours día días giorno giorni dia dias dag dagen дней дня день днів дні",
    604800: "week weeks woche wochen semaine semaines semana semanas settimana settimane weken "
    "недель недели неделю тижнів тижні тиждень",
}


def folded(word: str) -> str:
    """The word without case and accents, so that ``Février`` and ``fevrier`` are one."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.casefold())
    kept = "".join(part for part in parts if not unicodedata.combining(part))
    # й and ї fall apart in NFKD; both sides of every comparison go through here, so that is fine.
    return kept


def _with_prefixes(table: dict[int, str]) -> dict[str, int]:
    """Every word and every beginning of three letters or more that belongs to one value only."""
    owners: dict[str, set[int]] = {}
    exact: dict[str, int] = {}
    for value, names in table.items():
        for name in map(folded, names.split()):
            exact[name] = value
            for length in range(3, len(name)):
                owners.setdefault(name[:length], set()).add(value)
    found = {prefix: values.pop() for prefix, values in owners.items() if len(values) == 1}
    return found | exact


MONTHS = MappingProxyType(
    _with_prefixes(_MORE_MONTHS) | _with_prefixes(_MONTHS) | {"sept": 9, "mrz": 3, "mrt": 3, "fev": 2}
)
WEEKDAYS = frozenset({folded(name)[:length] for name in _WEEKDAYS.split() for length in range(2, len(name) + 1)})
DAYS_AGO = MappingProxyType({folded(word): days for days, names in _DAYS_AGO.items() for word in names.split()})
AGO = frozenset(map(folded, ("ago", "vor", "hace", "fa", "há", "geleden", "назад", "тому")))
UNITS = MappingProxyType({folded(word): seconds for seconds, names in _UNITS.items() for word in names.split()})
# Afternoon and morning, as they follow a twelve-hour time.
HALVES = MappingProxyType({"am": 0, "pm": 12, "a.m": 0, "p.m": 12})
# The same in Korean, Japanese and Chinese, where they come before it.
HALVES_BEFORE = MappingProxyType({"오전": "am", "오후": "pm", "午前": "am", "午後": "pm", "上午": "am", "下午": "pm"})

# Minutes east of Greenwich. Where one name is used for several zones, the one most frequent in
# feeds is taken: CST and EST are American, IST Indian, BST British.
ZONES = MappingProxyType(
    {
        "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60,
        "cest": 120, "mez": 60, "mesz": 120, "met": 60, "mest": 120, "eet": 120, "eest": 180,
        "msk": 180, "мск": 180, "trt": 180, "ast": -240, "adt": -180, "nst": -210, "ndt": -150,
        "est": -300, "edt": -240, "et": -300, "cst": -360, "cdt": -300, "ct": -360, "mst": -420,
        "mdt": -360, "pst": -480, "pdt": -420, "pt": -480, "akst": -540, "akdt": -480,
        "hst": -600, "brt": -180, "art": -180, "clt": -240, "pkt": 300, "ist": 330, "npt": 345,
        "ict": 420, "wib": 420, "hkt": 480, "sgt": 480, "myt": 480, "pht": 480, "awst": 480,
        "jst": 540, "kst": 540, "acst": 570, "acdt": 630, "aest": 600, "aedt": 660, "nzst": 720,
        "nzdt": 780, "sast": 120, "cat": 120, "eat": 180, "wat": 60, "gst": 240,
    }
)  # fmt: skip
