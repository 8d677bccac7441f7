// @ts-check
// Queries on the left, keys on the right, a line for each weight between what is in view.

import { all, button, centre, element, hit, svg } from "../dom.mjs";
import { posOn, view } from "../view.mjs";

/**
 * @import { Table } from "../csv.mjs"
 * @import { Name, Side } from "../view.mjs"
 */

/**
 * @typedef {{ first: number, rows: [key: number, weight: number][][] }} Lines a row for each query from
 *   `first` on
 */

const ROW = 22;
const WIDTH = 200;

/** What each box was last drawn from. @type {WeakMap<Element, string>} */
const drawnFrom = new WeakMap();

/**
 * @param {HTMLElement} box
 * @param {Name} name
 * @param {Lines} data
 * @returns {Table | null}
 */
export function lines(box, name, { first, rows }) {
  const side = view.sides[name];
  if (!side) return null;
  const weights = rows.flatMap((row, index) => row.map(([key, weight]) => [first + index, key, weight]));
  const between = columns(box, name, side, first, rows.length);
  const drawn = JSON.stringify([first, rows]);
  if (drawnFrom.get(box) !== drawn || !between.children.length) {
    drawnFrom.set(box, drawn);
    between.replaceChildren(...weights.map(([query, key, weight]) => line(query, key, first, weight)));
  }
  mark(box);
  const chosen = all(box, `.line-queries [data-pos="${posOn(name)}"]`)[0];
  if (chosen) centre(box, chosen);
  return { header: ["query", "key", "weight"], rows: weights };
}

/**
 * The tokens in view stay where they are as long as they are the same ones.
 * @param {HTMLElement} box
 * @param {Name} name
 * @param {Side} side
 * @param {number} first
 * @param {number} n
 * @returns {Element} where the lines go
 */
function columns(box, name, side, first, n) {
  const shown = [side.key, first, n].join(" ");
  const found = box.querySelector("svg");
  if (box.dataset.shown === shown && found) return found;
  // hidden from screen readers: the bars and the heat map say the same in words and numbers
  const between = svg("svg", { width: WIDTH, height: n * ROW, "aria-hidden": "true" });
  box.dataset.shown = shown;
  const [queries, keys] = ["line-queries", "line-keys"].map((role) => column(role, name, side, first, n));
  box.replaceChildren(queries, between, keys);
  return between;
}

/**
 * @param {string} role
 * @param {Name} name
 * @param {Side} side
 * @param {number} first
 * @param {number} n
 */
function column(role, name, side, first, n) {
  const box = element("div", "line-column " + role);
  for (let pos = first; pos < first + n; pos += 1) {
    const label = side.tokens[pos] ? side.tokens[pos][1] : String(pos);
    const token = button("token line-token", label, { side: name, pos });
    token.title = "token " + pos;
    token.tabIndex = -1; // the strip above is for the keyboard
    box.append(token);
  }
  return box;
}

/**
 * @param {number} query
 * @param {number} key
 * @param {number} first in view
 * @param {number} weight
 */
function line(query, key, first, weight) {
  const middle = (/** @type {number} */ pos) => (pos - first + 0.5) * ROW;
  const made = svg("line", { x1: 0, y1: middle(query), x2: WIDTH, y2: middle(key) });
  made.style.opacity = String(Math.sqrt(weight));
  Object.assign(made.dataset, { query, key });
  svg("title", {}, made).textContent = `query ${query}, key ${key}: ${weight}`;
  return made;
}

// --- what stands out ---------------------------------------------------------------------------------------

export function markLines() {
  for (const box of all(document, ".head-lines:not(:empty)")) mark(box);
}

/**
 * The selected token's lines stand out, and while the mouse is on a token, that token's.
 * @param {HTMLElement} box
 * @param {[role: string, pos: unknown]} [hovered]
 */
function mark(box, hovered) {
  const selected = posOn(/** @type {Name} */ (box.id.slice(-1)));
  const [role, pos] = hovered || [view.selection.role, selected];
  for (const one of box.querySelectorAll(".line-chosen")) one.classList.remove("line-chosen");
  for (const one of box.querySelectorAll(`line[data-${role}="${pos}"]`)) one.classList.add("line-chosen");
  for (const token of all(box, ".line-token")) {
    const isChosen = String(token.dataset.pos === String(selected));
    if (token.getAttribute("aria-pressed") !== isChosen) token.setAttribute("aria-pressed", isChosen);
  }
}

/**
 * The mouse has come to a token, or left it.
 * @param {Event} event
 */
export function pointAtLines(event) {
  const token = hit(event, ".line-token");
  const box = token && token.closest(".head-lines");
  if (!token || !(box instanceof HTMLElement)) return;
  const role = token.closest(".line-queries") ? "query" : "key";
  mark(box, event.type === "mouseover" ? [role, token.dataset.pos] : undefined);
}
