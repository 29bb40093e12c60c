import { attribute } from "./panelPage.ts";

/** What the reader's page needs from whoever serves it. */
export interface ReaderPage {
  /** New for each page; letters and digits alone. */
  readonly nonce: string;
  /** What stands in dist/reader.js and dist/reader.css. */
  readonly script: string;
  readonly style: string;
  /** The address of pdf.js, where a PDF is shown. */
  readonly pdfScript?: string;
}

/**
 * The policy under which a document is shown: scripts and styles of Carrel's alone, no image, no font, no frame and no
 * address. What pdf.js draws goes to a canvas, and all that it needs comes in messages from the extension. For a PDF
 * alone its worker runs from a blob, and WebAssembly may be compiled, which decodes the images of scans (JBIG2,
 * JPEG 2000).
 */
function readerPolicy({ nonce, pdfScript }: ReaderPage): string {
  return [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'${pdfScript === undefined ? "" : " 'wasm-unsafe-eval'"}`,
    ...(pdfScript === undefined ? [] : ["worker-src blob:"]),
    "form-action 'none'",
    "base-uri 'none'",
  ].join("; ");
}

/**
 * The reader's HTML, with its own script and style in it. A webview takes time to get each file, and hands the messages
 * of the extension to its page when that has loaded: so the page hears them from the first on. It loads pdf.js, which is
 * larger, itself. The extension serves it, and so do the tests of the reader in a browser.
 */
export function readerPage(page: ReaderPage): string {
  const nonce = attribute(page.nonce);
  const drawing = page.pdfScript === undefined ? "" : ` data-pdf-script="${attribute(page.pdfScript)}"`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(readerPolicy(page))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Document</title>
<style nonce="${nonce}">${inline("style", page.style)}</style>
</head>
<body>
<div id="reader"${drawing}></div>
<script nonce="${nonce}">${inline("script", page.script)}</script>
</body>
</html>
`;
}

/** Code as it stands in an element of HTML. There is no way to escape what would end the element. */
function inline(element: "script" | "style", code: string): string {
  if (code.includes("<!--") || code.toLowerCase().includes(`</${element}`)) {
    throw new Error(`The reader's ${element} can't stand in a page: it holds a piece of HTML.`);
  }
  return code;
}
