// Functions that Dash calls in the browser.
(function () {
  "use strict";
  const app = window.gpt2dash;
  const unchanged = () => window.dash_clientside.no_update;

  // Once, when the layout is in the page.
  function boot(defaults) {
    app.boot(defaults);
  }

  function opened() {
    app.opened();
  }

  function pairTokens(pairs) {
    app.pairTokens(pairs || []);
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
    if (!side || !side.nLayer) return [unchanged(), unchanged(), unchanged(), unchanged()];
    const options = (n) => Array.from({ length: n }, (_, i) => ({ label: String(i), value: String(i) }));
    return [options(side.nLayer), options(side.nHead), String(selection.layer), String(selection.head)];
  }

  window.dash_clientside = Object.assign(window.dash_clientside || {}, {
    gpt2dash: { boot, opened, pairTokens, useExample, pickHead, headOptions },
  });
})();
