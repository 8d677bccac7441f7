// @ts-check
// Numbers as text for a file.

/**
 * What is drawn somewhere, as numbers.
 * @typedef {{ header: string[], rows: unknown[][] }} Table
 */

/**
 * Quoted throughout: a token may be a comma, a quote or a line break.
 * @param {Table} table
 */
export function csv({ header, rows }) {
  const lines = header.length ? [header, ...rows] : rows;
  const quoted = (/** @type {unknown} */ value) => '"' + String(value).replaceAll('"', '""') + '"';
  return lines.map((line) => line.map(quoted).join(",") + "\r\n").join("");
}

/**
 * The link that shows the same, and a name for each number; a token stays text whatever it looks like.
 * @param {Table} table
 * @param {string} link
 */
export function json({ header, rows }, link) {
  const named = rows.map((row) => Object.fromEntries(row.map((value, index) => {
    const name = header[index] || String(index);
    return [name, name === "token" ? value : numeric(value)];
  })));
  return JSON.stringify({ link, rows: named }, null, 1);
}

/** @param {unknown} value */
function numeric(value) {
  return value !== "" && typeof value !== "boolean" && Number.isFinite(Number(value)) ? Number(value) : value;
}
