import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { signOf } from "../../indexer/read/docxSigns.ts";
import { extract } from "../../indexer/read/extract.ts";
import type { Extracted } from "../../indexer/read/extracted.ts";
import { type DocxParts, docx, line, styled } from "../support/docxFile.ts";

const read = (body: string, parts: DocxParts = {}): Promise<Extracted> =>
  extract(docx(body, parts), "a.docx");
const linesOf = async (body: string, parts?: DocxParts): Promise<string[]> =>
  (await read(body, parts)).text.split("\n").filter((text) => text !== "");
const headingsOf = async (body: string, parts?: DocxParts): Promise<[string, number][]> =>
  (await read(body, parts)).headings.map(({ name, level }) => [name, level]);

describe("the main part of a Word document", () => {
  it("is the one that the archive names, if it is there", async () => {
    const other = `<w:document xmlns:w="w">${line("Named.")}</w:document>`;
    const named = (target: string): DocxParts => ({
      "_rels/.rels": `<Relationships><Relationship Id="o" Type="x/officeDocument" Target="${target}"/></Relationships>`,
      "text/main.xml": other,
    });
    assert.deepEqual(await linesOf(line("Usual."), named("text/main.xml")), ["Named."]);
    assert.deepEqual(await linesOf(line("Usual."), named("text/gone.xml")), ["Usual."]);
    await assert.rejects(linesOf("", { "word/document.xml": undefined, "word/x.xml": "<a/>" }), {
      name: "UnreadableFile",
      message: "The document is damaged: it holds no text part.",
    });
    await assert.rejects(linesOf("<w:p/>"), { message: "The document holds no text." });
  });

  it("is without properties and what was moved away, and says one of several ways", async () => {
    const ways = `<mc:AlternateContent><mc:Choice>${line("New.")}</mc:Choice><mc:Fallback>${line("Old.")}</mc:Fallback></mc:AlternateContent>`;
    const silent = `<mc:AlternateContent><mc:Choice><w:p/></mc:Choice><mc:Fallback>${line("Old.")}</mc:Fallback></mc:AlternateContent>`;
    const none = `<mc:AlternateContent><mc:Choice><w:p/></mc:Choice></mc:AlternateContent>`;
    const body = `<w:sdt><w:sdtPr>${line("Never.")}</w:sdtPr><w:sdtContent>${line("In a control.")}</w:sdtContent></w:sdt>`;
    assert.deepEqual(
      await linesOf(
        `${body}${ways}${silent}${none}<w:moveFrom>${line("Never.")}</w:moveFrom>${line("End.")}`,
      ),
      ["In a control.", "New.", "Old.", "End."],
    );
  });

  it("ends with what was begun in a paragraph whose end is deleted", async () => {
    const open = `<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>Begun.</w:t></w:r></w:p>`;
    assert.deepEqual(await linesOf(open), ["Begun."]);
    assert.deepEqual(await linesOf(open + line("Ended.")), ["Begun.Ended."]);
  });
});

