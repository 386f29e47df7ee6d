// An article's text, set for reading, with one quote marked.
//
// Every character of the text is in the page, in order: markup and line ends that a reader need not see are hidden, not
// dropped. So what is marked is exactly article.text[start:end], whatever stands in it.

import { element } from "./elements.js";

const HEADING = /^ {0,3}(#{1,6})[ \t]+/;
const ITEM = /^[ \t]*[-*+•][ \t]+/;
const NUMBERED = /^[ \t]*\d{1,3}[.)][ \t]+/;
const QUOTED = /^ {0,3}>[ \t]?/;
const TABLE = /^[ \t]*\|/;
const RULE = /^[ \t]*\|[ \t:|-]*$/;
const FENCE = /^ {0,3}(```|~~~)/;
const EMPHASIS = /(\*\*|__)(?=\S)([^\n]+?)(?<=\S)\1/g;

/** A fragment with an article's text in blocks; `start` and `end` count code points, as the service does. */
export function setText({ title, text }, start, end) {
  const marked = [toUtf16(text, start), toUtf16(text, end)];
  const fragment = document.createDocumentFragment();
  for (const block of blocks(text)) {
    const made = block.kind === "table" ? setTable(text, block, marked) : setBlock(text, block, marked);
    // The panel shows the title already.
    if (block.kind === "heading" && !made.querySelector("mark") && text.slice(block.hidden[0][1], block.end).trim() === title) {
      made.className = "unset";
    }
    fragment.append(made);
  }
  return fragment;
}

/** Where a code point is in a JavaScript string, whose characters are UTF-16 units. */
export function toUtf16(text, position) {
  let at = 0;
  for (let passed = 0; passed < position && at < text.length; passed += 1) {
    at += text.codePointAt(at) > 0xffff ? 2 : 1;
  }
  return at;
}

// Blocks are {kind, start, end, hidden}: `hidden` are the stretches a reader need not see.
function* blocks(text) {
  let open = null;
  let fence = "";
  for (const line of lines(text)) {
    const words = text.slice(line.start, line.end);
    const mark = FENCE.exec(words)?.[1];
    const inCode = Boolean(fence || mark);
    if (mark && (!fence || mark === fence)) fence = fence ? "" : mark;
    const next = inCode ? { kind: "code", start: line.start, hidden: [] } : begin(words, line);
    if (open && continues(open, next, words)) {
      open.end = line.next;
    } else {
      if (open) yield open;
      open = { ...next, end: line.next };
    }
  }
  if (open) yield open;
}

function* lines(text, from = 0, to = text.length) {
  for (let start = from; start < to;) {
    const found = text.indexOf("\n", start);
    const end = found < 0 ? to : found;
    const next = found < 0 ? end : end + 1;
    yield { start, end, next };
    start = next;
  }
}

function begin(words, { start }) {
  if (!words.trim()) return { kind: "gap", start, hidden: [] };
  if (TABLE.test(words)) return { kind: "table", start, hidden: [] };
  for (const [kind, pattern] of [["heading", HEADING], ["item", ITEM], ["quoted", QUOTED]]) {
    const found = pattern.exec(words);
    if (found) {
      return { kind, level: found[1]?.length ?? 0, start, hidden: [[start, start + found[0].length]] };
    }
  }
  return { kind: NUMBERED.test(words) ? "numbered" : "paragraph", start, hidden: [] };
}

function continues(open, next, words) {
  if (["code", "table", "gap"].includes(next.kind)) return open.kind === next.kind;
  if (next.kind === "quoted") return open.kind === "quoted";
  if (next.kind !== "paragraph") return false;
  return open.kind === "paragraph" || (["item", "numbered", "quoted"].includes(open.kind) && /^\s/.test(words));
}

function setBlock(text, block, marked) {
  const hidden = [...block.hidden];
  const strong = [];
  if (block.kind === "gap") hidden.push([block.start, block.end]);
  else if (block.kind !== "code") {
    for (const found of text.slice(block.start, block.end).matchAll(EMPHASIS)) {
      const from = block.start + found.index;
      const to = from + found[0].length;
      hidden.push([from, from + 2], [to - 2, to]);
      strong.push([from, to]);
    }
  }
  const made = element(block.kind === "heading" ? `h${Math.min(block.level + 2, 6)}` : "div", block.kind);
  made.append(...pieces(text, block, { marked: [marked], hidden, strong }));
  return made;
}

function setTable(text, block, marked) {
  const table = element("div", "table");
  for (const line of lines(text, block.start, block.end)) {
    const words = text.slice(line.start, line.end);
    const row = element("div", RULE.test(words) ? "unset" : "row");
    let from = line.start;
    const bars = [...words.matchAll(/(?<!\\)\|/g)].map((bar) => line.start + bar.index);
    for (const to of [...bars, line.next]) {
      const cell = element("span", text.slice(from, to).trim() ? "cell" : "unset");
      cell.append(...pieces(text, { start: from, end: to }, { marked: [marked], hidden: [], strong: [] }));
      const bar = element("span", "unset", ...pieces(text, { start: to, end: Math.min(to + 1, line.next) }, { marked: [marked], hidden: [], strong: [] }));
      row.append(cell, bar);
      from = to + 1;
    }
    table.append(row);
  }
  return table;
}

/** The text of a stretch as nodes, cut where anything begins or ends in it. */
function pieces(text, { start, end }, { marked, hidden, strong }) {
  const cuts = [start, end, ...[marked, hidden, strong].flat(2)].filter((cut) => cut >= start && cut <= end);
  const sorted = [...new Set(cuts)].sort((one, other) => one - other);
  return sorted.slice(1).map((to, index) => {
    const from = sorted[index];
    const within = (stretches) => stretches.some((stretch) => from >= stretch[0] && to <= stretch[1]);
    let piece = document.createTextNode(text.slice(from, to));
    if (within(strong)) piece = element("strong", "", piece);
    if (within(marked)) piece = element("mark", "", piece);
    return within(hidden) ? element("span", "unset", piece) : piece;
  });
}
