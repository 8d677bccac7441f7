// Plotly is two thirds of all script, so it is loaded beside the page's first work, not before it.
// dcc.Graph waits for what it finds in window.Plotly; the script puts itself in the promise's place.
window.Plotly = new Promise((resolve, reject) => {
  window.addEventListener("load", () => {
    const script = document.createElement("script");
    script.src = document.getElementById("plotly").href;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error("The drawing library could not be loaded. Reload the page."));
    document.head.append(script);
  });
});
