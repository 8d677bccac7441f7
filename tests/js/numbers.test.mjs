// Numbers as text for files, and heads in order.

import assert from "node:assert/strict";
import { test } from "node:test";

import { csv, json } from "../../assets/app/csv.mjs";
import { partnerOf, toggled, turned } from "../../assets/app/pairs.mjs";
import { range, ranked } from "../../assets/app/ranks.mjs";

test("a token may be a comma, a quote or a line break", () => {
  const rows = [[0, ',"\r\n', 0.5]];
  assert.equal(csv({ header: ["position", "token"], rows }), '"position","token"\r\n"0",",""\r\n","0.5"\r\n');
});

test("nothing is no line", () => {
  assert.equal(csv({ header: [], rows: [] }), "");
});

test("numbers are numbers, and a token stays text", () => {
  const table = { header: ["position", "token", ""], rows: [["0", "7", "x"], [1, "", ""]] };
  assert.deepEqual(JSON.parse(json(table, "http://here/#a")), {
    link: "http://here/#a", rows: [{ position: 0, token: "7", 2: "x" }, { position: 1, token: "", 2: "" }],
  });
});

test("heads stand in the order of their values, those without one left out", () => {
  const values = [[1, null, 3], [2, 0, null]];
  assert.deepEqual(ranked(values, 3).map(({ layer, head }) => [layer, head]), [[0, 2], [1, 0], [0, 0]]);
  assert.deepEqual(ranked([], 3), []);
  assert.deepEqual(range(values), [0, 3]);
});

test("equal heads keep the order of layers and heads", () => {
  assert.deepEqual(ranked([[1, 1], [1, 1]], 4).map(({ layer, head }) => 2 * layer + head), [0, 1, 2, 3]);
});

test("a partner is found both ways", () => {
  const pairs = [[0, 2], [3, 1]];
  const found = [partnerOf(pairs, "b", 3), partnerOf(pairs, "a", 2), partnerOf(pairs, "b", 1)];
  assert.deepEqual(found, [1, 0, null]);
  assert.deepEqual(partnerOf(turned(pairs), "a", 3), 1);
});

test("a token has one partner at most", () => {
  assert.deepEqual(toggled([[0, 2], [3, 1]], [0, 1]), [[0, 1]]);
  assert.deepEqual(toggled([[0, 2], [3, 1]], [0, 2]), [[3, 1]]);
});
