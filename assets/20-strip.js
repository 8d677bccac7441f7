// Token strips: rows of real buttons, drawn as tokens arrive. Token text only ever becomes textContent.
(function () {
  "use strict";

  // A token is [id, label, kind, bytes in hexadecimal]; `chance` is the probability it was written with.
  function button(side, pos, token, isGenerated, chance) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "token kind-" + token[2] + (isGenerated ? " token-generated" : "");
    element.dataset.side = side;
    element.dataset.pos = pos;
    element.tabIndex = pos === 0 ? 0 : -1;
    element.textContent = token[1] === "" ? "∅" : token[1];
    element.title = "token " + pos + ", id " + token[0] + ", bytes " + token[3] +
      (chance === undefined ? "" : ", written with probability " + chance.toPrecision(4));
    element.setAttribute("aria-pressed", "false");
    if (chance !== undefined) element.style.setProperty("--surprise", Math.min(1, -Math.log2(chance) / 12).toFixed(3));
    return element;
  }

  function row(pos, token) {
    const line = document.createElement("tr");
    line.dataset.pos = pos;
    for (const text of [pos, token[1], token[0], token[3], token[2]]) {
      const cell = document.createElement("td");
      cell.textContent = text;
      line.append(cell);
    }
    return line;
  }

  const strip = (side) => document.getElementById("strip-" + side);
  const table = (side) => document.querySelector("#token-table-" + side + " tbody");

  function clear(side) {
    strip(side).replaceChildren();
    table(side).replaceChildren();
  }

  function append(side, tokens, firstPos, nPrompt, chances) {
    const buttons = document.createDocumentFragment();
    const rows = document.createDocumentFragment();
    const last = strip(side).lastElementChild;
    let isLineEnd = last !== null && last.textContent.endsWith("⏎");
    tokens.forEach((token, index) => {
      const pos = firstPos + index;
      if (isLineEnd && !token[1].startsWith("⏎")) buttons.append(document.createElement("br"));
      isLineEnd = token[1].endsWith("⏎");
      buttons.append(button(side, pos, token, pos >= nPrompt, chances && chances[index]));
      rows.append(row(pos, token));
    });
    strip(side).append(buttons);
    table(side).append(rows);
  }

  // `partner`: the token of the other side that stands for the selected one, or null.
  function markSelected(selection, partner) {
    for (const old of document.querySelectorAll(".token-partner")) old.classList.remove("token-partner");
    const other = partner && strip(partner.name).querySelector('[data-pos="' + partner.pos + '"]');
    if (other) other.classList.add("token-partner");
    for (const old of document.querySelectorAll(".token[aria-pressed=true]")) {
      old.setAttribute("aria-pressed", "false");
      old.tabIndex = -1;
    }
    if (selection.pos === null) return;
    const chosen = strip(selection.side).querySelector('[data-pos="' + selection.pos + '"]');
    if (!chosen) return;
    for (const other of strip(selection.side).querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
    chosen.setAttribute("aria-pressed", "true");
    chosen.tabIndex = 0;
    window.requestAnimationFrame(() => chosen.scrollIntoView({ block: "nearest" })); // with the frame's own layout
    const second = strip(selection.side).querySelector('[data-pos="' + selection.other + '"]');
    if (second) second.setAttribute("aria-pressed", "true");
  }

  function moveFocus(from, key) {
    const all = [...from.parentElement.querySelectorAll(".token")];
    const here = all.indexOf(from);
    const target = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: all.length - 1 }[key];
    if (target === undefined || !all[target]) return false;
    from.tabIndex = -1;
    all[target].tabIndex = 0;
    all[target].focus();
    return true;
  }

  window.gpt2dash = Object.assign(window.gpt2dash || {}, { strip: { clear, append, markSelected, moveFocus } });
})();
