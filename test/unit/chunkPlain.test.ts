import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Lines } from "../../indexer/chunk/lines.ts";
import { outlineDocument } from "../../indexer/chunk/pages.ts";
import {
  dataSections,
  definitionsByWords,
  outlineByIndent,
  outlineProse,
} from "../../indexer/chunk/plain.ts";
import { sizesOf } from "../../indexer/chunk/sizes.ts";
import { checkTurns, sectionsIn } from "./cutOrder.ts";

describe("plain text that is too large", () => {
  it("is cut between paragraphs, then after sentences, then between lines", () => {
    const { named, sections } = checkTurns(outlineProse, [
      [0, "One"],
      [3, "two."],
      [2, 'He said "three." '],
      [2, "(Four!)"],
      [2, "Five:"],
      [2, "a.b"],
      [3, "十分。"],
      [2, "six'"],
      [3, "seven"],
      [3, ""],
      [1, ""],
      [1, "Eight"],
    ]);
    assert.deepEqual([named.includes(1), sections], [false, []]);
  });
});

describe("code without a grammar, and data, that is too large", () => {
  it("is cut where it is indented least, before blank lines, and not after a comment", () => {
    checkTurns(outlineByIndent, [
      [0, "Sub Main"],
      [5, "  a = 1"],
      [7, "    b = 2"],
      [6, "  end"],
      [3, ""],
      [3, ""],
      [1, "c = 3"],
      [2, "d = 4"],
      [2, "-- About it,"],
      [2, "-- and more."],
      [11, "e = 5"],
      [5, "  ender = 6"],
      [6, "  }"],
      [6, "  ]"],
      [6, "  )"],
      [6, "  endif"],
      [6, "  esac"],
      [3, ""],
      [4, "  # Above."],
      [3, ""],
      [4, "  f = 7"],
      [7, "\tg = 8"],
      [10, `${" ".repeat(40)}h = 9`],
      [10, `${" ".repeat(50)}i = 10`],
      [8, ""],
      [1, "j = 11"],
      [10, `${" ".repeat(90)}k = 12`],
      [10, ""],
      [9, `${" ".repeat(80)}l = 13`],
      [10, ""],
      [1, "m = 14"],
    ]);
    checkTurns(outlineByIndent, [
      [0, ""],
      [1, ""],
      [1, "a = 1"],
      [2, "b = 2"],
      [2, ""],
      [1, "c = 3"],
    ]);
  });

  it("keeps a comment of any kind with what follows it", () => {
    const kept = (above: string): boolean => {
      const { cost } = outlineByIndent(new Lines(`x\n${above}\nx`));
      return (cost[2] ?? 0) > 1_000;
    };
    const comments = [
      "// a",
      "# a",
      "-- a",
      "; a",
      "% a",
      "* a",
      "/* a",
      '"""a',
      "'''a",
      "@at",
      "<!-- a",
      "  # a",
    ];
    for (const comment of comments) assert.ok(kept(comment), comment);
    const others = [
      "#include <a>",
      "#define A",
      "#if A",
      "#endif",
      "#pragma a",
      "a",
      "a # b",
      "@ a",
      "- a",
      "/ a",
      '""',
    ];
    for (const other of others) assert.ok(!kept(other), other);
  });

  it("begins chunks at what has a name", () => {
    const { named } = outlineByIndent(new Lines("a\nb\nc"), [{ name: "B", first: 1, last: 2 }]);
    assert.deepEqual([...named], [0, 1, 0]);
  });
});

describe("a document that is too large", () => {
  const heading = (row: number, level: number) => ({ name: `Heading ${row}`, level, row });

  it("is cut at pages, then at headings, then between paragraphs, items, sentences and lines", () => {
    const pages = [1, 20].map((startLine, n) => ({ page: n + 1, startLine }));
    const headings = [heading(0, 1), heading(1, 2), heading(21, 1), heading(23, 1)];
    const read = (lines: Lines) => outlineDocument(lines, { pages }, headings);
    checkTurns(read, [
      [0, "Title"],
      [2, "Part"],
      [6, ""],
      [6, "Text"],
      [5, "goes on."],
      [3, "• item"],
      [3, "- item"],
      [3, "– item"],
      [3, "12. item"],
      [3, "3) item"],
      [3, "(iv) item"],
      [3, "Lamp | 7 | oil"],
      [5, "1234. none"],
      [5, "(four) none:"],
      [4, "-none»"],
      [5, "So! »"],
      [5, "So!”"],
      [4, "十分。"],
      [4, ""],
      [0, "New paragraph, new page"],
      [5, "Last"],
      [1, "Bare heading"],
      [6, "Text."],
      [1, "Two"],
      [6, ""],
      [6, ""],
      [6, "End"],
    ]);
  });

  it("is cut between places that lie apart", () => {
    const place = (startLine: number, sheet: string) => ({
      startLine,
      place: { in: "sheet" as const, sheet, cells: "A1" },
    });
    const places = [place(1, "A"), place(2, "A"), place(3, "B"), place(5, "C")];
    const { cost } = outlineDocument(new Lines("a\na\nb\nb\nc"), { pages: [], places }, []);
    assert.deepEqual(
      [...cost].map((one, row) => row > 0 && one === 0),
      [false, false, true, false, true],
    );
  });
});

