// The selected query's row (as key: its column), outlined on a heat map that is itself the same for every selected token.
// The rectangle is ours, not a Plotly shape: for a moved shape Plotly would draw the whole plot anew.
(function () {
  "use strict";
  const { view, posOn } = window.gpt2dash;
  const graphs = {}; // by side

  // The place of the selection on its axis, null when this side, or what is in view of it, has none.
  function selectedPlace(side, meta) {
    const { selection } = view;
    const [first, n] = selection.role === "key" ? [meta.first_key, meta.n_key] : [meta.first_query, meta.n_query];
    const pos = posOn(side);
    const place = Math.floor((pos - first) / meta.span);
    return pos !== null && place >= 0 && place < n ? place : null;
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
    const isKey = view.selection.role === "key";
    const one = [place - 0.5, place + 0.5];
    const all = [-0.5, (isKey ? graph.layout.meta.n_query : graph.layout.meta.n_key) - 0.5];
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
    graph.on("plotly_relayout", (change) => zoom(side, graph, change));
    outline(side);
  }

  // Where a cell stands for several tokens, a part that is zoomed into is fetched anew, finer.
  function zoom(side, graph, change) {
    const { meta } = graph.layout;
    if (!meta) return;
    if (change["xaxis.autorange"] || change["yaxis.autorange"]) window.gpt2dash.zoom(side, null);
    else if (meta.span > 1 && Object.keys(change).some((name) => /axis\.range/.test(name))) {
      const { xaxis, yaxis } = graph._fullLayout;
      window.gpt2dash.zoom(side, [...tokens(yaxis.range, meta.first_query, meta.n_query, meta.span), ...tokens(xaxis.range, meta.first_key, meta.n_key, meta.span)]);
    }
  }

  // First and last token of a range of places.
  function tokens(range, first, n, span) {
    const inside = (place) => Math.min(n - 1, Math.max(0, Math.round(place)));
    return [first + span * inside(Math.min(...range)), first + span * (inside(Math.max(...range)) + 1) - 1];
  }

  document.addEventListener("gpt2dash:selected", () => Object.keys(graphs).forEach(outline));
  window.dash_clientside.gpt2dash.outlineQuery = outlineQuery;
})();
