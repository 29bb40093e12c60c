import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openPdf } from "../../indexer/read/pdfDocument.ts";
import { headingsOf } from "../../indexer/read/pdfHeadings.ts";
import type { PageLine } from "../../indexer/read/pdfLines.ts";
import { titleLines } from "../../indexer/read/pdfTitle.ts";
import { rawPdf } from "../support/rawPdf.ts";

/** An entry of an outline: its title, where it leads, and what stands under it. */
interface Entry {
  readonly title?: string;
  readonly to?: string;
  readonly below?: readonly Entry[];
}
type Told = readonly [name: string, level: number, row: number];

/** A PDF of three empty pages, which are its objects 3 to 5, with this outline. */
function outlined(entries: readonly Entry[]): Buffer {
  const names = "/Dests << /oil [4 0 R /Fit] /nothing 7 >>";
  const pages = [3, 4, 5].map(() => "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] >>");
  const objects = [
    `<< /Type /Catalog /Pages 2 0 R ${names} ${entries.length > 0 ? "/Outlines 6 0 R" : ""} >>`,
    "<< /Type /Pages /Count 3 /Kids [3 0 R 4 0 R 5 0 R] >>",
    ...pages,
    "",
  ];
  const addAll = (all: readonly Entry[], parent: number): string => {
    const numbers = all.map(() => objects.push(""));
    all.forEach(({ title, to, below = [] }, i) => {
      const number = numbers[i] ?? 0;
      const next = i + 1 < all.length ? `/Next ${number + 1} 0 R` : "";
      const named = title === undefined ? "" : `/Title (${title})`;
      const dest = to === undefined ? "" : `/Dest ${to}`;
      objects[number - 1] = `<< ${named} /Parent ${parent} 0 R ${dest} ${next} ${addAll(below, number)} >>`;
    });
    return all.length === 0
      ? ""
      : `/First ${numbers[0]} 0 R /Last ${numbers.at(-1)} 0 R /Count ${all.length}`;
  };
  objects[5] = `<< ${addAll(entries, 6)} >>`;
  return rawPdf(objects);
}

const line = (text: string, size = 10): PageLine => ({ text, size });
const prose = (count: number): PageLine[] =>
  Array.from({ length: count }, () => line("Oil burns in the lamp."));

/** The headings of a document with this outline, whose pages have these lines. */
async function headings(
  entries: readonly Entry[],
  ...pages: readonly (readonly PageLine[])[]
): Promise<Told[]> {
  const starts = pages.map((_, i) => pages.slice(0, i).reduce((sum, lines) => sum + lines.length + 1, 0));
  const { document, close } = await openPdf(outlined(entries), { maxImagePixels: 0 });
  try {
    const found = await headingsOf(document, { pages, starts });
    return found.map(({ name, level, row }) => [name, level, row]);
  } finally {
    await close();
  }
}

const first = "[3 0 R /Fit]";
const second = "[4 0 R /Fit]";

