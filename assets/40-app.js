// The view: two sides, sampling settings and one selection. Every click writes here; Dash callbacks and the
// URL fragment are told from here. The server holds the tensors, this file holds keys.
(function () {
  "use strict";
  const { state, strip, stream, history } = window.gpt2dash;
  const SIDES = ["a", "b"];
  const view = {
    sides: { a: null, b: null },
    selection: { side: "a", pos: null, role: "query", layer: 0, head: 0, other: null }, // other: a second token of the same side
    options: {}, // how pages show it, each one of its `choices`
    choices: {},
    zoom: { a: null, b: null }, // first and last query, first and last key in view of the heat map; null: all
    pins: [], // pairs of tokens, one of A and one of B, set beside one another
  };
  const running = { a: null, b: null };
  let defaults = null;
  let furthest = 0; // the last step that redo can reach
  let pairs = []; // positions in A and in B that stand for one another; the server finds them
  const published = {};

  const byId = (id) => document.getElementById(id);
  const setProps = (id, props) => window.dash_clientside.set_props(id, props);

  // --- notices and progress -------------------------------------------------------------------------------

  function notice(message, colour) {
    setProps("notice", { children: message, is_open: true, color: colour || "danger" });
  }

  function closeNotice() {
    setProps("notice", { is_open: false });
  }

  function status(side, text, share) {
    byId("status-" + side).textContent = text;
    const bar = byId("progress-" + side);
    bar.hidden = share === null;
    if (share === undefined) bar.removeAttribute("value");
    else if (share !== null) bar.value = share;
  }

  // --- the fragment ---------------------------------------------------------------------------------------

  function writeFragment(push) {
    if (!view.sides.a) return;
    const url = window.location.pathname + "#" + state.encode(view);
    const { step, last } = steps();
    if (push) window.history.pushState({ step: step + 1, last: step + 1 }, "", url);
    else window.history.replaceState({ step, last }, "", url);
    if (push) furthest = step + 1;
    showSteps();
  }

  // How many steps were taken in this tab before the one that is shown: as many can be undone.
  function steps() {
    return { step: (window.history.state && window.history.state.step) || 0, last: furthest };
  }

  function showSteps() {
    const { step, last } = steps();
    byId("undo").disabled = step === 0;
    byId("redo").disabled = step >= last;
  }

  function undo() {
    if (steps().step > 0) window.history.back();
  }

  function redo() {
    if (steps().step < furthest) window.history.forward();
  }

  async function copyLink() {
    try {
      await navigator.clipboard.writeText(window.location.href);
      notice("The link to this view is in the clipboard.", "success");
    } catch (error) {
      notice("The browser does not let this page write to the clipboard: copy the address bar instead.", "warning");
      console.info("gpt2dash: no clipboard", error);
    }
  }

  // --- the selection --------------------------------------------------------------------------------------

  function select(change, push) {
    Object.assign(view.selection, change);
    clampSelection();
    showSelection();
    writeFragment(push !== false);
  }

  // With shift a token is added to the one that is selected, or taken away again; one of the other side is pinned to it.
  function selectToken(side, pos, isAdded) {
    const { selection } = view;
    if (isAdded && side !== selection.side && selection.pos !== null) {
      togglePin(side === "b" ? [selection.pos, pos] : [pos, selection.pos]);
      return;
    }
    const isSecond = isAdded && side === selection.side && selection.pos !== null && pos !== selection.pos;
    select(isSecond ? { other: selection.other === pos ? null : pos } : { side, pos, other: null });
  }

  // Where the selection falls on a side: on the other one, on the selected token's partner, if it has one.
  function posOn(name, pos = view.selection.pos) {
    if (pos === null || view.selection.side === name) return pos;
    const [own, partner] = name === "b" ? [0, 1] : [1, 0];
    const found = pairs.find((pair) => pair[own] === pos);
    return found ? found[partner] : null;
  }

  function pairTokens(found) {
    pairs = found;
    showSelection();
  }

  function zoom(name, window) {
    const side = view.sides[name];
    const last = side ? side.tokens.length - 1 : 0;
    view.zoom[name] = window && window.map((pos) => Math.min(pos, last));
    publish();
    writeFragment(true);
  }

  function togglePin([a, b]) {
    const others = view.pins.filter((pair) => pair[0] !== a && pair[1] !== b);
    const isThere = view.pins.some((pair) => pair[0] === a && pair[1] === b);
    view.pins = isThere ? others : [...others, [a, b]];
    publish();
    writeFragment(true);
  }

  function showSelection() {
    strip.markSelected(view.selection, partner());
    showOptions();
    byId("selection-sentence").textContent = sentence();
    document.dispatchEvent(new Event("gpt2dash:selected")); // for what is drawn in the browser alone
    publish();
  }

  // The token of the other side that stands for the selected one.
  function partner() {
    const name = view.selection.side === "a" ? "b" : "a";
    const pos = view.sides[name] ? posOn(name) : null;
    return pos === null || !view.sides[name].tokens[pos] ? null : { name, pos, label: view.sides[name].tokens[pos][1] };
  }

  // The role of the selected token is picked like an option, but belongs to the selection.
  function setOption(name, value) {
    if (name === "role") {
      select({ role: value });
      return;
    }
    view.options[name] = value;
    document.dispatchEvent(new Event("gpt2dash:selected"));
    publish();
    writeFragment(true);
  }

  function showOptions() {
    for (const [name, value] of Object.entries({ ...view.options, role: view.selection.role })) {
      const picker = byId("option-" + name);
      if (picker && picker.value !== value) setProps(picker.id, { value }); // each costs Dash a round through all components
    }
  }

  // What a field of a view is on one side, where it is not plainly the selection's or an option.
  const fieldOf = {
    pos: (name) => posOn(name),
    other: (name) => (posOn(name) === null ? null : posOn(name, view.selection.other)),
    zoom: (name) => view.zoom[name],
    settings: (name) => view.sides[name].settings,
  };

  // What one kind of panel needs of a side, so that nothing is drawn anew for what it does not depend on.
  function picked(name, fields) {
    const side = view.sides[name];
    if (!side || !side.key) return null;
    const plain = { ...view.options, ...view.selection };
    const read = (field) => (field in fieldOf ? fieldOf[field](name) : plain[field]);
    return { key: side.key, ...Object.fromEntries(fields.map((field) => [field, read(field)])) };
  }

  // Only what changed is told, so only what depends on it is drawn anew.
  function tell(store, data) {
    const text = JSON.stringify(data);
    if (text === (published[store] || "null")) return;
    published[store] = text;
    setProps(store, { data });
  }

  function publish() {
    if (!defaults) return;
    for (const [kind, fields] of Object.entries(defaults.views)) {
      const [a, b] = SIDES.map((name) => picked(name, fields));
      tell(kind + "-a", a);
      tell(kind + "-b", b);
      if (defaults.both.includes(kind)) tell(kind + "-both", a && b && { a, b, pins: view.pins });
    }
  }

  // A page that has just been opened was never told anything; and the link left the address bar.
  function opened() {
    for (const store of Object.keys(published)) delete published[store];
    showSelection();
    writeFragment(false);
  }

  // A selection that this text or model does not have becomes the nearest one; returns what was missing.
  function clampSelection() {
    const sel = view.selection;
    if (sel.side === "b" && !view.sides.b && !running.b) sel.side = "a";
    const side = view.sides[sel.side];
    if (!side || !side.nLayer || !side.tokens.length) return [];
    const limits = { pos: ["token", side.tokens.length], other: ["token", side.tokens.length], layer: ["layer", side.nLayer], head: ["head", side.nHead] };
    const missing = [];
    for (const [name, [word, n]] of Object.entries(limits)) {
      if (sel[name] === null || sel[name] < n) continue;
      missing.push(word + " " + sel[name]);
      sel[name] = n - 1;
    }
    return missing;
  }

  function sentence() {
    const sel = view.selection;
    const side = view.sides[sel.side];
    const head = "layer " + sel.layer + " head " + sel.head;
    if (!side || sel.pos === null || !side.tokens[sel.pos]) return "No token selected: click one above. Attention shows " + head + ".";
    const second = sel.other === null || !side.tokens[sel.other] ? "" : " with token " + sel.other + " “" + side.tokens[sel.other][1] + "”";
    const other = partner();
    const paired = other ? " (in " + other.name.toUpperCase() + " token " + other.pos + " “" + other.label + "”)" : "";
    return "Prompt " + sel.side.toUpperCase() + ", token " + sel.pos + " “" + side.tokens[sel.pos][1] + "”" + second + paired + ", " + head + ", as " + sel.role;
  }

  // --- running --------------------------------------------------------------------------------------------

  function readSettings() {
    const settings = {};
    for (const name of Object.keys(defaults.settings)) {
      const input = byId("sampling-" + name);
      settings[name] = input.type === "checkbox" ? input.checked : input.value;
    }
    return settings;
  }

  function showSettings(settings) {
    for (const [name, value] of Object.entries(settings)) {
      const id = "sampling-" + name;
      setProps(id, typeof value === "boolean" ? { value } : { value: String(value) });
    }
  }

  // The closed settings still say what they are.
  function summariseSettings() {
    const s = readSettings();
    byId("sampling-summary").textContent = "Sampling: temperature " + s.temperature + ", top-k " + (Number(s.top_k) ? s.top_k : "off") +
      ", top-p " + (Number(s.top_p) === 1 ? "off" : s.top_p) + ", seed " + s.seed + ", " + s.max_new_tokens + " new tokens";
  }

  function setBusy(side, isBusy) {
    byId("run-" + side).hidden = isBusy;
    byId("stop-" + side).hidden = !isBusy;
    byId("side-" + side).setAttribute("aria-busy", String(isBusy));
  }

  function showModels() {
    const labels = SIDES.filter((name) => view.sides[name] && view.sides[name].label).map((name) => [name, view.sides[name].label]);
    const isOne = new Set(labels.map(([, label]) => label)).size < 2;
    byId("model-label").textContent = isOne ? (labels.length ? labels[0][1] : "")
      : labels.map(([name, label]) => name.toUpperCase() + ": " + label).join("  ·  ");
  }

  // What each event of a run does to the page.
  const onEvent = {
    start(name, side, event) {
      Object.assign(side, {
        model: event.model, label: event.label, nPrompt: event.n_prompt, nLayer: event.n_layer, nHead: event.n_head,
        tokens: event.tokens, key: null, note: null,
      });
      view.sides[name] = side;
      strip.clear(name);
      strip.append(name, side.tokens, 0, side.nPrompt);
      showModels();
    },
    progress(name, side, event) {
      status(name, { reading: "Reading the prompt", recording: "Recording what happened inside" }[event.stage] + "…", event.total ? event.done / event.total : undefined);
    },
    token(name, side, event) {
      side.tokens.push(event.token);
      side.fresh.push(event);
    },
    written(name, side, event) {
      drawFresh(name, side);
      side.note = event;
    },
    done(name, side, event) {
      side.key = event.key;
      if (event.warning) notice(event.warning, "warning");
    },
    error(name, side, event) {
      throw new Error(event.message);
    },
  };

  // Tokens that came since the last frame are drawn together, so drawing never slows the stream.
  function drawFresh(name, side) {
    if (!side.fresh.length) return;
    const events = side.fresh;
    side.fresh = [];
    strip.append(name, events.map((e) => e.token), events[0].pos, side.nPrompt, events.map((e) => e.raw));
    const n = side.tokens.length - side.nGiven;
    status(name, "Writing token " + n + " of " + side.nWanted, n / side.nWanted);
    byId("strip-" + name).scrollTop = byId("strip-" + name).scrollHeight;
  }

  // `madeWith`: the settings that wrote the text that is restored or gone on from, where they are not the request's own.
  async function run(name, request, madeWith) {
    stop(name);
    const abort = new AbortController();
    running[name] = abort;
    setBusy(name, true);
    status(name, "Starting…");
    const side = { prompt: request.prompt, tokens: [], fresh: [], settings: madeWith || request.settings, isRestored: Boolean(madeWith), nWanted: Number(request.settings.max_new_tokens), nGiven: 0 };
    const frame = window.setInterval(() => drawFresh(name, side), 50);
    const handle = (event) => {
      onEvent[event.event](name, side, event);
      if (event.event === "start") side.nGiven = event.tokens.length;
    };
    try {
      await stream("/api/run", request, abort.signal, handle);
      finish(name, side);
    } catch (error) {
      if (error.name === "AbortError") await settle(name, side, request, abort);
      else {
        notice(error.message);
        if (view.sides[name] === side) side.summary = "Not finished: " + error.message;
        status(name, view.sides[name] ? view.sides[name].summary : "", null);
      }
    } finally {
      window.clearInterval(frame);
      if (running[name] === abort) {
        running[name] = null;
        setBusy(name, false);
      }
    }
  }

  function finish(name, side) {
    const note = side.note || { n_new: 0, seconds: 0, reason: "read only" };
    const speed = note.n_new && note.seconds ? ", " + (note.n_new / note.seconds).toFixed(1) + " tokens a second" : "";
    side.summary = side.tokens.length + " tokens: " + side.nPrompt + " of the prompt, " +
      (side.tokens.length - side.nPrompt) + " written (" + note.reason + speed + ")";
    status(name, side.summary, null);
    const missing = clampSelection().filter((what) => side.isRestored || !what.startsWith("token"));
    if (missing.length) notice("There is no " + missing.join(", no ") + " here; the last one there is was selected instead.", "warning");
    if (view.selection.pos === null && side.tokens.length) Object.assign(view.selection, { side: name, pos: side.tokens.length - 1 });
    showSelection();
    writeFragment(false);
    if (!side.isRestored) history.remember(state.encode(view), side.prompt);
  }

  // After a stop the text so far stays, and is recorded like any other.
  async function settle(name, side, request, abort) {
    if (running[name] !== abort) return;
    if (view.sides[name] !== side) {
      status(name, view.sides[name] ? view.sides[name].summary : "", null);
      return;
    }
    drawFresh(name, side);
    const continuation = side.tokens.slice(side.nPrompt).map((token) => token[0]);
    side.note = { n_new: continuation.length - request.continuation.length, seconds: 0, reason: "stopped" };
    const again = { ...request, continuation, settings: { ...request.settings, max_new_tokens: 0 } };
    try {
      await stream("/api/run", again, undefined, (event) => {
        if (event.event === "done") side.key = event.key;
        if (event.event === "error") throw new Error(event.message);
      });
      if (running[name] === abort) finish(name, side);
    } catch (error) {
      notice(error.message);
      status(name, "Stopped", null);
    }
  }

  function stop(name) {
    if (running[name]) running[name].abort();
  }

  function empty(name) {
    stop(name);
    running[name] = null;
    setBusy(name, false);
    strip.clear(name);
    setProps("prompt-" + name, { value: "" });
    status(name, "", null);
    view.sides[name] = null;
  }

  function clear(name) {
    empty(name);
    if (view.selection.side === name) Object.assign(view.selection, { side: "a", pos: null });
    showSelection();
    window.history.replaceState({}, "", window.location.pathname);
    writeFragment(false);
    byId("prompt-" + name).focus();
  }

  function runFromForm(name) {
    closeNotice();
    return run(name, {
      model: byId("model-" + name).value, prompt: byId("prompt-" + name).value, continuation: [], settings: readSettings(),
    });
  }

  // Go back to a position, put another token there, and write on from it with the same settings.
  function branch(name, pos, id) {
    const side = view.sides[name];
    const total = side.tokens.length;
    const continuation = side.tokens.slice(side.nPrompt, pos).map((token) => token[0]).concat(id);
    const settings = { ...side.settings, max_new_tokens: Math.max(0, total - pos - 1) };
    closeNotice();
    Object.assign(view.selection, { side: name, pos });
    return run(name, { model: side.model, prompt: side.prompt, continuation, settings }, side.settings);
  }

  function showSideB(isShown) {
    byId("side-b").hidden = !isShown;
    byId("add-b").hidden = isShown;
    document.body.classList.toggle("two-sides", isShown);
    window.dispatchEvent(new Event("resize")); // figures fit their new width
  }

  // --- start ----------------------------------------------------------------------------------------------

  function restored() {
    try {
      return state.decode(window.location.hash, defaults);
    } catch (error) {
      notice("This link is damaged (" + error.message + "), so the default view is shown.", "warning");
      return null;
    }
  }

  function boot(given) {
    defaults = given;
    const link = restored();
    const found = link || {
      sides: { a: { ...given.example, continuation: [], settings: given.settings }, b: null },
      selection: { ...given.selection },
      options: state.decodeOptions(new URLSearchParams(), given.choices),
    };
    Object.assign(view, { selection: found.selection, options: found.options, choices: given.choices, pins: found.pins || [], zoom: found.zoom || { a: null, b: null } });
    showSettings(found.sides.a.settings);
    window.setTimeout(summariseSettings, 0);
    showSideB(Boolean(found.sides.b));
    history.show();
    for (const name of SIDES) {
      const side = found.sides[name];
      if (!side) {
        empty(name);
        continue;
      }
      const model = side.model || given.model;
      setProps("prompt-" + name, { value: side.prompt });
      setProps("model-" + name, { value: model });
      const settings = { ...side.settings, ...(link ? { max_new_tokens: 0 } : {}) };
      run(name, { model, prompt: side.prompt, continuation: side.continuation, settings }, side.settings);
    }
  }

  // Back and forward walk the selection; a link to another text, pasted into this tab, is opened.
  function restoreFromHistory() {
    const here = state.encode(view);
    const found = restored();
    if (!found) return;
    Object.assign(view, { selection: found.selection, options: found.options, pins: found.pins, zoom: found.zoom });
    showSteps();
    if (withoutSelection(window.location.hash) !== withoutSelection(here)) boot(defaults);
    else {
      clampSelection();
      showSelection();
    }
  }

  // A becomes B and B becomes A: the link to that view, opened.
  function swap() {
    const { sides, selection, zoom: windows, pins } = view;
    const swapped = {
      ...view, sides: { a: sides.b, b: sides.a }, zoom: { a: windows.b, b: windows.a }, pins: pins.map(([a, b]) => [b, a]),
      selection: { ...selection, side: selection.side === "a" ? "b" : "a" },
    };
    if (sides.a && sides.b) window.location.hash = state.encode(swapped);
    else notice("Run both prompts first, then swap them.", "warning");
  }

  function withoutSelection(fragment) {
    const params = new URLSearchParams(fragment.replace(/^#/, ""));
    for (const name of [...params.keys()]) if (["sel", "pin", "za", "zb"].includes(name) || name.startsWith("o.")) params.delete(name);
    return params.toString();
  }

  // --- listeners: one for each kind of event, on the document -----------------------------------------------

  const clicks = {
    ".skip-link": (element, event) => {
      event.preventDefault(); // or the fragment would be lost
      byId("panels").focus();
    },
    ".token": (element, event) => selectToken(element.dataset.side, Number(element.dataset.pos), event.shiftKey),
    "[data-run]": (element) => runFromForm(element.dataset.run),
    "[data-stop]": (element) => stop(element.dataset.stop),
    "[data-clear]": (element) => clear(element.dataset.clear),
    "[data-candidate]": (element) => branch(element.dataset.side, Number(element.dataset.pos), Number(element.dataset.candidate)),
    "#add-b": () => {
      showSideB(true);
      byId("prompt-b").focus();
    },
    "#remove-b": () => {
      clear("b");
      showSideB(false);
      byId("add-b").focus();
    },
    "#swap": swap,
    "#undo": undo,
    "[data-history]": (element) => {
      closePopovers(null);
      window.location.hash = element.dataset.history; // opened as any link pasted into this tab
    },
    "#history-forget": history.forget,
    "#redo": redo,
    "#copy-link": copyLink,
    "#theme-toggle": () => {
      const theme = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
      document.documentElement.dataset.bsTheme = theme;
      try {
        window.localStorage.setItem("gpt2dash-theme", theme);
      } catch (error) {
        console.info("gpt2dash: the theme cannot be remembered in this browser", error);
      }
    },
  };

  function closePopovers(except) {
    for (const open of document.querySelectorAll(".token-details[open], .sampling-box[open], .history-box[open]")) {
      if (!except || !open.contains(except)) open.open = false;
    }
  }

  document.addEventListener("click", (event) => {
    closePopovers(event.target);
    for (const [selector, act] of Object.entries(clicks)) {
      const element = event.target.closest(selector);
      if (element) {
        act(element, event);
        return;
      }
    }
  });

  document.addEventListener("input", (event) => {
    if (event.target.id.startsWith("sampling-")) summariseSettings();
    if (event.target.id.startsWith("option-")) setOption(event.target.id.slice("option-".length), event.target.value);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closePopovers(null);
    if (isUndoKey(event)) {
      event.preventDefault();
      if (event.shiftKey || event.key.toLowerCase() === "y") redo();
      else undo();
    }
    if (event.target.classList.contains("token") && strip.moveFocus(event.target, event.key)) event.preventDefault();
    const side = SIDES.find((name) => event.target.id === "prompt-" + name);
    if (side && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      runFromForm(side);
    }
  });

  // In a text box these keys belong to the text.
  function isUndoKey(event) {
    const isText = event.target.matches("textarea, input:not([type=checkbox])");
    return !isText && (event.ctrlKey || event.metaKey) && ["z", "y"].includes(event.key.toLowerCase());
  }

  window.addEventListener("popstate", restoreFromHistory);

  window.gpt2dash = Object.assign(window.gpt2dash, { view, boot, select, notice, opened, zoom, posOn, pairTokens });
})();
