// Small makers of elements and words. Text always goes in as text: nothing here or elsewhere reads markup from data.

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
  "November", "December"];

/** The element with this id. */
export const byId = (id) => document.getElementById(id);

/** A new element of a class, holding text or other elements. */
export function element(name, className = "", ...content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

/** A copy of a <template>'s one element. */
export const fromTemplate = (id) => byId(id).content.firstElementChild.cloneNode(true);

/** A date of known precision, written out: "2023-06-13" is "13 June 2023", "2023-06" is "June 2023". */
export function writtenOut(date) {
  if (!date) return "undated";
  const [year, month, day] = date.split("-").map(Number);
  return [day, MONTHS[month - 1], year].filter(Boolean).join(" ");
}

/** Where an article is from: site, author, date, joined by dots; what is not known is left out. */
export function byline({ site, author, published }) {
  return [site, author, writtenOut(published)].filter(Boolean).join(" · ");
}

/** An article's address if a browser may follow it: articles come from anywhere, and `javascript:` is an address too. */
export function webAddress(url) {
  try {
    const parsed = new URL(url);
    return ["http:", "https:"].includes(parsed.protocol) ? parsed.href : "";
  } catch {
    return "";
  }
}

/** "1 article", "2 articles". */
export const counted = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