describe("the headings of a PDF by its outline", () => {
  it("stand where the entries lead, by a page, its number or a name, in the order of the text", async () => {
    const found = await headings(
      [
        { title: "Oil 6 wick", to: "/oil" },
        { title: "Chain", to: "[2 /Fit]" },
        { title: "1 Lamp", to: first, below: [{ title: " Glass\n of it ", to: first }] },
      ],
      [...prose(1), line("Lamp"), line("1.2 Glass of it")],
      [line("§ 3 Oil 5 wick"), line("§ 3 Oil 6 wick")],
      prose(2),
    );
    assert.deepEqual(found, [
      ["Lamp", 1, 1],
      ["1.2 Glass of it", 2, 2],
      ["§ 3 Oil 6 wick", 1, 5],
      // No line is called like it: it stands at its page.
      ["Chain", 1, 7],
    ]);
  });

  it("are by the outer one of two entries at a line, and the title's whole where a line has its beginning", async () => {
    const found = await headings(
      [
        { title: "Glass", to: first, below: [{ title: "GLASS!", to: first }] },
        { title: "The keeper of the lamp and the oil", to: second },
        { title: "The keeps of it", to: "[5 0 R /Fit]" },
      ],
      [line("Glass")],
      [...prose(1), line("The keeper")],
      [...prose(1), line("The keeps")],
    );
    assert.deepEqual(found, [
      ["Glass", 1, 0],
      ["The keeper of the lamp and the oil", 1, 3],
      ["The keeps of it", 1, 5],
    ]);
  });

  it("are without what leads nowhere or has no title; what stands under that is there", async () => {
    const nowhere = ["[99 /Fit]", "[99 0 R /Fit]", "/unknown", "/nothing", "[(x) /Fit]", "7"];
    const found = await headings(
      [
        ...nowhere.map((to) => ({ title: "Nowhere", to })),
        { title: "Nowhere" },
        { title: " ", to: first, below: [{ title: "Oil", to: first }] },
        { title: "Wick", to: second },
      ],
      [line("Oil")],
      [line("Wick")],
    );
    assert.deepEqual(found, [
      ["Oil", 2, 0],
      ["Wick", 1, 2],
    ]);
  });

  it("are six deep at most", async () => {
    const nested = (depth: number): Entry[] =>
      depth > 7 ? [] : [{ title: `Level ${"abcdefgh"[depth]}`, to: first, below: nested(depth + 1) }];
    const lines = [..."bcdefgh"].map((letter) => line(`Level ${letter}`));
    const levels = (await headings(nested(1), lines)).map(([, level]) => level);
    assert.deepEqual(levels, [1, 2, 3, 4, 5, 6]);
  });

  it("stand under a larger title before them, on the first page alone", async () => {
    const entries = [
      { title: "Oil", to: first },
      { title: "Wick", to: second },
    ];
    const own = [
      ["Oil", 1],
      ["Wick", 1],
    ];
    const levels = async (...pages: readonly PageLine[][]) =>
      (await headings(entries, ...pages)).map(([name, level]) => [name, level]);
    const titled = [
      ["Lamps", 1],
      ["Oil", 2],
      ["Wick", 2],
    ];
    assert.deepEqual(await levels([line("Lamps", 18), line("Oil"), ...prose(3)], [line("Wick")]), titled);
    assert.deepEqual(await levels([line("Oil", 18), ...prose(3)], [line("Wick")]), own);
    // The largest line is not the first one: no title.
    assert.deepEqual(await levels([line("Lamps", 14), line("Oil"), ...prose(3)], [line("Wick", 18)]), own);
    const late = [
      { title: "Glass", to: second },
      { title: "Wick", to: second },
    ];
    const found = await headings(late, prose(3), [line("Lamps", 18), line("Glass"), line("Wick")]);
    assert.deepEqual(
      found.map(([name]) => name),
      ["Glass", "Wick"],
    );
  });
});

describe("the headings of a PDF without an outline, or with one of a single entry", () => {
  it("are short lines in a larger type, of three levels", async () => {
    const pages = [
      [line("Lamps", 18), ...prose(2), line("Oil", 14), line("and wick", 14), line("Colza", 12)],
      [
        ...prose(1),
        line("Chain", 11.5),
        line("Rope", 11.4),
        line("1", 18),
        line("a 1 b", 18),
        line("a".repeat(121), 18),
        ...prose(9),
      ],
    ];
    const expected = [
      ["Lamps", 1, 0],
      ["Oil and wick", 2, 3],
      ["Colza", 3, 5],
      ["Chain", 3, 8],
    ];
    assert.deepEqual(await headings([], ...pages), expected);
    assert.deepEqual(await headings([{ title: "Oil", to: first }], ...pages), expected);
    const longest = "a".repeat(120);
    assert.deepEqual(await headings([], [line(longest, 18), ...prose(9)]), [[longest, 1, 0]]);
  });

  it("are one on two lines only where these follow each other, in one type", async () => {
    const pages = [
      [line("Lamps", 18), line("Oil", 14), ...prose(9), line("Wick", 14), ...prose(1), line("Rope", 14)],
    ];
    assert.deepEqual(
      (await headings([], ...pages)).map(([name]) => name),
      ["Lamps", "Oil", "Wick", "Rope"],
    );
  });
});

