"""What is known before the first text is read: places, calendar words, languages, titles, given names.

Countries, regions, languages, months and weekdays in the language of a text, and the cities of the time zones, are
those of the Unicode Common Locale Data Repository and the tz database, as the package `babel` carries them; a
language is read when its first text comes. The short lists below are our own facts.
"""

from __future__ import annotations

import re
import unicodedata
import zoneinfo
from dataclasses import dataclass
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError

from broadsheet.lib.text import normal

_MARKS = re.compile("[\u0300-\u036f]+")


@lru_cache(maxsize=30_000)
def bare(text: str) -> str:
    """The comparable form of a name without its accents: how aliases and names are found in texts."""
    folded = normal(text)
    return folded if folded.isascii() else _MARKS.sub("", unicodedata.normalize("NFKD", folded))


@dataclass(frozen=True)
class Facts:
    """Of one language, all in bare form: names of places, and words that are capitals without being names."""

    places: frozenset[str]
    calendar: frozenset[str]
    languages: frozenset[str]


# Capitals and cities that no time zone is named after, in English.
_CITIES = """
beijing delhi new-delhi mumbai bangalore hyderabad chennai washington washington-dc san-francisco los-angeles seattle
boston miami houston dallas philadelphia atlanta las-vegas san-diego austin portland ottawa montreal vancouver calgary
barcelona munich hamburg frankfurt cologne stuttgart dresden leipzig milan turin naples venice florence geneva basel
lyon marseille nice bordeaux strasbourg toulouse edinburgh glasgow manchester liverpool birmingham leeds cardiff
belfast
the-hague rotterdam antwerp canberra melbourne wellington rio-de-janeiro brasilia abuja rabat pretoria cape-town osaka
kyoto shenzhen guangzhou wuhan lahore islamabad kharkiv odesa aleppo mosul haifa tel-aviv mecca medina st-petersburg
saint-petersburg krakow gdansk porto bilbao valencia seville ankara doha raqqa gaza west-bank crimea donbas kashmir
silicon-valley wall-street westminster downing-street hollywood broadway manhattan brooklyn queens bronx scotland
wales england northern-ireland catalonia bavaria tibet california texas florida alabama alaska arizona arkansas
colorado
connecticut delaware georgia hawaii idaho illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts
michigan minnesota mississippi missouri montana nebraska nevada new-hampshire new-jersey new-mexico north-carolina
north-dakota ohio oklahoma oregon pennsylvania rhode-island south-carolina south-dakota tennessee utah vermont virginia
west-virginia wisconsin wyoming ontario quebec alberta british-columbia nova-scotia queensland victoria new-south-wales
tasmania bengal punjab kerala gujarat maharashtra middle-east europe asia africa north-america south-america
latin-america antarctica arctic scandinavia balkans caribbean pacific atlantic mediterranean uk usa us u-s u-k uae
united-states united-kingdom britain great-britain america holland south-korea north-korea korea russia iran syria
vietnam laos taiwan palestine czech-republic ivory-coast burma swaziland macedonia turkey deutschland wien berlin
washington-d-c omaha orlando hong-kong jerusalem hebron ramallah
"""

