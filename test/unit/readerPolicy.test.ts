import assert from "node:assert/strict";
import { test } from "node:test";
import { readerPage } from "../../protocol/readerPage.ts";

const page = { nonce: "abc", script: "start();", style: "a { color: red; }" };

test("the reader's page holds its script and style, and allows these alone", () => {
  const html = readerPage(page);
  assert.match(html, /<script nonce="abc">start\(\);<\/script>/);
  assert.match(html, /<style nonce="abc">a \{ color: red; \}<\/style>/);
  assert.match(
    html,
    /"default-src 'none'; style-src 'nonce-abc'; script-src 'nonce-abc'; form-action 'none'; base-uri 'none'"/,
  );
});

test("for a PDF a worker may run and WebAssembly be compiled, and pdf.js's address is known", () => {
  const html = readerPage({ ...page, pdfScript: 'https://x/"pdf.mjs' });
  assert.match(html, /script-src 'nonce-abc' 'wasm-unsafe-eval'; worker-src blob:;/);
  assert.match(html, /data-pdf-script="https:\/\/x\/&quot;pdf\.mjs"/);
});

test("code that would end its element is refused", () => {
  for (const code of ['x = "</script>"', 'x = "</SCRIPT foo"', 'x = "<!--"']) {
    assert.throws(() => readerPage({ ...page, script: code }), /holds a piece of HTML/);
  }
  assert.throws(() => readerPage({ ...page, style: "</style><script>" }), /holds a piece of HTML/);
});
