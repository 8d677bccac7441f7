// The whole view as a URL fragment, and back. The fragment is never sent to a server.
(function () {
  "use strict";
  const MAX_FRAGMENT = 200000;
  const SETTINGS = { temperature: "t", top_k: "k", top_p: "p", seed: "s", max_new_tokens: "n", stop_at_eot: "eot" };

  // The settings that made a text stand beside it: A's under their short names, B's with a "b" before them.
  const settingsKey = (name, short) => (name === "b" ? "b" : "") + short;

  function encodeSide(params, name, side) {
    if (!side) return;
    params.set(name, side.prompt);
    params.set(name + "m", side.model);
    for (const [setting, short] of Object.entries(SETTINGS)) params.set(settingsKey(name, short), String(side.settings[setting]));
    const generated = side.tokens.slice(side.nPrompt).map((token) => token[0]);
    if (generated.length) params.set(name + "g", generated.join("."));
  }

  function encode(view) {
    const params = new URLSearchParams();
    encodeSide(params, "a", view.sides.a);
    encodeSide(params, "b", view.sides.b);
    const sel = view.selection;
    const other = sel.other === null ? [] : [sel.other];
    params.set("sel", [sel.side, sel.pos === null ? "" : sel.pos, sel.role, sel.layer, sel.head, ...other].join("."));
    encodeOptions(params, view.options, view.choices);
    for (const side of ["a", "b"]) if (view.zoom[side]) params.set("z" + side, view.zoom[side].join("."));
    if (view.pins.length) params.set("pin", view.pins.map((pair) => pair.join("-")).join("."));
    return params.toString();
  }

  // Options of pages: only those that differ from the first choice, each under its own name.
  function encodeOptions(params, options, choices) {
    for (const [name, value] of Object.entries(options)) if (value !== choices[name][0]) params.set("o." + name, value);
  }

  function decodeOptions(params, choices) {
    const options = {};
    for (const [name, values] of Object.entries(choices)) {
      options[name] = params.has("o." + name) ? params.get("o." + name) : values[0];
      if (!values.includes(options[name])) throw new Error(name);
    }
    return options;
  }

  function decodeZoom(params, name) {
    if (!params.has(name)) return null;
    const window = params.get(name).split(".").map(naturalNumber);
    if (window.length !== 4 || window.includes(null)) throw new Error("zoom");
    return window;
  }

  // Pairs of tokens, one of A and one of B, that a person has set beside one another.
  function decodePins(params) {
    if (!params.has("pin")) return [];
    const pins = params.get("pin").split(".").map((pair) => pair.split("-").map(naturalNumber));
    if (pins.some((pair) => pair.length !== 2 || pair.includes(null))) throw new Error("pinned tokens");
    return pins;
  }

  function naturalNumber(text) {
    return /^\d{1,9}$/.test(text) ? Number(text) : null;
  }

  function decodeSide(params, name, defaults) {
    if (!params.has(name)) return null;
    const ids = (params.get(name + "g") || "").split(".").filter(Boolean).map(naturalNumber);
    if (ids.includes(null)) throw new Error("generated tokens");
    return {
      prompt: params.get(name), model: params.get(name + "m") || "", continuation: ids, settings: decodeSettings(params, name, defaults),
    };
  }

  function decodeSettings(params, side, defaults) {
    const settings = { ...defaults };
    for (const [name, short] of Object.entries(SETTINGS)) {
      const key = settingsKey(side, short);
      if (!params.has(key)) continue;
      const text = params.get(key);
      if (name === "stop_at_eot") {
        if (text !== "true" && text !== "false") throw new Error("stop at end of text");
        settings[name] = text === "true";
      } else {
        if (text.trim() === "" || !Number.isFinite(Number(text))) throw new Error(name);
        settings[name] = Number(text);
      }
    }
    return settings;
  }

  function decodeSelection(params, fallback) {
    if (!params.has("sel")) return { ...fallback };
    const [side, pos, role, layer, head, other, ...rest] = params.get("sel").split(".");
    const selection = {
      side, role, pos: pos === "" ? null : naturalNumber(pos), layer: naturalNumber(layer), head: naturalNumber(head),
      other: other === undefined ? null : naturalNumber(other),
    };
    const sound = ["a", "b"].includes(side) && ["query", "key"].includes(role) && !rest.length &&
      selection.layer !== null && selection.head !== null && (pos === "" || selection.pos !== null) &&
      (other === undefined || selection.other !== null);
    if (!sound) throw new Error("selection");
    return selection;
  }

  // Returns null when there is nothing to restore; throws when it is damaged.
  function decode(fragment, defaults) {
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

  window.gpt2dash = Object.assign(window.gpt2dash || {}, { state: { encode, decode, decodeOptions } });
})();
