// @ts-check
// What Dash looks for in the page: the functions of its clientside callbacks, and Plotly. It may ask before
// they are here, so each call waits.
(function () {
  "use strict";
  /** @type {any} */
  const page = window;

  /** @type {Record<string, Function> | null} */
  let app = null;
  const arriving = import("./main.mjs").then((found) => {
    app = found;
    return found;
  });

  page.dash_clientside = Object.assign(page.dash_clientside || {}, {
    gpt2dash: new Proxy({}, {
      get: (_, /** @type {string} */ name) => (/** @type {unknown[]} */ ...given) => (
        app ? app[name](...given) : arriving.then((/** @type {any} */ found) => found[name](...given))
      ),
    }),
  });

  // Plotly is two thirds of all script, so it is loaded beside the page's first work, not before it.
  // dcc.Graph waits for what it finds in window.Plotly; the script puts itself in the promise's place.
  page.Plotly = new Promise((resolve, reject) => {
    page.addEventListener("load", () => {
      const script = document.createElement("script");
      script.src = /** @type {HTMLLinkElement} */ (document.getElementById("plotly")).href;
      script.onload = () => resolve(page.Plotly);
      script.onerror = () => reject(new Error("The drawing library could not be loaded. Reload the page."));
      document.head.append(script);
    });
  });
})();
