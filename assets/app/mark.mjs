// @ts-check
// The selected token on Plotly's graphs, which are themselves the same for every selected token: its row (as
// key: its column) on a heat map, its place on a curve. The rectangle is ours, not a shape of Plotly: for a
// moved one Plotly would draw the whole plot anew.

import { find, setAttributes, svg } from "./dom.mjs";
import { posOn, view, zoom } from "./view.mjs";

/** @import { Name } from "./view.mjs" */

/**
 * What stands at the places of a heat map's axes: each `span` tokens, from the first ones on.
 * @typedef {{ span: number, first_query: number, first_key: number, n_query: number, n_key: number }} Places
 * @typedef {[left: number, right: number, top: number, bottom: number]} Box in the numbers of the axes
 */

const LEAST_WIDTH = 0.01; // a rectangle of no width at all is not drawn

/** @type {Map<string, any>} */
const graphs = new Map();

/** @param {string} id */
const sideOf = (id) => /** @type {Name} */ (id.slice(-1));

/**
 * A graph has got a figure. It is made some frames after its first one; Plotly may drop our rectangle at any
 * time it draws.
 * @param {unknown} figure
 * @param {string} id
 */
export function markSelection(figure, id) {
  const box = find(id);
  if (!box) return;
  /** @type {any} */
  const graph = box.querySelector(".js-plotly-plot");
  if (!graph || !graph.on || !graph._fullLayout) {
    window.requestAnimationFrame(() => markSelection(figure, id));
    return;
  }
  if (graph === graphs.get(id)) return;
  graphs.set(id, graph);
  graph.on("plotly_afterplot", () => mark(id));
  graph.on("plotly_relayout", (/** @type {Record<string, unknown>} */ change) => followZoom(id, change));
  mark(id);
}

export function markAll() {
  for (const id of graphs.keys()) mark(id);
}

/** @param {string} id */
function mark(id) {
  const graph = graphs.get(id);
  const drawn = graph.isConnected && graph.querySelector(".heatmaplayer, .scatterlayer");
  if (!drawn || !graph.layout.meta) return;
  const box = selectedBox(graph, sideOf(id));
  const rectangle = ours(drawn.parentNode);
  rectangle.toggleAttribute("hidden", box === null);
  if (box === null) return;
  const { xaxis, yaxis } = graph._fullLayout; // the axes as drawn; l2p gives pixels
  const [left, right] = box.slice(0, 2).map(xaxis.l2p);
  const [top, bottom] = box.slice(2).map(yaxis.l2p);
  setAttributes(rectangle, {
    x: Math.min(left, right), width: Math.max(Math.abs(right - left), LEAST_WIDTH),
    y: Math.min(top, bottom), height: Math.abs(bottom - top),
  });
}

/**
 * Beside what is drawn, so that it is clipped and dragged with it.
 * @param {Element} plot
 */
function ours(plot) {
  return plot.querySelector(".selection-mark") || svg("rect", { class: "selection-mark" }, plot);
}

/**
 * What is to be outlined, null for nothing.
 * @param {any} graph
 * @param {Name} side
 * @returns {Box | null}
 */
export function selectedBox(graph, side) {
  const { meta } = graph.layout;
  const pos = posOn(side);
  if (pos === null) return null;
  const [low, high] = graph._fullLayout.yaxis.range;
  return meta.x === "position" ? [pos, pos, low, high] : cells(meta, pos);
}

/**
 * A row of a heat map, or a column; null where it is out of view.
 * @param {Places} places
 * @param {number} pos
 * @returns {Box | null}
 */
function cells({ span, first_query: query, first_key: key, n_query: nQuery, n_key: nKey }, pos) {
  const isKey = view.selection.role === "key";
  const place = Math.floor((pos - (isKey ? key : query)) / span);
  if (place < 0 || place >= (isKey ? nKey : nQuery)) return null;
  const [first, last] = [place - 0.5, place + 0.5];
  return isKey ? [first, last, -0.5, nQuery - 0.5] : [-0.5, nKey - 0.5, first, last];
}

/**
 * Where a cell stands for several tokens, a part that is zoomed into is fetched anew, finer.
 * @param {string} id
 * @param {Record<string, unknown>} change
 */
function followZoom(id, change) {
  const { layout: { meta }, _fullLayout: { xaxis, yaxis } } = graphs.get(id);
  if (!meta || !meta.span) return;
  if (change["xaxis.autorange"] || change["yaxis.autorange"]) zoom(sideOf(id), null);
  else if (meta.span > 1 && Object.keys(change).some((name) => /axis\.range/.test(name))) {
    const queries = tokens(yaxis.range, meta.first_query, meta.n_query, meta.span);
    zoom(sideOf(id), [...queries, ...tokens(xaxis.range, meta.first_key, meta.n_key, meta.span)]);
  }
}

/**
 * First and last token of a range of places.
 * @param {[number, number]} range
 * @param {number} first
 * @param {number} n
 * @param {number} span
 * @returns {[number, number]}
 */
function tokens(range, first, n, span) {
  const inside = (/** @type {number} */ place) => Math.min(n - 1, Math.max(0, Math.round(place)));
  return [first + span * inside(Math.min(...range)), first + span * (inside(Math.max(...range)) + 1) - 1];
}
