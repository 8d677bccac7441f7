// @ts-check
// What was run in this browser, kept by the browser alone.

import { button, byId, element } from "./dom.mjs";

/**
 * @typedef {{ link: string, text: string, when: number }} Entry
 */

const KEY = "gpt2dash-history";
const MOST = 20;
const LONGEST = 60;

/** @returns {Entry[]} */
function load() {
  try {
    const kept = JSON.parse(window.localStorage.getItem(KEY) || "[]");
    return Array.isArray(kept) ? kept.filter(isEntry) : [];
  } catch (error) {
    console.info("gpt2dash: the history of this browser cannot be read", error);
    return [];
  }
}

/** @param {any} kept */
const isEntry = (kept) => typeof kept?.link === "string" && typeof kept?.text === "string";

/** @param {Entry[]} entries */
function save(entries) {
  try {
    window.localStorage.setItem(KEY, JSON.stringify(entries));
  } catch (error) {
    console.info("gpt2dash: runs cannot be remembered in this browser", error);
  }
  show();
}

/**
 * The newest first; a run that comes again moves up.
 * @param {string} link
 * @param {string} text
 */
export function remember(link, text) {
  const short = text.length > LONGEST ? text.slice(0, LONGEST) + "…" : text;
  const others = load().filter((entry) => entry.link !== link);
  save([{ link, text: short, when: Date.now() }, ...others].slice(0, MOST));
}

export function forgetAll() {
  save([]);
}

export function show() {
  const entries = load();
  byId("history-list").replaceChildren(...entries.map(line));
  byId("history-forget").hidden = !entries.length;
  byId("history-empty").hidden = Boolean(entries.length);
}

/** @param {Entry} entry */
function line({ link, text, when }) {
  const item = element("li");
  const opens = button("btn btn-sm btn-link", text || "∅", { history: link });
  opens.title = new Date(when).toLocaleString();
  item.append(opens);
  return item;
}
