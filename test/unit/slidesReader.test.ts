import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Extracted } from "../../indexer/read/extracted.ts";
import { read } from "../../indexer/read/slidesReader.ts";
import { zip } from "../support/archive.ts";
import { placeOfLine } from "../support/documents.ts";

function packed(parts: Readonly<Record<string, string>>): Buffer {
  return zip(Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, Buffer.from(text)])));
}

/** What a part refers to: the id, the type and the target of each relation. */
function relations(...all: readonly (readonly [id: string, type: string, target: string])[]): string {
  const each = all.map(
    ([id, type, target]) => `<Relationship Id="${id}" Type="t/${type}" Target="${target}"/>`,
  );
  return `<Relationships>${each.join("")}</Relationships>`;
}

const paragraph = (text: string, level?: number): string =>
  `<a:p>${level === undefined ? "" : `<a:pPr lvl="${level}"/>`}<a:r><a:t>${text}</a:t></a:r></a:p>`;
const shape = (kind: string, ...paragraphs: readonly string[]): string =>
  `<p:sp><p:nvPr>${kind === "" ? "" : `<p:ph type="${kind}"/>`}</p:nvPr><p:txBody>${paragraphs.join("")}</p:txBody></p:sp>`;
const slide = (shapes: string, more = ""): string =>
  `<p:sld xmlns:a="a" xmlns:p="p" ${more}>${shapes}</p:sld>`;

/** A presentation of these slides, with what their own parts refer to. */
function powerPoint(
  slides: readonly string[],
  parts: Readonly<Record<string, string>> = {},
): Promise<Extracted> {
  const ids = slides.map((_, i) => `<p:sldId r:id="s${i}"/>`).join("");
  const targets = slides.map((_, i) => [`s${i}`, "slide", `slides/${i}.xml`] as const);
  return read(
    packed({
      "ppt/presentation.xml": `<p:presentation xmlns:p="p" xmlns:r="r">${ids}<p:sldId r:id="gone"/></p:presentation>`,
      "ppt/_rels/presentation.xml.rels": relations(...targets),
      ...Object.fromEntries(
        slides.map((text, i) => [`ppt/slides/${i}.xml`, text]).filter(([, text]) => text),
      ),
      ...parts,
    }),
  );
}

const long = "x".repeat(100);

describe("a presentation of PowerPoint", () => {
  it("has its lists by their levels, its tables, and neither numbers, dates nor footers", async () => {
    const cell = (...texts: readonly string[]): string =>
      `<a:tc><a:txBody>${texts.map((one) => paragraph(one)).join("")}</a:txBody></a:tc>`;
    const table = `<p:graphicFrame><a:tbl><a:tr>${cell("Boat")}${cell("Fee", "a month")}</a:tr><a:tr>${cell("Perdita")}${cell("480")}</a:tr></a:tbl></p:graphicFrame>`;
    const furniture = ["sldNum", "dt", "ftr", "hdr", "sldImg"].map((kind) =>
      shape(kind, paragraph(`no ${kind}`)),
    );
    const { text, headings } = await powerPoint([
      slide(
        [
          ...furniture,
          shape("body", paragraph("Oil"), paragraph("Colza", 1), paragraph("Whale", 2)),
          shape("title", paragraph("Lamps"), paragraph("and oil")),
          shape("", "<a:p><a:r><a:t>One</a:t></a:r><a:br/><a:r><a:t>line.</a:t></a:r></a:p>"),
          table,
        ].join(""),
      ),
    ]);
    assert.deepEqual(text.split("\n"), [
      "Lamps and oil",
      "",
      "• Oil",
      "  • Colza",
      "    • Whale",
      "",
      "One line.",
      "",
      "Boat | Fee a month",
      "Perdita | 480",
    ]);
    assert.deepEqual(headings, [{ name: "Lamps and oil", level: 1, row: 0 }]);
  });

  it("calls a slide by its title, by its first short line, or by its number, which goes on past one that is lost", async () => {
    const centred = slide(shape("", paragraph("Short")) + shape("ctrTitle", paragraph("Centred")));
    const short = slide(
      shape("", paragraph(long)) +
        shape("", paragraph("a"), paragraph("b")) +
        shape("", paragraph(long.slice(1))),
    );
    const frame = `<p:graphicFrame>${paragraph("Short")}</p:graphicFrame>`;
    const slides = [centred, "", short, slide(frame + shape("", paragraph(long))), slide("", 'show="0"')];
    const read = await powerPoint(slides);
    assert.deepEqual(
      read.headings.map(({ name }) => name),
      ["Centred", long.slice(1), "Slide 4", "Slide 5 (hidden slide)"],
    );
    assert.deepEqual(placeOfLine(read, "Slide 4"), { in: "slide", slide: 4 });
    assert.deepEqual(placeOfLine(read, "Short"), { in: "slide", slide: 1 });
  });

  it("says what diagrams, charts, comments and notes say, after the slide that they belong to", async () => {
    const parts = {
      "ppt/slides/_rels/0.xml.rels": relations(
        ["d", "diagramData", "../d.xml"],
        ["c", "chart", "../c.xml"],
        ["x", "chartStyle", "../x.xml"],
        ["k", "comments", "../k.xml"],
        ["n", "notesSlide", "../n.xml"],
        ["l", "chart", "../lost.xml"],
      ),
      "ppt/d.xml": `<d xmlns:a="a">${["Keeper", "Helper", "Keeper"].map((text) => paragraph(text)).join("")}</d>`,
      "ppt/c.xml":
        "<c xmlns:c='c'><c:v>Oil</c:v><c:v>7</c:v><a:p xmlns:a='a'><a:t>Ga</a:t><a:t>s</a:t></a:p></c>",
      "ppt/x.xml": "<c xmlns:c='c'><c:v>no</c:v></c>",
      "ppt/k.xml": "<k xmlns:p='p' xmlns:p188='q'><p:text>Right?</p:text><p188:txBody>Yes.</p188:txBody></k>",
      "ppt/n.xml": slide(
        shape("sldImg", paragraph("no")) + shape("body", paragraph("Thank Åse."), paragraph("Then Jon.")),
      ),
    };
    const read = await powerPoint([slide(shape("title", paragraph("Lamps"))), slide("")], parts);
    assert.deepEqual(read.text.split("\n\n"), [
      "Lamps",
      "Keeper · Helper",
      "Oil · 7 · Gas",
      "Comment: Right?",
      "Comment: Yes.",
      "Notes: Thank Åse.\nThen Jon.",
      "Slide 2",
    ]);
    assert.deepEqual(placeOfLine(read, "Then Jon."), { in: "slide", slide: 1, notes: true });
  });
});

