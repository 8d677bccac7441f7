// The selected query's row (as key: its column), outlined on a heat map that is itself the same for every selected token.
// The rectangle is ours, not a Plotly shape: for a moved shape Plotly would draw the whole plot anew.
(function () {
  "use strict";
  const { view } = window.gpt2dash;
  const graphs = {}; // by side

  // The place of the selection on the axis, null when this side has none.
  function selectedPlace(side, { n_place: n, span }) {
    const { selection } = view;
    const place = Math.floor(selection.pos / span);
    return selection.side === side && selection.pos !== null && place < n ? place : null;
  }

  // Beside the cells, so that it is clipped and dragged with them.
  function rectangle(cells) {
    const found = cells.parentNode.querySelector(".query-outline");
    if (found) return found;
    const made = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    made.setAttribute("class", "query-outline");
    return cells.parentNode.appendChild(made);
  }

  function outline(side) {
    const graph = graphs[side];
    const cells = graph.isConnected && graph.querySelector(".heatmaplayer");
    if (!cells || !graph.layout.meta) return;
    const { xaxis, yaxis } = graph._fullLayout; // the axes as drawn; l2p gives pixels
    const place = selectedPlace(side, graph.layout.meta);
    const element = rectangle(cells);
    element.toggleAttribute("hidden", place === null);
    if (place === null) return;
    const one = [place - 0.5, place + 0.5];
    const all = [-0.5, graph.layout.meta.n_place - 0.5];
    const isKey = view.selection.role === "key";
    const [left, right] = (isKey ? one : all).map((x) => xaxis.l2p(x));
    const [top, bottom] = (isKey ? all : one).map((y) => yaxis.l2p(y));
    const sizes = { x: left, y: top, width: right - left, height: bottom - top };
    for (const [name, value] of Object.entries(sizes)) element.setAttribute(name, value);
  }

  // The graph is made some frames after its first figure; Plotly may drop our rectangle whenever it draws.
  function outlineQuery(figure, id) {
    if (!document.getElementById(id)) return;
    const side = id.slice(-1);
    const graph = document.querySelector("#" + id + " .js-plotly-plot");
    if (!graph || !graph.on || !graph._fullLayout) {
      window.requestAnimationFrame(() => outlineQuery(figure, id));
      return;
    }
    if (graph === graphs[side]) return;
    graphs[side] = graph;
    graph.on("plotly_afterplot", () => outline(side));
    outline(side);
  }

  document.addEventListener("gpt2dash:selected", () => Object.keys(graphs).forEach(outline));
  window.dash_clientside.gpt2dash.outlineQuery = outlineQuery;
})();
