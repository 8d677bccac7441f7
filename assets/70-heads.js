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

  function headButton(side, layer, head, words, value) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "head-cell";
    Object.assign(element.dataset, { side, layer, head, value: value === null ? "" : value });
    element.title = words;
    element.setAttribute("aria-label", words);
    element.tabIndex = -1;
    return element;
  }

  // Cells are coloured from the least to the most that any head of this text has.
  function colour(cells, values) {
    const known = values.flat().filter((value) => value !== null);
    const [least, most] = [Math.min(...known), Math.max(...known)];
    const all = values.flat();
    cells.forEach((cell, index) => {
      const value = all[index];
      cell.style.setProperty("--level", value === null ? 0 : (value - least) / (most - least || 1));
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

  // Layer and head numbers around a button for each head. `words` says what stands behind the head's name.
  function draw(target, side, values, words) {
    const [nLayer, nHead] = [values.length, values[0].length];
    const parts = [label("", "head-corner"), ...values[0].map((_, head) => label(head, "head-number"))];
    values.forEach((row, layer) => {
      parts.push(label(layer, "head-number"));
      row.forEach((value, head) => parts.push(headButton(side, layer, head, "layer " + layer + " head " + head + words(value), value)));
    });
    target.style.setProperty("--heads", nHead);
    target.replaceChildren(...parts);
    return [...target.querySelectorAll(".head-cell")];
  }

  // Each cell shows its own part of the one picture.
  function paint(cells, picture, nLayer, nHead) {
    const place = (index, n) => (n > 1 ? 100 * index / (n - 1) : 0) + "%";
    cells.forEach((cell, index) => {
      cell.style.backgroundImage = "url(" + picture + ")";
      cell.style.backgroundSize = 100 * nHead + "% " + 100 * nLayer + "%";
      cell.style.backgroundPosition = place(index % nHead, nHead) + " " + place(Math.floor(index / nHead), nLayer);
    });
  }

  // The heads with the most of a measure, as a list of buttons.
  function list(target, values, title) {
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

  function mark() {
    const { selection } = app.view;
    for (const cell of document.querySelectorAll(".head-cell")) {
      const isChosen = Number(cell.dataset.layer) === selection.layer && Number(cell.dataset.head) === selection.head;
      cell.setAttribute("aria-pressed", String(isChosen));
      cell.tabIndex = isChosen ? 0 : -1;
    }
  }

  // One number for each head; the store's id ends as the grid's does.
  function valuedHeads(data, id) {
    const target = document.getElementById(id.replace(/-values(-[ab])?$/, "-grid$1"));
    if (!target) return;
    target.classList.add("by-measure");
    if (data) colour(draw(target, data.side, data.values, (value) => ", " + data.title + " " + told(value)), data.values);
    else target.replaceChildren();
    const top = document.getElementById(id.replace(/-values(-[ab])?$/, "-top$1"));
    if (top) list(top, data && data.values, data && data.title);
    mark();
  }

  function allHeads(data) {
    if (!data || !grid(data.side)) return;
    shown[data.side] = data;
    drawAs(data, app.view.options.by);
    mark();
  }

  function drawAs(data, by) {
    const measure = data.measures[by] || null;
    const picker = document.getElementById("option-by");
    const option = picker && [...picker.options].find(({ value }) => value === by);
    const title = option ? option.textContent : by;
    const values = (measure || Object.values(data.measures)[0]).values;
    const cells = draw(grid(data.side), data.side, values, (value) => (measure ? ", " + title + " " + told(value) : ""));
    grid(data.side).classList.toggle("by-measure", Boolean(measure));
    if (measure) colour(cells, values);
    else paint(cells, data.picture, values.length, values[0].length);
    list(document.getElementById("head-top-" + data.side), measure && measure.values, title);
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
  Object.assign(window.dash_clientside.gpt2dash, { allHeads, valuedHeads });
})();
