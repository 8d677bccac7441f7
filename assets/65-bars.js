// Weights as bars over the words of the text.
(function () {
  "use strict";
  const app = window.gpt2dash;

  function word(pos, label) {
    const element = document.createElement("span");
    element.className = "text-bar";
    element.dataset.pos = pos;
    const text = document.createElement("span");
    text.textContent = label;
    element.append(document.createElement("i"), text);
    return element;
  }

  // The words of one text stay where they are; only their bars change.
  function words(target, side) {
    if (target.dataset.text === side.key && target.children.length) return;
    target.dataset.text = side.key;
    target.replaceChildren(...side.tokens.map((token, pos) => word(pos, token[1])));
  }

  // Only a bar whose height changes visibly is touched: of a thousand words most are not.
  function drawBars(target, name, weights, pos) {
    const side = app.view.sides[name];
    if (!side || weights.length !== side.tokens.length) {
      target.replaceChildren();
      return;
    }
    words(target, side);
    target.numbers = weights.map((weight, index) => [index, side.tokens[index][1], weight]);
    const tallest = Math.max(...weights) || 1;
    weights.forEach((weight, index) => {
      const { style } = target.children[index];
      const height = (weight / tallest).toFixed(3);
      if (style.getPropertyValue("--weight") !== height) style.setProperty("--weight", height);
    });
    const before = target.querySelector(".text-bar-selected");
    const chosen = target.children[pos];
    if (before) before.classList.remove("text-bar-selected");
    chosen.classList.add("text-bar-selected");
    app.centre(target, chosen);
  }

  // The number behind a bar is told when the mouse comes to it.
  document.addEventListener("mouseover", (event) => {
    const element = event.target.closest(".text-bar");
    if (!element) return;
    const [pos, , weight] = element.parentElement.numbers[element.dataset.pos];
    element.title = "token " + pos + ": " + weight;
  });

  // Scrolls a box to one of its elements, once everything that changes with it has been drawn: to ask for a place
  // makes the browser lay out the whole page.
  function centre(box, element) {
    window.requestAnimationFrame(() => {
      box.scrollTop = element.offsetTop - box.clientHeight / 2;
    });
  }

  window.gpt2dash = Object.assign(app, { drawBars, centre });
})();
