// @ts-check
// What Dash's callbacks read. Each kind of panel is told only the fields that it needs, and only when one has
// changed.

import { setProps } from "./dash.mjs";
import { NAMES, posOn, view } from "./view.mjs";

/** @import { Defaults, Name } from "./view.mjs" */

/** @type {Pick<Defaults, "views" | "both">} */
const kinds = { views: {}, both: [] };

/** @type {Map<string, string>} */
const published = new Map();

/**
 * What a field is on one side, where it is not plainly the selection's or an option.
 * @type {Record<string, (name: Name) => unknown>}
 */
const ofSide = {
  pos: (name) => posOn(name),
  other: (name) => (posOn(name) === null ? null : posOn(name, view.selection.other)),
  zoom: (name) => view.zoom[name],
  settings: (name) => view.sides[name]?.settings,
};

/** @param {Pick<Defaults, "views" | "both">} given */
export function setKinds({ views, both }) {
  Object.assign(kinds, { views, both });
}

/** A page that has just been opened was never told anything. */
export function forget() {
  published.clear();
}

export function publish() {
  for (const [kind, fields] of Object.entries(kinds.views)) {
    const [a, b] = NAMES.map((name) => picked(name, fields));
    tell(kind + "-a", a);
    tell(kind + "-b", b);
    if (kinds.both.includes(kind)) tell(kind + "-both", a && b && { a, b, pins: view.pins });
  }
}

/**
 * @param {Name} name
 * @param {string[]} fields
 */
function picked(name, fields) {
  const side = view.sides[name];
  if (!side || !side.key) return null;
  /** @type {Record<string, unknown>} */
  const plain = { ...view.options, ...view.selection };
  const read = (/** @type {string} */ field) => (field in ofSide ? ofSide[field](name) : plain[field]);
  return { key: side.key, ...Object.fromEntries(fields.map((field) => [field, read(field)])) };
}

/**
 * @param {string} store
 * @param {unknown} data
 */
function tell(store, data) {
  const text = JSON.stringify(data);
  if (text === (published.get(store) || "null")) return;
  published.set(store, text);
  setProps(store, { data });
}
