// @ts-check
// A panel as a picture.

import { byId } from "./dom.mjs";
import { selectedBox } from "./mark.mjs";

/** @import { Name } from "./view.mjs" */

/** @typedef {"png" | "svg"} Format */

const UNREACHABLE = "The code that makes pictures cannot be loaded: is the server still there?";

/**
 * A graph is drawn anew in the format asked for, with the selected token marked as on the page.
 * @param {any} graph
 * @param {Name} side
 * @param {Format} format
 * @param {string} filename
 */
export function graphPicture(graph, side, format, filename) {
  const { width, height } = graph._fullLayout;
  const shapes = [...(graph.layout.shapes || []), ...markShape(graph, side)];
  const figure = { data: graph.data, layout: { ...graph.layout, shapes } };
  const settings = { format, scale: format === "png" ? 2 : 1, width, height, filename };
  return /** @type {any} */ (window).Plotly.downloadImage(figure, settings);
}

/**
 * @param {any} graph
 * @param {Name} side
 */
function markShape(graph, side) {
  const box = graph.layout.meta ? selectedBox(graph, side) : null;
  if (!box) return [];
  const [x0, x1, y0, y1] = box;
  const color = getComputedStyle(document.documentElement).getPropertyValue("--mark").trim();
  return [{ type: "rect", x0, x1, y0, y1, line: { color, width: 2 } }];
}

/**
 * Any other panel is taken as it stands, at its full height; the address of the picture.
 * @param {HTMLElement} panel
 * @param {Format} format
 * @returns {Promise<string>}
 */
export async function panelPicture(panel, format) {
  const maker = await htmlToImage();
  const { backgroundColor } = getComputedStyle(panel);
  const settings = { skipFonts: true, pixelRatio: 2, backgroundColor };
  const restore = prepare(panel);
  try {
    return await (format === "png" ? maker.toPng(panel, settings) : maker.toSvg(panel, settings));
  } finally {
    restore();
  }
}

/**
 * Only who saves a picture needs the code that turns a part of the page into one.
 * @returns {Promise<any>}
 */
function htmlToImage() {
  /** @type {any} */
  const found = window;
  return new Promise((resolve, reject) => {
    if (found.htmlToImage) {
      resolve(found.htmlToImage);
      return;
    }
    const script = document.createElement("script");
    script.src = byId("html-to-image", HTMLLinkElement).href;
    script.onload = () => resolve(found.htmlToImage);
    script.onerror = () => reject(new Error(UNREACHABLE));
    document.head.append(script);
  });
}

/**
 * The style sheet does not come along into what is drawn as SVG, so its parts carry what they look like
 * themselves.
 * @param {HTMLElement} panel
 */
function prepare(panel) {
  const parts = /** @type {SVGElement[]} */ ([...panel.querySelectorAll("svg *")]);
  const before = parts.map((part) => part.getAttribute("style"));
  const looks = parts.map((part) => {
    const { fill, stroke, strokeWidth, opacity } = getComputedStyle(part);
    return { fill, stroke, strokeWidth, opacity };
  });
  parts.forEach((part, index) => Object.assign(part.style, looks[index]));
  panel.classList.add("panel-saved");
  return () => {
    panel.classList.remove("panel-saved");
    parts.forEach((part, index) => restyle(part, before[index]));
  };
}

/**
 * @param {Element} part
 * @param {string | null} style
 */
function restyle(part, style) {
  if (style === null) part.removeAttribute("style");
  else part.setAttribute("style", style);
}
