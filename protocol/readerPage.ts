import { attribute, type PanelPage } from "./panelPage.ts";

/** What the reader's page needs from whoever serves it: its own script and style, and of a PDF also pdf.js. */
export interface ReaderPage extends PanelPage {
  /** The address of pdf.js, where a PDF is shown. */
  readonly pdfScript?: string;
}

/**
 * The policy under which a document is shown: scripts of Carrel's alone, no image, no font, no frame and no address.
 * What pdf.js draws goes to a canvas, and all that it needs comes in messages from the extension. For a PDF alone its
 * worker runs from a blob, and WebAssembly may be compiled, which decodes the images of scans (JBIG2, JPEG 2000).
 */
function readerPolicy({ cspSource, nonce, pdfScript }: ReaderPage): string {
  return [
    "default-src 'none'",
    `style-src ${cspSource}`,
    `script-src 'nonce-${nonce}'${pdfScript === undefined ? "" : " 'wasm-unsafe-eval'"}`,
    ...(pdfScript === undefined ? [] : ["worker-src blob:"]),
    "form-action 'none'",
    "base-uri 'none'",
  ].join("; ");
}

/**
 * The reader's HTML, with its own script before pdf.js: it asks for the file and the worker while the larger one loads.
 * The extension serves it, and so do the tests of the reader in a browser. */
export function readerPage(page: ReaderPage): string {
  const nonce = attribute(page.nonce);
  const drawing =
    page.pdfScript === undefined
      ? ""
      : `<script id="drawing-script" type="module" nonce="${nonce}" src="${attribute(page.pdfScript)}"></script>\n`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(readerPolicy(page))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Document</title>
<link rel="stylesheet" href="${attribute(page.style)}">
</head>
<body>
<div id="reader"></div>
<script defer nonce="${nonce}" src="${attribute(page.script)}"></script>
${drawing}</body>
</html>
`;
}
