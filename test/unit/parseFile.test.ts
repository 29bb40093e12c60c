import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Chunk } from "../../indexer/chunk/chunk.ts";
import { languageOf, languageOfText } from "../../indexer/files/languages.ts";
import { fingerprintOf } from "../../indexer/files/secretsMask.ts";
import { decode } from "../../indexer/read/decode.ts";
import { documentText, type ParseResult, parseFile } from "../../indexer/read/parseFile.ts";
import { linesOfPage } from "../../indexer/read/pdfLines.ts";
import type { TextPiece } from "../../indexer/read/pdfRows.ts";
import { joinHyphens } from "../../indexer/read/pdfText.ts";
import { zip } from "../support/archive.ts";
import { root } from "../support/scratchFolder.ts";

const fixtures = fileURLToPath(new URL("../fixtures/files/", import.meta.url));
const limit = 2_000_000;

function parse(name: string, content: string | Buffer): Promise<ParseResult> {
  writeFileSync(join(root, name), content);
  return parseFile(root, name, limit);
}

function reasonOf(result: ParseResult): string {
  assert.ok(!result.ok, "was parsed");
  return result.reason;
}

function chunksOf(result: ParseResult): readonly Chunk[] {
  assert.ok(result.ok, result.ok ? "" : result.reason);
  return result.parsed.chunks;
}

const key = "ghp_a8Zk3LmQ9xYt2WvB7nRc5PdE1sHf4GjU6oKi";

function epub(title: string, chapter: string): Buffer {
  const parts = {
    mimetype: "application/epub+zip",
    "META-INF/container.xml": '<container><rootfiles><rootfile full-path="b.opf"/></rootfiles></container>',
    "b.opf": `<package><manifest><item id="n" href="toc.ncx"/><item id="a" href="a.xhtml"/></manifest><spine><itemref idref="a"/></spine></package>`,
    "toc.ncx": `<ncx><navMap><navPoint><navLabel><text>${title}</text></navLabel><content src="a.xhtml"/></navPoint></navMap></ncx>`,
    "a.xhtml": `<html><body>${chapter}</body></html>`,
  };
  return zip(Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, Buffer.from(text)])));
}

test("masks keys in what headings, places and left out attachments are called", async () => {
  const mail = [
    "From: a@example.org",
    `Subject: New token ${key}`,
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="b"',
    "",
    "--b\n\nThe body.",
    ...[`${key}.txt`, `${key}.zip`].map(
      (name) => `--b\nContent-Disposition: attachment; filename="${name}"\n\nAttached.`,
    ),
    "--b--",
  ].join("\n");
  const page = `<h1>Key ${key}</h1><p>${"What a page says. ".repeat(20)}</p>`;
  const files = {
    "a.eml": mail,
    "b.html": page,
    "c.epub": epub(`Chapter ${key}`, `<h1>Key ${key}</h1><p>T</p>`),
  };
  for (const [name, content] of Object.entries(files)) {
    const result = await parse(name, content);
    assert.ok(result.ok, name);
    assert.doesNotMatch(JSON.stringify(result), /ghp_/, name);
    assert.match(result.parsed.chunks[0]?.heading ?? "", /\[masked secret\]/, name);
    assert.doesNotMatch(JSON.stringify(await documentText(root, name)), /ghp_/, name);
  }
});

test("lets a key through in a heading where the user said so", async () => {
  const page = `<h1>Key ${key}</h1><p>${"What a page says. ".repeat(20)}</p>`;
  writeFileSync(join(root, "a.html"), page);
  const exceptions = { salt: "s", fingerprints: new Set([fingerprintOf(key, "s")]) };
  const result = await parseFile(root, "a.html", limit, exceptions);
  assert.equal(chunksOf(result)[0]?.heading, `Key ${key}`);
});

test("shows no text of a file that has grown beyond all limits", async () => {
  writeFileSync(join(root, "a.docx"), "");
  truncateSync(join(root, "a.docx"), 600_000_000);
  await assert.rejects(documentText(root, "a.docx"), /^UnreadableFile: Too large: 600.0 MB; .* 500.0 MB\.$/);
});

test("does not repeat a name without an end with each chunk", async () => {
  const book = epub("T".repeat(100_000), `<p>${"A sentence of a few words. ".repeat(1_000)}</p>`);
  const chunks = chunksOf(await parse("a.epub", book));
  assert.ok(chunks.length > 10);
  assert.ok(JSON.stringify(chunks).length < 60_000);
});

