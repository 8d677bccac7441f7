// @ts-check
// Runs: a text is read or written by the server, and comes token by token.

import * as address from "./address.mjs";
import { byId } from "./dom.mjs";
import * as frame from "./frame.mjs";
import { encode } from "./link.mjs";
import { closeNotice, notice, noticeOf, reason } from "./notice.mjs";
import * as recent from "./recent.mjs";
import { readSettings } from "./sampling.mjs";
import { setProps } from "./dash.mjs";
import { stream } from "./stream.mjs";
import * as strip from "./strip.mjs";
import { changed, clamp, view } from "./view.mjs";

/**
 * @import { Request } from "./link.mjs"
 * @import { Name, Settings, Side, Token } from "./view.mjs"
 */

/**
 * @typedef {{ pos: number, raw: number, token: Token }} Written a token, and how probable it was
 */

/**
 * A text that is on its way.
 * @typedef {object} Work
 * @property {Name} name
 * @property {Side} side
 * @property {Request} request
 * @property {AbortController} abort
 * @property {boolean} isRestored an old text, not a new one
 * @property {Written[]} fresh came since the strip was last drawn
 * @property {number} nGiven tokens that were there from the start
 * @property {{ n_new: number, seconds: number, reason: string }} note how it ended
 */

const DRAW_EVERY_MS = 50;
const STAGES = /** @type {Record<string, string>} */ ({
  reading: "Reading the prompt…", recording: "Recording what happened inside…",
});

/** @type {Record<Name, Work | null>} */
const working = { a: null, b: null };

// --- what a person asks for --------------------------------------------------------------------------------

/** @param {Name} name */
export function runFromForm(name) {
  const model = byId(`model-${name}`, HTMLSelectElement).value;
  const prompt = byId(`prompt-${name}`, HTMLTextAreaElement).value;
  closeNotice();
  return run(name, { model, prompt, continuation: [], settings: readSettings() });
}

/**
 * Goes back to a position, puts another token there, and writes on from it with the same settings.
 * @param {Name} name
 * @param {number} pos
 * @param {number} id
 */
export function branch(name, pos, id) {
  const side = view.sides[name];
  if (!side) return;
  const continuation = side.tokens.slice(side.nPrompt, pos).map((token) => token[0]).concat(id);
  const settings = { ...side.settings, max_new_tokens: Math.max(0, side.tokens.length - pos - 1) };
  closeNotice();
  Object.assign(view.selection, { side: name, pos });
  run(name, { model: side.model, prompt: side.prompt, continuation, settings }, side.settings);
}

/** @param {Name} name */
export function stop(name) {
  working[name]?.abort.abort();
}

/**
 * Stops what runs on a side and takes its text away; nobody is told yet.
 * @param {Name} name
 */
export function empty(name) {
  stop(name);
  rest(name);
  strip.clear(name);
  setProps(`prompt-${name}`, { value: "" });
  frame.status(name, "", null);
  view.sides[name] = null;
}

/** @param {Name} name */
export function clear(name) {
  empty(name);
  if (view.selection.side === name) Object.assign(view.selection, { side: "a", pos: null });
  if (!view.sides.a) address.erase();
  changed(false);
  byId(`prompt-${name}`).focus();
}

// --- a run -------------------------------------------------------------------------------------------------

/**
 * @param {Name} name
 * @param {Request} request
 * @param {Settings} [madeWith] wrote the text that is restored or gone on from, if not the request's own did
 */
export async function run(name, request, madeWith) {
  stop(name);
  const work = begun(name, request, madeWith);
  const drawing = window.setInterval(() => drawFresh(work), DRAW_EVERY_MS);
  try {
    await stream("/api/run", request, work.abort.signal, (event) => handlers[event.event](work, event));
    finish(work);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") await settle(work);
    else fail(work, error);
  } finally {
    window.clearInterval(drawing);
    if (working[name] === work) rest(name);
  }
}

/**
 * @param {Name} name
 * @param {Request} request
 * @param {Settings} [madeWith]
 * @returns {Work}
 */
function begun(name, request, madeWith) {
  const { prompt, model, settings } = request;
  /** @type {Side} */
  const side = {
    prompt, model, label: "", nPrompt: 0, nLayer: 0, nHead: 0, tokens: [], settings: madeWith || settings,
    key: null, summary: "",
  };
  /** @type {Work} */
  const work = {
    name, side, request, abort: new AbortController(), isRestored: Boolean(madeWith), fresh: [], nGiven: 0,
    note: { n_new: 0, seconds: 0, reason: "read only" },
  };
  working[name] = work;
  view.isRunning[name] = true;
  frame.setBusy(name, true);
  frame.status(name, "Starting…");
  return work;
}

