// @ts-check
// Who listens to the view, to the mouse and to the keyboard. What is exported here is what Dash calls.

import * as address from "./app/address.mjs";
import { byId, hit } from "./app/dom.mjs";
import { tellBar } from "./app/figures/bars.mjs";
import { chooseHead, moveHeadFocus } from "./app/figures/grid.mjs";
import { markLines, pointAtLines } from "./app/figures/lines.mjs";
import * as frame from "./app/frame.mjs";
import { followHeads } from "./app/heads.mjs";
import { markAll } from "./app/mark.mjs";
import { publish } from "./app/publish.mjs";
import * as recent from "./app/recent.mjs";
import { branch, clear, runFromForm, stop } from "./app/run.mjs";
import { summariseSettings } from "./app/sampling.mjs";
import { addButtons, savePanel } from "./app/save.mjs";
import { followHistory, swap } from "./app/start.mjs";
import { moveFocus } from "./app/strip.mjs";
import { toggleTheme } from "./app/theme.mjs";
import { NAMES, onChange, selectToken, setOption } from "./app/view.mjs";

/** @import { Name } from "./app/view.mjs" */

export { tokenInAllHeads, tokenInHead } from "./app/draw.mjs";
export { allHeads, differentHeads } from "./app/heads.mjs";
export { markSelection } from "./app/mark.mjs";
export { headOptions, pickHead, useExample } from "./app/pickers.mjs";
export { boot, opened } from "./app/start.mjs";
export { pairTokens } from "./app/view.mjs";

[frame.show, followHeads, markAll, markLines, publish, address.write].forEach(onChange);

/**
 * What a click does, by what was clicked.
 * @type {Record<string, (chosen: HTMLElement, event: MouseEvent) => unknown>}
 */
const clicks = {
  ".skip-link": (_chosen, event) => {
    event.preventDefault(); // or the fragment would be lost
    byId("panels").focus();
  },
  ".token": ({ dataset }, { shiftKey }) => selectToken(name(dataset.side), Number(dataset.pos), shiftKey),
  ".head-cell, .head-link": chooseHead,
  "[data-run]": ({ dataset }) => runFromForm(name(dataset.run)),
  "[data-stop]": ({ dataset }) => stop(name(dataset.stop)),
  "[data-clear]": ({ dataset }) => clear(name(dataset.clear)),
  "[data-candidate]": ({ dataset: { side, pos, candidate } }) => (
    branch(name(side), Number(pos), Number(candidate))
  ),
  "[data-export]": savePanel,
  "[data-history]": ({ dataset }) => {
    frame.closePopovers(null);
    address.open(dataset.history || "");
  },
  ".examples a": () => frame.closePopovers(null), // and the browser follows the link
  "#add-b": () => {
    frame.showSideB(true);
    byId("prompt-b").focus();
  },
  "#remove-b": () => {
    clear("b");
    frame.showSideB(false);
    byId("add-b").focus();
  },
  "#swap": swap,
  "#undo": address.undo,
  "#redo": address.redo,
  "#copy-link": address.copyLink,
  "#history-forget": recent.forgetAll,
  "#theme-toggle": toggleTheme,
};

/** @param {string | undefined} side */
function name(side) {
  return /** @type {Name} */ (side);
}

document.addEventListener("click", (event) => {
  frame.closePopovers(/** @type {Element} */ (event.target));
  for (const [selector, act] of Object.entries(clicks)) {
    const chosen = hit(event, selector);
    if (chosen) {
      act(chosen, event);
      return;
    }
  }
});

document.addEventListener("input", (event) => {
  const { id, value } = /** @type {HTMLInputElement} */ (event.target);
  if (id.startsWith("sampling-")) summariseSettings();
  if (id.startsWith("option-")) setOption(id.slice("option-".length), value);
});

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const side = NAMES.find((one) => target.id === `prompt-${one}`);
  const isCtrl = event.ctrlKey || event.metaKey;
  if (event.key === "Escape") frame.closePopovers(null);
  if (isCtrl && isUndoKey(event.key) && !isText(target)) {
    event.preventDefault();
    if (event.shiftKey || event.key.toLowerCase() === "y") address.redo();
    else address.undo();
  }
  if (target.classList.contains("token") && moveFocus(target, event.key)) event.preventDefault();
  if (target.classList.contains("head-cell") && moveHeadFocus(target, event.key)) event.preventDefault();
  if (side && event.key === "Enter" && isCtrl) {
    event.preventDefault();
    runFromForm(side);
  }
});

/** @param {string} key */
function isUndoKey(key) {
  return ["z", "y"].includes(key.toLowerCase());
}

/**
 * In a text box these keys belong to the text.
 * @param {Element} target
 */
function isText(target) {
  return target.matches("textarea, input:not([type=checkbox])");
}

document.addEventListener("mouseover", tellBar);
document.addEventListener("mouseover", pointAtLines);
document.addEventListener("mouseout", pointAtLines);
window.addEventListener("popstate", followHistory);
new MutationObserver(addButtons).observe(document.body, { childList: true, subtree: true });
addButtons();
