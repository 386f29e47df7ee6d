// The panel beside the answer: one whole article, scrolled to the quote. On a phone it fills the screen.

import { byId, byline, element, webAddress } from "./elements.js";
import { setText } from "./article-text.js";
import { getArticle } from "./service.js";

const FLAGS = {
  truncated: "This text is cut off: the page it comes from showed only a part.",
  paywalled: "This article is behind a paywall; only what is free to read is here.",
};

const panel = byId("panel");
const narrow = matchMedia("(max-width: 62rem)");
const articles = new Map();
let opener = null;

/** Opens the article of a citation or passage: {article_id, title, start, end}, and `number` for a citation. */
export async function openArticle(place, openedBy) {
  opener?.removeAttribute("aria-expanded");
  opener = openedBy;
  opener.setAttribute("aria-expanded", "true");
  byId("panel-place").textContent = place.number ? `Source ${place.number}` : "Nearest article";
  byId("panel-title").textContent = place.title;
  byId("panel-byline").textContent = byline(place);
  byId("panel-flags").hidden = true;
  byId("panel-text").replaceChildren(element("p", "waiting", "Opening…"));
  if (!panel.open) {
    if (narrow.matches) panel.showModal();
    else panel.show();
    document.body.classList.add("reading");
  }
  byId("panel-title").focus({ preventScroll: true });
  try {
    const article = articles.get(place.article_id) ?? await getArticle(place.article_id);
    articles.set(place.article_id, article);
    if (opener === openedBy) show(article, place);
  } catch (problem) {
    if (opener === openedBy) {
      byId("panel-text").replaceChildren(element("p", "problem", `${problem.title}. ${problem.detail} ${problem.hint}`));
    }
  }
}

function show(article, place) {
  byId("panel-title").textContent = article.title;
  const line = byId("panel-byline");
  line.textContent = byline(article);
  const address = webAddress(article.url);
  if (address) {
    const link = element("a", "", new URL(address).hostname.replace(/^www\./, ""));
    Object.assign(link, { href: address, target: "_blank", rel: "noopener noreferrer" });
    line.append(" · ", link);
  }
  const flags = article.flags.map((flag) => FLAGS[flag] ?? flag);
  byId("panel-flags").textContent = flags.join(" ");
  byId("panel-flags").hidden = flags.length === 0;
  byId("panel-text").replaceChildren(setText(article, place.start, place.end));
  panel.querySelector("mark")?.scrollIntoView({ block: "center" });
}

panel.addEventListener("close", () => {
  document.body.classList.remove("reading");
  opener?.removeAttribute("aria-expanded");
  opener?.focus({ preventScroll: true });
  opener = null;
});
byId("panel-close").addEventListener("click", () => panel.close());
// A modal dialog closes on Escape by itself; beside the answer it is not modal.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && panel.open) {
    event.preventDefault();
    panel.close();
  }
});
