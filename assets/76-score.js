// One score, dimension by dimension: bars for q times k, marks for q and for k.
(function () {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  const HEIGHT = 160;
  const STEP = 10; // one dimension
  const LEFT = 48; // for the numbers of the axis

  function node(name, attributes, parent) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (parent) parent.append(element);
    return element;
  }

  // A number that an axis may end at: 1, 2 or 5 times a power of ten.
  function roundUp(value) {
    const power = 10 ** Math.floor(Math.log10(value));
    return [1, 2, 5, 10].map((factor) => factor * power).find((round) => round >= value);
  }

  function frame(n) {
    const svg = node("svg", { viewBox: "0 0 " + (LEFT + n * STEP) + " " + (HEIGHT + 28), role: "img", class: "score" });
    svg.setAttribute("aria-label", "Query times key in each dimension of the head; the sentence above gives the sum");
    for (const name of ["score-high", "score-zero", "score-low"]) {
      node("line", { class: "score-axis " + name, x1: LEFT, x2: LEFT + n * STEP }, svg);
      node("text", { class: name, x: LEFT - 6, "text-anchor": "end", "dominant-baseline": "middle" }, svg);
    }
    for (const name of ["score-products", "score-q", "score-k"]) node("path", { class: name }, svg);
    const unit = Math.max(1, Math.ceil(n / 8));
    for (let dimension = 0; dimension < n; dimension += unit) {
      node("text", { x: LEFT + (dimension + 0.5) * STEP, y: HEIGHT + 20, "text-anchor": "middle" }, svg).textContent = dimension;
    }
    for (let dimension = 0; dimension < n; dimension += 1) {
      const hover = node("rect", { class: "score-hover", x: LEFT + dimension * STEP, y: 0, width: STEP, height: HEIGHT }, svg);
      node("title", {}, hover);
    }
    return svg;
  }

  function axis(svg, most, place) {
    for (const [name, value] of Object.entries({ "score-high": most, "score-zero": 0, "score-low": -most })) {
      const [line, text] = svg.querySelectorAll("." + name);
      line.setAttribute("y1", place(value));
      line.setAttribute("y2", place(value));
      text.setAttribute("y", place(value));
      text.textContent = String(Number(value.toPrecision(3)));
    }
  }

  function drawScore(target, q, k) {
    const n = q.length;
    const svg = target.querySelectorAll(".score-hover").length === n ? target.firstElementChild : frame(n);
    if (!svg.isConnected) target.replaceChildren(svg);
    const products = q.map((value, dimension) => Number((value * k[dimension]).toPrecision(4)));
    const most = roundUp(Math.max(1e-9, ...[q, k, products].flat().map(Math.abs)));
    const place = (value) => Number((6 + (HEIGHT - 12) * (1 - value / most) / 2).toFixed(2));
    const left = (dimension) => LEFT + dimension * STEP;
    axis(svg, most, place);
    const [bars, circles, crosses] = ["score-products", "score-q", "score-k"].map((name) => svg.querySelector("." + name));
    bars.setAttribute("d", products.map((value, d) => "M" + (left(d) + 1.5) + " " + place(0) + "V" + place(value) + "h7V" + place(0) + "z").join(""));
    circles.setAttribute("d", q.map((value, d) => "M" + (left(d) + 2.5) + " " + place(value) + "a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0").join(""));
    crosses.setAttribute("d", k.map((value, d) => "M" + (left(d) + 2.5) + " " + (place(value) - 2.5) + "l5 5m0 -5l-5 5").join(""));
    svg.querySelectorAll(".score-hover").forEach((hover, d) => {
      hover.firstElementChild.textContent = "dimension " + d + ": q " + q[d] + ", k " + k[d] + ", q times k " + products[d];
    });
    target.numbers = products.map((value, d) => [d, q[d], k[d], value]);
  }

  window.gpt2dash = Object.assign(window.gpt2dash, { drawScore });
})();
