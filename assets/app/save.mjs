// @ts-check
// What a panel shows, as files and as Python: numbers are read from what is drawn, so both say the same.

import { csv, json } from "./csv.mjs";
import { all, button, element } from "./dom.mjs";
import { tableIn } from "./drawn.mjs";
import { noticeOf } from "./notice.mjs";
import { graphPicture, panelPicture } from "./picture.mjs";
import { posOn, view } from "./view.mjs";

/**
 * @import { Table } from "./csv.mjs"
 * @import { Format } from "./picture.mjs"
 * @import { Name } from "./view.mjs"
 */

/** What the browser draws itself, and keeps the numbers of. */
const DRAWN = ".text-bars, .head-lines, .score-box, .head-grid";

/** @type {Record<string, (panel: HTMLElement) => unknown>} */
const kinds = {
  png: (panel) => picture(panel, "png"),
  svg: (panel) => picture(panel, "svg"),
  csv: (panel) => save(fileName(panel) + ".csv", "text/csv", csv(tableOf(panel))),
  json: (panel) => save(fileName(panel) + ".json", "application/json", json(tableOf(panel), location.href)),
  npz: pattern,
  python: togglePython,
};

/** @param {HTMLElement} chosen the button of one kind */
export async function savePanel(chosen) {
  try {
    await kinds[chosen.dataset.export || ""](/** @type {HTMLElement} */ (chosen.closest(".panel")));
  } catch (error) {
    noticeOf(error);
  }
}

/** A page's panels get their buttons when the page comes. */
export function addButtons() {
  for (const foot of all(document, ".panel-exports:empty")) {
    foot.append(...(foot.dataset.kinds || "").split(" ").filter(Boolean).map(kindButton));
  }
}

/** @param {string} kind */
function kindButton(kind) {
  const isPython = kind === "python";
  const made = button("btn btn-sm btn-link", isPython ? "Python" : kind.toUpperCase(), { export: kind });
  made.title = isPython ? "The Python lines that compute this" : "Save as " + kind.toUpperCase();
  made.setAttribute("aria-label", made.title);
  return made;
}

// --- files -------------------------------------------------------------------------------------------------

/**
 * @param {string} url
 * @param {string} name
 */
function download(url, name) {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}

/**
 * @param {string} name
 * @param {string} type
 * @param {string} text
 */
function save(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  download(url, name);
  window.setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** @param {HTMLElement} panel */
function fileName(panel) {
  const { layer, head } = view.selection;
  const title = panel.querySelector(".panel-title")?.textContent;
  return `${title} L${layer}H${head}`.replace(/[^\w]+/g, "-");
}

/**
 * @param {HTMLElement} panel
 * @returns {Name}
 */
function sideOf(panel) {
  return panel.closest(".side-panels-b") ? "b" : "a";
}

/** @param {HTMLElement} panel */
function pattern(panel) {
  const { layer, head } = view.selection;
  const key = view.sides[sideOf(panel)]?.key;
  const query = new URLSearchParams({ key: key || "", layer: String(layer), head: String(head) });
  if (key) download(`/api/pattern.npz?${query}`, fileName(panel) + ".npz");
}

/**
 * @param {HTMLElement} panel
 * @param {Format} format
 */
async function picture(panel, format) {
  const graph = graphOf(panel);
  if (graph) await graphPicture(graph, sideOf(panel), format, fileName(panel));
  else download(await panelPicture(panel, format), `${fileName(panel)}.${format}`);
}

// --- numbers -----------------------------------------------------------------------------------------------

/** @param {HTMLElement} panel */
const graphOf = (panel) => /** @type {any} */ (panel.querySelector(".js-plotly-plot"));

/**
 * Of a graph, of what we draw ourselves, or of a table.
 * @param {HTMLElement} panel
 * @returns {Table}
 */
function tableOf(panel) {
  const graph = graphOf(panel);
  if (graph) return graphTable(graph._fullData);
  const drawn = all(panel, DRAWN).map(tableIn).find(Boolean);
  if (drawn) return drawn;
  const [header = [], ...rows] = [...panel.querySelectorAll("tr")].map((row) => (
    [...row.cells].map((cell) => cell.textContent || "")
  ));
  return { header, rows };
}

/**
 * @param {any[]} traces
 * @returns {Table}
 */
function graphTable(traces) {
  if (!traces.length) return { header: [], rows: [] };
  const header = traces[0].z ? ["row", "column", "value"] : ["series", "x", "y"];
  return { header, rows: traces.flatMap(traceRows) };
}

/** @param {any} trace */
function traceRows(trace) {
  if (!trace.z) return Array.from(trace.x, (x, index) => [trace.name || "", x, trace.y[index]]);
  /** @type {Iterable<number>[]} */
  const lines = Array.from(trace.z);
  const cells = lines.flatMap((line, y) => Array.from(line, (z, x) => [y, x, z]));
  return cells.filter(([, , z]) => Number.isFinite(z));
}

// --- Python ------------------------------------------------------------------------------------------------

/** @param {HTMLElement} panel */
function togglePython(panel) {
  const shown = panel.querySelector(".panel-python");
  if (shown) shown.remove();
  else panel.append(element("pre", "panel-python", python(panel)));
}

/**
 * The lines that compute the panel's numbers again, for these texts, models and selection.
 * @param {HTMLElement} panel
 */
function python(panel) {
  const isOfBoth = panel.closest(".compared") !== null;
  /** @type {[Name, string][]} */
  const names = isOfBoth ? [["a", "trace_a"], ["b", "trace_b"]] : [[sideOf(panel), "trace"]];
  const traces = names.map(([name, trace]) => {
    const side = view.sides[name];
    const ids = side && side.tokens.map((token) => token[0]).join(", ");
    return side && `${trace} = gpt2dash.load(${JSON.stringify(side.model)}).trace([${ids}])\n`;
  });
  if (traces.includes(null)) return "Run a prompt first.";
  const { layer, head } = view.selection;
  const filled = { layer, head, pos: posOn(names[0][0]) };
  const lines = Object.entries(filled).reduce(
    (text, [name, value]) => text.replaceAll(`{${name}}`, String(value)), panel.dataset.python || "",
  );
  return `import gpt2dash\n\n${traces.join("")}${lines}\n`;
}
