// The selected query's row (as key: its column) on a heat map, or its place on a curve: outlined on a graph that is itself
// the same for every selected token.
// The rectangle is ours, not a Plotly shape: for a moved shape Plotly would draw the whole plot anew.
(function () {
  "use strict";
  const { view, posOn } = window.gpt2dash;
  const graphs = {}; // by id

  // The place of the selection on its axis, null when this side, or what is in view of it, has none.
  function selectedPlace(side, meta) {
    const { selection } = view;
    const [first, n] = selection.role === "key" ? [meta.first_key, meta.n_key] : [meta.first_query, meta.n_query];
    const pos = posOn(side);
    const place = Math.floor((pos - first) / meta.span);
    return pos !== null && place >= 0 && place < n ? place : null;
  }

  // What is outlined, in the graph's own numbers: left, right, top, bottom; null: nothing.
  function outlined(side, { meta }, { xaxis, yaxis }) {
    if (meta.x === "position") {
      const pos = posOn(side);
      return pos === null ? null : [pos, pos, ...yaxis.range];
    }
    const place = selectedPlace(side, meta);
    if (place === null) return null;
    const one = [place - 0.5, place + 0.5];
    return view.selection.role === "key" ? [...one, -0.5, meta.n_query - 0.5] : [-0.5, meta.n_key - 0.5, ...one];
  }

  // Beside what is drawn, so that it is clipped and dragged with it.
  function rectangle(drawn) {
    const found = drawn.parentNode.querySelector(".query-outline");
    if (found) return found;
    const made = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    made.setAttribute("class", "query-outline");
    return drawn.parentNode.appendChild(made);
  }

  function outline(id) {
    const graph = graphs[id];
    const drawn = graph.isConnected && graph.querySelector(".heatmaplayer, .scatterlayer");
    if (!drawn || !graph.layout.meta) return;
    const axes = graph._fullLayout; // the axes as drawn; l2p gives pixels
    const found = outlined(id.slice(-1), graph.layout, axes);
    const element = rectangle(drawn);
    element.toggleAttribute("hidden", found === null);
    if (found === null) return;
    const [left, right] = found.slice(0, 2).map((x) => axes.xaxis.l2p(x)).sort((one, other) => one - other);
    const [top, bottom] = found.slice(2).map((y) => axes.yaxis.l2p(y)).sort((one, other) => one - other);
    const sizes = { x: left, y: top, width: Math.max(right - left, 0.01), height: bottom - top }; // of no width is not drawn
    for (const [name, value] of Object.entries(sizes)) element.setAttribute(name, value);
  }

  // The graph is made some frames after its first figure; Plotly may drop our rectangle whenever it draws.
  function markSelection(figure, id) {
    if (!document.getElementById(id)) return;
    const graph = document.querySelector("#" + id + " .js-plotly-plot");
    if (!graph || !graph.on || !graph._fullLayout) {
      window.requestAnimationFrame(() => markSelection(figure, id));
      return;
    }
    if (graph === graphs[id]) return;
    graphs[id] = graph;
    graph.on("plotly_afterplot", () => outline(id));
    graph.on("plotly_relayout", (change) => zoom(id.slice(-1), graph, change));
    outline(id);
  }

  // Where a cell stands for several tokens, a part that is zoomed into is fetched anew, finer.
  function zoom(side, graph, change) {
    const { meta } = graph.layout;
    if (!meta || !meta.span) return;
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
  window.dash_clientside.gpt2dash.markSelection = markSelection;
})();