describe("what a PDF says of itself", () => {
  /** The line for the first page, on which this stands. */
  async function told(
    title: string,
    author = "",
    date = "",
    shown = "Some words.",
  ): Promise<string | undefined> {
    const info = `/Info << /Title (${title}) /Author (${author}) /CreationDate (${date}) >>`;
    const pages = "<< /Type /Pages /Count 1 /Kids [3 0 R] >>";
    const page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] >>";
    const bytes = rawPdf(["<< /Type /Catalog /Pages 2 0 R >>", pages, page], info);
    const { document, close } = await openPdf(bytes, { maxImagePixels: 0 });
    try {
      const [own, empty, ...more] = await titleLines(document, [line(shown)]);
      if (own) assert.deepEqual([own.size, empty, more], [0, { text: "", size: 0 }, []]);
      return own?.text;
    } finally {
      await close();
    }
  }

  it("is its title, by whom and when, as far as it says so", async () => {
    assert.equal(
      await told(" Lease  of a berth ", " Åse\n Lind ", "D:20260105093000Z"),
      "Lease of a berth — Åse Lind, 2026-01-05",
    );
    assert.equal(await told("Lease", "Eve"), "Lease — Eve");
    assert.equal(await told("Lease", "", "19991231"), "Lease — 1999-12-31");
    for (const date of ["D:20261305", "D:20260132", "D:18260105", "D:2026", "made 20260105"])
      assert.equal(await told("Lease", "", date), "Lease", date);
    assert.equal(await told("a".repeat(200), "b".repeat(200)), `${"a".repeat(200)} — ${"b".repeat(200)}`);
    assert.equal(await told("Lease", "b".repeat(201)), "Lease");
    assert.equal(await told("Oils"), "Oils");
  });

  it("is not said where the page shows it, whatever its letters are", async () => {
    assert.equal(await told("The lamp", "", "", "Of THE LAMP, by night"), undefined);
    assert.equal(await told("The lamp", "", "", "Of a lamp"), "The lamp");
  });

  it("is nothing where a program wrote it", async () => {
    const names = [
      "Microsoft Word - lease",
      "Untitled",
      "unbenannt 2",
      "Sans titre",
      "Document",
      "document 12",
      "print",
    ];
    const more = [
      "Slide 1",
      "\\(anonymous\\)",
      "Anonymous",
      "Unspecified",
      "no title",
      "notitle",
      "1234-56",
      "Oil",
    ];
    const files = [
      "lease.dvi",
      "lease.indd",
      "lease.qxd",
      "lease.ps",
      "lease.txt",
      "lease.docx",
      "lease.zip",
    ];
    for (const name of [...names, ...more, ...files, "a".repeat(201)])
      assert.equal(await told(name), undefined, name);
    for (const name of ["Documents", "Slide 12", "Printing with oil", "A document", "Not untitled", "1 lamp"])
      assert.equal(await told(name), name);
  });

  it("names nobody who is no person", async () => {
    const nobody = [
      "admin",
      "Administrator",
      "user7",
      "root",
      "Owner",
      "unknown",
      "anonymous",
      "Author",
      "default",
    ];
    for (const name of [...nobody, "\\(unspecified\\)", "Unspecified", "scanner", "12-3"])
      assert.equal(await told("Lease", name), "Lease", name);
    for (const name of ["Ann Root", "Roots", "the owner", "Authors"])
      assert.equal(await told("Lease", name), `Lease — ${name}`);
  });
});
