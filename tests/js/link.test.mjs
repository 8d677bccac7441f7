// A link gives the view back, and a damaged one says so.

import assert from "node:assert/strict";
import { test } from "node:test";

import { decode, encode, SETTINGS, withoutSelection } from "../../assets/app/link.mjs";
import { random } from "./random.mjs";

const SETTINGS_GIVEN = {
  temperature: 0.8, top_k: 0, top_p: 1, seed: 0, max_new_tokens: 40, stop_at_eot: true,
};
const LETTERS = ["a", "&", "#", "=", "%", "\n", "é", "🙂", " ", "+"];
const DEFAULTS = {
  settings: SETTINGS_GIVEN,
  selection: { side: "a", pos: null, role: "query", layer: 0, head: 0, other: null },
  choices: { by: ["attention", "entropy"], stage: ["pattern", "raw"] },
};

function side(prompt, ids, nPrompt, settings = SETTINGS_GIVEN) {
  return { prompt, model: "bundled", settings, nPrompt, tokens: ids.map((id) => [id, "x", "text", "78"]) };
}

function viewOf(more) {
  return {
    sides: { a: side("The cat", [5, 6, 7], 2), b: null },
    selection: DEFAULTS.selection,
    options: { by: "attention", stage: "pattern" },
    choices: DEFAULTS.choices,
    zoom: { a: null, b: null },
    pins: [],
    ...more,
  };
}

test("nothing but what is needed to show it again stands in a link", () => {
  const found = decode(encode(viewOf({})), DEFAULTS);
  const a = { prompt: "The cat", model: "bundled", continuation: [7], settings: SETTINGS_GIVEN };
  assert.deepEqual(found, {
    sides: { a, b: null }, selection: DEFAULTS.selection, options: { by: "attention", stage: "pattern" },
    pins: [], zoom: { a: null, b: null },
  });
});

test("every view comes back", () => {
  const draw = random(1);
  const pick = (...all) => all[draw(all.length)];
  const word = () => Array.from({ length: draw(6) }, () => pick(...LETTERS)).join("");
  for (let round = 0; round < 500; round += 1) {
    const drawn = { temperature: draw(100) / 10, seed: draw(1e6), stop_at_eot: pick(true, false) };
    const settings = { ...SETTINGS_GIVEN, ...drawn };
    const [a, b] = [side(word(), [1, 2, draw(50000)], draw(4), settings), side(word(), [draw(9)], 0)];
    const view = viewOf({
      sides: { a, b: pick(null, b) },
      selection: {
        side: pick("a", "b"), pos: pick(null, draw(900)), role: pick("query", "key"), layer: draw(12),
        head: draw(12), other: pick(null, draw(900)),
      },
      options: { by: pick("attention", "entropy"), stage: pick("pattern", "raw") },
      zoom: { a: pick(null, [0, draw(9), 2, draw(9)]), b: pick(null, [1, 2, 3, 4]) },
      pins: Array.from({ length: draw(4) }, () => [draw(90), draw(90)]),
    });
    const found = decode("#" + encode(view), DEFAULTS);
    const { selection, options, zoom, pins } = view;
    assert.deepEqual({ ...found, sides: null }, { sides: null, selection, options, zoom, pins });
    assert.equal(found.sides.a.prompt, view.sides.a.prompt);
    assert.deepEqual(found.sides.a.settings, settings);
    assert.deepEqual(found.sides.b === null, view.sides.b === null);
  }
});

test("without a fragment there is nothing to restore", () => {
  assert.equal(decode("", DEFAULTS), null);
  assert.equal(decode("#", DEFAULTS), null);
});

for (const [junk, what] of [
  ["b=x", "prompt A"], ["a=x&sel=c.1.query.0.0", "selection"], ["a=x&sel=a.1.query.0.0.1.1", "selection"],
  ["a=x&sel=a.1.value.0.0", "selection"], ["a=x&sel=a.-1.query.0.0", "selection"], ["a=x&sel=", "selection"],
  ["a=x&sel=a.1.query.0", "selection"], ["a=x&sel=a.1.query.0.0.", "selection"],
  ["a=x&ag=1.x", "generated tokens"], ["a=x&t=", "temperature"], ["a=x&k=1e999", "top_k"],
  ["a=x&eot=maybe", "stop_at_eot"], ["a=x&o.by=nothing", "by"], ["a=x&pin=1", "pinned tokens"],
  ["a=x&pin=1-2-3", "pinned tokens"], ["a=x&pin=", "pinned tokens"], ["a=x&za=1.2.3", "zoom"],
  ["a=x&zb=1.2.3.x", "zoom"], ["a=" + "9".repeat(200000), "length"],
]) {
  test(`a damaged link names what is wrong: ${junk.slice(0, 30)}`, () => {
    assert.throws(() => decode(junk, DEFAULTS), { message: what });
  });
}

test("whatever stands in a link, it is read or refused", () => {
  const draw = random(2);
  const sound = encode(viewOf({ pins: [[1, 2]], zoom: { a: [0, 1, 2, 3], b: null } }));
  for (let round = 0; round < 2000; round += 1) {
    const at = draw(sound.length);
    const junk = sound.slice(0, at) + String.fromCharCode(32 + draw(95)) + sound.slice(at + draw(3));
    try {
      const found = decode(junk, DEFAULTS);
      assert.ok(Number.isInteger(found.selection.layer));
      assert.ok(DEFAULTS.choices.by.includes(found.options.by));
    } catch (error) {
      assert.ok(error instanceof Error && !(error instanceof TypeError), error);
    }
  }
});

test("two views of the same texts differ in their selection alone", () => {
  const one = encode(viewOf({}));
  const other = encode(viewOf({
    selection: { ...DEFAULTS.selection, pos: 1, head: 3 }, options: { by: "entropy", stage: "raw" },
    pins: [[1, 1]], zoom: { a: [0, 1, 0, 1], b: null },
  }));
  const another = encode(viewOf({ sides: { a: side("x", [1], 1), b: null } }));
  assert.notEqual(one, other);
  assert.equal(withoutSelection(one), withoutSelection("#" + other));
  assert.notEqual(withoutSelection(one), withoutSelection(another));
});

test("the settings of a link are those of the form", () => {
  assert.deepEqual(SETTINGS, Object.keys(SETTINGS_GIVEN));
});
