// @ts-check
// Sentences that come up over the page.

import { setProps } from "./dash.mjs";

/**
 * @param {string} message
 * @param {"danger" | "warning" | "success"} colour
 */
export function notice(message, colour = "danger") {
  setProps("notice", { children: message, is_open: true, color: colour });
}

export function closeNotice() {
  setProps("notice", { is_open: false });
}

/**
 * What a person is told of a failure.
 * @param {unknown} error
 */
export function noticeOf(error) {
  notice(reason(error));
}

/** @param {unknown} error */
export function reason(error) {
  return error instanceof Error ? error.message : String(error);
}
