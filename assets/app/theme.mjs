// @ts-check
// Light or dark; what was chosen is set again before the first paint of the next visit.

const KEY = "gpt2dash-theme";

export function toggleTheme() {
  const { dataset } = document.documentElement;
  dataset.bsTheme = dataset.bsTheme === "dark" ? "light" : "dark";
  try {
    window.localStorage.setItem(KEY, dataset.bsTheme);
  } catch (error) {
    console.info("gpt2dash: the theme cannot be remembered in this browser", error);
  }
}
