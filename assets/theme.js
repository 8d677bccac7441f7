// @ts-check
// Sets the colour theme before the first paint; loaded in <head>.
(function () {
  "use strict";
  let stored = null;
  try {
    stored = window.localStorage.getItem("gpt2dash-theme");
  } catch (error) {
    console.info("gpt2dash: the theme cannot be remembered in this browser", error);
  }
  const preferred = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.documentElement.dataset.bsTheme = stored === "dark" || stored === "light" ? stored : preferred;
})();
