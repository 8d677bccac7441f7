// @ts-check
// What the frame around the pages says of the view.

import { setProps } from "./dash.mjs";
import { byId, find, tell } from "./dom.mjs";
import * as strip from "./strip.mjs";
import { NAMES, partner, view } from "./view.mjs";

/** @import { Name, Side } from "./view.mjs" */

const POPOVERS = "details:is(.token-details, .sampling-box, .history-box, .examples-box)[open]";

export function show() {
  strip.markSelected(view.selection, partner());
  showOptions();
  tell("selection-sentence", sentence());
}

/** Each costs Dash a round through all components, so only what differs is told. */
function showOptions() {
  for (const [name, value] of Object.entries({ ...view.options, role: view.selection.role })) {
    const picker = find(`option-${name}`);
    if (picker instanceof HTMLSelectElement && picker.value !== value) setProps(picker.id, { value });
  }
}

function sentence() {
  const { selection } = view;
  const side = view.sides[selection.side];
  const head = `layer ${selection.layer} head ${selection.head}`;
  const token = side && quoted(side, selection.pos);
  if (!side || !token) return `No token selected: click one above. Attention shows ${head}.`;
  const second = quoted(side, selection.other);
  const other = partner();
  return `Prompt ${selection.side.toUpperCase()}, ${token}` + (second ? ` with ${second}` : "") +
    (other ? ` (in ${other.name.toUpperCase()} token ${other.pos} “${other.label}”)` : "") +
    `, ${head}, as ${selection.role}`;
}

/**
 * @param {Side} side
 * @param {number | null} pos
 */
function quoted(side, pos) {
  return pos === null || !side.tokens[pos] ? null : `token ${pos} “${side.tokens[pos][1]}”`;
}

export function showModels() {
  const labels = NAMES.flatMap((name) => {
    const side = view.sides[name];
    return side && side.label ? [[name, side.label]] : [];
  });
  const isOne = new Set(labels.map(([, label]) => label)).size < 2;
  const told = isOne ? labels.slice(0, 1).map(([, label]) => label)
    : labels.map(([name, label]) => name.toUpperCase() + ": " + label);
  tell("model-label", told.join("  ·  "));
}

/**
 * @param {Name} side
 * @param {string} text
 * @param {number | null} [share] of the work that is done; null: there is none; left out: nobody knows
 */
export function status(side, text, share) {
  tell(`status-${side}`, text);
  const bar = byId(`progress-${side}`, HTMLProgressElement);
  bar.hidden = share === null;
  if (share === undefined) bar.removeAttribute("value");
  else if (share !== null) bar.value = share;
}

/**
 * @param {Name} side
 * @param {boolean} isBusy
 */
export function setBusy(side, isBusy) {
  byId(`run-${side}`).hidden = isBusy;
  byId(`stop-${side}`).hidden = !isBusy;
  byId(`side-${side}`).setAttribute("aria-busy", String(isBusy));
}

/** @param {boolean} isShown */
export function showSideB(isShown) {
  byId("side-b").hidden = !isShown;
  byId("add-b").hidden = isShown;
  document.body.classList.toggle("two-sides", isShown);
  window.dispatchEvent(new Event("resize")); // figures fit their new width
}

/** @param {Element | null} except what was clicked */
export function closePopovers(except) {
  for (const open of document.querySelectorAll(POPOVERS)) {
    if (!except || !open.contains(except)) open.removeAttribute("open");
  }
}
