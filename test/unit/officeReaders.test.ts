import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { extract } from "../../indexer/read/extract.ts";
import type { Extracted } from "../../indexer/read/extracted.ts";
import { zip } from "../support/archive.ts";
import { placeOfLine } from "../support/documents.ts";

const folder = fileURLToPath(new URL("../fixtures/files/", import.meta.url));
const fixture = (name: string): Promise<Extracted> => extract(readFileSync(folder + name), name);

const report = [
  "Survey of the footbridges",
  "• a hammer for tapping the beams",
  "2. Tap every beam and mark those that sound hollow.",
  "Mill Bridge | 1994 | 34 % | replace two beams",
  "The next survey is planned for April, in three years' time. Umlauts and signs survive: Brückenprüfung, naïveté, “quotes”, 5 µm, ≤ 3 €.",
];

describe("a text document of LibreOffice", () => {
  for (const ending of ["docx", "odt", "rtf"]) {
    it(`is read with its headings, lists and tables (${ending})`, async () => {
      const { text, headings } = await fixture(`report.${ending}`);
      for (const line of report) assert.ok(text.split("\n").includes(line), line);
      const names = headings.map(({ name }) => name);
      assert.deepEqual(
        names.filter((name) => name !== "Survey of the footbridges"),
        ["Method", "Tools", "Order of work", "Results", "Mill Bridge in detail", "Next survey"],
      );
      for (const { name, row } of headings) assert.equal(text.split("\n")[row], name);
    });

    it(`has its title above all other headings (${ending})`, async () => {
      const [title, ...others] = (await fixture(`report.${ending}`)).headings;
      assert.deepEqual(title, { name: "Survey of the footbridges", level: 1, row: 0 });
      for (const { name, level } of others) assert.ok(level > 1, name);
      assert.equal(others.find(({ name }) => name === "Tools")?.level, 3);
    });
  }

  it("as an e-book has its chapters", async () => {
    const read = await fixture("report.epub");
    assert.deepEqual(placeOfLine(read, "Mill Bridge | 1994 | 34 % | replace two beams"), {
      in: "chapter",
      chapter: "Results",
    });
    assert.ok(read.text.includes("naïveté, “quotes”, 5 µm, ≤ 3 €."));
  });

  it("as an e-book has the book's title over its chapters, whatever their mark-up", async () => {
    const { text, headings } = await fixture("report.epub");
    assert.deepEqual(headings.slice(0, 2), [
      { name: "Survey of the footbridges", level: 1, row: 0 },
      { name: "Method", level: 2, row: text.split("\n").indexOf("Method") },
    ]);
    assert.equal(text.split("Survey of the footbridges").length, 2, "the title stands there once");
    assert.ok(headings.some(({ name }) => name === "Results"));
  });
});

const word = 'xmlns:w="w"';

/** A part's relations: the type of each, which is its id, too, and its target. */
function relationsTo(targets: Readonly<Record<string, string>>): string {
  const all = Object.entries(targets).map(
    ([type, target]) => `<Relationship Id="${type}" Type="x/${type}" Target="${target}"/>`,
  );
  return `<Relationships>${all.join("")}</Relationships>`;
}

function packed(parts: Readonly<Record<string, string>>): Buffer {
  return zip(
    Object.fromEntries(Object.entries(parts).map(([name, content]) => [name, Buffer.from(content)])),
  );
}

