import { build } from "esbuild";
import { environmentPlugin } from "esbuild-plugin-environment";
import { glsl } from "esbuild-plugin-glsl";
import inlineCss from "esbuild-plugin-inline-css";

const VERSION = "4.1.1"; // must be the one that the Python package plotly brings

await build({
  entryPoints: ["entry.cjs"],
  outfile: "../../assets/vendor/plotly.min.js",
  format: "iife",
  globalName: "Plotly",
  bundle: true,
  minify: true,
  legalComments: "none",
  banner: { js: `/*! plotly.js v${VERSION}, the parts gpt2dash draws with; MIT, see plotly.LICENSE.txt */` },
  target: "es2016",
  // as plotly.js builds itself
  plugins: [inlineCss(), glsl({ minify: true }), environmentPlugin({ NODE_DEBUG: false })],
  alias: { regl: "@plotly/regl", stream: "stream-browserify" },
  define: { global: "window", "define.amd": "false" },
});
