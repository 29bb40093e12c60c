import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { extract } from "../../indexer/read/extract.ts";
import type { DocumentText } from "../../protocol/data.ts";
import { type DocumentTarget, isAtPlace, meetsPlace, plainHeading } from "../eval/documentPlaces.ts";
import { documentQuestion } from "../eval/sampleSets.ts";
import { unreadInSample } from "../support/sampleFiles.ts";

const sample = fileURLToPath(new URL("../../sample/", import.meta.url));
const questions = readFileSync(new URL("../fixtures/sampleDocumentQuestions.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => v.parse(documentQuestion, JSON.parse(line)));

const texts = new Map<string, Promise<DocumentText>>();

function textOf(path: string): Promise<DocumentText> {
  const text = texts.get(path) ?? extract(readFileSync(join(sample, path)), path);
  texts.set(path, text);
  return text;
}

/** The entries that hold up to the next one, as lines. */
function spans<T extends { readonly startLine: number }>(
  entries: readonly T[],
  lines: readonly string[],
  isMeant: (entry: T) => boolean,
): string[] {
  return entries.flatMap((entry, i) =>
    isMeant(entry)
      ? lines.slice(entry.startLine - 1, (entries[i + 1]?.startLine ?? lines.length + 1) - 1)
      : [],
  );
}

/** What stands at a place of a document. */
function passageAt({ text, pages, places = [] }: DocumentText, target: DocumentTarget): string {
  const lines = text.split("\n");
  switch (target.in) {
    case "page":
      return spans(pages, lines, ({ page }) => page === target.page).join(" ");
    case "lines":
      return lines.slice(target.first - 1, target.last).join(" ");
    case "heading": {
      const from = lines.findIndex((line) => plainHeading(line) === target.heading);
      return from < 0 ? "" : section(lines.slice(from)).join(" ");
    }
    default:
      return spans(places, lines, ({ place }) => meetsPlace(place, target)).join(" ");
  }
}

/** Up to the next heading of this kind: a short line between blank ones, or of HTML. */
function section([heading = "", ...lines]: readonly string[]): string[] {
  const isHeading = heading.includes("<h")
    ? (line: string): boolean => line.includes("<h")
    : (line: string, i: number): boolean =>
        lines[i - 1]?.trim() === "" && lines[i + 1]?.trim() === "" && /^[\dA-Z][^.:|]{2,60}$/.test(line);
  const end = lines.findIndex((line, i) => i > 0 && isHeading(line, i));
  return [heading, ...lines.slice(0, end < 0 ? lines.length : end)];
}

const plain = (text: string): string => text.replace(/\s+/g, " ");

describe("the questions on the sample's documents", () => {
  for (const { id, path, place, answer, or = [] } of questions) {
    if (unreadInSample.includes(path)) continue;
    it(`${id}: the place holds the answer`, async () => {
      const passage = plain(passageAt(await textOf(path), place));
      assert.ok(passage.includes(answer), `${JSON.stringify(place)}: ${passage}`);
    });
    for (const other of or) {
      it(`${id}: so is there something at the other place`, async () => {
        assert.notEqual(passageAt(await textOf(other.path), other.place).trim(), "");
      });
    }
  }

  it("are many, of all formats, each named and asked once", () => {
    assert.ok(questions.length >= 150, `${questions.length}`);
    assert.equal(new Set(questions.map(({ id }) => id)).size, questions.length);
    assert.equal(new Set(questions.map(({ query }) => query)).size, questions.length);
    const formats = "xlsx ods xls csv pptx odp docx odt rtf epub eml mbox msg html ipynb srt pdf".split(" ");
    for (const format of formats) {
      const some = questions.filter(({ path }) => extname(path) === `.${format}`);
      assert.ok(some.length >= 6, `${format}: ${some.length}`);
      for (const { path } of some) assert.ok(existsSync(join(sample, path)), path);
    }
  });

  it("say the answer in other words than the question", () => {
    const same = questions.filter(({ query, answer }) => query.toLowerCase().includes(answer.toLowerCase()));
    assert.deepEqual(
      same.map(({ id }) => id),
      [],
    );
  });
});

describe("whether a passage stands at a place", () => {
  const hit = { path: "a", startLine: 4, endLine: 9, text: "2.1 Lights\n\nThey are red." };
  const sheet = (cells: string) => ({ ...hit, place: { in: "sheet", sheet: "Costs", cells } as const });

  it("compares ranges of cells", () => {
    const target = { in: "sheet", sheet: "Costs", cells: "B9:D9" } as const;
    for (const cells of ["A1:F20", "D9", "C2:C9"]) assert.ok(isAtPlace(sheet(cells), target), cells);
    for (const cells of ["A1:F8", "E9:AA9", "A9"]) assert.ok(!isAtPlace(sheet(cells), target), cells);
    assert.ok(!isAtPlace({ ...sheet("A1:F20") }, { ...target, sheet: "Income" }));
  });

  it("takes attachments and messages for themselves", () => {
    const mail = (message?: number, part?: string) => ({
      ...hit,
      place: { in: "mail", ...(message && { message }), ...(part && { part }) } as const,
    });
    assert.ok(isAtPlace(mail(2), { in: "mail", message: 2 }));
    assert.ok(!isAtPlace(mail(2), { in: "mail", message: 3 }));
    assert.ok(!isAtPlace(mail(2, "a.pdf"), { in: "mail", message: 2 }));
    assert.ok(isAtPlace(mail(2, "a.pdf, page 1"), { in: "mail", message: 2, part: "a.pdf" }));
  });

  it("finds a heading in the passage's path or among its lines, with or without a number", () => {
    assert.ok(isAtPlace(hit, { in: "heading", heading: "Lights" }));
    assert.ok(
      isAtPlace({ ...hit, heading: "Rules › 3 Sails, 4 Ropes" }, { in: "heading", heading: "Ropes" }),
    );
    assert.ok(!isAtPlace(hit, { in: "heading", heading: "They" }));
  });

  it("counts times, cells and lines with both ends", () => {
    const time = { ...hit, place: { in: "time", from: "00:01:00", to: "00:02:10" } as const };
    assert.ok(isAtPlace(time, { in: "time", at: "00:02:10" }));
    assert.ok(!isAtPlace(time, { in: "time", at: "00:02:11" }));
    const cells = { ...hit, place: { in: "notebook", cell: 2, lastCell: 4 } as const };
    assert.ok(
      isAtPlace(cells, { in: "notebook", cell: 4 }) && !isAtPlace(cells, { in: "notebook", cell: 5 }),
    );
    assert.ok(isAtPlace(hit, { in: "lines", first: 9, last: 9 }));
    assert.ok(!isAtPlace(hit, { in: "lines", first: 10, last: 11 }));
  });
});
