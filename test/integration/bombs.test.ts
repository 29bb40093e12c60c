import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createParser, type ParseResult, type Parser } from "../../indexer/read/pool.ts";
import * as bombs from "../support/bombs.ts";
import { parserEntry } from "../support/parserEntry.ts";
import { workspaceOf } from "../support/workspace.ts";

/*
 * Each is listed with a reason or read in part, by the real parser with its limit of memory, and the file after it is
 * read. Then all of them at once through the engine.
 */

const folder = mkdtempSync(join(tmpdir(), "carrel-bombs-"));
let parser: Parser;
before(() => {
  // Long, so that what a busy machine takes decides nothing.
  parser = createParser({ entry: parserEntry, memoryMb: 512, timeoutMs: 300_000 });
});
after(async () => {
  await parser.close();
  rmSync(folder, { recursive: true, force: true });
});

const limit = 2_000_000;

async function resultOf(name: string, bytes: Buffer | string, most = limit): Promise<ParseResult> {
  writeFileSync(join(folder, name), bytes);
  const result = await parser.parse(folder, name, most);
  rmSync(join(folder, name));
  writeFileSync(join(folder, "after.txt"), "The lamp is lit.");
  const next = await parser.parse(folder, "after.txt", limit);
  assert.ok(next.ok, `nothing is read after ${name}`);
  return result;
}

/** The reason why a file is not read; for one that is, what of it is not. */
async function reasonFor(name: string, bytes: Buffer | string, most = limit): Promise<string> {
  const result = await resultOf(name, bytes, most);
  return result.ok ? `read: ${result.parsed.partly ?? "whole"}` : result.reason;
}

const archives: readonly (readonly [name: string, part: string])[] = [
  ["a.docx", "word/document.xml"],
  ["a.xlsx", "xl/worksheets/sheet1.xml"],
  ["a.pptx", "ppt/presentation.xml"],
  ["a.odt", "content.xml"],
  ["a.epub", "META-INF/container.xml"],
];

describe("small files that want to become large", () => {
  for (const [name, inside] of archives) {
    test(`an archive that unpacks to far more than it is (${name})`, async () => {
      const bytes = bombs.zipBomb(inside);
      assert.ok(bytes.length < limit);
      assert.match(await reasonFor(name, bytes), /ZIP bomb/);
    });
  }

  test("an archive in an archive in an archive is one document that is none", async () => {
    assert.match(await reasonFor("nested.docx", bombs.nestedZips()), /damaged/);
  });

  test("entities that multiply are not replaced", async () => {
    for (const [name, make] of [
      ["laughs.docx", bombs.docxWith],
      ["laughs.odt", bombs.odtWith],
    ] as const) {
      assert.equal(
        await reasonFor(name, make("", "The lamp is lit.")),
        "read: whole",
        "without them it is sound",
      );
      assert.match(await reasonFor(name, make(bombs.laughs(), "&j;")), /damaged/);
    }
  });

  test("an entity outside is not fetched", async () => {
    writeFileSync(join(folder, "secret.txt"), "quicksilver");
    const declaration = `<!DOCTYPE x [<!ENTITY s SYSTEM "file://${folder}/secret.txt">]>`;
    for (const [name, make] of [
      ["outside.docx", bombs.docxWith],
      ["outside.odt", bombs.odtWith],
    ] as const) {
      const result = await resultOf(name, make(declaration, "&s; end"));
      assert.doesNotMatch(JSON.stringify(result), /quicksilver/);
      assert.match(result.ok ? "" : result.reason, /damaged/);
    }
  });

  test("a PDF with a million objects is read, since its one page needs few of them", async () => {
    const result = await resultOf("objects.pdf", bombs.pdfOfObjects(1_000_000));
    assert.deepEqual(result.ok && result.parsed.chunks.map(({ text }) => text), ["The lamp is lit."]);
  });

  test("ten gigabytes of nothing are too large by their size, which is not read", async () => {
    for (const name of ["sparse.txt", "sparse.pdf", "sparse.xlsx", "sparse.eml"]) {
      writeFileSync(join(folder, name), "");
      truncateSync(join(folder, name), 10_000_000_000);
      const result = await parser.parse(folder, name, limit);
      assert.match(result.ok ? "" : result.reason, /Too large/);
      rmSync(join(folder, name));
    }
  });

  test("a single line of 50 MB is too large, or read where that is wanted", async () => {
    const line = "the lamp is lit ".repeat(3_125_000);
    for (const name of ["line.txt", "line.md"]) {
      assert.match(await reasonFor(name, line), /Too large/);
      const result = await resultOf(name, line, 100_000_000);
      assert.ok(result.ok, result.ok ? "" : result.reason);
      assert.ok(result.parsed.chunks.length > 30_000);
    }
  });

  test("mails in mails without end are named to a depth", async () => {
    assert.match(
      await reasonFor("deep.eml", bombs.deepMail(200)),
      /^read: Not read: .*the attachment|damaged/,
    );
  });
});

