import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cutUp } from "../../indexer/chunk/cutUp.ts";
import { extract } from "../../indexer/read/extract.ts";

const many = 300_000;
const fill = (text: string): string => text.repeat(Math.ceil(many / text.length));

/** Lines that begin as titles do, whose cleaning would take the square of their length: hours for these. */
const hostile: Readonly<Record<string, readonly string[]>> = {
  markdown: [`# x${fill(" ")}y`, `# ${fill("[")}`, `${fill("[a](")}\n===`],
  asciidoc: [`= x${fill(" ")}y`, `${fill("`a ")}\n${fill("=")}`, fill("----\nx\n").slice(0, -8)],
  latex: [`\\section{${fill("\\a[")}}`, fill("\\begin{verbatim}\n")],
  org: [
    `* x${fill(" ")}y`,
    `* ${fill("*a ")}`,
    fill(":a:\n"),
    fill("#+begin_src\n"),
    `${fill(":a:\n")}* One`,
  ],
  restructuredtext: [`${fill("*a ")}\n${fill("=")}`],
};

async function headingsOf(language: string, text: string): Promise<(string | undefined)[]> {
  const chunks = await cutUp({ kind: "prose", language, text, pages: [], headings: [] });
  assert.ok(typeof chunks !== "string");
  return chunks.map(({ heading }) => heading);
}

describe("a line that is too long for a title", () => {
  for (const [language, lines] of Object.entries(hostile)) {
    it(`heads nothing and ends (${language})`, async () => {
      for (const line of lines) {
        const headings = new Set(await headingsOf(language, `${line}\n\nThe lamp burns.\n`));
        headings.delete(undefined);
        const [only = "", ...others] = headings;
        assert.deepEqual(others, []);
        assert.ok(only.length <= 160, only);
      }
    });
  }

  it("heads nothing in a notebook", async () => {
    const source = `# Tides\n# x${fill(" ")}y`;
    const book = Buffer.from(JSON.stringify({ cells: [{ cell_type: "markdown", source }] }));
    const { headings } = await extract(book, "a.ipynb");
    assert.deepEqual(headings, [{ name: "Tides", level: 1, row: 0 }]);
  });

  it("is a title up to a thousand characters", async () => {
    const title = `Tides ${"of the harbour ".repeat(20)}`.trim();
    assert.match((await headingsOf("markdown", `# ${title}\n\nText.\n`))[0] ?? "", /^Tides of the harbour/);
    const longer = `Tides ${"of the harbour ".repeat(80)}`.trim();
    assert.deepEqual(new Set(await headingsOf("markdown", `# ${longer}\n\nText.\n`)), new Set([undefined]));
  });
});