test("says of how many lines of data only the beginning is read", async () => {
  const short = "INSERT INTO lamps VALUES (1, 'lit');\n".repeat(3);
  const long = `INSERT INTO lamps VALUES ${"(1, 'lit'), ".repeat(1_000)};\n`;
  const partlyOf = (result: ParseResult): string | undefined =>
    (result.ok && result.parsed.partly) || undefined;
  assert.equal(partlyOf(await parse("short.sql", short)), undefined);
  assert.equal(
    partlyOf(await parse("one.sql", short + long)),
    "Read in part: the first 10,000 characters of 1 line that is longer.",
  );
  assert.equal(
    partlyOf(await parse("two.sql", long + short + long)),
    "Read in part: the first 10,000 characters of 2 lines that are longer.",
  );
  const prose = await parse("long.txt", "The lamp is lit. ".repeat(1_000));
  assert.equal(partlyOf(prose), undefined, "prose is read whole");
});

test("gives kind, language, hash and chunks", async () => {
  const text = "export function light(): void {}\n";
  const result = await parse("a.ts", text);
  assert.deepEqual(result, {
    ok: true,
    hash: createHash("sha256").update(text).digest("hex").slice(0, 32),
    parsed: {
      kind: "code",
      language: "typescript",
      chunks: [{ text: text.trimEnd(), startLine: 1, endLine: 1, heading: "light" }],
      withheld: [],
      letThrough: 0,
    },
  });
});

test("reads every usual encoding", async () => {
  const expected: Record<string, RegExp> = {
    "utf8Bom.txt": /^The lighthouse keeper's log[\s\S]*twice — once/,
    "utf16le.txt": /^The lighthouse keeper's log[\s\S]*“Perdit/,
    "utf16be.txt": /^The lighthouse keeper's log[\s\S]*“Perdit/,
    "latin1.txt": /arrivé tôt cette année/,
    "windows1252.md": /für die Bücherei[\s\S]*geöffnet – an Feiertagen/,
    "shiftJis.txt": /^灯台の日誌/,
  };
  for (const [name, pattern] of Object.entries(expected)) {
    const chunks = chunksOf(await parseFile(fixtures, name, limit));
    const text = chunks.map((chunk) => chunk.text).join("\n");
    assert.match(text, pattern, name);
    assert.doesNotMatch(text, /[\ufeff\ufffd\r]/, name);
  }
});

test("UTF-16 without a mark is text, random bytes are not", () => {
  assert.deepEqual(decode(Buffer.from("plain words", "utf16le")), { ok: true, text: "plain words" });
  const bytes = Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 7919 + ((i * i) % 251)) % 256));
  assert.equal(decode(bytes).ok, false);
});

test("all line ends count as one", async () => {
  const result = decode(Buffer.from("a\r\nb\rc\nd"));
  assert.deepEqual(result, { ok: true, text: "a\nb\nc\nd" });
});

const refused: Record<string, RegExp> = {
  "empty.txt": /^The file is empty\.$/,
  "blank.txt": /nothing but white space/,
  "binary.txt": /binary data/,
  "encrypted.pdf": /protected by a password/,
  "imageOnly.pdf": /pictures of text/,
  "truncated.pdf": /damaged/,
  "headerOnly.pdf": /damaged/,
  "notReally.pdf": /damaged/,
  "truncated.docx": /damaged/,
  "renamedZip.docx": /damaged/,
};

for (const [name, reason] of Object.entries(refused)) {
  test(`${name} is refused with a reason`, async () => {
    assert.match(reasonOf(await parseFile(fixtures, name, limit)), reason);
  });
}

test("formats under another name, and minified code, are refused with a reason", async () => {
  const pdf = readFileSync(join(fixtures, "fivePages.pdf"));
  assert.match(reasonOf(await parse("a.txt", pdf)), /A PDF document under another name: rename it to \.pdf/);
  assert.match(reasonOf(await parse("b.dat", readFileSync(join(fixtures, "report.docx")))), /ZIP archive/);
  assert.match(reasonOf(await parse("a.js", `${"var a=1;".repeat(2000)}\n`)), /minified or generated/);
  assert.match(reasonOf(await parse("a.json", JSON.stringify(Array(5000).fill(1)))), /minified or generated/);
});

test("a PDF is read page by page, with headings and right pages", async () => {
  for (const name of ["fivePages.pdf", "ownerPassword.pdf", "wrongOffset.pdf"]) {
    const chunks = chunksOf(await parseFile(fixtures, name, limit));
    const markers = ["quicksilver", "louvre", "downpour", "weathercock", "scorch"];
    assert.deepEqual([...new Set(chunks.map((chunk) => chunk.page))], [1, 2, 3, 4, 5]);
    markers.forEach((marker, i) => {
      const found = chunks.filter((chunk) => chunk.text.includes(marker));
      assert.deepEqual(
        found.map((chunk) => chunk.page),
        [i + 1],
        `${name}: ${marker}`,
      );
    });
    assert.match(chunks[1]?.heading ?? "", /Instruments of a weather station › 2\. Thermometers/);
  }
});

