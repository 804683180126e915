"""What pages say that is not the article: phrases of houses and their systems, in a dozen languages."""

from __future__ import annotations

import re


def _starts(*phrases: str) -> re.Pattern[str]:
    return re.compile(r"\W{0,4}(?:" + "|".join(phrases) + ")", re.IGNORECASE)


def _is(*phrases: str) -> re.Pattern[str]:
    return re.compile(r"\W{0,4}(?:" + "|".join(phrases) + r")\W{0,4}", re.IGNORECASE)


ADVERT = _is(
    "advertisements?", "anzeigen?", "werbung", "publicidad", "publicité", "pubblicità", "reklama", "annons", "annonse",
    "advertentie", "реклама", "sponsored(?: content)?", "広告", "广告", "article continues below(?: advertisement)?",
    "continue reading(?: below)?", "continua a leggere(?: dopo la pubblicità)?", "scroll to continue.{0,30}",
)  # fmt: skip
"""A whole line that only announces an advertisement."""

CREDIT = _starts(
    r"(?:titel|symbol|archiv|beispiel)?(?:fotos?|bild(?:er|quelle|nachweis)?)\s?(?::|©|/|von\b)",
    r"(?:photos?|pictures?|images?|illustrations?|graphics?|crédits?(?: photos?)?|imágen(?:es)?|imagen|fotografías?"
    r"|immagin[ei]|zdjęci[ea]|fot\.|credits?|photo credits?|photography|фото)\s?(?::|©|/)",
    r"(?:photograph(?:s|y|ed)?|photos?|image|illustration|fotografie|foto) (?:by|via|courtesy|von|door) ",
    r"(?:getty images|shutterstock|adobe ?stock|istock(?:photo)?|unsplash|pixabay|depositphotos)(?!\w)",
    r"©\s?\D{2,}", r"\(c\) ", "image illustrative",
)  # fmt: skip
"""A short line that says whose a picture is."""

RIGHTS = re.compile(
    r"^\W{0,3}(?:©|\(c\)|copyright\b)\s?.{0,20}\d{4}|all rights reserved|alle rechte vorbehalten|tous droits réservés"
    r"|todos los derechos reservados|tutti i diritti riservati|todos os direitos reservados|wszelkie prawa zastrzeżone"
    r"|copyrighted property of|may not be published, broadcast, rewritten|must be obtained before reprint"
    r"|sofern nicht anders (?:ausgewiesen|angegeben)",
    re.IGNORECASE,
)
"""A short line in which a house states its rights."""

ASIDE = _starts(
    "read (?:also|more|next|our|the full)", "also read", "see also", "related(?: (?:article|story|post|topic)s?)?:",
    "more:", "watch:", "listen:", "don['’]t miss", "(?:you may|you might) also like", "recommended:",
    r"click here to\b",
    "lesen sie (?:auch|hier|mehr|dazu|außerdem)", "lies (?:auch|hier|mehr)",
    "mehr (?:dazu|zum thema|infos|informationen)",
    "weitere (?:informationen|infos|artikel|beiträge|themen)", "siehe auch", "auch (?:interessant|lesenswert)",
    "weiterlesen", "hier geht['’]?s? (?:es )?(?:zu[mr]|weiter)", "passend dazu", "zum thema", "zurück zu[rm]?",
    "(?:à )?lire (?:aussi|également|la suite)", "voir aussi", "sur le même (?:sujet|thème)",
    "le[ae] (?:también|também|más|mais)", "(?:le|te) puede interesar", "vea también", "mire:", "ver más", "veja também",
    "leggi anche", "vedi anche", "lees (?:ook|meer)", "czytaj (?:też|także|również|więcej|dalej)",
    "zobacz (?:też|także|również)", "polecamy", "читайте также", "les (?:også|mer|mere)", "læs (?:også|mere)",
    "läs (?:också|även|mer)", "関連記事", "延伸阅读", "延伸閱讀", "相关阅读", "相關閱讀", "اقرأ (?:أيضا|أيضًا|المزيد)",
)  # fmt: skip
"""A line that points to another article."""

CALL = re.compile(
    r"(?:sign up|subscribe|register|join|abonnier|anmelden|inscri|abonne[zr]|suscr|iscriv|assine|zapisz)\w*\b.{0,60}"
    r"\b(?:newsletters?|e-?mail|edition|inbox|updates?|daily|posteingang|boletín|infolettre|channel|kanal|canal)\b"
    r"|\bdownload\b.{0,60}\bapps?\b|\bfollow (?:us|me) on\b|\bkeep up with (?:me|us) on\b"
    r"|\bfolge(?:n sie)? uns (?:auf|bei)\b"
    r"|\bsuivez-nous\b|\bs[íi]guenos\b|\bseguici su\b|\blike us on facebook\b|\bfind us on facebook\b"
    r"|\b(?:our|to our|unseren?|notre|nuestro) newsletter\b|\bsend (?:us )?(?:news )?tips\b"
    r"|^to comment on this (?:story|article)"
    r"|^have a (?:news )?tip\b|^got a (?:news )?tip\b|\badvertise with\b|\bwant more (?:stories|news)\b"
    r"|\b(?:rate|valora|bewerten? sie) (?:this article|esta noticia|diesen artikel)\b|\bartikel bewerten\b"
    r"|um den inhalt von .{1,40} zu laden|wenn sie den inhalt laden|\benable javascript\b"
    r"|javascript (?:ist )?deaktiviert"
    r"|\bartikel (?:mit anderen )?teilen\b|^share (?:this|on|via)\b|^teilen(?: sie)?\b|^partager\b|^compartir\b"
    r"|^condividi\b",
    re.IGNORECASE,
)
"""A short line that wants something of the reader: to subscribe, follow, share, vote, load."""

