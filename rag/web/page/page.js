// The page: the question box, the conversation above it, and the address that links to the last question.

import { byId, counted, element, writtenOut } from "./elements.js";
import { ask, listArticles, Problem } from "./service.js";
import { Turn } from "./turn.js";

// The service takes no more of a conversation than this.
const MOST_TURNS = 10;
const LONGEST_TURN = 4000;

const form = byId("composer");
const box = byId("question");
const asOf = byId("as-of");
const company = byId("company");
const history = [];
let running = null;

function read() {
  const question = { question: box.value.trim() };
  if (asOf.value) question.as_of = asOf.value;
  if (company.value.trim()) question.companies = [company.value.trim()];
  return question;
}

async function answer(question) {
  const turn = new Turn(question);
  document.body.classList.remove("empty");
  box.placeholder = "Ask a follow-up";
  byId("conversation").append(turn.element);
  turn.element.scrollIntoView({ block: "start" });
  linkTo(question);
  const control = new AbortController();
  setRunning(control);
  try {
    for await (const { name, data } of ask({ ...question, history: history.slice(-MOST_TURNS) }, control.signal)) {
      if (name === "passages") turn.showPassages(data.passages);
      if (name === "delta") turn.showDelta(data.text);
      if (name === "answer") {
        turn.showAnswer(data);
        history.push({ question: question.question, answer: data.text.slice(0, LONGEST_TURN) });
      }
    }
  } catch (error) {
    if (error.name === "AbortError") turn.showStopped();
    else if (error instanceof Problem) turn.showProblem(error, () => retry(turn));
    else throw error;
  } finally {
    setRunning(null);
  }
}

function retry(turn) {
  if (running) return;
  turn.element.remove();
  answer(turn.question);
}

function setRunning(control) {
  running = control;
  byId("ask").firstElementChild.textContent = control ? "Stop" : "Ask";
  byId("ask").formNoValidate = Boolean(control); // stopping needs no question
}

function linkTo({ question, as_of, companies = [] }) {
  const query = new URLSearchParams({ q: question });
  if (as_of) query.set("as_of", as_of);
  if (companies.length) query.set("company", companies[0]);
  window.history.replaceState(null, "", `/?${query}`);
  document.title = `${question.slice(0, 80)} · Dossier`;
}

function showChosen() {
  const chosen = [asOf.value && asOf.validity.valid && `as of ${writtenOut(asOf.value)}`, company.value.trim()].filter(Boolean);
  byId("chosen").textContent = chosen.map((choice) => ` · ${choice}`).join("");
  byId("clear").hidden = chosen.length === 0;
}

function submit() {
  const question = read();
  if (running || !question.question || !form.reportValidity()) return;
  box.value = "";
  answer(question);
}

async function showLibrary() {
  const { articles, total } = await listArticles(1000);
  byId("library").textContent = counted(total, "article");
  const counts = new Map();
  for (const name of articles.flatMap((article) => article.companies)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = [...counts].sort((one, other) => other[1] - one[1]).map(([name]) => name);
  byId("companies").replaceChildren(...names.map((name) => Object.assign(element("option"), { value: name })));
  byId("examples").replaceChildren(...examples(names, articles).map(chip));
  if (total === 0) byId("library").textContent = "The library is empty: `dossier ingest FOLDER` fills it";
}

function examples(names, articles) {
  const patterns = ["How much has NAME raised?", "Who founded NAME?", "What is NAME valued at?", "What does NAME do?"];
  if (names.length) {
    return patterns.slice(0, Math.max(2, names.length)).map((text, index) => text.replace("NAME", () => names[index % names.length]));
  }
  return articles.slice(0, 2).map((article) => `What is said in “${article.title}”?`);
}

function chip(text) {
  const button = element("button", "", text);
  button.type = "button";
  button.addEventListener("click", () => {
    box.value = text;
    submit();
  });
  return element("li", "", button);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (running) running.abort();
  else submit();
});
box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});
for (const field of [asOf, company]) field.addEventListener("input", showChosen);
byId("clear").addEventListener("click", () => {
  asOf.value = "";
  company.value = "";
  showChosen();
});

const linked = new URLSearchParams(location.search);
asOf.value = linked.get("as_of") ?? "";
company.value = linked.get("company") ?? "";
showChosen();
box.value = linked.get("q") ?? "";
submit();
showLibrary().catch((problem) => {
  byId("library").textContent = problem.title ?? "";
});
