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

  function headButton(side, layer, head, measure, name) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "head-cell";
    Object.assign(element.dataset, { side, layer, head });
    const value = measure ? measure.values[layer][head] : null;
    const words = "layer " + layer + " head " + head + (measure ? ", " + name + " " + told(value) : "");
    element.title = words;
    element.setAttribute("aria-label", words);
    element.tabIndex = -1;
    return element;
  }

  // Cells are coloured from the least to the most that any head of this text has.
  function colour(cells, values) {
    const known = values.flat().filter((value) => value !== null);
    const [least, most] = [Math.min(...known), Math.max(...known)];
    cells.forEach((cell, index) => {
      const value = values.flat()[index];
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

  // The picture fills the cells of its heads, so layer and head numbers stand outside of it.
  function draw(side, data, measureName, title) {
    const measure = measureName ? data.measures[measureName] : null;
    const first = Object.values(data.measures)[0].values;
    const [nLayer, nHead] = [first.length, first[0].length];
    const cells = [];
    const parts = [label("", "head-corner"), ...Array.from({ length: nHead }, (_, head) => label(head, "head-number"))];
    for (let layer = 0; layer < nLayer; layer += 1) {
      parts.push(label(layer, "head-number"));
      for (let head = 0; head < nHead; head += 1) cells.push(headButton(side, layer, head, measure, title));
      parts.push(...cells.slice(-nHead));
    }
    grid(side).style.setProperty("--heads", nHead);
    grid(side).style.setProperty("--layers", nLayer);
    grid(side).classList.toggle("by-measure", Boolean(measure));
    cells.forEach((cell, index) => {
      if (measure) return;
      const [layer, head] = [Math.floor(index / nHead), index % nHead];
      cell.style.backgroundImage = "url(" + data.picture + ")";
      cell.style.backgroundSize = 100 * nHead + "% " + 100 * nLayer + "%";
      cell.style.backgroundPosition = (nHead > 1 ? 100 * head / (nHead - 1) : 0) + "% " + (nLayer > 1 ? 100 * layer / (nLayer - 1) : 0) + "%";
    });
    if (measure) colour(cells, measure.values);
    grid(side).replaceChildren(...parts);
  }

  // The heads with the most of a measure, as a list of buttons.
  function list(side, data, measureName, title) {
    const target = document.getElementById("head-top-" + side);
    const measure = measureName ? data.measures[measureName] : null;
    if (!measure) {
      target.replaceChildren();
      return;
    }
    const ranked = measure.values.flatMap((row, layer) => row.map((value, head) => ({ value, layer, head })))
      .filter(({ value }) => value !== null).sort((one, other) => other.value - one.value).slice(0, TOP);
    target.replaceChildren(...ranked.map(({ value, layer, head }) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-link btn-sm head-link";
      Object.assign(button.dataset, { side, layer, head });
      button.textContent = "layer " + layer + " head " + head;
      item.append(button, " " + title + " " + value);
      return item;
    }));
  }

  function footer(data, measureName, title) {
    const measure = measureName ? data.measures[measureName] : null;
    if (!measure) return data.footer;
    if (measure.chance === null) return "This text has nothing to measure: no token comes twice.";
    return "By " + title + "; by chance " + measure.chance.toPrecision(3) + ". Colours run from the least to the most that a head has here.";
  }

  function mark() {
    const { selection } = app.view;
    for (const side of Object.keys(shown)) {
      const cells = grid(side) ? [...grid(side).querySelectorAll(".head-cell")] : [];
      for (const cell of cells) {
        const isChosen = Number(cell.dataset.layer) === selection.layer && Number(cell.dataset.head) === selection.head;
        cell.setAttribute("aria-pressed", String(isChosen));
        cell.tabIndex = isChosen ? 0 : -1;
      }
    }
  }

  function allHeads(data, measureName) {
    if (!data || !grid(data.side)) return;
    const picker = document.getElementById("attention-measure");
    const title = picker && picker.selectedOptions.length ? picker.selectedOptions[0].textContent : measureName;
    draw(data.side, data, measureName, title);
    list(data.side, data, measureName, title);
    document.getElementById("head-footer-" + data.side).textContent = footer(data, measureName, title);
    shown[data.side] = data;
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

  document.addEventListener("gpt2dash:selected", mark);
  window.dash_clientside.gpt2dash.allHeads = allHeads;
})();
