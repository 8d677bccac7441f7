"use strict";
// The kinds of traces that gpt2dash draws; `scatter` is always there. Of `scattergl` the strict form:
// the usual one compiles shaders with eval, which the page's security policy forbids.
const Plotly = require("plotly.js/lib/core");
Plotly.register([
  require("plotly.js/lib/bar"),
  require("plotly.js/lib/box"),
  require("plotly.js/lib/heatmap"),
  require("plotly.js/lib/histogram"),
  require("plotly.js/lib/image"),
  require("plotly.js/lib/violin"),
  require("plotly.js/src/traces/scattergl/strict"),
]);
module.exports = Plotly;