TITLES = frozenset(
    """
    mr mrs ms miss dr prof professor sir dame lord lady baroness baron president vice-president chancellor minister
    premier prime-minister senator congressman congresswoman representative rep sen gov governor mayor judge justice
    king queen prince princess pope cardinal archbishop bishop rabbi imam sheikh general gen colonel col major captain
    lt lieutenant sergeant sgt officer detective inspector constable ambassador secretary commissioner director
    chairman chairwoman chief ceo cfo cto founder coach manager striker midfielder defender goalkeeper quarterback
    singer actor actress rapper director author professor analyst activist lawmaker mp spokesman spokeswoman
    spokesperson attorney coroner sheriff deputy rev reverend saint herr frau kanzler kanzlerin bundeskanzler
    bundeskanzlerin präsident präsidentin bundespräsident ministerpräsident ministerpräsidentin innenminister
    außenminister finanzminister trainer papst könig königin prinz prinzessin doktor président présidente ministre
    monsieur madame señor señora presidente presidenta ministro ministra papa rey reina signor signora
    comedian billionaire filmmaker star founder researcher
    """.split()
)
#: Words that stand before a title and belong to it.
OFFICES = frozenset(
    "prime foreign finance interior defence defense vice deputy former ex acting attorney first home health us u.s uk "
    "executive chief head police fire senior co-founder".split()
)
ORGANISATION_ENDS = frozenset(
    """
    inc inc. ltd ltd. plc corp corp. corporation llc gmbh ag sa spa nv se kg bank bancorp group holdings company
    fc afc cf united city rovers wanderers athletic university college school academy institute council committee
    commission ministry department agency authority bureau office court party union association federation league
    foundation society trust museum gallery hospital clinic airlines airways motors pharmaceuticals technologies
systems
    software studios pictures entertainment records news times post journal herald tribune guardian telegraph
    gazette magazine broadcasting network networks channel tv radio parliament congress senate assembly police
    army navy force guard corps service services laboratory laboratories labs industries capital financial securities
    insurance energy electric oil petroleum steel church caucus coalition front brigade brigades club team alliance
    organisation organization nations exchange board universität hochschule verein verband partei bundesbank
ministerium
    bundestag gericht landtag consortium orchestra philharmonic knights lakers yankees giants cowboys eagles
    """.split()
)
ORGANISATION_STARTS = frozenset(
    "university ministry department bank institute house office bureau council court board academy national "
    "international federal european american royal world union association banque universität conseil ministère "
    "banco universidad ministerio partido".split()
)
PLACE_ENDS = frozenset(
    """
    island islands county river bay province street avenue road square valley mountains mountain desert sea ocean lake
    peninsula capitol strait straits canal airport station beach park bridge falls hills forest region district village
    town coast gulf channel highway creek harbor harbour heights canyon republic kingdom emirates states territory
    """.split()
)
PLACE_STARTS = frozenset(
    "lake mount mt fort port cape san santa st saint los las el new north south east west northern southern eastern "
    "western upper lower central bad rio isle gulf bay strait".split()
)
#: Endings that a company's name carries and nobody says.
LEGAL_ENDS = frozenset("inc inc. ltd ltd. plc corp corp. corporation llc gmbh ag nv se co co. fc afc".split())
#: Heads after which "of" belongs to the name: Bank of England.
OF_HEADS = frozenset(
    "bank university ministry department house office bureau court church isle gulf bay strait cape institute museum "
    "council league academy game lord lords guns call duty state board chamber union world guardians order knights "
    "city republic kingdom school college port society day sea battle age legend field".split()
)
#: Little words inside names of people and places.
CONNECTORS = frozenset("de del della di da dos das du van von der den ten bin ibn al el la le y do e zu".split())

_CAPITAL_JUNK = """
a an the this that these those there here it its he she they we you i my our your his her their who what when where why
how which if in on at by for from to of with as and or but so not no yes is are was were be been has have had do
does did
will would can could should may might must now then than after before since during while until once also even just only
still yet one two three four five six seven eight nine ten first second third last next new more most many much
some any
all each every other another both few several such same own about above across against along among around because
between beyond despite down inside into like near off onto over per through throughout today tomorrow tonight under up
upon via within without yesterday meanwhile however although though instead perhaps indeed thus hence according let get
got make made take say says said see set go going come read click watch share follow subscribe listen view download
photo photos video videos image images credit source sources update updated breaking exclusive opinion editorial review
preview live report reports news newsletter podcast episode part chapter page related advertisement sponsored comment
comments continue continued copyright rights reserved getty reuters associated afp ap dpa epa via
government president minister parliament congress senate internet web app online email phone mobile website blog post
facebook-page january god mom dad monday am pm est edt gmt pst pdt utc et pt bst cet http https www com org rss
html pdf
faq diy lol omg tv pr hr it ii iii iv vi vii viii ix st nd rd th vs etc mr mrs ms dr ceo cfo cto mp mps vip ok q&a
q1 q2
q3 q4 hi hello thanks thank welcome happy dear please sorry good great best top big free full high low old black white
red blue green state city country people man woman men women day week month year time world life home work business
economy market markets stocks shares police court school university company bank group team game games season
series show
film movie book music song album star stars fans study research science technology tech health sport sports politics
entertainment culture style travel food north south east west northern southern eastern western
christmas easter spring summer autumn winter english bible internet-of-things wifi wi-fi gps usb led lcd hd 4k ai
api cpu gpu ssd ram url html5 css
sql xml json sms gif jpeg jpg png mp3 mp4 cd dvd isbn id ip pc pcs os ui ux
der die das ein eine einen einem einer und oder aber ist sind war im am zum zur von vom mit auf für nach bei aus über
unter vor seit wie was wer wo wann warum er sie es wir ihr ich man nicht auch noch nur schon mehr neue neuer neues nun
dabei dann denn doch so als wenn weil dass sein seine ihre ihren den dem des alle viele einige beide uhr euro
le la les un une des du au aux et ou mais est sont dans sur pour par avec sans sous ce cette ces il elle ils elles on
nous vous je qui que quoi où quand comment pourquoi plus très après avant depuis selon
el los las un una unos unas y o pero es son en con por para sin sobre entre desde hasta este esta estos estas su sus lo
qué quién cómo cuándo dónde más muy según tras no se al del il lo gli i un uno una e ed o ma è sono nel nella con
per su
tra fra di da che chi come quando dove più o os as um uma em no na nos nas com por para sem e mas é são que quem
как что это но не на по из за от для при после его она они мы вы он я
"""
JUNK = frozenset(_CAPITAL_JUNK.split())

