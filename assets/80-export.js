// What a panel shows, as files and as Python: numbers are read from what is drawn, so both say the same.
(function () {
  "use strict";
  const app = window.gpt2dash;

  const graphOf = (panel) => panel.querySelector(".js-plotly-plot");

  function traceRows(trace) {
    if (!trace.z) return Array.from(trace.x, (x, index) => [trace.name || "", x, trace.y[index]]);
    const rows = [];
    Array.from(trace.z, (line, y) => Array.from(line, (z, x) => Number.isFinite(z) && rows.push([y, x, z])));
    return rows;
  }

  // A header and rows: of a graph's traces, of a grid's heads, of bars over the text, or of a table.
  function tableOf(panel) {
    const graph = graphOf(panel);
    if (graph) {
      const traces = graph._fullData;
      return [traces[0].z ? ["row", "column", "value"] : ["series", "x", "y"], ...traces.flatMap(traceRows)];
    }
    const cells = [...panel.querySelectorAll(".head-cell")];
    if (cells.length) return [["layer", "head", "value"], ...cells.map(({ dataset }) => [dataset.layer, dataset.head, dataset.value || ""])];
    const bars = [...panel.querySelectorAll(".text-bar")];
    if (bars.length) return [["position", "token", "weight"], ...bars.map(({ dataset }) => [dataset.pos, dataset.token, dataset.weight])];
    return [...panel.querySelectorAll("tr")].map((row) => [...row.cells].map((cell) => cell.textContent));
  }

  // Quoted throughout: a token may be a comma, a quote or a line break.
  function csv(rows) {
    return rows.map((row) => row.map((value) => '"' + String(value).replaceAll('"', '""') + '"').join(",")).join("\r\n") + "\r\n";
  }

  function json(rows) {
    const [header, ...body] = rows;
    const number = (value) => (value !== "" && Number.isFinite(Number(value)) && typeof value !== "boolean" ? Number(value) : value);
    const named = body.map((row) => Object.fromEntries(row.map((value, index) => [header[index] || index, header[index] === "token" ? value : number(value)])));
    return JSON.stringify({ link: window.location.href, rows: named }, null, 1);
  }

  function save(name, type, text) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function fileName(panel) {
    const { selection } = app.view;
    return (panel.querySelector(".panel-title").textContent + " L" + selection.layer + "H" + selection.head).replace(/[^\w]+/g, "-");
  }

  function sideOf(panel) {
    const box = panel.closest(".side-panels");
    return box && box.classList.contains("side-panels-b") ? "b" : "a";
  }

  // The lines that compute the panel's numbers again, for this text, model and selection.
  function python(panel) {
    const side = app.view.sides[sideOf(panel)];
    if (!side) return "Run a prompt first.";
    const { layer, head, pos } = app.view.selection;
    const lines = panel.dataset.python.replaceAll("{layer}", layer).replaceAll("{head}", head).replaceAll("{pos}", pos);
    const ids = side.tokens.map((token) => token[0]).join(", ");
    return "import gpt2dash\n\nlm = gpt2dash.load(" + JSON.stringify(side.model) + ")\ntrace = lm.trace([" + ids + "])\n" + lines + "\n";
  }

  function pattern(panel) {
    const side = app.view.sides[sideOf(panel)];
    if (!side || !side.key) return;
    const { layer, head } = app.view.selection;
    const link = document.createElement("a");
    link.href = "/api/pattern.npz?" + new URLSearchParams({ key: side.key, layer, head });
    link.download = fileName(panel) + ".npz";
    link.click();
  }

  const exports = {
    png: (panel) => window.Plotly.downloadImage(graphOf(panel), { format: "png", scale: 2, filename: fileName(panel) }),
    svg: (panel) => window.Plotly.downloadImage(graphOf(panel), { format: "svg", filename: fileName(panel) }),
    csv: (panel) => save(fileName(panel) + ".csv", "text/csv", csv(tableOf(panel))),
    json: (panel) => save(fileName(panel) + ".json", "application/json", json(tableOf(panel))),
    npz: pattern,
    python: (panel) => {
      const target = panel.querySelector(".panel-python");
      target.hidden = !target.hidden;
      target.textContent = python(panel);
    },
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-export]");
    if (button) exports[button.dataset.export](button.closest(".panel"));
  });
})();
