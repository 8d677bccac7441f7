// What a panel shows, as files and as Python: numbers are read from what is drawn, so both say the same.
(function () {
  "use strict";
  const app = window.gpt2dash;

  // What the browser draws itself keeps its numbers beside it.
  const DRAWN = {
    ".text-bars": ["position", "token", "weight"],
    ".head-lines": ["query", "key", "weight"],
    ".score-box": ["dimension", "q", "k", "q times k"],
    ".head-grid": ["layer", "head", "value"],
  };

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
    for (const [drawn, header] of Object.entries(DRAWN)) {
      const box = panel.querySelector(drawn);
      if (box && box.children.length) return [header, ...box.numbers];
    }
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

  function download(url, name) {
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
  }

  function save(name, type, text) {
    const url = URL.createObjectURL(new Blob([text], { type }));
    download(url, name);
    window.setTimeout(() => URL.revokeObjectURL(url), 1000);
  }

  function fileName(panel) {
    const { selection } = app.view;
    return (panel.querySelector(".panel-title").textContent + " L" + selection.layer + "H" + selection.head).replace(/[^\w]+/g, "-");
  }

  function sideOf(panel) {
    const box = panel.closest(".side-panels");
    return box && box.classList.contains("side-panels-b") ? "b" : "a";
  }

  // The lines that compute the panel's numbers again, for these texts, models and selection.
  function python(panel) {
    const names = panel.closest(".compared") ? { a: "trace_a", b: "trace_b" } : { [sideOf(panel)]: "trace" };
    const sides = Object.entries(names).map(([name, trace]) => [app.view.sides[name], trace, app.posOn(name)]);
    if (sides.some(([side]) => !side)) return "Run a prompt first.";
    const { layer, head } = app.view.selection;
    const traces = sides.map(([side, trace]) => {
      const ids = side.tokens.map((token) => token[0]).join(", ");
      return trace + " = gpt2dash.load(" + JSON.stringify(side.model) + ").trace([" + ids + "])\n";
    });
    const lines = panel.dataset.python.replaceAll("{layer}", layer).replaceAll("{head}", head).replaceAll("{pos}", sides[0][2]);
    return "import gpt2dash\n\n" + traces.join("") + lines + "\n";
  }

  function pattern(panel) {
    const side = app.view.sides[sideOf(panel)];
    if (!side || !side.key) return;
    const { layer, head } = app.view.selection;
    download("/api/pattern.npz?" + new URLSearchParams({ key: side.key, layer, head }), fileName(panel) + ".npz");
  }

  // Only who saves a picture needs the code that turns a part of the page into one.
  function htmlToImage() {
    return new Promise((resolve, reject) => {
      if (window.htmlToImage) {
        resolve(window.htmlToImage);
        return;
      }
      const script = document.createElement("script");
      script.src = document.getElementById("html-to-image").href;
      script.onload = () => resolve(window.htmlToImage);
      script.onerror = () => reject(new Error("The code that makes pictures cannot be loaded: is the server still there?"));
      document.head.append(script);
    });
  }

  // A graph is drawn anew in the format asked for; any other panel is taken as it stands, at its full height.
  async function picture(panel, format) {
    if (graphOf(panel)) {
      window.Plotly.downloadImage(graphOf(panel), { format, scale: format === "png" ? 2 : 1, filename: fileName(panel) });
      return;
    }
    const maker = await htmlToImage();
    const settings = { skipFonts: true, pixelRatio: 2, backgroundColor: getComputedStyle(panel).backgroundColor };
    const restore = prepare(panel);
    try {
      const url = format === "png" ? await maker.toPng(panel, settings) : await maker.toSvg(panel, settings);
      download(url, fileName(panel) + "." + format);
    } finally {
      restore();
    }
  }

  // The style sheet does not come along into what is drawn as SVG, so its parts carry what they look like themselves.
  function prepare(panel) {
    const parts = [...panel.querySelectorAll("svg *")];
    const before = parts.map((part) => part.getAttribute("style"));
    const looks = parts.map((part) => {
      const { fill, stroke, strokeWidth, opacity } = getComputedStyle(part);
      return { fill, stroke, strokeWidth, opacity };
    });
    parts.forEach((part, index) => Object.assign(part.style, looks[index]));
    panel.classList.add("panel-saved");
    return () => {
      panel.classList.remove("panel-saved");
      parts.forEach((part, index) => (before[index] === null ? part.removeAttribute("style") : part.setAttribute("style", before[index])));
    };
  }

  const exports = {
    png: (panel) => picture(panel, "png"),
    svg: (panel) => picture(panel, "svg"),
    csv: (panel) => save(fileName(panel) + ".csv", "text/csv", csv(tableOf(panel))),
    json: (panel) => save(fileName(panel) + ".json", "application/json", json(tableOf(panel))),
    npz: pattern,
    python: (panel) => {
      const shown = panel.querySelector(".panel-python");
      if (shown) {
        shown.remove();
        return;
      }
      const target = document.createElement("pre");
      target.className = "panel-python";
      target.textContent = python(panel);
      panel.append(target);
    },
  };

  function button(kind) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "btn btn-sm btn-link";
    element.dataset.export = kind;
    element.textContent = kind === "python" ? "Python" : kind.toUpperCase();
    element.title = kind === "python" ? "The Python lines that compute this" : "Save as " + kind.toUpperCase();
    element.setAttribute("aria-label", element.title);
    return element;
  }

  // A page's panels get their buttons when the page comes.
  new MutationObserver(() => {
    for (const foot of document.querySelectorAll(".panel-exports:empty")) foot.append(...foot.dataset.kinds.split(" ").filter(Boolean).map(button));
  }).observe(document.body, { childList: true, subtree: true });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-export]");
    if (button) Promise.resolve(exports[button.dataset.export](button.closest(".panel"))).catch((error) => app.notice(error.message));
  });
})();