#: Names of one word, or in capitals, that everybody knows for companies, offices, leagues and clubs.
_ORGANISATIONS = """
google apple microsoft amazon facebook meta twitter netflix tesla spacex openai anthropic nvidia intel amd ibm oracle
samsung sony nintendo huawei xiaomi nokia ericsson siemens bosch sap cisco dell hp lenovo qualcomm tsmc foxconn uber
lyft airbnb paypal stripe spotify tiktok instagram whatsapp linkedin reddit snapchat pinterest youtube alibaba tencent
baidu bytedance adobe salesforce ebay yahoo aol comcast verizon at&t t-mobile vodafone disney warner viacom paramount
hulu nbc cbs abc cnn bbc pbs npr hbo espn msnbc snl reuters bloomberg boeing airbus lockheed raytheon ford toyota honda
nissan hyundai kia volkswagen audi bmw porsche daimler mercedes renault peugeot fiat chrysler stellantis ferrari gm gmc
chevrolet walmart costco ikea tesco aldi lidl nike adidas gucci starbucks mcdonald pepsi pepsico coca-cola nestle
nestlé
unilever pfizer moderna astrazeneca novartis roche bayer merck johnson-&-johnson citi citigroup hsbc ubs barclays
deutsche-bank jpmorgan goldman-sachs morgan-stanley pimco blackrock berkshire-hathaway visa mastercard shell exxon
exxonmobil chevron bp gazprom rosneft lukoil aramco total eon rwe lufthansa ryanair easyjet jetblue delta pixar
nasa esa spacex nsa fbi cia fda epa sec ftc fcc irs nhtsa ntsb dea tsa pentagon kremlin white-house un unesco unicef
nato opec oecd imf ecb wto eu mi5 mi6 gchq nhs ofcom fed federal-reserve boe bundestag bundesrat bundeswehr knesset
duma hamas hezbollah taliban isis islamic-state al-qaeda boko-haram greenpeace amnesty interpol europol mossad idf
fifa uefa nba nfl nhl mlb ufc nascar ioc nasdaq nyse ftse spd cdu csu fdp afd ukip snp dup labour tories
arsenal chelsea tottenham everton juventus barca psg binance coinbase kraken ftx tether blizzard ubisoft valve
activision
cloudflare mozilla docker github gitlab patreon twitch dropbox slack zoom palantir coinbase gamestop blackberry
harvard yale stanford mit princeton hacker-news fannie-mae freddie-mac wikileaks kickstarter buzzfeed huffpost
european-union united-nations eurozone guardian w3c lehman lehman-brothers jc-penney amd general-electric
american-airlines time-warner general-motors dow-jones premier-league bundesliga la-liga serie-a champions-league
"""
ORGANISATIONS = frozenset(bare(name.replace("-", " ")) for name in _ORGANISATIONS.split())
CITIES_OF_CITY = frozenset(
    "new york,mexico,kansas,oklahoma,salt lake,ho chi minh,atlantic,panama,quebec,kuwait,vatican,guatemala,cebu,jersey,"
    "iowa,benin,quezon,inner".split(",")
)

#: Of what people or country something is: no topic by itself.
PEOPLES = frozenset(
    """
    american americans british briton britons english scottish scots welsh irish australian australians canadian
    canadians german germans french italian italians spanish portuguese dutch belgian belgians swiss austrian austrians
    danish swedish norwegian finnish icelandic polish czech slovak hungarian hungarians romanian romanians bulgarian
    greek greeks turkish turks russian russians ukrainian ukrainians belarusian serbian serbs croatian bosnian albanian
    israeli israelis palestinian palestinians syrian syrians iraqi iraqis iranian iranians saudi saudis egyptian
    egyptians libyan tunisian algerian moroccan sudanese nigerian nigerians kenyan ethiopian somali ghanaian congolese
    zimbabwean african africans chinese japanese korean koreans taiwanese vietnamese thai filipino indonesian
    malaysian singaporean indian indians pakistani pakistanis bangladeshi afghan afghans nepali mexican mexicans
    brazilian brazilians argentine argentinian chilean colombian venezuelan venezuelans peruvian cuban cubans haitian
    european europeans asian asians western westerners arab arabs kurdish kurds muslim muslims christian christians
    jewish jews islamic catholic catholics hindu hindus victorian republican republicans democrat democrats democratic
    conservative conservatives californian texan londoner parisian nordic soviet roman latino latinos hispanic
    """.split()
)

