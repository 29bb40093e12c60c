/** esbuild gathers the style sheets into dist/webview.css. */
declare module "*.css";
