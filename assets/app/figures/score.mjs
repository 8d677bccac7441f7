// @ts-check
// One score, dimension by dimension: bars for q times k, marks for q and for k.

import { setAttributes, svg } from "../dom.mjs";

/** @import { Table } from "../csv.mjs" */

const HEIGHT = 160;
const STEP = 10; // one dimension
const LEFT = 48; // for the numbers of the axis
const NUMBERED = 8; // dimensions that have their number below them, about
const NAME = "Query times key in each dimension of the head; the sentence above gives the sum";

/**
 * @param {HTMLElement} box
 * @param {{ q: number[], k: number[] }} data
 * @returns {Table}
 */
export function score(box, { q, k }) {
  const drawing = frame(box, q.length);
  const products = q.map((value, at) => Number((value * k[at]).toPrecision(4)));
  const most = roundUp(Math.max(1e-9, ...[q, k, products].flat().map(Math.abs)));
  const middle = (/** @type {number} */ value) => 6 + ((HEIGHT - 12) * (1 - value / most)) / 2;
  const place = (/** @type {number} */ value) => Number(middle(value).toFixed(2));
  axis(drawing, most, place);
  const [zero, circle] = [place(0), "a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0"];
  draw(drawing, "score-products", products, (x, value) => `M${x + 1.5} ${zero}V${place(value)}h7V${zero}z`);
  draw(drawing, "score-q", q, (x, value) => `M${x + 2.5} ${place(value)}${circle}`);
  draw(drawing, "score-k", k, (x, value) => `M${x + 2.5} ${place(value) - 2.5}l5 5m0 -5l-5 5`);
  drawing.querySelectorAll(".score-hover > title").forEach((told, at) => {
    told.textContent = `dimension ${at}: q ${q[at]}, k ${k[at]}, q times k ${products[at]}`;
  });
  const rows = products.map((value, at) => [at, q[at], k[at], value]);
  return { header: ["dimension", "q", "k", "q times k"], rows };
}

/**
 * The parts that are the same for each score of this many dimensions.
 * @param {HTMLElement} box
 * @param {number} n
 */
function frame(box, n) {
  const found = box.querySelector("svg");
  if (found && box.querySelectorAll(".score-hover").length === n) return found;
  const made = svg("svg", { viewBox: `0 0 ${LEFT + n * STEP} ${HEIGHT + 28}`, role: "img", class: "score" });
  made.setAttribute("aria-label", NAME);
  for (const name of ["score-high", "score-zero", "score-low"]) {
    svg("line", { class: "score-axis " + name, x1: LEFT, x2: LEFT + n * STEP }, made);
    svg("text", { class: name, x: LEFT - 6, "text-anchor": "end", "dominant-baseline": "middle" }, made);
  }
  for (const name of ["score-products", "score-q", "score-k"]) svg("path", { class: name }, made);
  for (let at = 0; at < n; at += Math.max(1, Math.ceil(n / NUMBERED))) {
    const place = { x: LEFT + (at + 0.5) * STEP, y: HEIGHT + 20, "text-anchor": "middle" };
    svg("text", place, made).textContent = String(at);
  }
  for (let at = 0; at < n; at += 1) {
    const place = { x: LEFT + at * STEP, y: 0, width: STEP, height: HEIGHT };
    svg("title", {}, svg("rect", { class: "score-hover", ...place }, made));
  }
  box.replaceChildren(made);
  return made;
}

/**
 * @param {Element} drawing
 * @param {number} most
 * @param {(value: number) => number} place
 */
function axis(drawing, most, place) {
  for (const [name, value] of Object.entries({ "score-high": most, "score-zero": 0, "score-low": -most })) {
    const [line, text] = drawing.querySelectorAll("." + name);
    setAttributes(line, { y1: place(value), y2: place(value) });
    text.setAttribute("y", String(place(value)));
    text.textContent = String(Number(value.toPrecision(3)));
  }
}

/**
 * @param {Element} drawing
 * @param {string} name
 * @param {number[]} values
 * @param {(x: number, value: number) => string} shape of one of them
 */
function draw(drawing, name, values, shape) {
  const path = values.map((value, at) => shape(LEFT + at * STEP, value)).join("");
  drawing.querySelector("." + name)?.setAttribute("d", path);
}

/**
 * A number that an axis may end at: 1, 2 or 5 times a power of ten.
 * @param {number} value
 */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5].map((factor) => factor * power).find((round) => round >= value) || 10 * power;
}
