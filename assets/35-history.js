// What was run in this browser, kept by the browser alone.
(function () {
  "use strict";
  const KEY = "gpt2dash-history";
  const MOST = 20;
  const LONGEST = 60;

  function load() {
    try {
      const kept = JSON.parse(window.localStorage.getItem(KEY) || "[]");
      return Array.isArray(kept) ? kept.filter(({ link, text }) => typeof link === "string" && typeof text === "string") : [];
    } catch (error) {
      console.info("gpt2dash: the history of this browser cannot be read", error);
      return [];
    }
  }

  function save(entries) {
    try {
      window.localStorage.setItem(KEY, JSON.stringify(entries));
    } catch (error) {
      console.info("gpt2dash: runs cannot be remembered in this browser", error);
    }
    show();
  }

  // The newest first; a run that comes again moves up.
  function remember(link, text) {
    const short = text.length > LONGEST ? text.slice(0, LONGEST) + "…" : text;
    const others = load().filter((entry) => entry.link !== link);
    save([{ link, text: short, when: Date.now() }, ...others].slice(0, MOST));
  }

  function entryButton({ link, text, when }) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm btn-link";
    button.dataset.history = link;
    button.textContent = text || "∅";
    button.title = new Date(when).toLocaleString();
    item.append(button);
    return item;
  }

  function show() {
    const list = document.getElementById("history-list");
    const entries = load();
    if (!list) return;
    list.replaceChildren(...entries.map(entryButton));
    document.getElementById("history-forget").hidden = !entries.length;
    document.getElementById("history-empty").hidden = Boolean(entries.length);
  }

  window.gpt2dash = Object.assign(window.gpt2dash || {}, { history: { remember, show, forget: () => save([]) } });
})();
