// @ts-check
// The form of the sampling settings.

import { setProps } from "./dash.mjs";
import { byId, tell } from "./dom.mjs";
import { SETTINGS } from "./link.mjs";

/** @import { Settings } from "./view.mjs" */

/** @returns {Settings} */
export function readSettings() {
  return Object.fromEntries(SETTINGS.map((name) => {
    const input = byId(`sampling-${name}`, HTMLInputElement);
    return [name, input.type === "checkbox" ? input.checked : input.value];
  }));
}

/** @param {Settings} settings */
export function showSettings(settings) {
  for (const [name, value] of Object.entries(settings)) {
    setProps(`sampling-${name}`, { value: typeof value === "boolean" ? value : String(value) });
  }
}

/** The closed form still says what the settings are. */
export function summariseSettings() {
  const { temperature, top_k: k, top_p: p, seed, max_new_tokens: n } = readSettings();
  const cuts = `top-k ${Number(k) ? k : "off"}, top-p ${Number(p) === 1 ? "off" : p}`;
  tell("sampling-summary", `Sampling: temperature ${temperature}, ${cuts}, seed ${seed}, ${n} new tokens`);
}
