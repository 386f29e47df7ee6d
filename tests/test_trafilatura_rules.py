"""trafilatura's rules are asked of elements with attributes only: without one, no element may be found by them."""

import re
import warnings

import pytest
from lxml import html
from lxml.etree import XPath

import ingest.extract.html  # noqa: F401 - it narrows them

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from trafilatura import xpaths

NARROWED = [
    rule
    for rules in vars(xpaths).values()
    if isinstance(rules, list)
    for rule in rules
    if isinstance(rule, XPath) and "[@*]" in rule.path
]
TAGS = sorted({tag for rule in NARROWED for tag in re.findall(r"self::(\w+)", rule.path)} | {"article", "main", "p"})
BARE = "".join(f"<{tag}>Share this, subscribe, comment: {tag}.</{tag}>" for tag in TAGS)
NAMES = (
    "article-content comments related share newsletter sidebar footer cookie hidden caption nav author byline menu"
    " social story-body post main content infinite-scroll elementor-share-buttons"
).split()
NAMED = "".join(
    f'<div {attribute}="{name}">A<p>b</p></div>' for name in NAMES for attribute in ("id", "class", "role", "style")
)


@pytest.mark.parametrize("rule", NARROWED, ids=range(len(NARROWED)))
def test_a_narrowed_rule_finds_what_it_found(rule: XPath) -> None:
    page = html.fromstring(f"<html><body><section>{BARE}</section>{NAMED}</body></html>")
    found = XPath(rule.path.replace("[@*]", ""), namespaces={"re": xpaths.REGEXP_NS})(page)
    assert found
    assert rule(page) == found


def test_the_rules_for_what_goes_are_narrowed() -> None:
    assert all(rule in NARROWED for rule in xpaths.OVERALL_DISCARD_XPATH)