describe("a Word document", () => {
  const lines = [
    "Lease of the boathouse",
    "1. Parties",
    "The tenant pays 430 € a month[1].",
    "Deleted: 390 €",
    "[1] By the first of the month.",
    "Comment: Jon Vik: Is that with heating?",
    "Ring at the gate.",
    "In a box: ring twice.",
    "2. Duties",
    "2.1 Form of notices",
    "    (a) in writing",
    "    (b) by hand",
    "[x] Keys handed over",
    "[ ] Meter read",
    "Signed in Ålesund at 20 °C, boathouse-yard",
    "The first half of a sentence and its second half.",
    "Boat | Berth",
    "Perdita | 7",
    "Fees",
    "Summer | 80 €",
    "The end.",
    "Kestrel Lane Legal",
    "Draft of January",
  ];

  it("is read as it stands when accepted, with what hangs on its text, each once", async () => {
    const { text, headings } = await fixture("lease.docx");
    assert.deepEqual(
      text.split("\n").filter((line) => line !== ""),
      lines,
    );
    const expected = [
      ["Lease of the boathouse", 1],
      ["1. Parties", 2],
      ["2. Duties", 2],
      ["2.1 Form of notices", 3],
    ];
    assert.deepEqual(
      headings.map(({ name, level }) => [name, level]),
      expected,
    );
    for (const { name, row } of headings) assert.equal(text.split("\n")[row], name);
  });

  it("may be a template or hold macros, in another spelling of the same format", async () => {
    for (const ending of ["docm", "dotx", "dotm"]) {
      const { text } = await extract(readFileSync(`${folder}lease.docx`), `a.${ending}`);
      assert.match(text, /^Lease of the boathouse$/m, ending);
    }
    const strict = "http://purl.oclc.org/ooxml/wordprocessingml/main";
    const paragraph = `<x:p><x:pPr><x:pStyle x:val="Heading1"/></x:pPr><x:r><x:t>Strict</x:t></x:r></x:p>`;
    const body = `<x:document xmlns:x="${strict}"><x:body>${paragraph}</x:body></x:document>`;
    const { headings } = await extract(zip({ "word/document.xml": Buffer.from(body) }), "a.docx");
    assert.deepEqual(headings, [{ name: "Strict", level: 2, row: 0 }]);
  });

  it("whose notes refer to themselves, or whose fields have no end, is read to its end", async () => {
    const rels = relationsTo({ footnotes: "footnotes.xml" });
    const reference = `<w:r><w:footnoteReference w:id="1"/></w:r>`;
    const field = `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:t>hidden</w:t></w:r>`;
    const text = `<w:r><w:t>end</w:t></w:r>`;
    const parts = {
      "word/_rels/document.xml.rels": rels,
      "word/document.xml": `<w:document ${word}><w:p>${reference}${field}</w:p><w:p>${text}</w:p></w:document>`,
      "word/footnotes.xml": `<w:footnotes ${word}><w:footnote w:id="1"><w:p>${text}${reference}</w:p></w:footnote></w:footnotes>`,
    };
    assert.equal((await extract(packed(parts), "a.docx")).text, "[1]\n\n[1] end[2]\n\nend");
  });

  it("has headings by styles that are based on others, in a circle or not there at all", async () => {
    const style = (id: string, based: string, more = ""): string =>
      `<w:style w:styleId="${id}"><w:name w:val="${id}"/><w:basedOn w:val="${based}"/>${more}</w:style>`;
    const outline = '<w:pPr><w:outlineLvl w:val="1"/></w:pPr>';
    const styles = [style("A", "B"), style("B", "A"), style("C", "D"), style("D", "Normal", outline)];
    const line = (id: string): string =>
      `<w:p><w:pPr><w:pStyle w:val="${id}"/></w:pPr><w:r><w:t>By ${id}</w:t></w:r></w:p>`;
    const parts = {
      "word/_rels/document.xml.rels": relationsTo({ styles: "styles.xml" }),
      "word/styles.xml": `<w:styles ${word}>${styles.join("")}</w:styles>`,
      "word/document.xml": `<w:document ${word}>${["A", "C", "Heading2", "Title", "toc 1"].map(line).join("")}</w:document>`,
    };
    const { text, headings } = await extract(packed(parts), "a.docx");
    assert.equal(text, "By A\n\nBy C\n\nBy Heading2\n\nBy Title\n\nBy toc 1");
    assert.deepEqual(
      headings.map(({ name, level }) => [name, level]),
      [
        ["By C", 3],
        ["By Heading2", 3],
        ["By Title", 1],
      ],
    );
  });

  it("says what diagrams and charts say, and names the files inserted in it", async () => {
    const large = `<w:p><w:pPr><w:framePr w:dropCap="drop"/></w:pPr><w:r><w:t>L</w:t></w:r></w:p>`;
    const drawn = `<w:p><w:r><w:t>amps</w:t><w:drawing><d:relIds d:dm="diagramData"/><c:chart c:id="chart"/></w:drawing></w:r></w:p>`;
    const parts = {
      "word/_rels/document.xml.rels": relationsTo({
        diagramData: "d.xml",
        chart: "c.xml",
        package: "embeddings/costs.bin",
      }),
      "word/document.xml": `<w:document ${word} xmlns:d="d" xmlns:c="c">${large}${drawn}</w:document>`,
      "word/d.xml": `<a:d xmlns:a="a"><a:p><a:t>Keeper</a:t></a:p><a:p><a:t>Helper</a:t></a:p></a:d>`,
      "word/c.xml": `<c:c xmlns:c="c"><c:strCache><c:pt><c:v>Oil</c:v></c:pt></c:strCache></c:c>`,
    };
    const read = await extract(packed(parts), "a.docx");
    assert.equal(read.text, "Lamps\n\nKeeper\nHelper\n\nOil");
    assert.equal(read.partly, "Not read: the inserted file costs.bin.");
  });
});

