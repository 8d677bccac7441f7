// @ts-check
// A button for each head of a model, layer by layer: with a number each, or with its part of one picture.

import { all, button, element } from "../dom.mjs";
import { range } from "../ranks.mjs";
import { select, view } from "../view.mjs";

/**
 * @import { Table } from "../csv.mjs"
 */

/**
 * @typedef {(number | null)[][]} Values layer x head; null: nothing to measure in this text
 */

/**
 * Coloured from the least to the most that any head of this text has.
 * @param {HTMLElement} box
 * @param {Values} values
 * @param {string} title what they are
 * @returns {Table}
 */
export function gridOfValues(box, values, title) {
  const cells = buttons(box, values);
  box.classList.add("by-measure");
  name(cells, values, (value) => `, ${title} ${value === null ? "nothing to measure in this text" : value}`);
  colour(cells, values);
  return tableOf(values);
}

/**
 * @param {HTMLElement} box
 * @param {Values} values that are saved with it
 * @param {string} picture of all heads, as an address
 * @returns {Table}
 */
export function gridOfPictures(box, values, picture) {
  const cells = buttons(box, values);
  box.classList.remove("by-measure");
  name(cells, values, () => "");
  paint(box, cells, picture, values.length, values[0].length);
  return tableOf(values);
}

/**
 * What the darkest and the brightest cell of a grid stand for.
 * @param {Values} values
 * @param {string} title
 */
export function scaleOf(values, title) {
  const [least, most] = range(values);
  const name = title.replace(/^./, (letter) => letter.toUpperCase());
  return `${name}, from ${least} (dark) to ${most} (bright).`;
}

/**
 * @param {Values} values
 * @returns {Table}
 */
function tableOf(values) {
  const rows = values.flatMap((row, layer) => row.map((value, head) => [layer, head, value ?? ""]));
  return { header: ["layer", "head", "value"], rows };
}

/**
 * Layer and head numbers around a button for each head; those of the same model are drawn once.
 * @param {HTMLElement} box
 * @param {Values} values
 */
function buttons(box, values) {
  const [nLayer, nHead] = [values.length, values[0].length];
  const shape = `${nLayer}x${nHead}`;
  if (box.dataset.shape !== shape || !box.children.length) {
    const numbers = values[0].map((_, head) => number(head, "head-number"));
    const rows = values.map((row, layer) => row.map((_, head) => cell(layer, head)));
    const named = rows.flatMap((row, layer) => [number(layer, "head-number"), ...row]);
    box.style.setProperty("--heads", String(nHead));
    box.dataset.shape = shape;
    box.replaceChildren(number("", "head-corner"), ...numbers, ...named);
  }
  return all(box, ".head-cell");
}

/**
 * @param {unknown} text
 * @param {string} className
 */
function number(text, className) {
  const made = element("span", className, text);
  made.setAttribute("aria-hidden", "true");
  return made;
}

/**
 * @param {number} layer
 * @param {number} head
 */
function cell(layer, head) {
  const made = button("head-cell", "", { layer, head });
  made.tabIndex = -1;
  return made;
}

/**
 * @param {HTMLElement[]} cells
 * @param {Values} values
 * @param {(value: number | null) => string} words stand behind the head's name
 */
function name(cells, values, words) {
  const flat = values.flat();
  cells.forEach((one, index) => {
    one.title = `layer ${one.dataset.layer} head ${one.dataset.head}${words(flat[index])}`;
  });
}

/**
 * @param {HTMLElement[]} cells
 * @param {Values} values
 */
function colour(cells, values) {
  const [least, most] = range(values);
  const flat = values.flat();
  cells.forEach((one, index) => {
    const value = flat[index];
    const level = ((value ?? least) - least) / (most - least || 1);
    one.style.setProperty("--level", value === null ? "0" : level.toFixed(3));
    one.classList.toggle("head-unknown", value === null);
  });
}

/**
 * Each cell shows its own part of the one picture; the style sheet leaves it out while heads show a measure.
 * @param {HTMLElement} box
 * @param {HTMLElement[]} cells
 * @param {string} picture
 * @param {number} nLayer
 * @param {number} nHead
 */
function paint(box, cells, picture, nLayer, nHead) {
  box.style.setProperty("--picture", `url(${picture})`);
  cells.forEach((one, index) => {
    const [layer, head] = [Math.floor(index / nHead), index % nHead];
    one.style.backgroundSize = `${100 * nHead}% ${100 * nLayer}%`;
    one.style.backgroundPosition = `${share(head, nHead)} ${share(layer, nLayer)}`;
  });
}

/**
 * @param {number} index
 * @param {number} n
 */
function share(index, n) {
  return `${n > 1 ? (100 * index) / (n - 1) : 0}%`;
}

// --- the selected head -------------------------------------------------------------------------------------

export function markHead() {
  const { layer, head } = view.selection;
  const chosen = `[data-layer="${layer}"][data-head="${head}"]`;
  for (const one of all(document, `.head-cell[aria-pressed="true"]:not(${chosen})`)) press(one, false);
  for (const one of all(document, `.head-cell${chosen}:not([aria-pressed="true"])`)) press(one, true);
}

/**
 * @param {HTMLElement} one
 * @param {boolean} isChosen
 */
function press(one, isChosen) {
  one.setAttribute("aria-pressed", String(isChosen));
  one.tabIndex = isChosen ? 0 : -1;
}

/** @param {HTMLElement} chosen */
export function chooseHead(chosen) {
  select({ layer: Number(chosen.dataset.layer), head: Number(chosen.dataset.head) });
}

/**
 * Arrow keys walk over the grid; Enter and space choose, as with any button.
 * @param {HTMLElement} from
 * @param {string} key
 */
export function moveHeadFocus(from, key) {
  if (!from.parentElement) return false;
  const cells = all(from.parentElement, ".head-cell");
  const nHead = Number(getComputedStyle(from.parentElement).getPropertyValue("--heads"));
  /** @type {Record<string, number>} */
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: nHead, ArrowUp: -nHead };
  const target = key in steps ? cells[cells.indexOf(from) + steps[key]] : undefined;
  if (!target) return false;
  from.tabIndex = -1;
  target.tabIndex = 0;
  target.focus();
  return true;
}
