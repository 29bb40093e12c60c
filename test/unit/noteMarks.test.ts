import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { writeHtml } from "../../indexer/read/html.ts";
import { linesOfPage } from "../../indexer/read/pdfLines.ts";
import type { TextPiece } from "../../indexer/read/pdfRows.ts";
import { DocumentWriter } from "../../indexer/read/writer.ts";

/** A mark that hangs on a word makes another word of it, which no search finds. */
describe("the mark of a note stands apart from words", () => {
  const html = (source: string): string => {
    const writer = new DocumentWriter();
    writeHtml(source, writer);
    return writer.extracted("The page").text;
  };
  const piece = (str: string, x: number, size: number, y: number, width: number): TextPiece => {
    return { str, transform: [size, 0, 0, size, x, y], width, height: size, hasEOL: false };
  };
  const line = (...pieces: readonly TextPiece[]): string => linesOfPage(pieces)[0]?.text ?? "";

  it("in HTML, where it leads to the note and back", () => {
    assert.equal(
      html('<p>the lease<sup><a href="#n1">1</a></sup> ends<a href="#n2"><sup>2</sup></a></p>'),
      "the lease 1 ends 2",
    );
    assert.equal(html('<aside><p><sup><a href="#r1">1</a></sup>Für Gäste</p></aside>'), "1 Für Gäste");
    assert.equal(
      html('<ul><li>the lease<sup><a href="#n1">1</a></sup> ends</li></ul>'),
      "• the lease 1 ends",
    );
    assert.equal(html("<p>10 m<sup>2</sup> of floor</p>"), "10 m2 of floor");
  });

  it("in a PDF, where it is small and raised", () => {
    const mark = piece("1", 50, 6, 103, 3);
    assert.equal(line(mark, piece("Für Gäste", 53, 9, 100, 50)), "1 Für Gäste");
    assert.equal(
      line(piece("the lease", 5, 9, 100, 45), mark, piece(" ends", 53, 9, 100, 20)),
      "the lease 1 ends",
    );
    assert.equal(line(piece("the lease.", 5, 9, 100, 45), mark), "the lease. 1");
    assert.equal(line(piece("10 m", 30, 9, 100, 20), piece("2", 50, 6, 103, 3)), "10 m2");
    assert.equal(line(piece("Halden", 20, 9, 100, 30), piece("2", 50, 9, 100, 5)), "Halden2");
    assert.equal(line(piece("Water", 25, 9, 100, 25), piece("2", 50, 6, 98, 3)), "Water2", "lowered");
  });
});
