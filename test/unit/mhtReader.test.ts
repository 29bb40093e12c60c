import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import iconv from "iconv-lite";
import { extract } from "../../indexer/read/extract.ts";
import { parseFile } from "../../indexer/read/parseFile.ts";

const folder = fileURLToPath(new URL("../fixtures/files/", import.meta.url));
const saved = readFileSync(`${folder}savedPage.mht`);
const linesOf = (text: string): string[] => text.split("\n").filter((line) => line !== "");

interface Part {
  readonly head: string;
  readonly body: string;
}

/** A page as other programs save it, in Latin-1. */
function archive(parts: readonly Part[], type = "multipart/related"): Buffer {
  const inner = parts.map(({ head, body }) => `--=_b\r\n${head}\r\n\r\n${body}\r\n`).join("");
  const head = `From: <Saved by somebody>\r\nMIME-Version: 1.0\r\nContent-Type: ${type};\r\n\tboundary="=_b"`;
  return Buffer.from(`${head}\r\n\r\n${inner}--=_b--\r\n`, "latin1");
}

const textOf = async (bytes: Buffer, name = "a.mht"): Promise<string> => (await extract(bytes, name)).text;

describe("a web page that was saved as a single file", () => {
  it("is the document that it shows, with its frames and its own elements, without what surrounds it", async () => {
    const { text, headings } = await extract(saved, "savedPage.mht");
    assert.deepEqual(linesOf(text), [
      "Tidevann i Ålesund",
      "Høyvann kommer omtrent tolv timer og tjuefem minutter etter forrige høyvann. Havnevakten leser av måleren ved Brosundet hver morgen klokken sju, og skriver tallet i dagboken som ligger i skapet = til venstre.",
      "Denne uken",
      "Dag | Høyvann | Nivå",
      "Mandag | 04:12 | 186 cm",
      "Tirsdag | 04:57 | 192 cm",
      "Måleren ved Brosundet",
      "Merknad: ved storm fra nordvest står vannet høyere enn tabellen sier.",
      "Ramme: ring havnevakten på kanal 14.",
    ]);
    assert.deepEqual(
      headings.map(({ name, level }) => [name, level]),
      [
        ["Tidevann i Ålesund", 1],
        ["Denne uken", 2],
      ],
    );
  });

  it("is indexed as a document by its headings", async () => {
    const parsed = await parseFile(folder, "savedPage.mht", 2_000_000);
    assert.ok(parsed.ok);
    assert.deepEqual([parsed.parsed.kind, parsed.parsed.language], ["document", "html"]);
    const { chunks } = parsed.parsed;
    assert.deepEqual(
      chunks.map(({ heading }) => heading),
      ["Tidevann i Ålesund › Denne uken"],
    );
    assert.doesNotMatch(chunks.map(({ text }) => text).join("\n"), /<\w|Forsiden|=C3/);
  });

  it("is read under the name that Word gives it, and a plain page under this one", async () => {
    assert.match(await textOf(saved, "a.doc"), /^Tidevann i Ålesund\n/);
    assert.equal(await textOf(Buffer.from("\ufeff<html><body><h1>Tides</h1>"), "a.mhtml"), "Tides");
    assert.equal(await textOf(Buffer.from("\n <html><body><h1>Tides</h1>")), "Tides");
  });

  it("is in the encoding and packing that its part names", async () => {
    const head = 'Content-Type: text/html; charset="windows-1251"';
    const cyrillic = "\xcf\xf0\xe8\xeb\xe8\xe2";
    const page = (text: string): string => `<h1>${text}</h1>`;
    const base64 = Buffer.from(page(cyrillic), "latin1").toString("base64");
    const packed = page("=CF=F0=E8=\r\n=EB=E8=E2");
    for (const [packing, body] of [
      ["8bit", page(cyrillic)],
      ["base64", base64],
      ["Quoted-Printable", packed],
    ] as const) {
      const bytes = archive([{ head: `${head}\r\nContent-Transfer-Encoding: ${packing}`, body }]);
      assert.equal(await textOf(bytes), "Прилив", packing);
    }
  });

  it("is in another encoding than its part names where its bytes or the page say so", async () => {
    const part = (charset: string, body: Buffer): Buffer =>
      archive([
        {
          head: `Content-Type: text/html; charset=${charset}\r\nContent-Transfer-Encoding: base64`,
          body: body.toString("base64"),
        },
      ]);
    const page = "<meta charset=macintosh><h1>Høyvann</h1>";
    assert.equal(await textOf(part("windows-1252", Buffer.from(page))), "Høyvann");
    // Programs that look at nothing say so of everything.
    for (const charset of ["US-ascii", "x-unknown"]) {
      assert.equal(await textOf(part(charset, iconv.encode(page, "macintosh"))), "Høyvann", charset);
    }
    const unsaid = iconv.encode("<h1>Høyvann</h1>", "macintosh");
    assert.equal(await textOf(part("macintosh", unsaid)), "Høyvann");
  });

  it("takes the page from among pictures and parts of parts, and the title where it shows no heading", async () => {
    const body = "<title>Tides</title><p>High water at noon.</p>";
    const inner = `--in\r\nContent-Type: text/html\r\n\r\n${body}\r\n--in--`;
    const bytes = archive([
      { head: "Content-Type: image/png\r\nContent-Transfer-Encoding: base64", body: "iVBORw0KGgo=" },
      { head: "Content-Type: text/html-fragment", body: "<p>A fragment.</p>" },
      { head: "Content-Type: x-text/html", body: "<p>Of another type.</p>" },
      {
        head: "Content-Type: multipart/alternative; boundary=in",
        body: inner.replace("text/html", "application/xhtml+xml"),
      },
    ]);
    assert.equal(await textOf(bytes), "Tides\n\nHigh water at noon.");
  });

  it("shows what a set of frames shows, each frame once", async () => {
    const frame = (id: string, body: string): Part => ({
      head: `Content-Type: text/html\r\nContent-ID: <${id}>\r\nContent-Location: http://a.example/${id}`,
      body,
    });
    const calls = (...ids: string[]): string => ids.map((id) => `<iframe src="${id}"></iframe>`).join("");
    const both = calls("cid:one", "http://a.example/one", "cid:two", "http://a.example/two");
    const bytes = archive([
      frame("main", '<frameset><frame src="cid:one"><frame src="cid:two"></frameset>'),
      frame("one", `<p>The first.</p>${both}`),
      frame("two", `<p>The second.</p>${both}`),
    ]);
    assert.deepEqual(linesOf(await textOf(bytes)).sort(), ["The first.", "The second."]);
  });

  it("fills the slots of an element by their names, and shows nothing of what has none", async () => {
    const body = `<x-card><template shadowmode="open"><h1><slot name="title"></slot></h1><p><slot>empty</slot></p></template>
      <b slot="title">Tides</b><i slot="other">unseen</i></x-card>`;
    const text = await textOf(archive([{ head: "Content-Type: text/html", body }]));
    assert.match(text, /^Tides/);
    assert.doesNotMatch(text, /unseen/);
  });

  it("shows a tree of an element's own however it is saved, what its slots hold by themselves, and no other template", async () => {
    const saved =
      '<template shadowrootdelegatesfocus shadowrootmode="open"><h1>Tides</h1><slot name="more">By themselves.</slot></template>';
    const body = `<div><x-a>${saved}<p>unseen</p></x-a></div><template id="b"><p>no page</p></template><p>Ebb.</p>`;
    const lines = linesOf(await textOf(archive([{ head: "Content-Type: text/html", body }])));
    assert.deepEqual(lines, ["Tides", "By themselves.", "Ebb."]);
  });

  it("is read however deep its elements lie in each other, also in slots", async () => {
    const deep = (count: number, inside: string): string =>
      "<div>".repeat(count) + inside + "</div>".repeat(count);
    const own = `<x-a><template shadowmode="open">${deep(20_000, "<slot></slot>")}</template></x-a>`;
    const body = `<p>Ebb.</p>${own}${deep(20_000, '<iframe src="cid:none"></iframe>')}`;
    const lines = linesOf(await textOf(archive([{ head: "Content-Type: text/html", body }])));
    assert.deepEqual(lines, ["Ebb."]);
  });

  it("fills the first of slots with one name, so that no text is doubled and doubled again", async () => {
    const nested = (depth: number): string =>
      depth === 0
        ? "<p>ebb</p>"
        : `<x-a><template shadowmode="open"><slot></slot><slot></slot></template>${nested(depth - 1)}</x-a>`;
    const lines = linesOf(await textOf(archive([{ head: "Content-Type: text/html", body: nested(12) }])));
    assert.deepEqual(lines, ["ebb"]);
  });

  it("says why it can't be read", async () => {
    await assert.rejects(textOf(Buffer.from("no headers at all")), /damaged: there is no page in it/);
    await assert.rejects(textOf(archive([])), /damaged: there is no page in it/);
    await assert.rejects(
      textOf(archive([{ head: "Content-Type: text/css", body: "p {}" }])),
      /damaged: there is no page in it/,
    );
    await assert.rejects(
      textOf(archive([{ head: "Content-Type: text/html", body: "<p></p>" }])),
      /holds no text/,
    );
  });

  it("is read as far as it goes where its end is missing", async () => {
    assert.match(await textOf(saved.subarray(0, 1_600)), /^Tidevann i Ålesund/);
  });
});
