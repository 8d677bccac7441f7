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

  // The tokens in view stay where they are as long as they are the same ones.
  function columns(target, side, first, n) {
    const { key, tokens } = app.view.sides[side];
    const shown = [key, first, n].join(" ");
    if (target.dataset.shown === shown && target.children.length) return target.querySelector("svg");
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("width", WIDTH);
    svg.setAttribute("height", n * ROW);
    svg.setAttribute("aria-hidden", "true"); // the bars and the heat map say the same in words and numbers
    target.dataset.shown = shown;
    target.replaceChildren(column("line-queries", side, first, n, tokens), svg, column("line-keys", side, first, n, tokens));
    return svg;
  }

  function drawLines(target, side, { first, rows }) {
    const svg = columns(target, side, first, rows.length);
    const drawn = JSON.stringify([first, rows]);
    if (target.drawn !== drawn || !svg.children.length) {
      target.drawn = drawn;
      target.numbers = rows.flatMap((row, index) => row.map(([key, weight]) => [first + index, key, weight]));
      svg.replaceChildren(...target.numbers.map(([query, key, weight]) => line(query, key, first, weight)));
    }
    mark(target);
    const chosen = target.querySelector('.line-queries [data-pos="' + app.posOn(side) + '"]');
    if (chosen) app.centre(target, chosen);
  }

  // The selected token's lines stand out, and while the mouse is on a token, that token's.
  function mark(target, hovered) {
    const selected = app.posOn(target.id.slice(-1));
    const [role, pos] = hovered || [app.view.selection.role, selected];
    for (const element of target.querySelectorAll(".line-chosen")) element.classList.remove("line-chosen");
    for (const element of target.querySelectorAll("line[data-" + role + '="' + pos + '"]')) element.classList.add("line-chosen");
    const chosen = '[data-pos="' + selected + '"]';
    for (const element of target.querySelectorAll('.line-token[aria-pressed="true"]:not(' + chosen + ")")) element.setAttribute("aria-pressed", "false");
    for (const element of target.querySelectorAll(".line-token" + chosen)) element.setAttribute("aria-pressed", "true");
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

  document.addEventListener("gpt2dash:selected", () => {
    for (const target of document.querySelectorAll(".head-lines:not(:empty)")) mark(target);
  });
  Object.assign(app, { drawLines });
})();