describe("definitions told by their words", () => {
  const definitions = (text: string): string[] =>
    sectionsIn(outlineByIndent(new Lines(text), definitionsByWords(new Lines(text))));

  it("have their names", () => {
    const lines: Readonly<Record<string, string>> = {
      "class Lamp {": "Lamp",
      "\tfun light() = 1": "light",
      "export  async function load()": "load",
      "public static final class A.B": "A.B",
      "CREATE OR REPLACE VIEW lamps AS": "lamps",
      "create table if  not exists `lamps` (": "lamps",
      'CREATE TABLE "lamps"': "lamps",
      "create table [lamps]": "lamps",
      "defmodule Lamp.Oil do": "Lamp.Oil",
      "message Lamp {": "Lamp",
      "sub light {": "light",
      "local function light$(a)": "light$",
    };
    for (const [line, name] of Object.entries(lines)) assert.deepEqual(definitions(line), [`${name} 1-1`]);
    for (const line of ["classy Lamp", "a class", "class", "function(a)", "// class Lamp", "unclass Lamp"])
      assert.deepEqual(definitions(line), [], line);
  });

  it("end where their indentation does, with the bracket that closes them", () => {
    const text =
      "class A {\n  func b() {\n    x\n  }\n\n  func c()\n    x\n\n}\n\nfunc d()\nfunc e() {\n}\nx\nfunc f()\n  x\n\n";
    assert.deepEqual(definitions(text), ["A 1-9", "b 2-4", "c 6-7", "d 11-11", "e 12-13", "f 15-16"]);
    assert.deepEqual(definitions("class A\n  class B\n    x\n"), ["A 1-3", "B 2-3"]);
  });

  it("are looked for eight deep", () => {
    const deep = Array.from({ length: 10 }, (_, n) => `${" ".repeat(n)}class C${n}`).join("\n");
    assert.equal(definitions(deep).length, 8);
  });
});

describe("the sections of data", () => {
  const sections = (language: string, text: string): string[] =>
    sectionsIn(outlineByIndent(new Lines(text), dataSections(new Lines(text), language)));

  it("of a table are its columns, where its first line names them", () => {
    for (const language of ["csv", "tsv"]) {
      assert.deepEqual(sections(language, "name,price\nrope,12\n"), ["name, price 1-2"]);
      assert.deepEqual(sections(language, '\ufeff"name" ; price 2\nrope;12'), ["name, price 2 1-2"]);
      assert.deepEqual(sections(language, "name\tprice\nrope\t12"), ["name, price 1-2"]);
      for (const none of ["rope,12.50", "name,", "name,-7", "name", "", "1,2", "a, ,b"])
        assert.deepEqual(sections(language, `${none}\nx,y`), [], none);
    }
  });

  it("of settings are what stands in brackets", () => {
    for (const language of ["toml", "ini", "properties"]) {
      const text = 'a = 1\n[server]\nb = 2\n  [ server.deep ] # Above.\n[[lamps]]\n["a b"]\nc = [1]\n';
      assert.deepEqual(sections(language, text), ["server 2-3", "server.deep 4-4", "lamps 5-5", '"a b" 6-7']);
    }
    assert.deepEqual(sections("json", "[server]"), []);
    assert.deepEqual(sections("toml", "[a]\nb = [\n  [1, 2],\n  [3, 4]\n]\n"), ["a 1-5"]);
  });

  it("of YAML are the keys at the top", () => {
    const text = "# a: b\nname: x\n_on:\n  deep: 1\n'no': 1\na b/c-d.e:\nhttp://x: y\n- f: g\n9: h\n";
    assert.deepEqual(sections("yaml", text), ["name 2-2", "_on 3-5", "a b/c-d.e 6-9"]);
    assert.deepEqual(sections("yaml", `${"k".repeat(61)}: 1`), [`${"k".repeat(61)} 1-1`]);
    assert.deepEqual(sections("yaml", `${"k".repeat(62)}: 1`), []);
    assert.deepEqual(sections("ini", "name: x"), []);
  });
});

describe("the sizes of chunks", () => {
  it("are smaller where rows are many facts, with room for the names of columns", () => {
    for (const language of ["spreadsheet", "csv", "tsv", "subtitle"]) {
      for (const kind of ["document", "data"] as const) {
        const { target, most, heading } = sizesOf(kind, language);
        assert.ok(target < sizesOf(kind, "other").target && most < sizesOf(kind, "other").most);
        assert.ok(heading > sizesOf(kind, "other").heading);
      }
    }
  });
});
