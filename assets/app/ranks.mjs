// @ts-check
// Heads in the order of a number that each has.

/**
 * @typedef {{ value: number, layer: number, head: number }} Ranked
 */

/**
 * The heads with the most first; those without a number are left out.
 * @param {(number | null)[][]} values layer x head
 * @param {number} most how many
 * @returns {Ranked[]}
 */
export function ranked(values, most) {
  const heads = values.flatMap((row, layer) => row.map((value, head) => ({ value, layer, head })));
  const known = /** @type {Ranked[]} */ (heads.filter(({ value }) => value !== null));
  return known.sort((one, other) => other.value - one.value).slice(0, most);
}

/**
 * The least and the most that any head has.
 * @param {(number | null)[][]} values
 * @returns {[least: number, most: number]}
 */
export function range(values) {
  const known = values.flat().filter((value) => value !== null);
  return [Math.min(...known), Math.max(...known)];
}
