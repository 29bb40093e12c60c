import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { attachedPage, numberOf, numbersOf, pageLabel, scansOf } from "../../indexer/read/attachedPages.ts";
import type { KnownScans } from "../../indexer/read/contract.ts";
import { documentText, type ParsedFile, type ParseResult, parseFile } from "../../indexer/read/parseFile.ts";

const folder = fileURLToPath(new URL("../fixtures/scans/", import.meta.url));

describe("the pages of attachments", () => {
  it("have numbers by which they are found again, also those of attachments of attachments", () => {
    const inner = numberOf({ attachment: 7, page: 12 });
    assert.equal(inner, 700_012);
    assert.deepEqual(attachedPage(700_012), { attachment: 7, page: 12 });
    const nested = numberOf({ attachment: 3, page: 700_012 });
    assert.ok(nested !== undefined && Number.isSafeInteger(nested));
    assert.deepEqual(attachedPage(nested), { attachment: 3, page: 700_012 });
    assert.equal(attachedPage(10_000), undefined);
    const last = numberOf({ attachment: 99_999, page: 9_999_910_000 });
    assert.ok(last !== undefined && Number.isSafeInteger(last));
    assert.deepEqual(attachedPage(last), { attachment: 99_999, page: 9_999_910_000 });
  });

  it("have none where they lie deeper, or there are too many attachments", () => {
    assert.equal(numberOf({ attachment: 1, page: 30_000_700_012 }), undefined);
    assert.equal(numberOf({ attachment: 100_000, page: 1 }), undefined);
    assert.deepEqual(numbersOf(2, [1, 30_000_700_012, 4]), [200_001, 200_004]);
  });

  it("are told to each attachment as it numbers them, and to people by words", () => {
    const pages = [200_001, 30_000_100_002, 4].map((page) => ({ page, lines: [] }));
    assert.deepEqual(scansOf({ pages }, 2), { pages: [{ page: 1, lines: [] }] });
    assert.deepEqual(scansOf({ pages }, 3), { pages: [{ page: 100_002, lines: [] }] });
    assert.deepEqual(scansOf(undefined, 3), { pages: [] });
    assert.equal(pageLabel(4), "Page 4");
    assert.equal(pageLabel(30_000_100_002), "Page 2 of attachment 1 of attachment 3");
  });
});

describe("scans that are attached to a mail and a PDF", () => {
  const note = 200_001;
  const minutes = 30_000_100_002;

  async function parsed(name: string, known?: KnownScans): Promise<ParseResult & { parsed: ParsedFile }> {
    const result = await parseFile(folder, name, 2_000_000, undefined, known);
    assert.ok(result.ok);
    return result;
  }

  const line = (text: string): KnownScans["pages"][number]["lines"][number] => ({
    text,
    size: 11,
    down: 0.2,
  });

  it("are listed, and said not to be read until they are", async () => {
    const mail = await parsed("attached.eml");
    assert.deepEqual(mail.scans, [note, minutes - 1, minutes]);
    assert.equal(
      mail.parsed.partly,
      "Not read: the attachment note.pdf (Its pages are pictures of text (a scan)); a part of the attachment mooring papers.pdf.",
    );
    const pdf = await parsed("attached.pdf");
    assert.deepEqual(pdf.scans, [100_001, 100_002]);
    assert.match(pdf.parsed.partly ?? "", /letter scanned\.pdf \(Its pages are pictures of text/);
  });

  it("stand in their places when they were read, with what was held back of them", async () => {
    const { hash = "" } = await parsed("attached.eml");
    const withheld = [{ line: 2, kind: "AWS access key" }];
    const known = {
      hash,
      pages: [
        {
          page: note,
          lines: [line("Passwords"), line("[masked secret]")],
          secrets: { withheld, letThrough: 1 },
        },
        { page: minutes, lines: [line("The council met in the sail loft.")] },
      ],
    };
    const { parsed: mail, scans } = await parsed("attached.eml", known as KnownScans);
    assert.equal(scans?.length, 3);
    const chunkOf = (text: string) => mail.chunks.find((chunk) => chunk.text.includes(text));
    assert.deepEqual(chunkOf("Passwords")?.place, { in: "mail", part: "note.pdf, page 1 (scan)" });
    assert.match(chunkOf("The council met")?.heading ?? "", /mooring papers\.pdf.*letter scanned\.pdf/);
    assert.equal(mail.partly, undefined);
    const [held, ...more] = mail.withheld;
    assert.deepEqual(more, []);
    const { startLine = 0, text = "" } = chunkOf("[masked secret]") ?? {};
    const row = text.split("\n").indexOf("[masked secret]");
    assert.equal(held?.line, startLine + row);
    assert.equal(mail.letThrough, 1);
  });

  it("stand in a PDF's attachments, too", async () => {
    const { hash = "" } = await parsed("attached.pdf");
    const pages = [{ page: 100_002, lines: [line("The council met in the sail loft.")] }];
    const { parsed: pdf } = await parsed("attached.pdf", { hash, pages });
    const chunk = pdf.chunks.find(({ text }) => text.includes("The council met"));
    assert.match(chunk?.heading ?? "", /Attachment letter scanned\.pdf/);
    assert.equal(pdf.partly, undefined);
  });

  it("are not taken from what was read of another version of the file", async () => {
    const { hash = "" } = await parsed("attached.pdf");
    const pages = [{ page: 100_002, lines: [line("The council met in the sail loft.")] }];
    for (const [read, isIn] of [
      [hash, true],
      ["0".repeat(32), false],
    ] as const) {
      const { text } = await documentText(folder, "attached.pdf", undefined, { hash: read, pages });
      assert.equal(text.includes("The council met"), isIn);
      const { parsed: pdf } = await parsed("attached.pdf", { hash: read, pages });
      assert.equal(
        pdf.chunks.some((chunk) => chunk.text.includes("The council met")),
        isIn,
      );
    }
  });

  it("that were read and hold nothing are said to, once all of them were", async () => {
    const { hash = "" } = await parseFile(folder, "letter.pdf", 2_000_000);
    const reasonWith = async (...pages: readonly number[]): Promise<string> => {
      const known = { hash, pages: pages.map((page) => ({ page, lines: [] })) };
      const result = await parseFile(folder, "letter.pdf", 2_000_000, undefined, known);
      return result.ok ? "" : result.reason;
    };
    assert.equal(await reasonWith(1), "Its pages are pictures of text (a scan).");
    assert.equal(await reasonWith(1, 2), "Its pages are pictures (a scan), and no text was found in them.");
  });

  it("have what was held back of them in the order of the lines, a hundred at most", async () => {
    const { hash = "" } = await parseFile(folder, "letter.pdf", 2_000_000);
    const held = (count: number) => ({
      withheld: Array.from({ length: count }, (_, i) => ({ line: i + 1, kind: "AWS access key" })),
      letThrough: 2,
    });
    const lines = Array.from({ length: 60 }, () => line("[masked secret]"));
    const pages = [2, 1].map((page) => ({ page, lines, secrets: held(60) }));
    const result = await parseFile(folder, "letter.pdf", 2_000_000, undefined, { hash, pages } as KnownScans);
    assert.ok(result.ok);
    const places = result.parsed.withheld.map((one) => one.line);
    assert.equal(places.length, 100);
    assert.deepEqual(
      places.slice(0, 60),
      Array.from({ length: 60 }, (_, i) => i + 1),
    );
    // An empty line parts the pages.
    assert.equal(places[60], 62);
    assert.equal(result.parsed.letThrough, 4);
  });
});
