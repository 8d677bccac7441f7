// @ts-check
// Finding and making elements. Text only ever becomes textContent.

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element of the page that is shown, null when another page is.
 * @param {string} id
 */
export function find(id) {
  return document.getElementById(id);
}

/**
 * An element that is always there.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @param {new () => T} [kind]
 * @returns {T}
 */
export function byId(id, kind) {
  const found = find(id);
  if (!(found instanceof (kind || HTMLElement))) throw new Error("The page has no " + id + ".");
  return /** @type {T} */ (found);
}

/**
 * @param {string} id
 * @param {string} text
 */
export function tell(id, text) {
  byId(id).textContent = text;
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [className]
 * @param {unknown} [text]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = String(text);
  return made;
}

/**
 * @param {string} className
 * @param {string} text
 * @param {Record<string, unknown>} data
 */
export function button(className, text, data) {
  const made = element("button", className, text);
  made.type = "button";
  Object.assign(made.dataset, data);
  return made;
}

/**
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} attributes
 * @param {Element} [parent]
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function svg(tag, attributes, parent) {
  const made = document.createElementNS(SVG, tag);
  setAttributes(made, attributes);
  if (parent) parent.append(made);
  return made;
}

/**
 * @param {Element} target
 * @param {Record<string, unknown>} attributes
 */
export function setAttributes(target, attributes) {
  for (const [name, value] of Object.entries(attributes)) target.setAttribute(name, String(value));
}

/**
 * The element of this kind that an event happened in.
 * @param {Event} event
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export function hit(event, selector) {
  return event.target instanceof Element ? event.target.closest(selector) : null;
}

/**
 * All elements of a kind.
 * @param {ParentNode} box
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
export function all(box, selector) {
  return [...box.querySelectorAll(selector)].map((found) => /** @type {HTMLElement} */ (found));
}

/**
 * Scrolls a box to one of its elements, once everything that changes with it has been drawn: to ask for a
 * place makes the browser lay out the whole page.
 * @param {HTMLElement} box
 * @param {HTMLElement} target
 */
export function centre(box, target) {
  window.requestAnimationFrame(() => {
    box.scrollTop = target.offsetTop - box.clientHeight / 2;
  });
}
