// @ts-check
// The view: two sides, the selection and how pages show it. It is written here alone, and everybody who
// depends on it is told. The server holds the tensors, this file holds keys.

import { partnerOf, toggled } from "./pairs.mjs";

/**
 * @import { Pair } from "./pairs.mjs"
 */

/**
 * @typedef {"a" | "b"} Name of a side
 * @typedef {[id: number, label: string, kind: string, bytes: string]} Token bytes in hexadecimal
 * @typedef {Record<string, string | number | boolean>} Settings
 * @typedef {[firstQuery: number, lastQuery: number, firstKey: number, lastKey: number]} Window
 */

/**
 * A text in a model.
 * @typedef {object} Side
 * @property {string} prompt
 * @property {string} model
 * @property {string} label what the model is called
 * @property {number} nPrompt how many of the tokens were given
 * @property {number} nLayer
 * @property {number} nHead
 * @property {Token[]} tokens
 * @property {Settings} settings that the text was made with
 * @property {string | null} key of the run, once it can be asked for
 * @property {string} summary
 */

/**
 * @typedef {object} Selection
 * @property {Name} side
 * @property {number | null} pos
 * @property {"query" | "key"} role
 * @property {number} layer
 * @property {number} head
 * @property {number | null} other a second token of the same side
 */

/**
 * @typedef {object} View
 * @property {Record<Name, Side | null>} sides
 * @property {Record<Name, boolean>} isRunning
 * @property {Selection} selection
 * @property {Record<string, string>} options how pages show it, each one of its choices
 * @property {Record<string, string[]>} choices the first of each is where it starts from
 * @property {Record<Name, Window | null>} zoom the part of the heat map in view; null: all
 * @property {Pair[]} pins set beside one another by a person
 * @property {Pair[]} pairs that stand for one another; the server finds them
 */

/**
 * What the server gives a page that starts.
 * @typedef {object} Defaults
 * @property {string} model
 * @property {{ model: string, prompt: string }} example
 * @property {Settings} settings
 * @property {Record<string, string[]>} choices
 * @property {Record<string, string[]>} views kinds of panels, and the fields of the view that each needs
 * @property {string[]} both kinds that panels of both sides need
 * @property {Selection} selection
 */

/** @type {Name[]} */
export const NAMES = ["a", "b"];

/** @type {View} */
export const view = {
  sides: { a: null, b: null },
  isRunning: { a: false, b: false },
  selection: { side: "a", pos: null, role: "query", layer: 0, head: 0, other: null },
  options: {},
  choices: {},
  zoom: { a: null, b: null },
  pins: [],
  pairs: [],
};

// --- who is told -------------------------------------------------------------------------------------------

/** @type {((isStep: boolean) => void)[]} */
const listeners = [];

/** @param {(isStep: boolean) => void} listener */
export function onChange(listener) {
  listeners.push(listener);
}

/**
 * Tells everybody.
 * @param {boolean} isStep can be undone
 */
export function changed(isStep) {
  for (const listener of listeners) listener(isStep);
}

// --- what changes it ---------------------------------------------------------------------------------------

/** @param {Partial<Selection>} change */
export function select(change) {
  Object.assign(view.selection, change);
  clamp();
  changed(true);
}

/**
 * With shift a token is added to the one that is selected, or taken away again; one of the other side is
 * pinned to it.
 * @param {Name} side
 * @param {number} pos
 * @param {boolean} isAdded
 */
export function selectToken(side, pos, isAdded) {
  const { selection } = view;
  const isSecond = isAdded && selection.pos !== null && (side !== selection.side || pos !== selection.pos);
  if (!isSecond || selection.pos === null) select({ side, pos, other: null });
  else if (side === selection.side) select({ other: selection.other === pos ? null : pos });
  else pin(side === "b" ? [selection.pos, pos] : [pos, selection.pos]);
}

/** @param {Pair} pair */
function pin(pair) {
  view.pins = toggled(view.pins, pair);
  changed(true);
}

/** @param {Pair[] | null} pairs none where a side has no text */
export function pairTokens(pairs) {
  view.pairs = pairs || [];
  changed(false);
}

/**
 * @param {Name} name
 * @param {Window | null} window
 */
export function zoom(name, window) {
  const side = view.sides[name];
  const last = side ? side.tokens.length - 1 : 0;
  view.zoom[name] = window && /** @type {Window} */ (window.map((pos) => Math.min(pos, last)));
  changed(true);
}

/**
 * The role of the selected token is picked like an option, but belongs to the selection.
 * @param {string} name
 * @param {string} value
 */
export function setOption(name, value) {
  if (name === "role") view.selection.role = value === "key" ? "key" : "query";
  else view.options[name] = value;
  changed(true);
}

/** A selection that this text or model does not have becomes the nearest one; returns what was missing. */
export function clamp() {
  const { selection } = view;
  if (selection.side === "b" && !view.sides.b && !view.isRunning.b) selection.side = "a";
  const side = view.sides[selection.side];
  /** @type {string[]} */
  const missing = [];
  if (!side || !side.nLayer || !side.tokens.length) return missing;
  const { length } = side.tokens;
  const limits = { pos: length, other: length, layer: side.nLayer, head: side.nHead };
  for (const name of /** @type {(keyof typeof limits)[]} */ (Object.keys(limits))) {
    const value = selection[name];
    if (value === null || value < limits[name]) continue;
    missing.push(`${name === "layer" || name === "head" ? name : "token"} ${value}`);
    selection[name] = limits[name] - 1;
  }
  return missing;
}

// --- what follows from it ----------------------------------------------------------------------------------

/**
 * Where a position of the selected side falls on a side: on the other one, on the token's partner, if it has
 * one.
 * @param {Name} name
 */
export function posOn(name, pos = view.selection.pos) {
  return pos === null || view.selection.side === name ? pos : partnerOf(view.pairs, name, pos);
}

/** The token of the other side that stands for the selected one. */
export function partner() {
  /** @type {Name} */
  const name = view.selection.side === "a" ? "b" : "a";
  const side = view.sides[name];
  const pos = side ? posOn(name) : null;
  return side && pos !== null && side.tokens[pos] ? { name, pos, label: side.tokens[pos][1] } : null;
}