describe("an OpenDocument presentation", () => {
  it("has its titles, lists, tables and notes, and says which slides are hidden", async () => {
    const frame = (kind: string, ...texts: readonly string[]): string =>
      `<draw:frame presentation:class="${kind}"><draw:text-box>${texts.map((text) => `<text:p>${text}</text:p>`).join("")}</draw:text-box></draw:frame>`;
    const cells = ["Boat", "480"].map(
      (text) => `<table:table-cell><text:p>${text}</text:p><text:p>a</text:p></table:table-cell>`,
    );
    const table = `<draw:frame><table:table><table:table-row>${cells.join("")}</table:table-row></table:table></draw:frame>`;
    const style = (name: string, visibility: string): string =>
      `<style:style style:name="${name}"><style:drawing-page-properties presentation:visibility="${visibility}"/></style:style>`;
    const notes = (...texts: readonly string[]): string =>
      `<presentation:notes>${frame("notes", ...texts)}</presentation:notes>`;
    const page = (name: string, ...inside: readonly string[]): string =>
      `<draw:page draw:style-name="${name}">${inside.join("")}</draw:page>`;
    const pages = [
      page(
        "shown",
        notes("Thank Åse.", "Then Jon."),
        frame("outline", "Oil", "Wick"),
        frame("title", "Lamps", "and oil"),
        table,
      ),
      page("hidden", notes(" "), frame("", long), frame("", "Costs"), frame("", "Much.")),
    ];
    const names = ["office", "style", "presentation", "draw", "text", "table"].map(
      (name) => `xmlns:${name}="${name}"`,
    );
    const content = `<office:document-content ${names.join(" ")}>${style("shown", "visible")}${style("hidden", "hidden")}${pages.join("")}</office:document-content>`;
    const opened = await read(packed({ "content.xml": content }));
    assert.deepEqual(opened.text.split("\n\n"), [
      "Lamps and oil",
      "• Oil\n• Wick",
      "Boat a | 480 a",
      "Notes: Thank Åse.\nThen Jon.",
      "Costs (hidden slide)",
      long,
      "Much.",
    ]);
    assert.deepEqual(placeOfLine(opened, "Much."), { in: "slide", slide: 2 });
  });

  it("that is none is said to be damaged", async () => {
    const damaged = { message: "The presentation is damaged: it holds no slides." };
    await assert.rejects(read(packed({ "a.xml": "<a/>" })), damaged);
    await assert.rejects(read(Buffer.from("<a/>")), damaged);
    await assert.rejects(read(packed({ "content.xml": "<a/>" })), {
      message: "The presentation holds no text.",
    });
  });
});
