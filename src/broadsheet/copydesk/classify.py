"""Publishers' words for sections, in the languages that news comes in, and where such words stand.

The section judge (:mod:`broadsheet.copydesk.sections`) begins from them: a label or a part of an address that is
one of these words speaks for its section before anything was counted.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from broadsheet.lib import urls
from broadsheet.lib.text import normal

SECTIONS = (
    "world", "politics", "sports", "celebrity", "business", "crypto", "gaming", "tech", "travel",
)  # fmt: skip

# Words of publishers for each section, in the languages that news comes in, folded.
_WORDS: dict[str, str] = {
    "world": "world|world news|international|international news|global|foreign|middle east|europe|africa"
    "|asia|asia pacific|americas|latin america|ausland|welt|monde|mundo|mondo|esteri|internacional"
    "|internazionale|internationaal|buitenland|wereld|в мире|мир|world affairs|war|ukraine war|conflict"
    "|utrikes|utenriks|verden|ulkomaat|świat|swiat|dünya|dunya|العالم|دولي|国际|國際|国際|세계|국제",
    "politics": "politics|political|us politics|uk politics|government|election|elections|elections 2026|policy"
    "|white house|congress|parliament|politik|innenpolitik|inland|bundestag|politique|política|politica"
    "|politiek|политика|polityka|siyaset|politiikka|elecciones|élections|wahlen|السياسة|سياسة|政治|정치",
    "sports": "sport|sports|football|soccer|nfl|nba|mlb|nhl|basketball|baseball|tennis|cricket|rugby|golf"
    "|boxing|mma|ufc|formula 1|formula one|f1|motorsport|olympics|premier league|champions league|hockey"
    "|cycling|athletics|fußball|fussball|bundesliga|deportes|deporte|fútbol|futbol|calcio|esporte|esportes"
    "|futebol|desporto|voetbal|спорт|футбол|urheilu|idrott|spor|رياضة|体育|體育|スポーツ|스포츠|sports news",
    "celebrity": "celebrity|celebrities|celebrity news|celeb|celebs|entertainment|showbiz|show business|gossip"
    "|royals|royal family|hollywood|movies|film|television|tv|music|bollywood|stars|promis|leute|people"
    "|unterhaltung|famosos|farándula|gente|celebridades|spettacolo|entretenimiento|entretenimento|divertissement"
    "|шоу бизнес|звезды|viihde|kändisar|nöje|entertainment news|ترفيه|مشاهير|娱乐|娛樂|エンタメ|芸能|연예|culture pop",
    "business": "business|business news|economy|economics|finance|financial|money|markets|stocks|stock market"
    "|companies|banking|investing|personal finance|real estate|energy|industry|trade|wirtschaft|finanzen"
    "|börse|boerse|unternehmen|économie|economie|entreprises|bourse|economía|economia|finanzas|finanza|negocios"
    "|empresas|negócios|mercado|экономика|бизнес|финансы|gospodarka|biznes|ekonomi|talous|næringsliv"
    "|اقتصاد|经济|經濟|财经|経済|ビジネス|경제",
    "crypto": "crypto|cryptocurrency|cryptocurrencies|bitcoin|btc|ethereum|blockchain|defi|nft|nfts|web3"
    "|altcoins|altcoin|stablecoins|kryptowährungen|krypto|kryptowährung|criptomonedas|criptomoedas|criptovalute"
    "|cryptomonnaies|cryptomonnaie|криптовалюта|криптовалюты|crypto news|kripto|kryptowaluty|加密货币"
    "|暗号資産|가상화폐",
    "gaming": "gaming|games|game|video games|videogames|video game|esports|e sports|playstation|ps5|xbox"
    "|nintendo|switch|steam|pc gaming|pc games|spiele|videospiele|jeux vidéo|jeux video|videojuegos|juegos"
    "|videogiochi|videogame|jogos|игры|видеоигры|gry|oyun|pelit|gaming news|ألعاب|游戏|遊戲|ゲーム|게임",
    "tech": "tech|technology|technology news|tech news|science|gadgets|mobile|smartphones|apps|software|hardware"
    "|internet|ai|artificial intelligence|cybersecurity|security|computing|computer|space|startups|apple|google"
    "|microsoft|technik|technologie|netzwelt|digital|digitales|wissenschaft|wissen|high tech|numérique|tecnología"
    "|tecnologia|ciencia|scienza|технологии|наука|техника|technologia|teknoloji|teknologi|tiede|teknik|it"
    "|تكنولوجيا|تقنية|科技|テクノロジー|기술|과학",
    "travel": "travel|travel news|tourism|destinations|hotels|airlines|aviation|vacation|holidays|flights|reise"
    "|reisen|urlaub|tourismus|voyage|voyages|tourisme|viajes|viaje|turismo|viaggi|viagem|viagens|reizen"
    "|путешествия|туризм|podróże|seyahat|matkailu|resor|reiseliv|سفر|旅游|旅遊|旅行|여행",
}
_SECTION_OF: dict[str, str] = {normal(word): section for section, words in _WORDS.items() for word in words.split("|")}
_PARTS = re.compile(r"\s*[/|;>»]\s*|,\s+")
# How far along a path a section's name stands, at most: after that come headlines.
_PATH_PARTS = 4


def named(word: str) -> str | None:
    """The section that a word of a publisher's stands for, in whichever of the known languages."""
    return _SECTION_OF.get(normal(word.replace("-", " ").replace("_", " ")))


def labels(categories: list[str]) -> list[str]:
    """The single labels of a source's categories: «News / Sport» is two. At most twenty categories are read."""
    return [part for one in categories[:20] for part in _PARTS.split(one.strip()[:200]) if part]


def path_parts(url: str | None) -> list[str]:
    """The parts of an address that may name a section: of its host's first label, of its path."""
    parsed = urls.parse(url) if url else None
    if parsed is None:
        return []
    parts = [unquote(part) for part in parsed.path.split("/") if part][:_PATH_PARTS]
    first, _, rest = parsed.host.partition(".")
    return [*parts, first] if "." in rest else parts
