"""The sections as a publisher describes them: what the judge goes by before anybody has corrected anything.

A description is a paragraph about what the section prints and words that stand for it. Publishers edit them at
the desk, so that a new coin or console is known the day it is written there.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Description:
    """One section. `cues` are words and short phrases, parted by commas."""

    key: str
    name: str
    about: str
    cues: str = ""

    @property
    def text(self) -> str:
        """All of it, as one text."""
        return f"{self.name}. {self.about} {self.cues}"


SHIPPED = (
    Description(
        "world",
        "World",
        "News from abroad: wars, ceasefires and peace talks, diplomacy between nations, foreign leaders, protests and "
        "coups, refugees and migration, earthquakes, floods and disasters, terror attacks, human rights, the United "
        "Nations, Europe, Asia, Africa, the Middle East and Latin America.",
        "international, foreign, war, troops, soldiers, army, rebels, militants, airstrike, missile, nuclear, bomb, "
        "hostages, sanctions, embassy, ambassador, summit, treaty, border, refugees, asylum, UN, NATO, EU, Russia, "
        "Ukraine, Kyiv, Moscow, Putin, China, Beijing, North Korea, South Korea, Japan, India, Pakistan, Afghanistan, "
        "Taliban, Iran, Iraq, Syria, Israel, Gaza, Palestinians, Egypt, Turkey, Sudan, Nigeria, Germany, France, "
        "Britain, Greece, Spain, Italy, Mexico, Venezuela, Brazil, Australia, killed, massacre, regime, dictator, "
        "king, monarchy, police in the capital, humanitarian aid, famine, earthquake, genocide, prison camp",
    ),
    Description(
        "politics",
        "Politics",
        "Who governs and how: elections and campaigns, presidents and prime ministers, parties, parliament and "
        "congress, bills and laws, the supreme court, taxes and budgets as politics, polls, scandals and resignations, "
        "rights, welfare, health care and gun policy.",
        "president, White House, senate, senator, congress, congressman, house of representatives, republican, "
        "republicans, GOP, democrat, democrats, liberal, conservative, conservatives, Tory, Labour, Lib Dem, party, "
        "candidate, voters, vote, voting, ballot, primary, governor, mayor, minister, cabinet, MP, MPs, coalition, "
        "opposition, bill, legislation, lawmakers, supreme court, constitution, amendment, abortion, gun control, "
        "gay marriage, immigration reform, health care, medicare, social security, filibuster, lobbyists, corruption, "
        "campaign finance, speech, debate, tea party, Trump, Biden, Obama, Clinton, Bush, Romney, Harper, Cameron, "
        "left, right, socialism, freedom of speech, government shutdown, referendum, budget cuts, NSA, whistleblower",
    ),
    Description(
        "sports",
        "Sports",
        "Matches, scores, players and coaches: football, soccer, basketball, baseball, hockey, tennis, cricket, "
        "rugby, golf, boxing, motor racing, athletics, the Olympics and world cups, transfers, injuries, leagues, "
        "play-offs, titles and records.",
        "NFL, NBA, MLB, NHL, UFC, MMA, FIFA, UEFA, Premier League, Champions League, World Cup, Super Bowl, Olympics, "
        "Formula 1, Grand Prix, team, coach, quarterback, touchdown, goal, goalkeeper, striker, midfielder, penalty, "
        "pitcher, home run, inning, playoffs, finals, championship, season, draft, trade, roster, stadium, fans, "
        "referee, knockout, fighter, title fight, race, driver, lap, Ferrari, medal, marathon, tournament, win, "
        "defeat, beat, Lakers, Yankees, Red Sox, Patriots, Manchester United, Arsenal, Barcelona, Real Madrid",
    ),
    Description(
        "celebrity",
        "Celebrity",
        "Famous people and show business: actors, singers, films, television series, music, concerts and albums, red "
        "carpets, awards, weddings, divorces, babies, feuds, fashion, royals and gossip.",
        "actor, actress, singer, rapper, star, stars, movie, movies, film, trailer, director, Hollywood, Oscar, "
        "Oscars, Grammy, Emmy, Golden Globes, TV show, series, season finale, episode, HBO, reality show, "
        "Netflix series, album, song, music video, band, tour, concert, dating, boyfriend, girlfriend, engaged, "
        "married, wedding, divorce, pregnant, baby, rehab, nude, bikini, photos, red carpet, dress, fans, "
        "Kardashian, Beyonce, Taylor Swift, Justin Bieber, Lindsay Lohan, Miley Cyrus, Rihanna, Britney Spears, "
        "Lady Gaga, Brad Pitt, "
        "Angelina Jolie, Tom Cruise, Harry Potter, Batman, Star Wars, Marvel, comedian, royal family, Prince Harry, "
        "Kate Middleton, gossip, interview, cast, sequel, box office, festival, SXSW, talk show host, celebrity",
    ),
    Description(
        "business",
        "Business",
        "Companies and the economy: shares and markets, banks and central banks, interest rates, inflation, jobs and "
        "unemployment, earnings, mergers and takeovers, chief executives, retailers, airlines and car makers as "
        "companies, oil and gold, housing, debt, trade, recalls and strikes, personal money.",
        "stock, stocks, shares, investors, investing, Wall Street, Dow, S&P 500, Nasdaq, NYSE, market, markets, bonds, "
        "yield, Fed, Federal Reserve, ECB, central bank, bank, banks, Goldman Sachs, hedge fund, bailout, IPO, "
        "dividend, profit, loss, revenue, sales, quarter, earnings, forecast, billion, million deal, acquisition, "
        "merger, buyout, stake, bid, CEO, chief executive, board, shareholders, layoffs, workers, wages, minimum wage, "
        "unemployment, recession, GDP, inflation, deficit, economy, economist, economists, euro zone, dollar, yen, "
        "currency, gold, oil prices, crude, mortgage, housing, foreclosures, retailer, store closings, McDonald's, "
        "Walmart, General Motors, recall, Boeing, Comcast, cable merger, consumers, credit, loan, tax on capital",
    ),
    Description(
        "crypto",
        "Crypto",
        "Coins and chains: Bitcoin, Ethereum and other cryptocurrencies, their prices, wallets, mining, exchanges, "
        "tokens, stablecoins, decentralised finance, hacks and the rules that governments make for them.",
        "bitcoin, bitcoins, BTC, litecoin, LTC, dogecoin, Ethereum, ether, ETH, Solana, XRP, Ripple, Cardano, Tether, "
        "stablecoin, stablecoins, altcoin, altcoins, crypto, cryptocurrency, blockchain, ledger, wallet, wallets, "
        "private key, address, transaction, confirmations, block reward, halving, mining, miner, miners, mining pool, "
        "mining rig, ASIC, GPU hash rate, hashing, MH/s, difficulty, satoshi, Satoshi Nakamoto, Coinbase, Binance, "
        "Kraken, Mt. Gox, MtGox, exchange, DeFi, NFT, NFTs, token, airdrop, staking, web3, smart contract, memecoin, "
        "spot ETF for bitcoin, Butterfly Labs, Silk Road, blockchain.info, coin, coins, digital currency",
    ),
    Description(
        "gaming",
        "Gaming",
        "Video games: consoles and games for the PC, new releases, trailers and reviews, studios and publishers, "
        "updates and downloadable content, esports, indie games, sales, modding and the people who play.",
        "game, games, gamer, gamers, gameplay, video game, console, PlayStation, PS3, PS4, PS5, PSN, PS Vita, Xbox, "
        "Xbox 360, Xbox One, Xbox Live, Kinect, Nintendo, Switch, Wii, Wii U, 3DS, Zelda, Mario, Pokemon, Steam, "
        "Valve, Half-Life, Portal, Team Fortress, EA, Ubisoft, Activision, Blizzard, Bethesda, Rockstar, Bungie, Halo, "
        "Call of Duty, Battlefield, Grand Theft Auto, GTA, Skyrim, Fallout, Mass Effect, Diablo, World of Warcraft, "
        "StarCraft, Minecraft, Fortnite, League of Legends, Counter-Strike, Assassin's Creed, Final Fantasy, "
        "Dark Souls, RPG, FPS, MMO, shooter, multiplayer, co-op, single player, beta, DLC, mod, mods, patch, indie "
        "game, developer, Kickstarter game, bundle, controller, achievement, E3, esports, graphics card, retro game",
    ),
    Description(
        "tech",
        "Tech",
        "Technology and science: smartphones and computers, software and apps, the internet and social networks, "
        "artificial intelligence, chips, cybersecurity and privacy, start-ups, gadgets, robots, electric and "
        "self-driving cars, space, research and discoveries.",
        "technology, tech, Apple, iPhone, iPad, iOS, Mac, Android, Google, Chrome, Gmail, YouTube, Nexus, Samsung, "
        "Galaxy, HTC, Motorola, Nokia, Microsoft, Windows, Linux, Ubuntu, Facebook, Twitter, Instagram, WhatsApp, "
        "TikTok, Amazon Kindle, OpenAI, ChatGPT, AI, chatbot, machine learning, smartphone, phone, tablet, laptop, PC, "
        "smartwatch, gadget, headphones, camera, app, apps, app store, browser, software, open source, update, "
        "developer, programming, code, hacker, hackers, hacked, password, encryption, malware, data breach, privacy, "
        "surveillance, Snowden, net neutrality, internet, web, website, broadband, ISP, Verizon, AT&T, patent, "
        "copyright, piracy, SOPA, Pirate Bay, torrent, robot, drone, 3D printer, chip, Intel, AMD, Nvidia, Tesla, "
        "self-driving car, NASA, SpaceX, rocket, Mars, telescope, scientists, study, outage, cloud, server, startup",
    ),
    Description(
        "travel",
        "Travel",
        "Going places: destinations and itineraries, flights, airlines and airports as passengers know them, hotels "
        "and hostels, backpacking and hiking, beaches and mountains, visas, luggage, food on the road, road trips, "
        "cruises, guides and advice for travellers.",
        "travel, traveling, travelling, traveler, travelers, trip, trips, road trip, vacation, holiday, backpacking, "
        "backpack, backpacker, solo travel, itinerary, hostel, hostels, hotel, Airbnb, couchsurfing, flight, flights, "
        "cheap flights, airfare, airport, luggage, packing list, gear, tent, sleeping bag, hike, hiking, trail, "
        "Appalachian Trail, PCT, camping, national park, Yosemite, mountains, beach, island, tour, guide, tourist, "
        "tourists, tourism, visa, passport, abroad for a year, Thailand, Bali, Vietnam, Peru, Machu Picchu, Iceland, "
        "New Zealand, Costa Rica, Paris, Rome, Barcelona weekend, Southeast Asia, South America, Europe by train, "
        "Eurail, cruise, places to visit, things to do, advice, recommendations, photos of the view, scenery",
    ),
)  # fmt: skip
"""The nine sections of a new portal."""