/** @param {Name} name */
function rest(name) {
  working[name] = null;
  view.isRunning[name] = false;
  frame.setBusy(name, false);
}

/**
 * What each event of a run does to the page.
 * @type {Record<string, (work: Work, event: any) => void>}
 */
const handlers = {
  start(work, event) {
    const { name, side } = work;
    const { model, label, n_prompt: nPrompt, n_layer: nLayer, n_head: nHead, tokens } = event;
    Object.assign(side, { model, label, nPrompt, nLayer, nHead, tokens });
    work.nGiven = tokens.length;
    view.sides[name] = side;
    strip.clear(name);
    strip.append(name, side.tokens, 0, side.nPrompt);
    frame.showModels();
  },
  progress({ name }, { stage, done, total }) {
    frame.status(name, STAGES[stage], total ? done / total : undefined);
  },
  token(work, event) {
    work.side.tokens.push(event.token);
    work.fresh.push(event);
  },
  written(work, event) {
    drawFresh(work);
    work.note = event;
  },
  done({ side }, { key, warning }) {
    side.key = key;
    if (warning) notice(warning, "warning");
  },
  error(_work, { message }) {
    throw new Error(message);
  },
};

/**
 * Tokens that came since the last time are drawn together, so drawing never slows the stream.
 * @param {Work} work
 */
function drawFresh(work) {
  const { name, side, fresh, nGiven, request } = work;
  if (!fresh.length) return;
  work.fresh = [];
  const [tokens, chances] = [fresh.map(({ token }) => token), fresh.map(({ raw }) => raw)];
  strip.append(name, tokens, fresh[0].pos, side.nPrompt, chances);
  const [n, wanted] = [side.tokens.length - nGiven, Number(request.settings.max_new_tokens)];
  frame.status(name, `Writing token ${n} of ${wanted}`, n / wanted);
  byId(`strip-${name}`).scrollTop = byId(`strip-${name}`).scrollHeight;
}

// --- how a run ends ----------------------------------------------------------------------------------------

/** @param {Work} work */
function finish({ name, side, note, isRestored }) {
  const n = side.tokens.length;
  side.summary = summary(side, note);
  frame.status(name, side.summary, null);
  const missing = clamp().filter((what) => isRestored || !what.startsWith("token")).join(", no ");
  if (missing) notice(`There is no ${missing} here; the last one there is was selected instead.`, "warning");
  if (view.selection.pos === null && n) Object.assign(view.selection, { side: name, pos: n - 1 });
  changed(false);
  if (!isRestored) recent.remember(encode(view), side.prompt);
}

/**
 * @param {Side} side
 * @param {Work["note"]} note
 */
function summary({ tokens, nPrompt }, { n_new: nNew, seconds, reason: why }) {
  const speed = nNew && seconds ? `, ${(nNew / seconds).toFixed(1)} tokens a second` : "";
  const parts = `${nPrompt} of the prompt, ${tokens.length - nPrompt} written`;
  return `${tokens.length} tokens: ${parts} (${why}${speed})`;
}

/**
 * @param {Work} work
 * @param {unknown} error
 */
function fail({ name, side }, error) {
  noticeOf(error);
  if (view.sides[name] === side) side.summary = "Not finished: " + reason(error);
  frame.status(name, view.sides[name]?.summary || "", null);
}

/**
 * After a stop the text so far stays, and is recorded like any other.
 * @param {Work} work
 */
async function settle(work) {
  const { name, side, request } = work;
  if (working[name] !== work) return;
  if (view.sides[name] !== side) {
    frame.status(name, view.sides[name]?.summary || "", null);
    return;
  }
  drawFresh(work);
  const continuation = side.tokens.slice(side.nPrompt).map((token) => token[0]);
  work.note = { n_new: continuation.length - request.continuation.length, seconds: 0, reason: "stopped" };
  try {
    await record(work, { ...request, continuation, settings: { ...request.settings, max_new_tokens: 0 } });
    if (working[name] === work) finish(work);
  } catch (error) {
    noticeOf(error);
    frame.status(name, "Stopped", null);
  }
}

/**
 * @param {Work} work
 * @param {Request} request
 */
function record(work, request) {
  return stream("/api/run", request, null, (event) => {
    if (event.event === "done" || event.event === "error") handlers[event.event](work, event);
  });
}
