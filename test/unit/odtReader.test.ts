import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { extract } from "../../indexer/read/extract.ts";
import type { Extracted } from "../../indexer/read/extracted.ts";

/** A flat OpenDocument text. */
function open(body: string, styles = ""): Promise<Extracted> {
  const head = 'office:mimetype="application/vnd.oasis.opendocument.text"';
  const names = ["office", "text", "style", "draw", "table", "dc"].map((name) => `xmlns:${name}="${name}"`);
  const xml = `<office:document ${head} ${names.join(" ")}>${styles}<office:body><office:text>${body}</office:text></office:body></office:document>`;
  return extract(Buffer.from(xml), "a.fodt");
}

const p = (text: string, style = ""): string => `<text:p text:style-name="${style}">${text}</text:p>`;

describe("an OpenDocument text", () => {
  it("has its notes, comments and deleted text at its end, and what its pages repeat once", async () => {
    const note = `<text:note><text:note-citation>1</text:note-citation><text:note-body>${p("By noon.")}</text:note-body></text:note>`;
    const comment = `<office:annotation><dc:creator>Jon Vik</dc:creator><dc:date>2026</dc:date>${p("Which")}${p("lamp?")}</office:annotation>`;
    const nameless = `<office:annotation>${p("Check.")}</office:annotation>`;
    const change = `<text:changed-region><text:deletion><office:change-info><dc:creator>Eve</dc:creator></office:change-info>${p("Two lamps.")}</text:deletion></text:changed-region>`;
    const repeated = "header footer header"
      .split(" ")
      .map(
        (name, i) =>
          `<style:${name}>${p(i === 1 ? "Page 1" : "Kestrel Lane")}${" ".repeat(i)}</style:${name}>`,
      );
    const { text } = await open(
      `<text:tracked-changes>${change}</text:tracked-changes>${p(`The lamp${note}${comment}${nameless} burns.`)}`,
      repeated.join(""),
    );
    assert.deepEqual(text.split("\n\n"), [
      "The lamp burns.",
      "[1] By noon.",
      "Comment: Jon Vik: Which lamp?",
      "Comment: Check.",
      "Deleted: Two lamps.",
      "Kestrel Lane",
      "Page 1",
    ]);
  });

  it("has headings under its title, and no table of contents, which repeats them", async () => {
    const made =
      '<style:style style:name="P1" style:parent-style-name="Title"/><style:style style:name="P2" style:parent-style-name="Text"/>';
    const contents = `<text:table-of-content>${p("Oil")}</text:table-of-content><text:alphabetical-index>${p("Oil, 1")}</text:alphabetical-index>`;
    const { text, headings } = await open(
      `${p("Lamps", "P1")}${contents}<text:h>Oil</text:h><text:h text:outline-level="2">Price</text:h>${p("Much.", "P2")}`,
      made,
    );
    assert.equal(text, "Lamps\n\nOil\n\nPrice\n\nMuch.");
    assert.deepEqual(
      headings.map(({ name, level }) => [name, level]),
      [
        ["Lamps", 1],
        ["Oil", 2],
        ["Price", 3],
      ],
    );
  });

  it("has its lists numbered where their style numbers that level, and deeper ones further in", async () => {
    const level = (number: number, format: string): string =>
      `<text:list-level-style-number text:level="${number}" style:num-format="${format}"/>`;
    const styles = `<text:list-style style:name="L">${level(1, "1")}${level(2, "")}</text:list-style>`;
    const item = (content: string): string => `<text:list-item>${content}</text:list-item>`;
    const inner = `<text:list>${item(p("wick"))}</text:list>`;
    const heading = item("<text:h>Glass</text:h>");
    const list = `<text:list text:style-name="L">${item(p("oil") + inner)}${item(p("chain"))}${heading}</text:list>`;
    const { text, headings } = await open(list, styles);
    assert.equal(text, "1. oil\n  • wick\n2. chain\n\nGlass");
    assert.deepEqual(headings, [{ name: "Glass", level: 2, row: 4 }]);
  });

  it("has the text of its boxes and shapes, and of all paragraphs of a cell", async () => {
    const frame = `<draw:frame><draw:text-box>${p("In a box.")}</draw:text-box></draw:frame>`;
    const shape = `<draw:custom-shape>${p("In a star.")}</draw:custom-shape>`;
    const table = `<table:table><table:table-row><table:table-cell>${p("Boat")}${p("red")}</table:table-cell><table:table-cell><text:h>7</text:h></table:table-cell></table:table-row></table:table>`;
    const { text } = await open(`${p(`Before.${frame}`)}${shape}<text:section>${table}</text:section>`);
    assert.deepEqual(text.split("\n\n").toSorted(), ["Before.", "Boat red | 7", "In a box.", "In a star."]);
  });
});
