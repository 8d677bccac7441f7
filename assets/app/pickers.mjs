// @ts-check
// The pickers of pages and of the frame that Dash has drawn.

import { unchanged } from "./dash.mjs";
import { select, view } from "./view.mjs";

/**
 * An example becomes the prompt, and the picker is ready for the next one.
 * @param {string | null} text
 */
export function useExample(text) {
  return text ? [text, null] : [unchanged(), unchanged()];
}

/**
 * A picker that only follows the selection changes nothing.
 * @param {string | null} layer
 * @param {string | null} head
 */
export function pickHead(layer, head) {
  const chosen = { layer: Number(layer), head: Number(head) };
  const isNew = chosen.layer !== view.selection.layer || chosen.head !== view.selection.head;
  if (layer !== null && head !== null && isNew) select(chosen);
}

/** The layers and heads there are, and the selected ones. */
export function headOptions() {
  const { sides, selection } = view;
  const side = sides[selection.side] || sides.a;
  if (!side || !side.nLayer) return [unchanged(), unchanged(), unchanged(), unchanged()];
  return [options(side.nLayer), options(side.nHead), String(selection.layer), String(selection.head)];
}

/** @param {number} n */
function options(n) {
  return Array.from({ length: n }, (_, i) => ({ label: String(i), value: String(i) }));
}
