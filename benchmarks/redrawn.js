// From a click, by the browser's clock for input, until the frame after the last change of anything on the page:
// the page has come to rest once nothing has changed and no answer was awaited for a while.
() => {
  const CALM_MS = 300;
  const MOST_MS = 20000;
  let waiting = 0, shown = 0, clicked = null;

  const fetched = window.fetch;
  window.fetch = (...asked) => {
    waiting += 1;
    return fetched(...asked).finally(() => { waiting -= 1; changed(); });
  };

  function changed() {
    if (clicked === null) return;
    requestAnimationFrame(() => requestAnimationFrame(() => { shown = performance.now(); }));
  }

  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, childList: true, characterData: true, subtree: true });
  document.addEventListener("click", (click) => { clicked = click.timeStamp; changed(); }, { capture: true, once: true });

  window.redrawn = new Promise((resolve, reject) => {
    const since = performance.now();
    const watch = setInterval(() => {
      const now = performance.now();
      if (now - since > MOST_MS) reject(new Error("the page did not come to rest after the click"));
      if (!shown || waiting || now - shown < CALM_MS) return;
      clearInterval(watch);
      observer.disconnect();
      window.fetch = fetched;
      resolve(shown - clicked);
    }, 20);
  });
}