CLOCK = _starts(
    r"(?:\d+|a|one|ein(?:e)?) ?(?:-|–)?(?:\d+ )?min(?:ute)?[ns]?\.? (?:read|lesezeit|de lecture|de lectura)",
    "lesezeit",
    "reading time", "temps de lecture", "tiempo de lectura", "tempo di lettura", "ten tekst przeczytasz", "leestijd",
    r"(?:last )?(?:updated|modified|published|posted)(?: on| at)?\s?:", "zuletzt (?:aktualisiert|geändert)",
    "aktualisiert(?: am)?:", "veröffentlicht(?: am)?:", "erstellt(?: am)?:", "release date:", "publié le",
    "mis à jour le",
    "publicado(?: el| em)?:", "aggiornato il", "pubblicato il",
)  # fmt: skip
"""A short line about when the article was written or how long it takes."""

LAST_HEADINGS = _is(
    "related", "related (?:articles?|stories|posts?|news|content|links?|topics?|reading|coverage)", "see also",
    "(?:further|additional|recommended|suggested) (?:reading|links?|articles?|posts?|stories)",
    "more (?:on|from|stories|news"
    "|articles|in|like this).{0,40}", "read (?:more|next|this next).{0,30}",
    "(?:you may|you might) also (?:like|enjoy).{0,20}",
    "what to read next", "up next", "trending(?: now)?", "most (?:read|popular|viewed)",
    "popular (?:posts?|articles?|stories)",
    "latest (?:news|stories|articles?|posts?)", "about the authors?", "authors?", "share(?: this.{0,20})?",
    r"(?:\d+ )?(?:comments?|responses?|replies|thoughts on.{0,80})", "leave a (?:comment|reply)",
    "join the (?:conversation|discussion)",
    "sponsored", "newsletters?", "tags?", "topics?", "filed under", "categories", "footnotes? ausblenden",
    r"weiterführender? (?:links?|informationen|artikel|themen)", "(?:das )?könnte (?:sie|dich|euch|ihnen|dir).{0,40}",
    "(?:das )?(?:interessiert|gefällt) (?:sie|dich).{0,20}", "empfohlene? (?:beiträge|artikel|inhalte?|links?)",
    "(?:ähnliche|verwandte|weitere|neueste|aktuelle|passende|mehr) (?:beiträge|artikel|themen|news|meldungen"
    "|nachrichten|links)",
    "mehr (?:zum thema|dazu|von|aus|über|zu).{0,40}", "zum thema", "links? zum thema", "siehe auch", "lesen sie auch",
    "meistgelesen",
    "über (?:den|die|unsere[n]?) autor(?:in|en|innen)?", "autor(?:in|en|innen)?", "quellen(?: (?:aus|ein)blenden)?",
    "(?:kommentare?|kommentar schreiben|diskutieren sie.{0,30}|schreibe einen kommentar)", "entdecken sie.{0,20}",
    "teilen(?: .{0,30})?",
    "(?:news|nachrichten|neues|alles) (?:rund um|zu|über|aus).{0,40}", "schlagwörter", "stichwörter", "artikel teilen",
    "(?:à )?lire (?:aussi|également).{0,20}", "sur le même (?:sujet|thème)",
    "articles? (?:liés|similaires|associés|connexes)",
    "pour aller plus loin", "voir aussi", "commentaires?", "à propos de l['’]auteure?", "les plus lus", "mots-clés",
    "(?:le|te) puede interesar", "(?:noticias?|artículos?|contenidos?) relacionad[oa]s?",
    "(?:más|mas) (?:noticias|sobre|leídas).{0,30}",
    "comentarios?", "etiquetas", "temas", "te recomendamos", "artigos? relacionados?", "leia (?:também|mais)",
    "veja também",
    "(?:potrebbe|potrebbero) interessarti.{0,20}", "leggi anche", "articoli correlati", "correlati", "commenti", "tag",
    "lees (?:ook|meer)", "meer over.{0,30}", "gerelateerd.{0,20}", "reacties", "zobacz (?:też|także|również)",
    "czytaj (?:też|także|również)",
    "(?:powiązane|podobne) .{0,20}", "komentarze", "читайте также", "похожие .{0,20}", "комментарии",
    "relaterede? .{0,20}",
    "les også", "läs (?:också|även|mer)", "関連記事", "おすすめ(?:記事)?",
    "人気記事", "相关(?:阅读|文章|新闻)", "延伸(?:阅读|閱讀)", "관련 ?기사",
    "مواضيع ذات صلة", "اقرأ أيضا",
)  # fmt: skip
"""A heading under which nothing of the article comes any more."""
