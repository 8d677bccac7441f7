// What Dash is told of the view: the fields that a kind of panel needs, when one of them has changed.

import assert from "node:assert/strict";
import { test } from "node:test";

const sent = [];
globalThis.window = { dash_clientside: { set_props: (id, { data }) => sent.push([id, data]) } };

const { forget, publish, setKinds } = await import("../../assets/app/publish.mjs");
const { view } = await import("../../assets/app/view.mjs");

const KINDS = { token: ["pos", "other", "role"], pattern: ["layer", "stage", "zoom"], text: [] };
setKinds({ views: KINDS, both: ["text"] });

function told(change) {
  change();
  sent.length = 0;
  publish();
  return sent.map(([id]) => id);
}

test("a kind is told when its own fields change, and not otherwise", () => {
  view.options = { stage: "pattern", by: "attention" };
  assert.deepEqual(told(() => {}), []);
  const run = () => { view.sides.a = { key: "k", settings: {} }; };
  assert.deepEqual(told(run), ["token-a", "pattern-a", "text-a"]);
  assert.deepEqual(told(() => { view.selection.pos = 3; }), ["token-a"]);
  assert.deepEqual(sent, [["token-a", { key: "k", pos: 3, other: null, role: "query" }]]);
  assert.deepEqual(told(() => { view.options.stage = "raw"; }), ["pattern-a"]);
  assert.deepEqual(told(() => { view.options.by = "entropy"; }), []);
  assert.deepEqual(told(() => { view.zoom.a = [0, 1, 0, 1]; }), ["pattern-a"]);
  assert.deepEqual(told(() => { view.selection.layer = 1; }), ["pattern-a"]);
});

test("a panel of both sides is told when both are there, and of the pinned pairs", () => {
  view.pairs = [[3, 1]];
  const found = told(() => { view.sides.b = { key: "l", settings: {} }; });
  assert.deepEqual(found, ["token-b", "pattern-b", "text-b", "text-both"]);
  assert.deepEqual(sent.at(-1)[1], { a: { key: "k" }, b: { key: "l" }, pins: [] });
  assert.deepEqual(sent[0][1], { key: "l", pos: 1, other: null, role: "query" });
  assert.deepEqual(told(() => { view.pins = [[0, 0]]; }), ["text-both"]);
  assert.deepEqual(told(() => { view.sides.b = null; }), ["token-b", "pattern-b", "text-b", "text-both"]);
  assert.ok(sent.every(([, data]) => data === null));
});

test("a page that has just been opened is told everything that there is", () => {
  assert.deepEqual(told(forget), ["token-a", "pattern-a", "text-a"]);
});
