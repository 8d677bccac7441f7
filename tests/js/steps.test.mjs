// Undo and redo, over a browser's history and over links and pages that come in between.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Steps } from "../../assets/app/steps.mjs";
import { random } from "./random.mjs";

/** What a browser keeps: entries, and which is shown. */
class Browser {
  entries = [{ state: null, url: "/" }];
  at = 0;

  get state() {
    return this.entries[this.at].state;
  }

  get url() {
    return this.entries[this.at].url;
  }

  pushState(state, _title, url) {
    this.entries = [...this.entries.slice(0, this.at + 1), { state, url }];
    this.at += 1;
  }

  replaceState(state, _title, url) {
    this.entries[this.at] = { state, url };
  }

  back() {
    this.at = Math.max(0, this.at - 1);
  }

  forward() {
    this.at = Math.min(this.entries.length - 1, this.at + 1);
  }
}

function started() {
  const browser = new Browser();
  const steps = new Steps(browser);
  steps.write("/#0", false);
  return { browser, steps };
}

test("at first there is nothing to undo or to redo", () => {
  const { steps } = started();
  assert.deepEqual([steps.canUndo, steps.canRedo], [false, false]);
});

test("a change that is no step leaves the steps as they are", () => {
  const { browser, steps } = started();
  steps.write("/#1", true);
  steps.undo();
  steps.arrive();
  steps.write("/#0 again", false);
  assert.equal(browser.url, "/#0 again");
  assert.deepEqual([steps.canUndo, steps.canRedo], [false, true]);
});

test("undo and redo walk as on a list, whatever is done in whatever order", () => {
  const draw = random(3);
  for (let round = 0; round < 200; round += 1) {
    const { browser, steps } = started();
    let [list, at] = [["/#0"], 0];
    for (let n = 0; n < 40; n += 1) {
      const what = draw(3);
      if (what === 0) {
        [list, at] = [[...list.slice(0, at + 1), `/#${round}.${n}`], at + 1];
        steps.write(list[at], true);
      } else {
        at = what === 1 ? Math.max(0, at - 1) : Math.min(list.length - 1, at + 1);
        if (what === 1) steps.undo();
        else steps.redo();
        steps.arrive();
      }
      assert.equal(browser.url, list[at]);
      assert.deepEqual([steps.canUndo, steps.canRedo], [at > 0, at < list.length - 1]);
    }
  }
});

test("undo and redo never leave the steps for what another page or link has put there", () => {
  const draw = random(4);
  for (let round = 0; round < 200; round += 1) {
    const { browser, steps } = started();
    for (let n = 0; n < 40; n += 1) {
      const before = browser.at;
      const what = draw(5);
      if (what === 0) steps.write(`/#${n}`, true);
      if (what === 1) steps.undo();
      if (what === 2) steps.redo();
      if (what === 3) browser.back();
      if (what === 4) {
        browser.pushState(null, "", "/another");
        steps.arrive();
        steps.write("/another#0", false);
      }
      const { state } = browser;
      if (what === 1 && browser.at < before) assert.equal(state.step, browser.entries[before].state.step - 1);
      if (what === 2 && browser.at > before) assert.equal(state.step, browser.entries[before].state.step + 1);
      steps.arrive();
    }
  }
});
