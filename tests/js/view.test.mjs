// What clicks make of the view, and who is told.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import {
  clamp, onChange, pairTokens, partner, posOn, select, selectToken, setOption, view, zoom,
} from "../../assets/app/view.mjs";

const told = [];
onChange((isStep) => told.push(isStep));

function side(labels) {
  return { nLayer: 2, nHead: 4, tokens: labels.map((label, id) => [id, label, "text", ""]) };
}

beforeEach(() => {
  view.sides = { a: side(["the", "cat", "sat"]), b: side(["a", "cat"]) };
  view.selection = { side: "a", pos: null, role: "query", layer: 0, head: 0, other: null };
  Object.assign(view, { options: { stage: "pattern" }, pins: [], pairs: [], zoom: { a: null, b: null } });
  told.length = 0;
});

test("the other side shows the partner of the selected token", () => {
  selectToken("a", 1, false);
  assert.equal(posOn("a"), 1);
  assert.equal(posOn("b"), null);
  pairTokens([[1, 1], [2, 0]]);
  assert.equal(posOn("b"), 1);
  assert.deepEqual(partner(), { name: "b", pos: 1, label: "cat" });
  selectToken("b", 0, false);
  assert.equal(posOn("a"), 2);
  assert.deepEqual(partner(), { name: "a", pos: 2, label: "sat" });
});

test("a side without a text has no partner", () => {
  pairTokens([[1, 1]]);
  selectToken("a", 1, false);
  view.sides.b = null;
  assert.equal(partner(), null);
});

test("with shift a second token comes and goes", () => {
  selectToken("a", 2, false);
  selectToken("a", 0, true);
  assert.deepEqual([view.selection.pos, view.selection.other], [2, 0]);
  selectToken("a", 0, true);
  assert.equal(view.selection.other, null);
  selectToken("a", 2, true);
  assert.deepEqual([view.selection.pos, view.selection.other], [2, null]);
});

test("with shift a token of the other side is pinned, and taken apart by the same again", () => {
  selectToken("b", 0, false);
  selectToken("a", 2, true);
  assert.deepEqual(view.pins, [[2, 0]]);
  assert.equal(view.selection.side, "b");
  selectToken("a", 1, true);
  assert.deepEqual(view.pins, [[1, 0]]);
  selectToken("a", 1, true);
  assert.deepEqual(view.pins, []);
});

test("without a selected token shift is a click", () => {
  selectToken("b", 1, true);
  assert.deepEqual([view.selection.side, view.selection.pos], ["b", 1]);
});

test("what is not there becomes the nearest, and is named", () => {
  Object.assign(view.selection, { pos: 9, other: 3, layer: 2, head: 4 });
  assert.deepEqual(clamp(), ["token 9", "token 3", "layer 2", "head 4"]);
  assert.deepEqual(view.selection, { side: "a", pos: 2, role: "query", layer: 1, head: 3, other: 2 });
  assert.deepEqual(clamp(), []);
});

test("a selection on B waits for B while it runs, and no longer", () => {
  view.sides.b = null;
  view.selection.side = "b";
  view.isRunning.b = true;
  clamp();
  assert.equal(view.selection.side, "b");
  view.isRunning.b = false;
  clamp();
  assert.equal(view.selection.side, "a");
});

test("everybody is told once, and whether it can be undone", () => {
  select({ head: 2 });
  setOption("stage", "raw");
  setOption("role", "key");
  zoom("a", [0, 9, 1, 9]);
  pairTokens(null);
  assert.deepEqual(told, [true, true, true, true, false]);
  assert.deepEqual([view.options.stage, view.selection.role], ["raw", "key"]);
  assert.deepEqual(view.zoom.a, [0, 2, 1, 2]);
});
