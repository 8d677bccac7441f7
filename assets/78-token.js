// What the server tells of the selected token, drawn panel by panel.
(function () {
  "use strict";
  const app = window.gpt2dash;
  const byId = (id) => document.getElementById(id);

  function tell(id, text) {
    byId(id).textContent = text;
  }

  function tokenInHead(data) {
    if (!data || !byId("text-bars-" + data.side)) return;
    const { side, pos, row, lines, score } = data;
    const [bars, box, dimensions] = ["text-bars-", "head-lines-", "score-"].map((name) => byId(name + side));
    tell("attention-reading-" + side, pos === null ? data.told : row.told);
    tell("lines-footer-" + side, pos === null ? "" : lines.told);
    tell("score-reading-" + side, pos === null ? data.told : score.told);
    if (pos === null) {
      for (const target of [bars, box, dimensions]) target.replaceChildren();
      return;
    }
    app.drawBars(bars, side, row.weights, pos);
    app.drawLines(box, side, lines);
    app.drawScore(dimensions, score.q, score.k);
  }

  function tokenInAllHeads(data) {
    if (!data || !byId("across-bars-" + data.side)) return;
    const { side, pos, moved, across } = data;
    const bars = byId("across-bars-" + side);
    tell("across-reading-" + side, pos === null ? data.told : across.told);
    if (pos === null) bars.replaceChildren();
    else app.drawBars(bars, side, across.weights, pos);
    app.drawValues(byId("moved-grid-" + side), pos === null ? null : moved);
    tell("moved-footer-" + side, pos === null ? "" : app.scale(moved));
  }

  Object.assign(window.dash_clientside.gpt2dash, { tokenInHead, tokenInAllHeads });
})();
