// @ts-check
// What is drawn in a box, as numbers: kept beside it for who points at it or saves it.

/** @import { Table } from "./csv.mjs" */

/** @type {WeakMap<Element, Table>} */
const tables = new WeakMap();

/**
 * @param {Element} box
 * @param {Table} table
 */
export function keep(box, table) {
  tables.set(box, table);
}

/** @param {Element} box */
export function tableIn(box) {
  return tables.get(box) || null;
}

/**
 * A box that shows nothing has no numbers.
 * @param {Element} box
 */
export function wipe(box) {
  tables.delete(box);
  box.replaceChildren();
}
