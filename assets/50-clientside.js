// Functions that Dash calls in the browser.
(function () {
  "use strict";
  const app = window.gpt2dash;
  const unchanged = () => window.dash_clientside.no_update;

  // Once, when the layout is in the page.
  function boot(defaults) {
    app.boot(defaults);
  }

  // A page change drops the fragment; put it back.
  function keepFragment() {
    app.writeFragment(false);
  }

  function useExample(text) {
    return text ? [text, null] : [unchanged(), unchanged()];
  }

  // The pickers on the attention page write the selection; a picker that only follows it changes nothing.
  function pickHead(layer, head) {
    const selection = app.view.selection;
    const chosen = { layer: Number(layer), head: Number(head) };
    const isNew = layer !== null && head !== null && (chosen.layer !== selection.layer || chosen.head !== selection.head);
    if (isNew) app.select(chosen);
  }

  function headOptions() {
    const { sides, selection } = app.view;
    const side = sides[selection.side] || sides.a;
    app.showOptions(); // the pickers of a page that has just been opened
    if (!side || !side.nLayer) return [unchanged(), unchanged(), unchanged(), unchanged()];
    const options = (n) => Array.from({ length: n }, (_, i) => ({ label: String(i), value: String(i) }));
    return [options(side.nLayer), options(side.nHead), String(selection.layer), String(selection.head)];
  }

  // A row of attention as bars over the words of the text.
  function textBars(row, id) {
    const target = row && document.getElementById(id);
    const side = row && app.view.sides[row.side];
    if (!target) return;
    if (!side || row.pos === null) {
      target.replaceChildren();
      return;
    }
    const tallest = Math.max(...row.weights) || 1;
    target.replaceChildren(...row.weights.map((weight, pos) => {
      const word = document.createElement("span");
      word.className = "text-bar" + (pos === row.pos ? " text-bar-selected" : "");
      word.style.setProperty("--weight", weight / tallest);
      word.title = "token " + pos + ": " + weight;
      Object.assign(word.dataset, { pos, weight, token: side.tokens[pos] ? side.tokens[pos][1] : "" });
      const bar = document.createElement("i");
      const text = document.createElement("span");
      text.textContent = side.tokens[pos] ? side.tokens[pos][1] : "";
      word.append(bar, text);
      return word;
    }));
    const chosen = target.children[row.pos];
    target.scrollTop = chosen.offsetTop - target.offsetTop - target.clientHeight / 2;
  }

  window.dash_clientside = Object.assign(window.dash_clientside || {}, {
    gpt2dash: { boot, keepFragment, useExample, pickHead, headOptions, textBars },
  });
})();
