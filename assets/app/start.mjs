// @ts-check
// What is shown first: what the link says, or the example; and every link that is opened later.

import * as address from "./address.mjs";
import { setProps } from "./dash.mjs";
import * as frame from "./frame.mjs";
import { decodeOptions, encode, withoutSelection } from "./link.mjs";
import { notice } from "./notice.mjs";
import { turned } from "./pairs.mjs";
import { forget, setKinds } from "./publish.mjs";
import * as recent from "./recent.mjs";
import { empty, run } from "./run.mjs";
import { showSettings, summariseSettings } from "./sampling.mjs";
import { changed, clamp, NAMES, view } from "./view.mjs";

/**
 * @import { Request, Restored } from "./link.mjs"
 * @import { Defaults, Name } from "./view.mjs"
 */

/** @type {Defaults | null} */
let defaults = null;

/**
 * Once, when the layout is in the page.
 * @param {Defaults} given
 */
export function boot(given) {
  defaults = given;
  view.choices = given.choices;
  setKinds(given);
  recent.show();
  show(address.read(given), given);
}

/** A page has opened: it was never told anything, and the link left the address bar. */
export function opened() {
  forget();
  changed(false);
}

/**
 * @param {Restored | null} link
 * @param {Defaults} given
 */
function show(link, given) {
  const { sides, selection, options, pins, zoom } = link || example(given);
  Object.assign(view, { selection, options, pins, zoom });
  if (sides.a) showSettings(sides.a.settings);
  window.setTimeout(summariseSettings, 0); // when Dash has filled the form
  frame.showSideB(Boolean(sides.b));
  for (const name of NAMES) restore(name, sides[name], given.model, link !== null);
}

/**
 * @param {Defaults} given
 * @returns {Restored}
 */
function example({ example: { prompt, model }, settings, selection, choices }) {
  return {
    sides: { a: { prompt, model, continuation: [], settings }, b: null },
    selection: { ...selection },
    options: decodeOptions(new URLSearchParams(), choices),
    pins: [],
    zoom: { a: null, b: null },
  };
}

/**
 * @param {Name} name
 * @param {Request | null} side
 * @param {string} first the model where none is named
 * @param {boolean} isLink nothing new is written
 */
function restore(name, side, first, isLink) {
  if (!side) {
    empty(name);
    return;
  }
  const { prompt, continuation } = side;
  const model = side.model || first;
  setProps(`prompt-${name}`, { value: prompt });
  setProps(`model-${name}`, { value: model });
  const settings = { ...side.settings, ...(isLink ? { max_new_tokens: 0 } : {}) };
  run(name, { model, prompt, continuation, settings }, side.settings);
}

/** Back and forward walk the selection; a link to another text, pasted into this tab, is opened. */
export function followHistory() {
  const here = encode(view);
  const found = defaults && address.read(defaults);
  if (!defaults || !found) return;
  address.arrive();
  if (withoutSelection(window.location.hash) !== withoutSelection(here)) {
    show(found, defaults);
    return;
  }
  const { selection, options, pins, zoom } = found;
  Object.assign(view, { selection, options, pins, zoom });
  clamp();
  changed(false);
}

/** A becomes B and B becomes A: the link to that view, opened. */
export function swap() {
  const { sides, selection, zoom, pins } = view;
  if (!sides.a || !sides.b) {
    notice("Run both prompts first, then swap them.", "warning");
    return;
  }
  address.open(encode({
    ...view, sides: { a: sides.b, b: sides.a }, zoom: { a: zoom.b, b: zoom.a }, pins: turned(pins),
    selection: { ...selection, side: selection.side === "a" ? "b" : "a" },
  }));
}
