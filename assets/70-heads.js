// All heads of the model: one picture, and over it a button for each head.
(function () {
  "use strict";
  const app = window.gpt2dash;
  const shown = {}; // by side: what the grid was last drawn from
  const TOP = 10;

  const grid = (side) => document.getElementById("head-grid-" + side);

  function told(value) {
    return value === null ? "nothing to measure in this text" : String(value);
  }

  function headButton(layer, head) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "head-cell";
    Object.assign(element.dataset, { layer, head });
    element.tabIndex = -1;
    return element;
  }

  // `words` says what stands behind the head's name.
  function name(cells, values, words) {
    const all = values.flat();
    cells.forEach((cell, index) => {
      cell.title = "layer " + cell.dataset.layer + " head " + cell.dataset.head + words(all[index]);
    });
    cells[0].parentElement.numbers = cells.map(({ dataset }, index) => [dataset.layer, dataset.head, all[index] === null ? "" : all[index]]);
  }

  // Cells are coloured from the least to the most that any head of this text has.
  function colour(cells, values) {
    const known = values.flat().filter((value) => value !== null);
    const [least, most] = [Math.min(...known), Math.max(...known)];
    const all = values.flat();
    cells.forEach((cell, index) => {
      const value = all[index];
      cell.style.setProperty("--level", value === null ? 0 : ((value - least) / (most - least || 1)).toFixed(3));
      cell.classList.toggle("head-unknown", value === null);
    });
  }

  function label(text, className) {
    const element = document.createElement("span");
    element.className = className;
    element.textContent = text;
    element.setAttribute("aria-hidden", "true");
    return element;
  }

  // Layer and head numbers around a button for each head; those of the same model are drawn once.
  function buttons(target, nLayer, nHead) {
    const shape = nLayer + "x" + nHead;
    if (target.dataset.shape !== shape) {
      const parts = [label("", "head-corner"), ...Array.from({ length: nHead }, (_, head) => label(head, "head-number"))];
      for (let layer = 0; layer < nLayer; layer += 1) {
        parts.push(label(layer, "head-number"));
        for (let head = 0; head < nHead; head += 1) parts.push(headButton(layer, head));
      }
      target.style.setProperty("--heads", nHead);
      target.dataset.shape = shape;
      target.replaceChildren(...parts);
    }
    return [...target.querySelectorAll(".head-cell")];
  }

  function empty(target) {
    delete target.dataset.shape;
    target.replaceChildren();
  }

  // Each cell shows its own part of the one picture; the style sheet leaves it out while heads show a measure.
  function paint(target, cells, picture, nLayer, nHead) {
    const place = (index, n) => (n > 1 ? 100 * index / (n - 1) : 0) + "%";
    target.style.setProperty("--picture", "url(" + picture + ")");
    cells.forEach((cell, index) => {
      cell.style.backgroundSize = 100 * nHead + "% " + 100 * nLayer + "%";
      cell.style.backgroundPosition = place(index % nHead, nHead) + " " + place(Math.floor(index / nHead), nLayer);
    });
  }

  // The heads with the most of a measure, as a list of buttons.
  function list(target, values) {
    const ranked = (values || []).flatMap((row, layer) => row.map((value, head) => ({ value, layer, head })))
      .filter(({ value }) => value !== null).sort((one, other) => other.value - one.value).slice(0, TOP);
    target.replaceChildren(...ranked.map(({ value, layer, head }) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-link btn-sm head-link";
      Object.assign(button.dataset, { layer, head });
      button.textContent = "layer " + layer + " head " + head;
      item.append(button, " " + value);
      return item;
    }));
  }

  function footer(data, measure, title) {
    if (!measure) return data.footer;
    if (measure.chance === null) return "This text has nothing to measure: no token comes twice.";
    return "By " + title + "; by chance " + measure.chance.toPrecision(3) + ". Colours run from the least to the most that a head has here.";
  }

  function press(cell, isChosen) {
    cell.setAttribute("aria-pressed", String(isChosen));
    cell.tabIndex = isChosen ? 0 : -1;
  }

  function mark() {
    const { layer, head } = app.view.selection;
    const chosen = '[data-layer="' + layer + '"][data-head="' + head + '"]';
    for (const cell of document.querySelectorAll('.head-cell[aria-pressed="true"]:not(' + chosen + ")")) press(cell, false);
    for (const cell of document.querySelectorAll(".head-cell" + chosen + ':not([aria-pressed="true"])')) press(cell, true);
  }

  // One number for each head, told with its title; null: nothing to show.
  function drawValues(target, data) {
    target.classList.add("by-measure");
    if (!data) {
      empty(target);
      return;
    }
    const { values, title } = data;
    const cells = buttons(target, values.length, values[0].length);
    name(cells, values, (value) => ", " + title + " " + told(value));
    colour(cells, values);
    mark();
  }

  // What the darkest and the brightest cell of a grid stand for.
  function scale({ values, title }) {
    const known = values.flat().filter((value) => value !== null);
    return title.replace(/^./, (letter) => letter.toUpperCase()) + ", from " + Math.min(...known) + " (dark) to " + Math.max(...known) + " (bright).";
  }

  function differentHeads(data) {
    const target = document.getElementById("difference-grid");
    if (!target || !data) return;
    drawValues(target, data.values ? data : null);
    list(document.getElementById("difference-top"), data.values);
    document.getElementById("difference-scale").textContent = [data.values ? scale(data) : "", data.told].join(" ");
  }

  function allHeads(data) {
    if (!data || !grid(data.side)) return;
    if (data.measures) {
      shown[data.side] = data;
      drawAs(data, app.view.options.by);
    } else drawNone(data);
    mark();
  }

  function drawNone(data) {
    delete shown[data.side];
    empty(grid(data.side));
    list(document.getElementById("head-top-" + data.side), null);
    document.getElementById("head-footer-" + data.side).textContent = data.footer;
  }

  function drawAs(data, by) {
    const measure = data.measures[by] || null;
    const picker = document.getElementById("option-by");
    const option = picker && [...picker.options].find(({ value }) => value === by);
    const title = option ? option.textContent : by;
    const values = (measure || Object.values(data.measures)[0]).values;
    const cells = buttons(grid(data.side), values.length, values[0].length);
    name(cells, values, (value) => (measure ? ", " + title + " " + told(value) : ""));
    grid(data.side).classList.toggle("by-measure", Boolean(measure));
    if (measure) colour(cells, values);
    else paint(grid(data.side), cells, data.picture, values.length, values[0].length);
    list(document.getElementById("head-top-" + data.side), measure && measure.values);
    document.getElementById("head-footer-" + data.side).textContent = footer(data, measure, title);
    grid(data.side).dataset.by = by;
  }

  function follow() {
    for (const [side, data] of Object.entries(shown)) {
      if (grid(side) && grid(side).dataset.by !== app.view.options.by) drawAs(data, app.view.options.by);
    }
    mark();
  }

  function choose(element) {
    app.select({ layer: Number(element.dataset.layer), head: Number(element.dataset.head) });
  }

  document.addEventListener("click", (event) => {
    const element = event.target.closest(".head-cell, .head-link");
    if (element) choose(element);
  });

  // Arrow keys walk over the grid; Enter and space choose, as with any button.
  document.addEventListener("keydown", (event) => {
    if (!event.target.classList.contains("head-cell")) return;
    const cells = [...event.target.parentElement.querySelectorAll(".head-cell")];
    const nHead = Number(getComputedStyle(event.target.parentElement).getPropertyValue("--heads"));
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: nHead, ArrowUp: -nHead }[event.key];
    const target = step && cells[cells.indexOf(event.target) + step];
    if (!target) return;
    event.preventDefault();
    event.target.tabIndex = -1;
    target.tabIndex = 0;
    target.focus();
  });

  document.addEventListener("gpt2dash:selected", follow);
  Object.assign(app, { drawValues, scale });
  Object.assign(window.dash_clientside.gpt2dash, { allHeads, differentHeads });
})();
