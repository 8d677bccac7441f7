// @ts-check
// Weights as bars over the words of the text.

import { centre, element, hit } from "../dom.mjs";
import { tableIn } from "../drawn.mjs";
import { view } from "../view.mjs";

/**
 * @import { Table } from "../csv.mjs"
 * @import { Name, Side } from "../view.mjs"
 */

/**
 * @param {HTMLElement} box
 * @param {Name} name
 * @param {{ weights: number[], pos: number }} data `pos`: the selected token
 * @returns {Table | null} null where nothing is drawn
 */
export function bars(box, name, { weights, pos }) {
  const side = view.sides[name];
  if (!side || weights.length !== side.tokens.length) return null;
  words(box, side);
  const tallest = Math.max(...weights) || 1;
  weights.forEach((weight, index) => {
    const { style } = /** @type {HTMLElement} */ (box.children[index]);
    const height = (weight / tallest).toFixed(3);
    const isNew = style.getPropertyValue("--weight") !== height; // of a thousand words most are not
    if (isNew) style.setProperty("--weight", height);
  });
  choose(box, pos);
  const rows = weights.map((weight, at) => [at, side.tokens[at][1], weight]);
  return { header: ["position", "token", "weight"], rows };
}

/**
 * The words of one text stay where they are; only their bars change.
 * @param {HTMLElement} box
 * @param {Side} side
 */
function words(box, side) {
  if (box.dataset.text === side.key && box.children.length) return;
  box.dataset.text = side.key || "";
  box.replaceChildren(...side.tokens.map((token, pos) => word(pos, token[1])));
}

/**
 * @param {number} pos
 * @param {string} label
 */
function word(pos, label) {
  const made = element("span", "text-bar");
  made.dataset.pos = String(pos);
  made.append(element("i"), element("span", "", label));
  return made;
}

/**
 * @param {HTMLElement} box
 * @param {number} pos
 */
function choose(box, pos) {
  box.querySelector(".text-bar-selected")?.classList.remove("text-bar-selected");
  const chosen = /** @type {HTMLElement} */ (box.children[pos]);
  chosen.classList.add("text-bar-selected");
  centre(box, chosen);
}

/**
 * The number behind a bar is told when the mouse comes to it.
 * @param {Event} event
 */
export function tellBar(event) {
  const bar = hit(event, ".text-bar");
  const table = bar && bar.parentElement && tableIn(bar.parentElement);
  if (!bar || !table) return;
  const [pos, , weight] = table.rows[Number(bar.dataset.pos)];
  bar.title = `token ${pos}: ${weight}`;
}