describe("what is read in part says so", () => {
  test("a PDF of 100,000 pages", async () => {
    assert.equal(
      await reasonFor("pages.pdf", bombs.pdfOfPages(100_000)),
      "read: Read in part: the first 10,000 of 100,000 pages.",
    );
  });

  test("a sheet that says it has all cells there are", async () => {
    const result = await resultOf("cells.xlsx", bombs.xlsxOfAllCells());
    assert.ok(result.ok);
    assert.equal(result.parsed.chunks[0]?.text, "S\n5");
    assert.equal(result.parsed.partly, "Read in part: the first 20,000 rows of sheet S.");
  });

  test("a sheet whose cells are repeated further than rows are read", async () => {
    const reason = await reasonFor("long.ods", bombs.odsOfRepeated(2, 1_048_576));
    assert.equal(reason, "read: Read in part: the first 20,000 rows of sheet S.");
  });

  test("a mail with more than fifty attachments", async () => {
    assert.equal(await reasonFor("fifty.eml", bombs.mailWithAttachments(50)), "read: whole");
    assert.equal(
      await reasonFor("more.eml", bombs.mailWithAttachments(52)),
      "read: Not read: the attachment a51.txt, beyond the 50th; the attachment a52.txt, beyond the 50th.",
    );
    const many = await reasonFor("many.eml", bombs.mailWithAttachments(5_000));
    assert.match(many, /beyond the 50th; and 4,\d{3} more\.$/);
    assert.ok(many.length < 3_000);
  });

  test("a box of 100,000 mails", async () => {
    assert.equal(
      await reasonFor("box.mbox", bombs.mboxOf(100_000)),
      "read: Not read: all but the first 20,000 of 100,000 messages.",
    );
  });

  test("a table of a million rows in CSV is too large, or read to its end where that is wanted", async () => {
    const rows = Array.from({ length: 1_000_000 }, (_, i) => `${i},lamp ${i}`).join("\n");
    const csv = `number,item\n${rows}`;
    assert.match(await reasonFor("rows.csv", csv), /Too large/);
    const result = await resultOf("rows.csv", csv, 100_000_000);
    assert.ok(result.ok);
    assert.match(result.parsed.chunks.at(-1)?.text ?? "", /999999,lamp 999999$/);
  });
});

test("all at once, the engine lists each, stays small, and finds what is sound", async (t) => {
  const workspace = await workspaceOf(t, { "good.md": "# Lamps\n\nThe heron lights the lamp.\n" });
  const expected: Readonly<Record<string, RegExp>> = {
    "nested.docx": /damaged/,
    "laughs.docx": /damaged/,
    "laughs.odt": /damaged/,
    "pages.pdf": /first 10,000 of 100,000 pages|took longer/,
    "cells.xlsx": /first 20,000 rows/,
    "repeated.ods": /memory|ended unexpectedly|took longer/,
    "sparse.txt": /Too large/,
    "sparse.pdf": /Too large/,
    "line.txt": /Too large/,
    "deep.eml": /the attachment|damaged/,
    "more.eml": /beyond the 50th/,
    ...Object.fromEntries(archives.map(([name]) => [name, /ZIP bomb/])),
  };
  for (const [name, inside] of archives) await workspace.write(name, bombs.zipBomb(inside));
  await workspace.write("nested.docx", bombs.nestedZips());
  await workspace.write("laughs.docx", bombs.docxWith(bombs.laughs(), "&j;"));
  await workspace.write("laughs.odt", bombs.odtWith(bombs.laughs(), "&j;"));
  await workspace.write("objects.pdf", bombs.pdfOfObjects(1_000_000));
  await workspace.write("pages.pdf", bombs.pdfOfPages(100_000));
  await workspace.write("cells.xlsx", bombs.xlsxOfAllCells());
  await workspace.write("repeated.ods", bombs.odsOfRepeated(16_384, 1_048_576));
  await workspace.write("line.txt", "the lamp is lit ".repeat(3_125_000));
  await workspace.write("deep.eml", bombs.deepMail(200));
  await workspace.write("more.eml", bombs.mailWithAttachments(60));
  for (const name of ["sparse.txt", "sparse.pdf"]) {
    await workspace.write(name, "");
    truncateSync(join(workspace.dir, name), 10_000_000_000);
  }
  const { channel, pid } = await workspace.start();
  const { skipped } = await channel.request("index", {});
  const reasons = new Map(skipped.map(({ path, reason }) => [path, reason]));
  for (const [name, reason] of Object.entries(expected)) assert.match(reasons.get(name) ?? "", reason, name);
  assert.equal(reasons.has("good.md"), false);
  const { hits } = await channel.request("search", { query: "heron", k: 3, mode: "lexical" });
  assert.equal(hits[0]?.path, "good.md");
  if (process.platform !== "linux") return;
  const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
  t.diagnostic(`The engine took at most ${Math.round(peak)} MB.`);
  assert.ok(peak > 50 && peak < 500, `${Math.round(peak)} MB`);
});