test("a DOCX is read by headings, with lists and tables", async () => {
  const chunks = chunksOf(await parseFile(fixtures, "report.docx", limit));
  const text = chunks.map((chunk) => chunk.text).join("\n");
  assert.match(chunks.at(-1)?.heading ?? "", /Survey of the footbridges › .*Next survey/);
  assert.match(text, /\n1\. .*\n2\. /);
  assert.match(text, /\n• /);
  assert.match(text, /\n[^|\n]+ \| [^|\n]+/);
  assert.match(text, /Brückenprüfung, naïveté, “quotes”, 5 µm, ≤ 3 €/);
});

test("documentText has the lines and pages of the chunks", async () => {
  for (const name of ["fivePages.pdf", "report.docx"]) {
    const { text, pages } = await documentText(fixtures, name);
    const lines = text.split("\n");
    for (const chunk of chunksOf(await parseFile(fixtures, name, limit))) {
      assert.equal(lines.slice(chunk.startLine - 1, chunk.endLine).join("\n"), chunk.text);
      const page = pages.findLast((item) => item.startLine <= chunk.startLine)?.page;
      assert.equal(page, chunk.page);
    }
  }
  await assert.rejects(documentText(fixtures, "encrypted.pdf"), /protected by a password/);
});

test("ZIP bombs are not unpacked, whatever they claim", async () => {
  const large = Buffer.alloc(120_000_000, "<w:p/>");
  assert.match(reasonOf(await parse("a.docx", zip({ "word/document.xml": large }))), /ZIP bomb/);
  assert.match(reasonOf(await parse("b.docx", zip({ "word/document.xml": large }, 100))), /ZIP bomb/);
  const claims = zip({ "word/media/image1.png": Buffer.alloc(10) }, 400_000_000);
  assert.match(reasonOf(await parse("c.docx", claims)), /ZIP bomb/);
  const many = Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`${i}.xml`, Buffer.alloc(0)]));
  assert.match(reasonOf(await parse("d.docx", zip(many))), /ZIP bomb/);
});

test("keys are masked before anything is cut", async () => {
  const key = `ghp_${"aB3dE6gH9j".repeat(4).slice(0, 36)}`;
  const result = await parse("config.ts", `export const token = "${key}";\n`);
  assert.ok(!JSON.stringify(result).includes(key.slice(4)));
  assert.match(chunksOf(result)[0]?.text ?? "", /export const token = "\[masked secret\]";/);
});

test("a file must be inside the folder when it is read", async (t) => {
  if (process.platform === "win32") return t.skip("links need rights on Windows");
  const outside = mkdtempSync(join(tmpdir(), "carrel-outside-"));
  t.after(() => rmSync(outside, { recursive: true, force: true }));
  writeFileSync(join(outside, "a.md"), "not yours");
  mkdirSync(join(root, "docs"));
  writeFileSync(join(root, "docs/a.md"), "yours");
  assert.equal(chunksOf(await parseFile(root, "docs/a.md", limit))[0]?.text, "yours");
  // The walk saw a folder; now a link stands in its place.
  renameSync(join(root, "docs"), join(root, "was"));
  symlinkSync(outside, join(root, "docs"));
  assert.match(reasonOf(await parseFile(root, "docs/a.md", limit)), /outside the folder/);
  assert.match(reasonOf(await parseFile(root, "../a.md", limit)), /outside the folder|gone/);
  symlinkSync(join(root, "was/a.md"), join(root, "b.md"));
  assert.match(reasonOf(await parseFile(root, "b.md", limit)), /link/);
});

