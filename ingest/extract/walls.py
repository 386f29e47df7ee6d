"""What a page or a letter says where only a subscriber reads on, and on the buttons beside it."""

import re

_READER = r"(?:subscriber|member|patron|supporter|customer|abonn[ée]+)s?"
# How a paragraph may begin: as a heading, an item, or with a sign.
MARKS = r"(?:#{1,6} |- |\W{0,4})"
# What a page says where a subscriber would read on. Each is written to the reader, at the beginning of a paragraph.
_WALL = re.compile(
    MARKS + r"(?:"
    r"(?:please )?(?:subscribe|sign up|sign in|log in|upgrade|register|join|create an? (?:free )?account)\b.{0,80}?"
    r"\b(?:to|and)\s+(?:read|continue|keep reading|unlock|get (?:full )?access|access|see|view)\b"
    r".{0,40}?(?:\b(?:rest|full|more|post|article|story|issue|content|reading|everything)\b|$)"
    r"|(?:the rest of )?th(?:is|e (?:rest|remainder|full)(?: of)?)\b.{0,30}"
    rf"\b(?:post|article|story|issue|content|edition)\b"
    rf".{{0,20}}\b(?:for|to)\b.{{0,20}}\b(?:pa(?:id|ying)|premium|pro|registered)?\s*{_READER}\b(?: only)?.{{0,40}}$"
    rf"|become an? (?:pa(?:id|ying)|premium|free)?\s*{_READER}\b"
    rf"|(?:already|are you) an? (?:pa(?:id|ying)|premium|free)?\s*{_READER}\b"
    r"|already (?:have an account|subscribed)\b"
    r"|(?:to|continue|keep) (?:continue )?reading\b.{0,60}\b(?:subscri|sign|trial|account|log in|register)"
    r"|you(?:’|'| ha)ve (?:reached|read|used)\b.{0,40}\b(?:free|limit|last|monthly)\b.{0,30}"
    r"\b(?:articles?|stor(?:y|ies)|limit)\b"
    r"|unlock (?:this|the (?:rest|full))\b"
    r"|cet article est réservé aux abonnés|il vous reste .{1,10} de cet article à lire|la suite est réservée"
    r"|dieser (?:artikel|beitrag) ist (?:nur )?(?:für|mit)\b.{0,30}\babo|(?:jetzt|mit \S{1,20}) weiterlesen\b"
    r"|(?:contenido|artículo) (?:exclusivo |solo )?para suscriptores|para (?:seguir|continuar) leyendo\b"
    r"|(?:articolo|contenuto) (?:è )?riservato agli abbonati|per continuare a leggere\b"
    r"|(?:conteúdo )?exclusivo para assinantes|para continuar (?:lendo|a ler)\b|alleen voor abonnees"
    r"|(?:continue|keep) reading this (?:post|article|story|issue) for free\b|claim my free (?:post|article)$"
    r")",
    re.IGNORECASE,
)
_BUTTON = re.compile(
    MARKS + r"(?:upgrade|subscribe|sign (?:in|up)|log ?in|register|join|get started|learn more|see plans|view plans"
    r"|start (?:a |your )?(?:free )?trial|(?:start|get) \d+[- ]day free trial|subscribe now"
    r"|upgrade to (?:paid|pro))[.!→ ]*$",
    re.IGNORECASE,
)


def says_wall(text: str) -> bool:
    """Whether a short paragraph says that the rest is for subscribers."""
    return _WALL.match(text) is not None


def is_button(text: str) -> bool:
    """Whether a short paragraph says nothing but what a button to subscribe says."""
    return _BUTTON.match(text) is not None
