import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import iconv from "iconv-lite";
import { getDocument, VerbosityLevel } from "pdfjs-dist/legacy/build/pdf.mjs";
import { Language, Parser } from "web-tree-sitter";
import { Zip } from "../../indexer/read/zip.ts";

const folder = fileURLToPath(new URL("../fixtures/files/", import.meta.url));
const readme = readFileSync(new URL("../fixtures/README.md", import.meta.url), "utf8");
const bytes = (name: string): Buffer => readFileSync(join(folder, name));

/** The text of each page. */
async function pages(name: string, password?: string): Promise<string[]> {
  const task = getDocument({
    data: new Uint8Array(bytes(name)),
    verbosity: VerbosityLevel.ERRORS,
    ...(password === undefined ? {} : { password }),
  });
  try {
    const document = await task.promise;
    const texts: string[] = [];
    for (let page = 1; page <= document.numPages; page++) {
      const { items } = await (await document.getPage(page)).getTextContent();
      texts.push(items.map((item) => ("str" in item ? item.str : "")).join(" "));
    }
    return texts;
  } finally {
    await task.destroy();
  }
}

describe("the fixture files", () => {
  it("are those of the README", () => {
    const named = [...readme.matchAll(/^\| `([^`]+)` \| (?:built|hand) \|/gm)].map((match) => match[1] ?? "");
    assert.deepEqual(named.sort(), readdirSync(folder).sort());
  });

  it("are in the encodings that the README says", () => {
    const english = iconv.decode(bytes("utf8Bom.txt"), "utf8");
    for (const part of ["The lighthouse keeper's log\n", "“Perdita”", "Ålesund", "€1.20"]) {
      assert.ok(english.includes(part), part);
    }
    assert.deepEqual([...bytes("utf8Bom.txt").subarray(0, 3)], [0xef, 0xbb, 0xbf]);
    assert.deepEqual([...bytes("utf16le.txt").subarray(0, 2)], [0xff, 0xfe]);
    assert.deepEqual([...bytes("utf16be.txt").subarray(0, 2)], [0xfe, 0xff]);
    assert.equal(iconv.decode(bytes("utf16le.txt"), "utf-16le"), english);
    assert.equal(iconv.decode(bytes("utf16be.txt"), "utf-16be"), english);
    assert.match(iconv.decode(bytes("latin1.txt"), "latin1"), /pâquerette/);
    assert.match(iconv.decode(bytes("windows1252.md"), "windows-1252"), /„Lesezeichen“\.\r\n$/);
    assert.match(iconv.decode(bytes("shiftJis.txt"), "shift_jis"), /「かもめ」/);
    for (const name of ["latin1.txt", "windows1252.md", "shiftJis.txt"]) {
      assert.throws(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes(name)), name);
    }
    assert.equal(bytes("empty.txt").length, 0);
    assert.equal(bytes("blank.txt").toString().trim(), "");
    assert.ok(bytes("binary.txt").includes(0));
  });

  it("has PDFs that open, need a password, or are broken", async () => {
    const markers = ["quicksilver", "louvre", "downpour", "weathercock", "scorch"];
    for (const [name, password] of [
      ["fivePages.pdf"],
      ["ownerPassword.pdf"],
      ["wrongOffset.pdf"],
      ["encrypted.pdf", "open-sesame"],
    ] as const) {
      const texts = await pages(name, password);
      assert.equal(texts.length, markers.length, name);
      for (const [at, marker] of markers.entries())
        assert.ok(texts[at]?.includes(marker), `${name} ${marker}`);
    }
    assert.deepEqual(await pages("imageOnly.pdf"), [""]);
    await assert.rejects(pages("encrypted.pdf"), { name: "PasswordException" });
    for (const name of ["truncated.pdf", "headerOnly.pdf", "notReally.pdf"]) {
      await assert.rejects(pages(name), { name: "InvalidPDFException" }, name);
    }
  });

  it("has a sound DOCX and two broken ones", () => {
    const body = new Zip(bytes("report.docx")).text("word/document.xml") ?? "";
    for (const part of [
      '<w:pStyle w:val="Heading2"/>',
      "Results",
      "<w:tbl>",
      "<w:numPr>",
      "Brückenprüfung",
    ]) {
      assert.ok(body.includes(part), part);
    }
    assert.throws(() => new Zip(bytes("truncated.docx")));
    assert.deepEqual(new Zip(bytes("renamedZip.docx")).names, ["notes.txt"]);
  });
});

describe("the source fixtures", () => {
  const grammars: Record<string, string> = {
    "inventory.ts": "typescript",
    "syntaxError.ts": "typescript",
    "TideTable.tsx": "tsx",
    "scheduler.js": "javascript",
    "beehive.py": "python",
    "Library.java": "java",
    "beacon.go": "go",
    "compass.rs": "rust",
    // The package has no grammar of its own for C; that of C++ reads it.
    "ring.c": "cpp",
    "matrix.cpp": "cpp",
    "Greenhouse.cs": "c-sharp",
    "orchard.rb": "ruby",
    "Ferry.php": "php",
    "archive.sh": "bash",
  };
  const wasm = join(dirname(createRequire(import.meta.url).resolve("@vscode/tree-sitter-wasm")));

  before(() => Parser.init());

  for (const [name, grammar] of Object.entries(grammars)) {
    const broken = name.startsWith("syntaxError");
    it(`${name} ${broken ? "has" : "is without"} syntax errors`, async () => {
      const parser = new Parser();
      parser.setLanguage(await Language.load(join(wasm, `tree-sitter-${grammar}.wasm`)));
      const source = bytes(name).toString();
      const tree = parser.parse(source);
      assert.equal(tree?.rootNode.hasError, broken);
      const lines = source.trimEnd().split("\n").length;
      assert.ok(lines >= 38 && lines <= 80, `${lines} lines`);
      tree?.delete();
      parser.delete();
    });
  }
});
