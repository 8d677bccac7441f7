// @ts-check
// Tokens of A and B that stand for one another.

/**
 * @typedef {[a: number, b: number]} Pair positions in A and in B
 */

/**
 * The partner of a token on the other side, null when it has none.
 * @param {Pair[]} pairs
 * @param {"a" | "b"} to the side of the partner
 * @param {number} pos on the side it comes from
 */
export function partnerOf(pairs, to, pos) {
  const [own, other] = to === "b" ? [0, 1] : [1, 0];
  const found = pairs.find((pair) => pair[own] === pos);
  return found ? found[other] : null;
}

/**
 * The pairs with one more; a pair that was there is taken apart. A token has one partner at most.
 * @param {Pair[]} pairs
 * @param {Pair} pair
 * @returns {Pair[]}
 */
export function toggled(pairs, [a, b]) {
  const others = pairs.filter((pair) => pair[0] !== a && pair[1] !== b);
  const isThere = pairs.some((pair) => pair[0] === a && pair[1] === b);
  return isThere ? others : [...others, [a, b]];
}

/**
 * The same pairs when A and B change places.
 * @param {Pair[]} pairs
 * @returns {Pair[]}
 */
export function turned(pairs) {
  return pairs.map(([a, b]) => [b, a]);
}