describe("a paragraph's text", () => {
  const textOf = async (inner: string, parts?: DocxParts): Promise<string> =>
    (await read(`<w:p>${inner}</w:p>`, parts)).text;
  const run = (inner: string): string => `<w:r>${inner}</w:r>`;
  const words = (text: string): string => run(`<w:t>${text}</w:t>`);

  it("has signs for tabs, breaks and hyphens, and none for soft ones", async () => {
    const inner = ["a", "<w:tab/>", "b", "<w:ptab/>", "c", "<w:cr/>", "d", "<w:noBreakHyphen/>", "e\u00adf"];
    const signs = inner.map((one) => (one.startsWith("<") ? run(one) : words(one))).join("");
    assert.equal(await textOf(signs), "a b c\nd-ef");
  });

  it("is without what is hidden, but for what is switched off", async () => {
    const hidden = (value: string, text: string): string =>
      run(`<w:rPr><w:vanish${value}/></w:rPr><w:t>${text}</w:t>`);
    const shown = ["0", "false", "off", "none"].map((value) => hidden(` w:val="${value}"`, `${value} `));
    assert.equal(
      await textOf(
        hidden("", "no") + hidden(' w:val="1"', "no") + hidden(' w:val="on"', "no") + shown.join(""),
      ),
      "0 false off none",
    );
  });

  it("shows of fields what they show, in one another, too", async () => {
    const mark = (type: string, more = ""): string =>
      run(`<w:fldChar w:fldCharType="${type}">${more}</w:fldChar>`);
    const field = (made: string, shown: string): string =>
      mark("begin") + made + mark("separate") + shown + mark("end");
    assert.equal(
      await textOf(
        `${field(words("never"), words("1") + field(words("never"), words("2")))}${words(" then")}`,
      ),
      "12 then",
    );
    const condition = words("never") + field(words("never"), words("never")) + words("never");
    assert.equal(await textOf(field(condition, words("so"))), "so");
    assert.equal(await textOf(mark("begin") + words("never") + mark("end") + words("after")), "after");
    // What a field shows may go on in the next paragraph, what it is made by does not.
    assert.deepEqual(
      await linesOf(
        `<w:p>${mark("begin")}${words("never")}${mark("separate")}${words("One")}</w:p><w:p>${words("two")}${mark("end")}${mark("begin")}${words("never")}</w:p>${line("three")}`,
      ),
      ["One", "two", "three"],
    );
    const form = (data: string): string => mark("begin", `<w:ffData>${data}</w:ffData>`) + mark("end");
    const list = (result: string): string =>
      form(`<w:ddList>${result}<w:listEntry w:val="oil"/><w:listEntry w:val="gas"/></w:ddList>`);
    assert.equal(
      await textOf(
        [
          form('<w:checkBox><w:default w:val="1"/></w:checkBox>'),
          form('<w:checkBox><w:default w:val="1"/><w:checked w:val="0"/></w:checkBox>'),
          form("<w:checkBox><w:checked/></w:checkBox>"),
          form("<w:checkBox/>"),
          list(""),
          list('<w:result w:val="1"/>'),
          list('<w:result w:val="7"/>'),
          form("<w:textInput/>"),
          words("."),
        ].join(""),
      ),
      "[x][ ][x][ ]oilgas.",
    );
  });

  it("has no readings above its letters and nothing that was moved away, and what is drawn as letters", async () => {
    const ruby = `<w:ruby><w:rubyPr><w:t>never</w:t></w:rubyPr><w:rt>${words("never")}</w:rt><w:rubyBase>${words("base")}</w:rubyBase></w:ruby>`;
    const drawn = run('<w:pict><v:shape><v:textpath string="DRAFT"/><v:textpath/></v:shape></w:pict>');
    const moved = `<w:moveFrom>${words("never")}</w:moveFrom><w:moveTo>${words("here")}</w:moveTo>`;
    assert.equal(await textOf(run(ruby) + drawn + moved), "base DRAFT here");
  });

  it("has each box of a control ticked or not, and a control without one as its text", async () => {
    const control = (properties: string): string =>
      `<w:sdt><w:sdtPr>${properties}</w:sdtPr><w:sdtContent>${words("text")}</w:sdtContent></w:sdt>`;
    assert.equal(
      await textOf(
        control('<x:checkbox><x:checked x:val="1"/></x:checkbox>') +
          control('<x:checkbox><x:checked x:val="0"/></x:checkbox>') +
          control("<x:checkbox/>") +
          control("<w:text/>"),
      ),
      "[x][ ][ ]text",
    );
  });

  it("says of several ways the first that says anything, a drawing among them", async () => {
    const ways = (choice: string): string =>
      run(
        `<mc:AlternateContent><mc:Choice>${choice}</mc:Choice><mc:Fallback><w:t>Old.</w:t></mc:Fallback></mc:AlternateContent>`,
      );
    assert.equal(await textOf(ways("<w:t>New.</w:t>")), "New.");
    assert.equal(await textOf(ways("<w:drawing/>")), "Old.");
    for (const drawing of ['<x:relIds dm="gone"/>', '<x:chart id="gone"/>', '<v:textpath string=""/>']) {
      assert.equal(await textOf(words("Text.") + ways(drawing)), "Text.", drawing);
    }
  });

  it("is followed by what was deleted in it, if that is more than space", async () => {
    const gone = (text: string): string => `<w:del>${run(`<w:delText>${text}</w:delText>`)}</w:del>`;
    const both = `<w:del>${run("<w:delText>a lamp</w:delText>")}${words(" of oil")}</w:del>`;
    assert.equal(await textOf(words("Text.") + gone("  ") + both), "Text.\n\nDeleted: a lamp of oil");
  });

  it("has signs of fonts of signs", async () => {
    const sign = (font: string, code: string): string => run(`<w:sym w:font="${font}" w:char="${code}"/>`);
    assert.equal(await textOf(sign("Wingdings", "F0FE") + sign("Symbol", "F061") + run("<w:sym/>")), "[x]α");
  });
});

