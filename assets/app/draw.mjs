// @ts-check
// What the server tells of the selected token, drawn panel by panel.

import { byId, find, tell } from "./dom.mjs";
import { keep, wipe } from "./drawn.mjs";
import { bars } from "./figures/bars.mjs";
import { gridOfValues, markHead, scaleOf } from "./figures/grid.mjs";
import { lines } from "./figures/lines.mjs";
import { score } from "./figures/score.mjs";

/**
 * @import { Table } from "./csv.mjs"
 * @import { Values } from "./figures/grid.mjs"
 * @import { Lines } from "./figures/lines.mjs"
 * @import { Name } from "./view.mjs"
 */

/**
 * @typedef {{ side: Name, pos: null, told: string }} Nothing why nothing can be shown
 * @typedef {{ weights: number[], told: string }} Weights
 * @typedef {{ side: Name, pos: number, row: Weights, lines: Lines & { told: string },
 *   score: { q: number[], k: number[], told: string } }} InHead
 * @typedef {{ side: Name, pos: number, moved: { values: Values, title: string },
 *   across: Weights }} InAllHeads
 */

/** @param {Nothing | InHead | null} data */
export function tokenInHead(data) {
  if (!data || !find(`text-bars-${data.side}`)) return;
  const { side } = data;
  const isToken = data.pos !== null;
  const boxes = [`text-bars-${side}`, `head-lines-${side}`, `score-${side}`].map((id) => byId(id));
  tell(`attention-reading-${side}`, isToken ? data.row.told : data.told);
  tell(`lines-footer-${side}`, isToken ? data.lines.told : "");
  tell(`score-reading-${side}`, isToken ? data.score.told : data.told);
  if (!isToken) boxes.forEach(wipe);
  else {
    draw(boxes[0], bars(boxes[0], side, { weights: data.row.weights, pos: data.pos }));
    draw(boxes[1], lines(boxes[1], side, data.lines));
    draw(boxes[2], score(boxes[2], data.score));
  }
}

/** @param {Nothing | InAllHeads | null} data */
export function tokenInAllHeads(data) {
  if (!data || !find(`across-bars-${data.side}`)) return;
  const { side } = data;
  const [row, grid] = [byId(`across-bars-${side}`), byId(`moved-grid-${side}`)];
  if (data.pos === null) {
    tell(`across-reading-${side}`, data.told);
    tell(`moved-footer-${side}`, "");
    [row, grid].forEach(wipe);
    return;
  }
  const { pos, moved, across } = data;
  tell(`across-reading-${side}`, across.told);
  tell(`moved-footer-${side}`, scaleOf(moved.values, moved.title));
  draw(row, bars(row, side, { weights: across.weights, pos }));
  draw(grid, gridOfValues(grid, moved.values, moved.title));
  markHead();
}

/**
 * @param {HTMLElement} box
 * @param {Table | null} table what was drawn in it
 */
function draw(box, table) {
  if (table) keep(box, table);
  else wipe(box);
}
