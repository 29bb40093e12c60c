import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cutUp, leftOutOf, type SourceText } from "../../indexer/chunk/cutUp.ts";

const source: SourceText = { text: "", kind: "prose", language: "plaintext", pages: [], headings: [] };

async function headingsOf(given: Partial<SourceText>): Promise<(string | undefined)[]> {
  const chunks = await cutUp({ ...source, ...given });
  assert.ok(typeof chunks !== "string", String(chunks));
  return chunks.map(({ heading }) => heading);
}

describe("a file's text", () => {
  it("is read by its language and kind", async () => {
    const cases: readonly (readonly [Partial<SourceText>, string | undefined])[] = [
      [{ language: "markdown", text: "# One\n" }, "One"],
      [{ language: "markdown", kind: "document", text: "# One\n" }, "One"],
      [{ language: "org", text: "* One\n" }, "One"],
      [{ language: "plaintext", text: "# One\n" }, undefined],
      [{ language: "plaintext", text: "class One {\n" }, undefined],
      [{ language: "yaml", kind: "data", text: "one:\n" }, "one"],
      [{ language: "yaml", kind: "code", text: "one:\n" }, undefined],
      [{ language: "javascript", kind: "code", text: "function one() {\n}\n" }, "one"],
      [{ language: "swift", kind: "code", text: "func one() {\n}\n" }, "one"],
      [{ kind: "document", text: "One\n", headings: [{ name: "Two", level: 1, row: 0 }] }, "Two"],
    ];
    for (const [given, heading] of cases) assert.deepEqual(await headingsOf(given), [heading]);
  });

  it("of nothing but white space is told", async () => {
    for (const text of ["", "\n", " \n\t\n\u00a0"]) {
      assert.equal(await cutUp({ ...source, text }), "The file holds nothing but white space.");
    }
  });

  it("of code or data that looks minified is told, but not of prose or of tables", async () => {
    const isMinified = async (given: Partial<SourceText>): Promise<boolean> => {
      const chunks = await cutUp({ ...source, ...given });
      return typeof chunks === "string" && /looks minified/.test(chunks);
    };
    const long = `${"a=1;".repeat(1500)}\n`;
    for (const [kind, language] of [
      ["code", "javascript"],
      ["data", "json"],
    ] as const) {
      assert.ok(await isMinified({ kind, language, text: long }));
      assert.ok(!(await isMinified({ kind, language, text: "a=1;".repeat(1249) })), "it is short");
      assert.ok(await isMinified({ kind, language, text: "a=1;".repeat(1250) }));
      assert.ok(!(await isMinified({ kind, language, text: `${"a".repeat(499)}\n`.repeat(12) })));
      assert.ok(await isMinified({ kind, language, text: `${"a".repeat(500)}\n`.repeat(12) }));
    }
    for (const language of ["sql", "csv", "tsv", "jsonl"])
      assert.ok(!(await isMinified({ kind: "data", language, text: long })), language);
    for (const kind of ["prose", "document"] as const) assert.ok(!(await isMinified({ kind, text: long })));
  });

  it("says what its chunks leave out: the rest of very long lines of code and data", () => {
    const said = (text: string, kind: SourceText["kind"] = "data"): string | undefined =>
      leftOutOf({ text, kind, language: "json" });
    const long = "x".repeat(10_001);
    assert.equal(said("a\nb"), undefined);
    assert.equal(said("x".repeat(10_000)), undefined);
    assert.equal(said(`${"x".repeat(10_000)}\n${"x".repeat(10_000)}`), undefined);
    assert.equal(said(long), "Read in part: the first 10,000 characters of 1 line that is longer.");
    assert.equal(said(`a\n${long}\n`), said(long));
    assert.equal(
      said(`${long}\n`.repeat(1200)),
      "Read in part: the first 10,000 characters of 1,200 lines that are longer.",
    );
    assert.equal(said(long, "prose"), undefined);
  });
});

describe("the places of a document's chunks", () => {
  const document = { ...source, kind: "document", language: "pdf" } as const;

  it("are the pages on which they begin", async () => {
    const text = "a\nb\nc\nd\n";
    const pages = [
      { page: 1, startLine: 1 },
      { page: 2, startLine: 3 },
      { page: 4, startLine: 4, isScan: true },
    ] as const;
    const chunks = await cutUp({ ...document, text, pages: [...pages] });
    assert.deepEqual(chunks, [
      { text: "a\nb", startLine: 1, endLine: 2, page: 1 },
      { text: "c", startLine: 3, endLine: 3, page: 2 },
      { text: "d", startLine: 4, endLine: 4, page: 4, place: { in: "scan" } },
    ]);
  });

  it("go from their first line to their last", async () => {
    const place = (startLine: number, cells: string) => ({
      startLine,
      place: { in: "sheet", sheet: "A", cells } as const,
    });
    const text = `${"x".repeat(1500)}\n${"y".repeat(1000)}\nz\n`;
    const chunks = await cutUp({
      ...document,
      text,
      places: [place(1, "A1:B1"), place(2, "A2:B2"), place(3, "A3:B3")],
    });
    assert.ok(typeof chunks !== "string");
    assert.deepEqual(
      chunks.map((chunk) => chunk.place),
      [
        { in: "sheet", sheet: "A", cells: "A1:B1" },
        { in: "sheet", sheet: "A", cells: "A2:B3" },
      ],
    );
  });

  it("are none where nothing counts", async () => {
    assert.deepEqual(await cutUp({ ...source, text: "a" }), [{ text: "a", startLine: 1, endLine: 1 }]);
  });
});
