// @ts-check
// The address bar holds the link to the view; the browser's history holds the steps that led to it.

import { byId } from "./dom.mjs";
import { decode, encode } from "./link.mjs";
import { notice, reason } from "./notice.mjs";
import { Steps } from "./steps.mjs";
import { view } from "./view.mjs";

/** @import { Defaults } from "./view.mjs" */

const steps = new Steps(window.history);

/**
 * Puts the link to the view into the address bar.
 * @param {boolean} isStep can be undone
 */
export function write(isStep) {
  if (!view.sides.a) return; // a link that is still being restored is not to be lost
  steps.write(window.location.pathname + "#" + encode(view), isStep);
  showSteps();
}

/** Takes the link out of the address bar. */
export function erase() {
  steps.write(window.location.pathname, false);
}

/** The browser has gone to another entry of its history. */
export function arrive() {
  steps.arrive();
  showSteps();
}

function showSteps() {
  byId("undo", HTMLButtonElement).disabled = !steps.canUndo;
  byId("redo", HTMLButtonElement).disabled = !steps.canRedo;
}

export function undo() {
  steps.undo();
}

export function redo() {
  steps.redo();
}

/** @param {Defaults} defaults */
export function read(defaults) {
  try {
    return decode(window.location.hash, defaults);
  } catch (error) {
    notice(`This link is damaged (${reason(error)}), so the default view is shown.`, "warning");
    return null;
  }
}

/**
 * Opened as any link that is pasted into this tab.
 * @param {string} fragment
 */
export function open(fragment) {
  window.location.hash = fragment;
}

export async function copyLink() {
  try {
    await navigator.clipboard.writeText(window.location.href);
    notice("The link to this view is in the clipboard.", "success");
  } catch (error) {
    notice("The browser keeps its clipboard from this page: copy the address bar instead.", "warning");
    console.info("gpt2dash: no clipboard", error);
  }
}
