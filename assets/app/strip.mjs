// @ts-check
// Token strips: rows of real buttons, drawn as tokens arrive. Token text only ever becomes textContent.

import { all, button, byId, element } from "./dom.mjs";

/** @import { Name, Selection, Token } from "./view.mjs" */

/** @param {Name} side */
const strip = (side) => byId(`strip-${side}`);

/** @param {Name} side */
const rows = (side) => byId(`token-table-${side}`, HTMLTableElement).tBodies[0];

/**
 * @param {Name} side
 * @param {unknown} pos
 * @returns {HTMLElement | null}
 */
const at = (side, pos) => strip(side).querySelector(`[data-pos="${pos}"]`);

/** @param {Name} side */
export function clear(side) {
  strip(side).replaceChildren();
  rows(side).replaceChildren();
}

/**
 * @param {Name} side
 * @param {Token[]} tokens
 * @param {number} firstPos
 * @param {number} nPrompt
 * @param {number[]} [chances] the probabilities that they were written with
 */
export function append(side, tokens, firstPos, nPrompt, chances) {
  const buttons = document.createDocumentFragment();
  const last = strip(side).lastElementChild;
  let isLineEnd = last !== null && (last.textContent || "").endsWith("⏎");
  tokens.forEach((token, index) => {
    const pos = firstPos + index;
    if (isLineEnd && !token[1].startsWith("⏎")) buttons.append(element("br"));
    isLineEnd = token[1].endsWith("⏎");
    buttons.append(tokenButton(side, pos, token, pos >= nPrompt, chances && chances[index]));
  });
  strip(side).append(buttons);
  rows(side).append(...tokens.map((token, index) => row(firstPos + index, token)));
}

/**
 * @param {Name} side
 * @param {number} pos
 * @param {Token} token
 * @param {boolean} isGenerated
 * @param {number | undefined} chance
 */
function tokenButton(side, pos, [id, label, kind, bytes], isGenerated, chance) {
  const className = "token kind-" + kind + (isGenerated ? " token-generated" : "");
  const made = button(className, label === "" ? "∅" : label, { side, pos });
  made.tabIndex = pos === 0 ? 0 : -1;
  made.title = `token ${pos}, id ${id}, bytes ${bytes}`;
  made.setAttribute("aria-pressed", "false");
  if (chance === undefined) return made;
  made.title += ", written with probability " + chance.toPrecision(4);
  made.style.setProperty("--surprise", Math.min(1, -Math.log2(chance) / 12).toFixed(3));
  return made;
}

/**
 * @param {number} pos
 * @param {Token} token
 */
function row(pos, [id, label, kind, bytes]) {
  const line = element("tr");
  line.dataset.pos = String(pos);
  line.append(...[pos, label, id, bytes, kind].map((text) => element("td", "", text)));
  return line;
}

/**
 * @param {Selection} selection
 * @param {{ name: Name, pos: number } | null} partner stands for the selected token on the other side
 */
export function markSelected(selection, partner) {
  for (const old of all(document, ".token-partner")) old.classList.remove("token-partner");
  if (partner) at(partner.name, partner.pos)?.classList.add("token-partner");
  for (const old of all(document, ".token[aria-pressed=true]")) {
    old.setAttribute("aria-pressed", "false");
    old.tabIndex = -1;
  }
  const chosen = selection.pos === null ? null : at(selection.side, selection.pos);
  if (!chosen) return;
  for (const old of all(strip(selection.side), '[tabindex="0"]')) old.tabIndex = -1;
  chosen.setAttribute("aria-pressed", "true");
  chosen.tabIndex = 0;
  // when the browser lays out the page anyway
  window.requestAnimationFrame(() => chosen.scrollIntoView({ block: "nearest" }));
  at(selection.side, selection.other)?.setAttribute("aria-pressed", "true");
}

/**
 * Arrow keys walk over the tokens; false for a key that does not.
 * @param {HTMLElement} from
 * @param {string} key
 */
export function moveFocus(from, key) {
  const tokens = from.parentElement ? all(from.parentElement, ".token") : [];
  const here = tokens.indexOf(from);
  const places = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: tokens.length - 1 };
  const target = key in places ? tokens[places[/** @type {keyof typeof places} */ (key)]] : undefined;
  if (!target) return false;
  from.tabIndex = -1;
  target.tabIndex = 0;
  target.focus();
  return true;
}