test("pipes, folders, missing and too large files give a reason", async (t) => {
  mkdirSync(join(root, "d.md"));
  assert.match(reasonOf(await parseFile(root, "d.md", limit)), /Not a regular file|can't be read/);
  assert.match(reasonOf(await parseFile(root, "gone.md", limit)), /gone/);
  writeFileSync(join(root, "big.md"), "x".repeat(11));
  assert.match(reasonOf(await parseFile(root, "big.md", 10)), /Too large/);
  if (process.platform === "win32") return t.skip("no pipes in folders on Windows");
  execFileSync("mkfifo", [join(root, "pipe.md")]);
  assert.match(reasonOf(await parseFile(root, "pipe.md", limit)), /Not a regular file/);
});

test("tells languages by name and by first line", () => {
  const expected: Record<string, readonly [id: string, kind: string]> = {
    "src/a.ts": ["typescript", "code"],
    "a.TSX": ["typescriptreact", "code"],
    "x/y.h": ["cpp", "code"],
    "x.c": ["c", "code"],
    "run.sh": ["shellscript", "code"],
    Dockerfile: ["dockerfile", "code"],
    "CMakeLists.txt": ["cmake", "code"],
    "README.md": ["markdown", "prose"],
    "a.pdf": ["pdf", "document"],
    "a.DOCX": ["docx", "document"],
    "a.csv": ["csv", "data"],
    "a.yml": ["yaml", "data"],
    LICENSE: ["plaintext", "prose"],
    "weird.constructor": ["plaintext", "prose"],
  };
  for (const [path, [id, kind]] of Object.entries(expected))
    assert.deepEqual(languageOf(path), { id, kind }, path);
  assert.equal(languageOf("constructor").id, "plaintext");
  assert.equal(languageOfText("bin/run", "#!/usr/bin/env python3\nprint(1)").id, "python");
  assert.equal(languageOfText("bin/run", "#!/bin/sh\n").id, "shellscript");
  assert.equal(languageOfText("bin/run", "no script").id, "plaintext");
});

function piece(str: string, x: number, y: number, height = 10): TextPiece {
  return {
    str,
    transform: [height, 0, 0, height, x, y],
    width: str.length * height * 0.5,
    height,
    hasEOL: false,
  };
}

test("PDF: pieces on one height are a line, gaps are paragraphs, hyphens are joined", () => {
  const page = linesOfPage([
    piece("The lamp", 50, 700),
    piece("was lit", 95, 700),
    piece("at dusk in the light-", 50, 688),
    piece("house.", 50, 676),
    piece("A new", 50, 640),
    piece("paragraph.", 80, 640),
    piece("Its end.", 50, 628),
  ]);
  assert.deepEqual(
    joinHyphens([page])
      .flat()
      .map((line) => line.text),
    ["The lamp was lit", "at dusk in the lighthouse.", "", "A new paragraph.", "Its end."],
  );
});

test("PDF: columns are read one after the other, a page drawn in disorder from top to bottom", () => {
  const column = (x: number, name: string): TextPiece[] =>
    Array.from({ length: 8 }, (_, i) => piece(`${name}${i}`, x, 700 - 12 * i));
  const columns = linesOfPage([...column(50, "left"), ...column(300, "right")]).map((line) => line.text);
  assert.equal(columns.indexOf("right0") > columns.indexOf("left7"), true);
  const rows = Array.from({ length: 20 }, (_, i) => piece(`row${i}`, 50, 700 - 12 * i));
  const disordered = rows.map((_, i) => rows[(i * 7) % 20] as TextPiece);
  assert.deepEqual(
    linesOfPage(disordered).map((line) => line.text),
    rows.map((row) => row.str),
  );
});

test("a failure that may pass is marked so, one that is the file's own is not", async (t) => {
  const marks = async (name: string): Promise<unknown> => {
    const result = await parseFile(root, name, limit);
    return result.ok || result.mayPass;
  };
  writeFileSync(join(root, "binary.txt"), Buffer.from([0, 1, 2, 3, 0, 0, 5]));
  writeFileSync(join(root, "shut.md"), "x");
  writeFileSync(join(root, "large.md"), "x".repeat(limit + 1));
  assert.deepEqual([await marks("gone.md"), await marks("shut.md/a.md")], [true, true]);
  assert.deepEqual([await marks("binary.txt"), await marks("large.md")], [undefined, undefined]);
  if (process.platform === "win32") return t.skip("the rest needs POSIX rights");
  chmodSync(root, 0o755);
  chmodSync(join(root, "shut.md"), 0);
  // No rights bind the superuser: for the reader it is somebody else.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    assert.equal(await marks("shut.md"), true);
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
});

test("a refusal has the hash of what was read, so that it is not read again for nothing", async () => {
  for (const [name, text] of [
    ["empty.md", ""],
    ["broken.pdf", "no document"],
  ] as const) {
    const { hash } = await parse(name, text);
    assert.equal(hash, createHash("sha256").update(text).digest("hex").slice(0, 32), name);
  }
});

test("a name that begins with two dots is inside the folder, and no file stays open", async (t) => {
  assert.equal(chunksOf(await parse("..notes.md", "yours"))[0]?.text, "yours");
  if (process.platform !== "linux") return t.skip("the rest looks into /proc");
  const before = readdirSync("/proc/self/fd").length;
  writeFileSync(join(root, "large.md"), "x".repeat(11));
  for (let n = 0; n < 20; n++) {
    for (const name of ["..notes.md", "large.md", "."]) await parseFile(root, name, 10);
  }
  assert.ok(readdirSync("/proc/self/fd").length < before + 10);
});
