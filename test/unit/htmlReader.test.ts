import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import iconv from "iconv-lite";
import { extract } from "../../indexer/read/extract.ts";
import type { Extracted } from "../../indexer/read/extracted.ts";
import { parseFile } from "../../indexer/read/parseFile.ts";

const folder = fileURLToPath(new URL("../fixtures/files/", import.meta.url));
const page = (html: string, path = "a.html"): Promise<Extracted> => extract(Buffer.from(html), path);
const prose = `<p>${"The keeper lit the lamp at dusk, and went up again at two to trim it. ".repeat(4)}</p>`;
const isDocument = async (html: string, path?: string): Promise<boolean> =>
  (await page(html, path)).as !== undefined;

describe("a page that is there to be read", () => {
  it("is the document that it shows, without what surrounds it", async () => {
    const { text, headings, as } = await extract(readFileSync(`${folder}ferry.html`), "notes/ferry.html");
    assert.deepEqual(as, { id: "html", kind: "document" });
    assert.deepEqual(
      text.split("\n").filter((line) => line !== ""),
      [
        "Timetable of the island ferry",
        "By Åse Lind, 4 March 2026",
        "The ferry Perdita crosses the sound six times a day, except on Christmas Day. In a storm above force 9 it stays in the harbour.",
        "Departures",
        "Valid from April",
        "From | First | Last",
        "Halden quay | 06:40 | 21:15",
        "Outer island | 07:20 | 21:55",
        "What you may bring",
        "• bicycles,",
        "  • up to four on each crossing;",
        "• dogs on a lead.",
        "For programmers",
        "The same times as JSON, with {{harbour}} in the address:",
        "GET /times/{{harbour}}",
        "    Accept: application/json",
        "The ferry Perdita at the quay",
      ],
    );
    assert.deepEqual(
      headings.map(({ name, level }) => [name, level]),
      [
        ["Timetable of the island ferry", 1],
        ["Departures", 2],
        ["What you may bring", 2],
        ["For programmers", 3],
      ],
    );
    for (const { name, row } of headings) assert.equal(text.split("\n")[row], name);
  });

  it("has the headings and lists that LibreOffice writes into lists", async () => {
    const { text, headings } = await extract(readFileSync(`${folder}report.html`), "report.html");
    assert.deepEqual(
      headings.map(({ name }) => name),
      ["Method", "Tools", "Order of work", "Results", "Mill Bridge in detail", "Next survey"],
    );
    assert.match(text, /^2\. Tap every beam and mark those that sound hollow\.$/m);
    assert.match(text, /^Mill Bridge \| 1994 \| 34 % \| replace two beams$/m);
    assert.match(text, /Brückenprüfung, naïveté, “quotes”/);
  });

  it("stands in the index as a document, cut at its headings", async () => {
    const result = await parseFile(folder, "ferry.html", 1_000_000);
    assert.ok(result.ok);
    assert.deepEqual([result.parsed.kind, result.parsed.language], ["document", "html"]);
    const { chunks } = result.parsed;
    assert.deepEqual(
      chunks.map(({ heading }) => heading),
      ["Timetable of the island ferry › Departures, What you may bring, For programmers"],
    );
    assert.doesNotMatch(chunks.map(({ text }) => text).join("\n"), /<\w|cookies/);
  });

  it("has its title as a heading where it shows none, and its whole body where the main part is small", async () => {
    const { text, headings } = await page(
      `<title>Log</title><main><p>Short.</p></main><div class="nav">Home</div>${prose}`,
    );
    assert.deepEqual(headings, [{ name: "Log", level: 1, row: 0 }]);
    assert.match(text, /^Log\n\nShort\.\n\nThe keeper/);
    assert.doesNotMatch(text, /Home/);
  });

  it("has a remark beside its text as a part of it, and what stands beside the main part not", async () => {
    const { text } = await page(
      `<main><h1>Lamps</h1>${prose}<aside><p>Danger: the glass is hot.</p></aside></main><aside><p>Latest news.</p></aside>`,
    );
    assert.match(text, /Danger: the glass is hot\./);
    assert.doesNotMatch(text, /Latest news/);
  });

  it("keeps its body and its main part whatever they are called", async () => {
    for (const html of [
      `<html><body class="sidebar">${prose}</body></html>`,
      `<main role="search" aria-hidden="true">${prose}</main>`,
      `<article role="dialog">${prose}</article>`,
    ]) {
      assert.match((await page(html)).text, /^The keeper lit/, html);
    }
  });

  it("is without what asks for consent, by its whole name, and with what is only about it", async () => {
    const names = "cookie-banner cookies_notice consentBar gdpr-popup cookieconsent cookielaw".split(" ");
    const asks = names.map((name) => `<div class="a ${name}">We value ${name}.</div>`).join("");
    const about = "cookies consent-form our-cookie-banner gdpr-text".split(" ");
    const tells = about.map((name) => `<div class="${name}">Read of ${name}.</div>`).join("");
    const { text } = await page(`${prose}${asks}<div id="consent-dialog">Agree?</div>${tells}`);
    assert.doesNotMatch(text, /We value|Agree/);
    for (const name of about) assert.ok(text.includes(`Read of ${name}.`), name);
  });

  it("has a term and what it means in one paragraph, where that is one", async () => {
    const list = `<dl><dt>K-17</dt><dd>Say <b>nothing</b>.</dd><div><dt>K-20</dt><dt>K-21</dt><dd><p>Compare.</p><p>Then press.</p></dd></div><dt>K-30</dt></dl>`;
    const { text } = await page(`<h1>Messages</h1>${prose}${list}`);
    assert.deepEqual(text.split("\n\n").slice(2), [
      "K-17: Say nothing.",
      ...["K-20", "K-21", "Compare.", "Then press.", "K-30"],
    ]);
  });

  it("is read in the encoding that it names", async () => {
    const html = `<meta charset="windows-1251"><p>Ётот текст: ${prose}</p>`;
    const { text } = await extract(iconv.encode(html, "windows-1251"), "a.html");
    assert.match(text, /Ётот текст/);
    const unknown = await extract(iconv.encode(html.replace("1251", "9999"), "windows-1251"), "a.html");
    assert.match(unknown.text, /The keeper/);
  });

  it("may be called a Word document, and be a table alone", async () => {
    const table = `<html><table>${`<tr><td>Halden quay, the northern side</td><td>06:40</td></tr>`.repeat(9)}</table>`;
    assert.match((await page(table, "a.doc")).text, /^Halden quay, the northern side \| 06:40$/m);
    assert.match((await page(`<!DOCTYPE html>${prose}`, "a.doc")).text, /^The keeper lit/);
  });
});