describe("a presentation of LibreOffice", () => {
  for (const ending of ["pptx", "odp", "ppt"]) {
    it(`is read slide by slide, with tables and notes (${ending})`, async () => {
      const read = await fixture(`kickoff.${ending}`);
      const at = (line: string): unknown => placeOfLine(read, line);
      assert.deepEqual(at("• The lamp is replaced in October"), { in: "slide", slide: 1 });
      const notes = { in: "slide", slide: 1, notes: true };
      assert.deepEqual(at("Notes: Thank the keeper, Åse Lind, first."), notes);
      assert.deepEqual(at("Fresnel lens | 48,500 €"), { in: "slide", slide: 2 });
      const hidden = "Only if somebody asks: the tower leans by 3 cm. (hidden slide)";
      assert.deepEqual(at(hidden), { in: "slide", slide: 3 });
      assert.deepEqual(
        read.headings.map(({ name }) => name),
        ["Lighthouse renewal", "Costs", hidden],
      );
    });
  }
});

describe("RTF", () => {
  const rtf = (body: string): Promise<Extracted> =>
    extract(Buffer.from(`{\\rtf1${body}}`, "latin1"), "a.rtf");

  it("in code pages of fonts, in Unicode with and without stand-ins, and with signs", async () => {
    const fonts = "{\\fonttbl{\\f0\\fcharset204 Arial;}{\\f1 Times;}}";
    const { text } = await rtf(
      `\\ansi\\ansicpg1252${fonts}\\pard\\f0 \\'cf\\'f0\\'e8\\'e2\\'e5\\'f2\\f1  \\'e9t\\'e9 \\uc1\\u8364 ?5 {\\uc0\\u26085} \\lquote a\\rquote \\emdash b\\par second\\~line\\par`,
    );
    assert.equal(text, "Привет été €5 日 ‘a’—b\n\nsecond line");
  });

  it("leaves out what is hidden or no text, and says what was deleted, noted and repeated on pages", async () => {
    const { text } = await rtf(
      "{\\info{\\title no}}{\\header Kestrel Lane}{\\*\\unknown no}{\\pict\\pngblip 89504e47}\\pard One{\\v no}{\\deleted two}{\\footnote A note.} three\\par{\\shp{\\*\\shpinst{\\sp{\\sn no}}{\\shptxt In a box}}}\\par",
    );
    assert.deepEqual(
      text.split("\n").filter((line) => line !== ""),
      ["One three", "Kestrel Lane", "Note: A note.", "Deleted: two", "In a box"],
    );
  });

  it("that is none, empty or nested without end is listed with the reason", async () => {
    await assert.rejects(extract(Buffer.from("plain"), "a.rtf"), /does not begin as RTF does/);
    await assert.rejects(rtf("\\pard\\par"), /holds no text/);
    await assert.rejects(rtf("{".repeat(5_000)), /nested far deeper/);
  });
});

describe("an archive that is no document of its kind", () => {
  it("is listed with the reason", async () => {
    const sound = readFileSync(`${folder}renamedZip.docx`);
    for (const ending of ["pptx", "odt", "epub"]) {
      await assert.rejects(extract(sound, `a.${ending}`), /damaged/, ending);
      await assert.rejects(extract(Buffer.from("no archive"), `a.${ending}`), /damaged/, ending);
    }
    for (const name of ["kickoff.pptx", "report.odt", "report.epub"]) {
      const whole = readFileSync(folder + name);
      await assert.rejects(extract(whole.subarray(0, whole.length * 0.6), name), /damaged/, name);
    }
  });
});