describe("signs of fonts of signs", () => {
  const hex = (numbers: readonly number[], font: string): string =>
    numbers.map((number) => signOf(font, number.toString(16))).join("");
  const from = (first: number, last: number): number[] =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i);

  it("are what the Symbol font shows", () => {
    const upper = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ";
    const lower = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ";
    for (const base of [0, 0xf000]) {
      assert.equal(hex(from(base + 0x41, base + 0x5a), "Symbol"), upper);
      assert.equal(hex(from(base + 0x61, base + 0x7a), "SYMBOL"), lower);
      const others = [
        163, 165, 174, 172, 176, 177, 179, 180, 183, 184, 185, 187, 214, 229, 242, 210, 211, 212,
      ];
      assert.equal(
        hex(
          others.map((at) => base + at),
          "Symbol",
        ),
        "≤∞→←°±≥×•÷≠≈√∑∫®©™",
      );
      assert.equal(hex([base + 0x31], "Symbol"), "1");
    }
    assert.equal(hex([0xf0b0, 0xf0ff, 0xf100], "Symbol"), "°ÿ\uf100");
  });

  it("are what Wingdings show, and nothing where they are not known", () => {
    const boxes = [254, 253, 168, 111, 252, 251, 224, 223, 167];
    assert.equal(hex(boxes, "Wingdings"), "[x][x][ ][ ]✓✗→←•");
    assert.equal(
      hex(
        boxes.map((at) => 0xf000 + at),
        "wingdings",
      ),
      "[x][x][ ][ ]✓✗→←•",
    );
    assert.equal(hex([80, 82, 83, 163, 79], "Wingdings 2"), "✓[x][x][ ]✗");
    assert.equal(hex([0x41, 0xf041], "Wingdings") + hex([0x41], "Wingdings 2"), "");
  });

  it("of other fonts are letters, but for those that mean nothing outside of them", () => {
    for (const font of [
      "Arial",
      "Symbola",
      "My Symbol",
      "Wingdings 3",
      "My Wingdings",
      "My Wingdings 2",
      "Wingdings 22",
    ]) {
      assert.equal(hex([0x41, 0x20, 0xd7ff, 0xf900, 0xffff], font), "A \ud7ff\uf900\uffff", font);
      assert.equal(hex([0xe000, 0xf0fe, 0xf8ff], font), "", font);
    }
    for (const code of ["", "x", "0", "1f", "10000", "-41"]) {
      for (const font of ["Symbol", "Arial"]) assert.equal(signOf(font, code), "", code);
    }
  });
});

describe("headings of a Word document", () => {
  it("have the level that their paragraph, its style or its style's name says", async () => {
    const outline = (level: string): string => `<w:pPr><w:outlineLvl w:val="${level}"/></w:pPr>`;
    const style = (id: string, name: string, more = ""): string =>
      `<w:style w:styleId="${id}"><w:name w:val="${name}"/>${more}</w:style>`;
    const names = [
      "Heading 1",
      "HEADING2",
      "Überschrift 3",
      "berschrift 1",
      "ueberschrift 1",
      "Título 2",
      "Titulo 3",
      "Nagłówek 1",
      "Naglowek 2",
      "My heading 1",
      "Heading 0",
    ];
    const all = [
      ...names.map((name, i) => style(`s${i}`, name)),
      style("t", "Title"),
      style("sub", "Subtitle"),
      style("page", "Title page"),
      style("o8", "x", outline("8")),
      style("o9", "Heading 1", outline("9")),
      style("o10", "Heading 1", outline("10")),
      style("ox", "Heading 1", outline("x")),
      style("o1x", "Heading 1", outline("1x")),
      style("ox1", "Heading 1", outline("x1")),
      // Its parent's parent is the title, it itself is not.
      style("far", "y", '<w:basedOn w:val="near"/>'),
      style("near", "z", '<w:basedOn w:val="t"/>'),
    ];
    const ids = [
      ...names.map((_, i) => `s${i}`),
      "t",
      "sub",
      "page",
      "o8",
      "o9",
      "o10",
      "ox",
      "o1x",
      "ox1",
      "far",
    ];
    const body = ids.map((id) => styled(id, id)).join("");
    assert.deepEqual(await headingsOf(body, { styles: all.join("") }), [
      ["s0", 2],
      ["s1", 3],
      ["s2", 4],
      ["s3", 2],
      ["s5", 3],
      ["s6", 4],
      ["s7", 2],
      ["s8", 3],
      ["t", 1],
      ["o8", 10],
      ["ox", 2],
      ["o1x", 2],
      ["ox1", 2],
    ]);
  });

  it("are masked where what surrounds them tells that they are part of a key", async () => {
    const part = "MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn";
    const key = ["-----BEGIN RSA PRIVATE KEY-----", "x".repeat(40), "-----END RSA PRIVATE KEY-----"];
    const lines = key.map((text) => line(text));
    lines.splice(1, 0, styled("Heading1", part));
    const body = styled("Heading1", "Keys") + lines.join("");
    assert.deepEqual(
      (await headingsOf(body)).map(([name]) => name.includes(part)),
      [false, false],
    );
    assert.deepEqual((await headingsOf(styled("Heading1", part)))[0], [part, 2]);
  });

  it("are none in a table of contents, and none where they are longer than any", async () => {
    const names = ["toc 1", "TOC 9", "toc 10", "my toc 1"];
    const styles = names.map((name, i) => `<w:style w:styleId="c${i}"><w:name w:val="${name}"/></w:style>`);
    assert.deepEqual(
      await linesOf(names.map((name, i) => styled(`c${i}`, name)).join(""), { styles: styles.join("") }),
      ["toc 10", "my toc 1"],
    );
    const long = styled("Heading1", "a".repeat(250)) + styled("Heading1", "b".repeat(251));
    assert.deepEqual(await headingsOf(long), [["a".repeat(250), 2]]);
  });
});