describe("a page that is source code", () => {
  it("is told by what a template engine or a framework replaces", async () => {
    assert.equal(await isDocument(prose), true);
    assert.equal(await isDocument(`${prose}<p>{{ a }}</p><p>{{ b }}</p>`), true, "a text about templates");
    const sources = [
      `<ul><li>{{ a }}</li><li>{% if b %}</li><li><% c %></li></ul>${prose}`,
      `<div v-if="open">${prose}</div>`,
      `<li *ngFor="let a of b">${prose}</li>`,
      `<p :class="a">${prose}</p>`,
      `<a href="{{ url }}">${prose}</a>`,
      `<?php echo $a; ?>${prose}`,
      `${prose}<?php echo $a; ?>`,
      `---\nlayout: page\n---\n${prose}`,
    ];
    for (const source of sources) {
      assert.equal(await isDocument(source), false, source);
      assert.equal((await page(source)).text, source);
    }
  });

  it("is told by its folder, by how little it shows, and by scripts that somebody wrote in it", async () => {
    for (const path of ["web/src/a.html", "templates/a.html", "app/views/a.htm", "tests/a.html"]) {
      assert.equal(await isDocument(prose, path), false, path);
    }
    assert.equal(await isDocument(prose, "resource/a.html"), true);
    assert.equal(await isDocument(`<div id="app"></div><p>Please turn on scripts.</p>`), false);
    const script = "  const next = draw(board, player);\n".repeat(100);
    assert.equal(await isDocument(`${prose}<script>${script}</script>`), false);
    assert.equal(
      await isDocument(`${prose}<script>${script.replaceAll("\n", " ")}</script>`),
      true,
      "packed",
    );
    assert.equal(await isDocument(`${prose.repeat(9)}<script>${script}</script>`), true, "more text");
  });

  it("that nests without end is read to an end", async () => {
    const { text } = await page("<div>".repeat(20_000) + prose);
    assert.ok(text.length > 0);
  });
});
