/** What the panel's page needs from whoever serves it. */
export interface PanelPage {
  /** The source expression under which the style sheet is served: `webview.cspSource`. */
  readonly cspSource: string;
  /** New for each page; letters and digits alone. */
  readonly nonce: string;
  /** Addresses of dist/webview.js and dist/webview.css, as `asWebviewUri` gives them. */
  readonly script: string;
  readonly style: string;
}

/**
 * The policy under which the panel runs: its own script and style sheet, and nothing else. An answer that
 * asks for an image, a frame, a form or any address gets none, whatever else should fail.
 */
function panelPolicy(page: Pick<PanelPage, "cspSource" | "nonce">): string {
  return [
    "default-src 'none'",
    `style-src ${page.cspSource}`,
    `script-src 'nonce-${page.nonce}'`,
    "form-action 'none'",
    "base-uri 'none'",
  ].join("; ");
}

/** The panel's HTML. The extension serves it, and so do the tests of the panel in a browser. */
export function panelPage(page: PanelPage): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(panelPolicy(page))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Carrel</title>
<link rel="stylesheet" href="${attribute(page.style)}">
</head>
<body>
<div id="carrel"></div>
<script nonce="${attribute(page.nonce)}" src="${attribute(page.script)}"></script>
</body>
</html>
`;
}

/** Text as it stands in an attribute of HTML. */
export function attribute(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
