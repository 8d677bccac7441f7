// @ts-check
// All heads of a side, their patterns in one picture or a measure of each; and which heads of A and B differ.

import { button, byId, element, find, tell } from "./dom.mjs";
import { keep, wipe } from "./drawn.mjs";
import { gridOfPictures, gridOfValues, markHead, scaleOf } from "./figures/grid.mjs";
import { ranked } from "./ranks.mjs";
import { view } from "./view.mjs";

/**
 * @import { Values } from "./figures/grid.mjs"
 * @import { Name } from "./view.mjs"
 */

/**
 * @typedef {{ values: Values, chance: number | null }} Measure
 * @typedef {{ side: Name, picture: string, measures: Record<string, Measure> | null, footer: string }} Heads
 */

const TOP = 10;

/** @type {Map<Name, Heads>} */
const shown = new Map();

/** @param {Heads | null} data */
export function allHeads(data) {
  if (!data || !find(`head-grid-${data.side}`)) return;
  const { side, measures, footer } = data;
  if (measures) {
    shown.set(side, data);
    draw(data);
    return;
  }
  shown.delete(side);
  wipe(byId(`head-grid-${side}`));
  list(byId(`head-top-${side}`), []);
  tell(`head-footer-${side}`, footer);
}

/** The selection has changed, or what heads are shown by. */
export function followHeads() {
  for (const [side, data] of shown) {
    const box = find(`head-grid-${side}`);
    if (!box) shown.delete(side); // another page is shown, and when this one comes back it is told anew
    else if (box.dataset.by !== view.options.by) draw(data);
  }
  markHead();
}

/** @param {Heads} data */
function draw({ side, picture, measures, footer }) {
  if (!measures) return;
  const box = byId(`head-grid-${side}`);
  const { by } = view.options;
  const measure = measures[by];
  const { values } = measure || Object.values(measures)[0];
  keep(box, measure ? gridOfValues(box, values, titleOf(by)) : gridOfPictures(box, values, picture));
  box.dataset.by = by;
  tell(`head-footer-${side}`, measure ? told(measure, titleOf(by)) : footer);
  list(byId(`head-top-${side}`), measure ? values : []);
  markHead();
}

/**
 * What the picker of the page calls a measure.
 * @param {string} by
 */
function titleOf(by) {
  const picker = find("option-by");
  const options = picker instanceof HTMLSelectElement ? [...picker.options] : [];
  return options.find(({ value }) => value === by)?.textContent || by;
}

/**
 * @param {Measure} measure
 * @param {string} title
 */
function told({ chance }, title) {
  if (chance === null) return "This text has nothing to measure: no token comes twice.";
  const scale = "Colours run from the least to the most that a head has here.";
  return `By ${title}; by chance ${chance.toPrecision(3)}. ${scale}`;
}

/**
 * The heads with the most of a measure, as a list of buttons.
 * @param {HTMLElement} target
 * @param {Values} values
 */
function list(target, values) {
  target.replaceChildren(...ranked(values, TOP).map(({ value, layer, head }) => {
    const item = element("li");
    const chooses = button("btn btn-link btn-sm head-link", `layer ${layer} head ${head}`, { layer, head });
    item.append(chooses, " " + value);
    return item;
  }));
}

/** @param {{ values?: Values, title: string, told: string } | null} data */
export function differentHeads(data) {
  const box = find("difference-grid");
  if (!box || !data) return;
  const { values, title, told: sentence } = data;
  if (values) keep(box, gridOfValues(box, values, title));
  else wipe(box);
  list(byId("difference-top"), values || []);
  tell("difference-scale", [values ? scaleOf(values, title) : "", sentence].join(" "));
  markHead();
}
