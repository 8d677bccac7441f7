// Head view: queries on the left, keys on the right, a line for each weight between what is in view.
(function () {
  "use strict";
  const app = window.gpt2dash;
  const SVG = "http://www.w3.org/2000/svg";
  const ROW = 22;
  const WIDTH = 200;

  function tokenButton(side, pos, label) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "token line-token";
    Object.assign(element.dataset, { side, pos });
    element.textContent = label;
    element.title = "token " + pos;
    element.tabIndex = -1; // the strip above is for the keyboard
    return element;
  }

  function column(className, side, first, n, tokens) {
    const box = document.createElement("div");
    box.className = "line-column " + className;
    for (let pos = first; pos < first + n; pos += 1) box.append(tokenButton(side, pos, tokens[pos] ? tokens[pos][1] : String(pos)));
    return box;
  }

  function line(query, key, first, weight) {
    const element = document.createElementNS(SVG, "line");
    const middle = (pos) => (pos - first + 0.5) * ROW;
    const ends = { x1: 0, y1: middle(query), x2: WIDTH, y2: middle(key) };
    for (const [name, value] of Object.entries(ends)) element.setAttribute(name, value);
    element.style.opacity = Math.sqrt(weight);
    Object.assign(element.dataset, { query, key });
    const told = document.createElementNS(SVG, "title");
    told.textContent = "query " + query + ", key " + key + ": " + weight;
    element.append(told);
    return element;
  }

  function headLines(data, id) {
    const target = document.getElementById(id);
    const side = data && app.view.sides[data.side];
    if (!target) return;
    if (!side) {
      target.replaceChildren();
      return;
    }
    const n = data.rows.length;
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("width", WIDTH);
    svg.setAttribute("height", n * ROW);
    svg.setAttribute("aria-hidden", "true"); // the bars and the heat map say the same in words and numbers
    data.rows.forEach((row, index) => row.forEach(([key, weight]) => svg.append(line(data.first + index, key, data.first, weight))));
    target.replaceChildren(
      column("line-queries", data.side, data.first, n, side.tokens), svg, column("line-keys", data.side, data.first, n, side.tokens),
    );
    mark(target);
    const chosen = target.querySelector('.line-queries [data-pos="' + app.view.selection.pos + '"]');
    if (chosen) target.scrollTop = chosen.offsetTop - target.clientHeight / 2;
  }

  // The selected token's lines stand out, and while the mouse is on a token, that token's.
  function mark(target, hovered) {
    const { selection } = app.view;
    const [role, pos] = hovered || [selection.role, selection.pos];
    for (const element of target.querySelectorAll("line")) element.classList.toggle("line-chosen", Number(element.dataset[role]) === pos);
    for (const element of target.querySelectorAll(".line-token")) element.setAttribute("aria-pressed", String(Number(element.dataset.pos) === selection.pos));
  }

  document.addEventListener("mouseover", (event) => {
    const token = event.target.closest(".line-token");
    if (!token) return;
    mark(token.closest(".head-lines"), [token.closest(".line-queries") ? "query" : "key", Number(token.dataset.pos)]);
  });

  document.addEventListener("mouseout", (event) => {
    const token = event.target.closest(".line-token");
    if (token) mark(token.closest(".head-lines"));
  });

  window.dash_clientside.gpt2dash.headLines = headLines;
})();
