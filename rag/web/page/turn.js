// One question and its answer, in the order in which the parts of it arrive.

import { byline, counted, element, fromTemplate, webAddress, writtenOut } from "./elements.js";
import { openArticle } from "./panel.js";

const MARKER = /\[(\d{1,3})\]/;
// The list item, heading or quotation mark that a quote begins with says nothing in a list of quotes.
const LEADING_MARK = /^\s*(?:[-*+•]|#{1,6}|>)\s+/;

/** A question's place in the conversation: what is known of it is shown as it comes. */
export class Turn {
  constructor(question) {
    this.question = question;
    this.element = fromTemplate("turn");
    this.part(".question").textContent = question.question;
    this.limits = [
      question.as_of && `as of ${writtenOut(question.as_of)}`,
      question.companies?.length && `${question.companies.join(", ")} only`,
    ].filter(Boolean);
    this.status("Searching the library…");
    this.text = "";
  }

  part(selector) {
    return this.element.querySelector(selector);
  }

  status(words) {
    this.part(".status").textContent = [words, ...this.limits].join(" · ");
  }

  showPassages(passages) {
    const articles = new Set(passages.map((passage) => passage.article_id)).size;
    this.status(`Reading ${counted(passages.length, "passage")} of ${counted(articles, "article")}`);
  }

  showDelta(text) {
    this.text += text;
    this.part(".answer").replaceChildren(...paragraphs(this.text, null));
  }

  showAnswer(answer) {
    const articles = new Set(answer.passages.map((passage) => passage.article_id)).size;
    const read = `${counted(answer.passages.length, "passage")} of ${counted(articles, "article")}`;
    this.status(answer.passages.length ? `Read ${read}` : "Nothing near was found");
    const cited = new Map(answer.citations.map((citation) => [citation.number, citation]));
    if (answer.table) this.showTable(answer.table, cited);
    else if (answer.value) this.showValue(answer.value);
    if (answer.status === "answered") {
      this.part(".answer").replaceChildren(...paragraphs(answer.text, cited));
      this.showSources(answer.citations);
    } else {
      this.part(".answer").replaceChildren(notFound(answer));
    }
    this.showBeside(answer);
    this.showWarnings(answer.warnings);
    this.showFacts(answer);
    this.finish();
  }

  showValue(value) {
    this.part(".value").textContent = value;
    this.part(".value").hidden = false;
  }

  showTable({ columns, rows }, cited) {
    const table = this.part(".compared");
    table.querySelector("thead tr").replaceChildren(...columns.map((column) => element("th", "", column)));
    table.querySelector("thead").hidden = !columns.some(Boolean);
    table.querySelector("tbody").replaceChildren(...rows.map((row) => {
      const [label, ...cells] = row;
      return element("tr", "", element("th", "", label.text), ...cells.map((cell) => tableCell(cell, cited)));
    }));
    table.hidden = false;
  }

  showSources(citations) {
    const list = this.part(".sources ol");
    for (const group of byArticle(citations)) list.append(source(group));
    this.part(".sources").hidden = citations.length === 0;
  }

  showBeside({ conflicts, history }) {
    const lines = conflicts.map(disagreement);
    if (history.length) lines.push(element("li", "", `Earlier: ${history.map(stated).join("; ")}`));
    this.part(".beside").replaceChildren(...lines);
    this.part(".beside").hidden = lines.length === 0;
  }

  showWarnings(warnings) {
    this.part(".warnings").replaceChildren(...warnings.map((warning) => element("li", "note", warning)));
    this.part(".warnings").hidden = warnings.length === 0;
  }

  showFacts({ model, timings, usage }) {
    const tokens = usage.input_tokens + usage.output_tokens;
    this.part(".facts").textContent = [
      model,
      `${duration(timings.total_ms)} (retrieval ${duration(timings.retrieve_ms)})`,
      tokens && counted(tokens, "token"),
    ].filter(Boolean).join(" · ");
    this.part(".facts").hidden = false;
  }

  showProblem(problem, retry) {
    const shown = fromTemplate("problem");
    shown.querySelector("h3").textContent = problem.title;
    shown.querySelector(".detail").textContent = problem.detail;
    shown.querySelector(".hint").textContent = problem.hint;
    shown.querySelector(".retry").addEventListener("click", retry);
    this.status("Not answered");
    this.part(".answer").append(shown);
    this.finish();
  }

  showStopped() {
    this.status("Stopped");
    this.finish();
  }

  finish() {
    this.part(".answer").setAttribute("aria-busy", "false");
  }
}

/** The text in paragraphs, its [1] as numbers one can press once the citations are known. */
function paragraphs(text, cited) {
  return text.trimEnd().split(/\n{2,}/).map((paragraph) => {
    const made = element("p");
    let kept = null; // the word before a number and the number: never on two lines
    for (const [index, piece] of paragraph.split(MARKER).entries()) {
      if (index % 2 === 0) {
        const [, words, last] = /^(.*?)(\S*)\s*$/s.exec(piece);
        if (words || last || !kept) {
          kept = element("span", "kept", last);
          made.append(words, kept);
        }
      } else if (!cited || cited.has(Number(piece))) kept.append(citationNumber(Number(piece), cited));
      else kept.append(` [${piece}]`);
    }
    return made;
  });
}

function tableCell({ text, citations }, cited) {
  const numbers = citations.map((number) => citationNumber(number, cited));
  return element("td", citations.length ? "" : "missing", text, ...numbers);
}

function citationNumber(number, cited) {
  const button = element("button", "cite", String(number));
  button.type = "button";
  const citation = cited?.get(number);
  button.disabled = !citation;
  if (citation) {
    button.setAttribute("aria-label", `Source ${number}: ${citation.title}`);
    button.title = citation.quote;
    button.addEventListener("click", () => openArticle(citation, button));
  }
  return button;
}

/** What sources say differently of one thing, and why one of the values is the one given. */
function disagreement({ about, values, preferred, why }) {
  const given = `${values[preferred].value} is given here, because ${why}.`;
  return element("li", "", `Sources disagree on the ${about}: ${values.map(stated).join("; ")}. ${given}`);
}

/** A value with the day it is of and its source: `$86 billion (for 2024, Tape & Table, 3 November 2025)`. */
function stated({ value, date, published, citation }) {
  const place = [date && `for ${writtenOut(date)}`, citation.site ?? citation.title, writtenOut(published)];
  return `${value} (${place.filter(Boolean).join(", ")})`;
}

function byArticle(citations) {
  const groups = new Map();
  for (const citation of citations) {
    groups.set(citation.article_id, [...(groups.get(citation.article_id) ?? []), citation]);
  }
  return groups.values();
}

function source(citations) {
  const [first] = citations;
  const made = fromTemplate("source");
  const title = made.querySelector(".title");
  title.textContent = first.title;
  title.addEventListener("click", () => openArticle(first, title));
  made.querySelector(".byline").textContent = byline(first);
  for (const citation of citations) {
    const number = citationNumber(citation.number, new Map([[citation.number, citation]]));
    made.querySelector(".quotes").append(element("li", "", number, element("q", "", citation.quote.replace(LEADING_MARK, ""))));
  }
  made.querySelector(".also").replaceChildren(...alsoIn(citations));
  made.querySelector(".also").hidden = !made.querySelector(".also").hasChildNodes();
  return made;
}

/** "Also in" and the places that have these quotes too, each once; an article's further address is a link. */
function alsoIn(citations) {
  const key = (place) => `${place.article_id} ${place.url}`;
  const places = new Map(citations.flatMap((citation) => citation.also_in).map((place) => [key(place), place]));
  const shown = [...places.values()].map((place) => {
    const words = [place.title, place.site, writtenOut(place.published)].filter(Boolean).join(" · ");
    const address = webAddress(place.url);
    if (!address) return element("li", "", words);
    const link = element("a", "", words);
    Object.assign(link, { href: address, target: "_blank", rel: "noopener noreferrer" });
    return element("li", "", link);
  });
  return shown.length ? [element("p", "", "Also in"), element("ul", "", ...shown)] : [];
}

function notFound(answer) {
  const made = fromTemplate("not-found");
  // The nearest articles are listed below, where they can be opened.
  made.querySelector(".reason").textContent = answer.not_found.reason;
  for (const article of answer.not_found.nearest) {
    const button = element("button", "title", article.title);
    button.type = "button";
    const best = answer.passages.find((passage) => passage.article_id === article.article_id);
    button.addEventListener("click", () => openArticle(best, button));
    const about = article.companies.length ? `about ${article.companies.join(", ")}` : "";
    const line = [writtenOut(article.published), about].filter(Boolean).join(" · ");
    made.querySelector("ul").append(element("li", "", button, element("span", "byline", line)));
  }
  made.querySelector(".nearest").hidden = answer.not_found.nearest.length === 0;
  return made;
}

function duration(milliseconds) {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