_GIVEN = """
james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark donald
steven paul andrew joshua kenneth kevin brian george timothy ronald edward jason jeffrey ryan jacob gary nicholas eric
jonathan stephen larry justin scott brandon benjamin samuel gregory alexander frank patrick raymond jack dennis jerry
tyler aaron jose adam nathan henry zachary douglas peter kyle noah ethan jeremy walter christian keith roger terry
austin sean gerald carl harold dylan arthur lawrence jordan jesse bryan billy bruce gabriel joe logan alan juan albert
willie elijah wayne randy roy vincent ralph eugene russell bobby mason philip louis mary patricia jennifer linda
elizabeth barbara susan jessica sarah karen lisa nancy betty sandra margaret ashley kimberly emily donna michelle carol
amanda melissa deborah stephanie rebecca sharon laura cynthia dorothy amy kathleen angela shirley emma brenda pamela
nicole anna samantha katherine christine helen debra rachel carolyn janet maria catherine heather diane olivia julie
joyce victoria ruth virginia lauren kelly christina joan evelyn judith andrea hannah megan cheryl jacqueline martha
madison teresa gloria sara janice ann kathryn abigail sophia frances jean alice judy isabella julia grace amber denise
danielle marilyn beverly charlotte natalie theresa diana brittany doris kayla alexis lori marie
tom tim jim bob bill mike steve dave chris matt dan ben sam alex nick tony andy greg jeff ken ron don ted ed fred jon
neil josh jake max leo luke oliver harry charlie alfie freddie oscar theo elon mitch barack hillary bernie kamala
joe rand
ted marco mitt newt nancy vladimir sergei dmitry ivan boris yuri alexei mikhail nikolai igor oleg viktor volodymyr
xi li wang zhang hans jürgen wolfgang klaus günter heinz uwe horst helmut gerhard olaf annalena ursula markus stefan
sebastian florian tobias lukas felix jan sven lars björn erik anders nils jens ole kim pierre jacques françois emmanuel
nicolas marine philippe michel antoine julien thierry alain bernard christophe luc élise claire camille carlos luis
jorge miguel pedro pablo fernando alejandro javier diego rafael sergio alberto andrés ricardo eduardo roberto mario
manuel francisco antonio josé joão paulo lula dilma jair mohammed muhammad mohamed ahmed ali hassan hussein omar osama
ibrahim abdul khalid mahmoud mustafa recep tayyip bashar benjamin ariel shimon ehud narendra rahul sonia amit arvind
sachin virat shah salman akshay priyanka deepika imran nawaz benazir giorgio giovanni silvio matteo luca marco paolo
francesco giuseppe giulia beyoncé rihanna taylor selena ariana lady justin kanye jay drake adele madonna britney
gwyneth angelina brad leonardo scarlett meryl jennifer kate keira emma daniel rupert hugh colin judi ian idris benedict
roger rafael novak serena venus naomi lionel cristiano neymar kylian zlatan usain lebron kobe lewis fernando
jesse janet alan ben christine mario shinzo yoshihide fumio kim moon lindsay khloe kourtney kendall kylie
miley zayn liam niall ellen oprah conan jimmy seth stephen satya sundar tim jeff mark sheryl larry sergey
"""
GIVEN = frozenset(bare(name) for name in _GIVEN.split())


@cache
def facts(language: str) -> Facts:
    """The facts of a language together with those of English, whose names of places stand in texts of all."""
    places = {word.replace("-", " ") for word in _CITIES.split()} | _zone_cities()
    calendar: set[str] = set()
    languages: set[str] = set()
    for name in {"en", language}:
        try:
            locale = Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
        # Codes of letters are countries; numbers are continents and regions, "world" among them.
        named = [word for code, word in locale.territories.items() if code != "001"]
        # "Myanmar (Burma)" is both.
        places |= {bare(part) for word in named for part in re.split(r"[()]", word)}
        for width in ("wide", "abbreviated"):
            for table in (locale.months, locale.days):
                calendar |= {
                    bare(word) for context in ("format", "stand-alone") for word in table[context][width].values()
                }
        languages |= {bare(word) for word in locale.languages.values()}
    places -= {"world", ""} | ORGANISATIONS
    return Facts(frozenset(places), frozenset(calendar), frozenset(languages - places))


@cache
def _zone_cities() -> frozenset[str]:
    """Cities that the tz database names its zones after."""
    return frozenset(
        bare(zone.rpartition("/")[2].replace("_", " "))
        for zone in zoneinfo.available_timezones()
        if zone.startswith(
            ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
        )
    )
