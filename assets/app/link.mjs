// @ts-check
// The whole view as a URL fragment, and back. The fragment is never sent to a server.

/**
 * @import { Pair } from "./pairs.mjs"
 * @import { Defaults, Name, Selection, Settings, View, Window } from "./view.mjs"
 */

/**
 * What a link says of one side: enough to run it again.
 * @typedef {{ prompt: string, model: string, continuation: number[], settings: Settings }} Request
 */

/**
 * @typedef {object} Restored
 * @property {Record<Name, Request | null>} sides
 * @property {Selection} selection
 * @property {Record<string, string>} options
 * @property {Pair[]} pins
 * @property {Record<Name, Window | null>} zoom
 */

const MAX_FRAGMENT = 200000;

/** @type {Record<string, string>} */
const SHORT = {
  temperature: "t", top_k: "k", top_p: "p", seed: "s", max_new_tokens: "n", stop_at_eot: "eot",
};

/** Parameters that say where one looks, not what at. */
const OF_THE_SELECTION = ["sel", "pin", "za", "zb"];

/** The sampling settings, by name. */
export const SETTINGS = Object.keys(SHORT);

/**
 * The settings that made a text stand beside it: A's under their short names, B's with a "b" before them.
 * @param {Name} name
 * @param {string} setting
 */
const settingsKey = (name, setting) => (name === "b" ? "b" : "") + SHORT[setting];

// --- to a fragment -----------------------------------------------------------------------------------------

/**
 * @param {Pick<View, "sides" | "selection" | "options" | "choices" | "zoom" | "pins">} view
 */
export function encode(view) {
  const params = new URLSearchParams();
  encodeSide(params, "a", view.sides.a);
  encodeSide(params, "b", view.sides.b);
  const { side, pos, role, layer, head, other } = view.selection;
  const second = other === null ? [] : [other];
  params.set("sel", [side, pos ?? "", role, layer, head, ...second].join("."));
  encodeOptions(params, view.options, view.choices);
  if (view.zoom.a) params.set("za", view.zoom.a.join("."));
  if (view.zoom.b) params.set("zb", view.zoom.b.join("."));
  if (view.pins.length) params.set("pin", view.pins.map((pair) => pair.join("-")).join("."));
  return params.toString();
}

/**
 * @param {URLSearchParams} params
 * @param {Name} name
 * @param {View["sides"]["a"]} side
 */
function encodeSide(params, name, side) {
  if (!side) return;
  params.set(name, side.prompt);
  params.set(name + "m", side.model);
  for (const setting of SETTINGS) params.set(settingsKey(name, setting), String(side.settings[setting]));
  const generated = side.tokens.slice(side.nPrompt).map((token) => token[0]);
  if (generated.length) params.set(name + "g", generated.join("."));
}

/**
 * Options of pages: only those that differ from the first choice, each under its own name.
 * @param {URLSearchParams} params
 * @param {Record<string, string>} options
 * @param {Record<string, string[]>} choices
 */
function encodeOptions(params, options, choices) {
  for (const [name, value] of Object.entries(options)) {
    if (value !== choices[name][0]) params.set("o." + name, value);
  }
}

// --- and back ----------------------------------------------------------------------------------------------

/**
 * Null when there is nothing to restore; throws when it is damaged, and says where.
 * @param {string} fragment
 * @param {Pick<Defaults, "settings" | "selection" | "choices">} defaults
 * @returns {Restored | null}
 */
export function decode(fragment, defaults) {
  const text = fragment.replace(/^#/, "");
  if (!text) return null;
  if (text.length > MAX_FRAGMENT) throw new Error("length");
  const params = new URLSearchParams(text);
  if (!params.has("a")) throw new Error("prompt A");
  return {
    sides: { a: decodeSide(params, "a", defaults.settings), b: decodeSide(params, "b", defaults.settings) },
    selection: decodeSelection(params, defaults.selection),
    options: decodeOptions(params, defaults.choices),
    pins: decodePins(params),
    zoom: { a: decodeZoom(params, "za"), b: decodeZoom(params, "zb") },
  };
}

/**
 * What is left of a link when it is not asked where one looks.
 * @param {string} fragment
 */
export function withoutSelection(fragment) {
  const params = new URLSearchParams(fragment.replace(/^#/, ""));
  for (const name of [...params.keys()]) {
    if (OF_THE_SELECTION.includes(name) || name.startsWith("o.")) params.delete(name);
  }
  return params.toString();
}

/**
 * @param {URLSearchParams} params
 * @param {Name} name
 * @param {Settings} defaults
 * @returns {Request | null}
 */
function decodeSide(params, name, defaults) {
  const prompt = params.get(name);
  if (prompt === null) return null;
  const continuation = numbers(params.get(name + "g"), ".", "generated tokens");
  const settings = { ...defaults };
  for (const setting of SETTINGS) {
    const text = params.get(settingsKey(name, setting));
    if (text !== null) settings[setting] = decodeSetting(setting, text);
  }
  return { prompt, model: params.get(name + "m") || "", continuation, settings };
}

/**
 * @param {string} name
 * @param {string} text
 */
function decodeSetting(name, text) {
  if (name === "stop_at_eot" && (text === "true" || text === "false")) return text === "true";
  if (name === "stop_at_eot" || text.trim() === "" || !Number.isFinite(Number(text))) throw new Error(name);
  return Number(text);
}

/**
 * @param {URLSearchParams} params
 * @param {Selection} fallback
 * @returns {Selection}
 */
function decodeSelection(params, fallback) {
  const text = params.get("sel");
  if (text === null) return { ...fallback };
  const [side, pos, role, layer, head, other, ...rest] = text.split(".");
  if ((side !== "a" && side !== "b") || (role !== "query" && role !== "key") || rest.length) {
    throw new Error("selection");
  }
  return {
    side, role, pos: pos === "" ? null : natural(pos, "selection"),
    layer: natural(layer, "selection"), head: natural(head, "selection"),
    other: other === undefined ? null : natural(other, "selection"),
  };
}

/**
 * @param {URLSearchParams} params
 * @param {Record<string, string[]>} choices
 */
export function decodeOptions(params, choices) {
  return Object.fromEntries(Object.entries(choices).map(([name, values]) => {
    const given = params.get("o." + name);
    if (given !== null && !values.includes(given)) throw new Error(name);
    return [name, given === null ? values[0] : given];
  }));
}

/**
 * Pairs of tokens, one of A and one of B, that a person has set beside one another.
 * @param {URLSearchParams} params
 * @returns {Pair[]}
 */
function decodePins(params) {
  const text = params.get("pin");
  if (text === null) return [];
  return text.split(".").map((pair) => {
    const [a, b, ...rest] = pair.split("-").map((pos) => natural(pos, "pinned tokens"));
    if (b === undefined || rest.length) throw new Error("pinned tokens");
    return [a, b];
  });
}

/**
 * @param {URLSearchParams} params
 * @param {string} name
 * @returns {Window | null}
 */
function decodeZoom(params, name) {
  const text = params.get(name);
  if (text === null) return null;
  const found = text.split(".").map((pos) => natural(pos, "zoom"));
  if (found.length !== 4) throw new Error("zoom");
  return /** @type {Window} */ (found);
}

/**
 * @param {string | null} text
 * @param {string} separator
 * @param {string} what
 */
function numbers(text, separator, what) {
  return (text || "").split(separator).filter(Boolean).map((part) => natural(part, what));
}

/**
 * @param {string | undefined} text
 * @param {string} what is damaged where this is no number
 */
function natural(text, what) {
  if (!/^\d{1,9}$/.test(text || "")) throw new Error(what);
  return Number(text);
}
