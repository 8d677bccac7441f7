// @ts-check
// The one door to Dash.

/** @returns {any} */
const dash = () => /** @type {any} */ (window).dash_clientside;

/**
 * Sets properties of a component, as a callback would.
 * @param {string} id
 * @param {Record<string, unknown>} props
 */
export function setProps(id, props) {
  dash().set_props(id, props);
}

/** What a callback returns for an output that stays as it is. */
export function unchanged() {
  return dash().no_update;
}
