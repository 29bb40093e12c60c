import assert from "node:assert/strict";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { ReadScan } from "../../indexer/read/contract.ts";
import type { Recogniser } from "../../indexer/scans/recogniser.ts";
import { CarrelError } from "../../protocol/channel.ts";
import type { ScannedWord } from "../../protocol/scans.ts";
import { type InProcess, openInProcess, signal, testModel } from "../support/inProcess.ts";
import { pdfOf } from "../support/scanPdf.ts";
import { eventually, makeWorkspace, type Workspace } from "../support/workspace.ts";

const fixtures = fileURLToPath(new URL("../fixtures/scans/", import.meta.url));

type Place = Parameters<Recogniser["read"]>[0];

/** What is asked of it, and what it answers: no picture is looked at. */
interface Scripted extends Recogniser {
  readonly asked: string[];
  answer: (place: Place, signal: AbortSignal) => Promise<ReadScan | undefined>;
}

function scan(page: number, text: string): ReadScan {
  const words = text.split(" ").map((word, i): ScannedWord => [word, i * 100, 4_000, i * 100 + 90, 4_200]);
  return { page, lines: [{ words, size: 10, isFirst: true }] };
}

function scripted(): Scripted {
  const made: Scripted = {
    asked: [],
    answer: async ({ path, page }) => scan(page, `recognised words of ${path} number${page}`),
    read: (place, aborted) => {
      made.asked.push(`${place.path} ${place.page} ${place.languages.join("+")}`);
      return made.answer(place, aborted);
    },
    letThrough: () => undefined,
    close: () => Promise.resolve(),
  };
  return made;
}

const picture = { width: 1_000, height: 1_000 };

async function folderOf(files: Record<string, string | Uint8Array>): Promise<Workspace> {
  const workspace = await makeWorkspace();
  for (const [path, content] of Object.entries(files)) await workspace.write(path, content);
  return workspace;
}

function open(
  t: TestContext,
  workspace: Workspace,
  recogniser: Recogniser,
  settings: { ocr?: boolean; ocrLanguages?: string[] } = {},
): Promise<InProcess> {
  return openInProcess(t, workspace, { open: async () => testModel("m"), recogniser, settings });
}

const readAll = ({ indexes }: InProcess) => indexes.index(signal, () => undefined, { ocr: true });

test("scans are read when all else is indexed, and found on their page", async (t) => {
  const recogniser = scripted();
  const scans = pdfOf([picture, { ...picture, text: "SHO-0001" }]);
  const workspace = await folderOf({ "a.md": "# One\n\nwords", "b.pdf": scans, "z.md": "# Two\n\nwords" });
  const opened = await open(t, workspace, recogniser, { ocr: false });
  const files: number[] = [];
  recogniser.answer = async ({ page }) => {
    const { files: indexed, scans } = opened.indexes.status();
    files.push(indexed, scans?.read ?? -1, scans?.pages ?? -1);
    return scan(page, `harbour words number${page}`);
  };
  await opened.index();
  assert.deepEqual(recogniser.asked, [], "not asked for yet");
  assert.deepEqual(opened.indexes.skipped(), [
    {
      path: "b.pdf",
      reason:
        "2 pages are pictures of text (scans). Switch on carrel.ocr.enabled to have it read, or use index --ocr in the terminal.",
      partly: true,
    },
  ]);
  await readAll(opened);
  assert.deepEqual(files, [3, 0, 2, 3, 1, 2]);
  assert.deepEqual(opened.indexes.status().scans, { read: 2, pages: 2 });
  assert.deepEqual(opened.indexes.skipped(), []);
  const [hit] = await opened.indexes.search("number2", 5, "lexical", signal);
  assert.deepEqual([hit?.path, hit?.page, hit?.place], ["b.pdf", 2, { in: "scan" }]);
  // What is written on the page beside its picture stays.
  assert.match(hit?.text ?? "", /harbour words number2\s+SHO-0001/);
});

test("in the background they are read by themselves, the fewest pages first; pausing stops it", async (t) => {
  const recogniser = scripted();
  const workspace = await folderOf({ "a.pdf": pdfOf([picture, picture]), "b.pdf": pdfOf([picture]) });
  let aborted = 0;
  recogniser.answer = (_, ending) =>
    new Promise((_resolve, reject) => {
      ending.addEventListener("abort", () => {
        aborted += 1;
        reject(new CarrelError("Cancelled.", "", "cancelled"));
      });
    });
  const opened = await open(t, workspace, recogniser);
  await opened.index();
  await eventually("a page being read", async () => recogniser.asked.length > 0);
  assert.deepEqual(recogniser.asked, ["b.pdf 1 eng"]);
  opened.indexes.pause();
  await eventually("its end", async () => aborted === 1);
  assert.match(opened.indexes.skipped()[1]?.reason ?? "", /^One page .* Waits to be read/);
  recogniser.answer = scripted().answer;
  opened.indexes.resume();
  await eventually("all scans", async () => (await opened.paths("recognised")).length === 3);
  assert.deepEqual(await opened.paths("recognised"), ["a.pdf", "a.pdf", "b.pdf"]);
  assert.deepEqual(opened.indexes.status().scans, { read: 3, pages: 3 });
});

test("what was read is kept over a restart, and only the rest is read then", async (t) => {
  const workspace = await folderOf({ "a.pdf": pdfOf([picture, picture, picture]) });
  const first = scripted();
  const usual = first.answer;
  first.answer = async (place, ending) => {
    if (place.page === 3) throw new Error("The process has gone.");
    return usual(place, ending);
  };
  const before = await open(t, workspace, first);
  const { notice } = await readAll(before);
  assert.match(notice ?? "", /Scans are not read: The process has gone/);
  assert.deepEqual(first.asked, ["a.pdf 1 eng", "a.pdf 2 eng", "a.pdf 3 eng"]);
  await before.indexes.close();
  const second = scripted();
  const after = await open(t, workspace, second);
  await readAll(after);
  assert.deepEqual(second.asked, ["a.pdf 3 eng"]);
  assert.deepEqual(await after.paths("recognised"), ["a.pdf", "a.pdf", "a.pdf"]);
  // Nothing is left to be done, in this engine or the next one.
  await readAll(after);
  assert.equal(second.asked.length, 1);
});

test("a page is given the words that were read in the file as it lies on the disk", async (t) => {
  const workspace = await folderOf({ "a.pdf": pdfOf([picture]) });
  const recogniser = scripted();
  const opened = await open(t, workspace, recogniser);
  const wordsOf = async (page: number): Promise<string | undefined> => {
    const found = await opened.indexes.scansOf(workspace.dir)?.page("a.pdf", page);
    return found?.lines.flatMap(({ words }) => words.map(([word]) => word)).join(" ");
  };
  await readAll(opened);
  assert.equal(await wordsOf(1), "recognised words of a.pdf number1");
  assert.equal(await wordsOf(2), undefined);
  recogniser.answer = async ({ page }) => scan(page, `other words number${page}`);
  await workspace.write("a.pdf", pdfOf([picture, { ...picture, text: "SHO-0002" }]));
  assert.equal(await wordsOf(1), undefined, "what was read is of another version");
  await readAll(opened);
  assert.equal(await wordsOf(1), "other words number1");
  assert.equal(await wordsOf(2), "other words number2");
  await rm(join(workspace.dir, "a.pdf"));
  assert.equal(await wordsOf(1), undefined);
});

test("a page that can't be read is listed, and not tried again", async (t) => {
  const workspace = await folderOf({ "a.pdf": pdfOf([picture, picture]) });
  const recogniser = scripted();
  recogniser.answer = async ({ page }) =>
    page === 2 ? { page, failed: "It took longer than 3 s." } : scan(page, "recognised");
  const opened = await open(t, workspace, recogniser);
  await readAll(opened);
  await readAll(opened);
  assert.equal(recogniser.asked.length, 2);
  assert.deepEqual(opened.indexes.skipped(), [
    {
      path: "a.pdf",
      reason: "Page 2 is a scan that can't be read. It took longer than 3 s.",
      partly: true,
    },
  ]);
  // All of them: the file is listed as left out.
  recogniser.answer = async ({ page }) => ({ page, failed: "It is damaged." });
  await workspace.write("b.pdf", pdfOf([{ ...picture, height: 900 }]));
  await readAll(opened);
  const listed = opened.indexes.skipped().find(({ path }) => path === "b.pdf");
  assert.deepEqual(listed, {
    path: "b.pdf",
    reason: "Page 1 is a scan that can't be read. It is damaged.",
  });
});

test("scans that are attached to a mail are read and found there, or listed by the attachment", async (t) => {
  const mail = await readFile(join(fixtures, "attached.eml"));
  const workspace = await folderOf({ "a.eml": mail });
  const recogniser = scripted();
  recogniser.answer = async ({ page }) =>
    page === 30_000_100_001 ? { page, failed: "It is damaged." } : scan(page, `recognised number${page}`);
  const opened = await open(t, workspace, recogniser);
  await readAll(opened);
  assert.deepEqual(recogniser.asked, ["a.eml 200001 eng", "a.eml 30000100001 eng", "a.eml 30000100002 eng"]);
  assert.deepEqual(opened.indexes.skipped(), [
    {
      path: "a.eml",
      reason: "Page 1 of attachment 1 of attachment 3 is a scan that can't be read. It is damaged.",
      partly: true,
    },
  ]);
  const [hit] = await opened.indexes.search("number200001", 5, "lexical", signal);
  assert.deepEqual(hit?.place, { in: "mail", part: "note.pdf, page 1 (scan)" });
});

test("a file that is never what it is said to be is given up", async (t) => {
  const workspace = await folderOf({ "a.pdf": pdfOf([picture]) });
  const recogniser = scripted();
  recogniser.answer = async () => undefined;
  const opened = await open(t, workspace, recogniser);
  await readAll(opened);
  assert.equal(recogniser.asked.length, 2);
  assert.match(opened.indexes.skipped()[0]?.reason ?? "", /not the same whenever it was looked at/);
});

test("pages are read anew in other languages, and of another version of the file", async (t) => {
  const workspace = await folderOf({ "a.pdf": pdfOf([picture]) });
  const recogniser = scripted();
  const opened = await open(t, workspace, recogniser);
  await readAll(opened);
  await opened.indexes.close();
  const other = scripted();
  other.answer = async ({ page }) => scan(page, "Hafen");
  const german = await open(t, workspace, other, { ocrLanguages: ["deu", "eng"] });
  await readAll(german);
  assert.deepEqual(other.asked, ["a.pdf 1 deu+eng"]);
  assert.deepEqual(await german.paths("Hafen"), ["a.pdf"]);
  assert.deepEqual(await german.paths("recognised"), []);
  await workspace.write("a.pdf", pdfOf([{ ...picture, width: 1_100 }]));
  other.answer = async ({ page }) => scan(page, "Leuchtturm");
  await readAll(german);
  assert.deepEqual(await german.paths("Leuchtturm"), ["a.pdf"]);
  assert.deepEqual(await german.paths("Hafen"), []);
});

test("an engine that is killed while it reads goes on where it was", async (t) => {
  const workspace = await folderOf({ "letter.pdf": await readFile(join(fixtures, "letter.pdf")) });
  t.after(() => workspace.remove());
  const engine = await workspace.start({ refine: false });
  await engine.channel.request("index", {});
  const record = async (): Promise<string | undefined> =>
    (await readdir(workspace.storage, { recursive: true })).find((name) => name.endsWith(".jsonl"));
  await eventually("the first page", record, 120_000);
  process.kill(engine.pid, "SIGKILL");
  const next = await workspace.start({ refine: false });
  const { skipped } = await next.channel.request("index", { ocr: true });
  assert.deepEqual(skipped, []);
  const { status } = await next.channel.request("status", {});
  assert.deepEqual(status.scans, { read: 2, pages: 2 });
  const found = await next.channel.request("search", { query: "crane tonnes", k: 3, mode: "hybrid" });
  assert.deepEqual([found.hits[0]?.path, found.hits[0]?.page], ["letter.pdf", 1]);
  // The reader is given the words' places; the text of the whole has the same lines as its chunks.
  const page = await next.channel.request("scannedPage", {
    folder: workspace.dir,
    path: "letter.pdf",
    page: 1,
  });
  assert.ok(page.scan?.lines.some(({ words }) => words.some(([word]) => word === "tonnes.")));
  assert.deepEqual(
    await next.channel.request("scannedPage", { folder: workspace.dir, path: "letter.pdf", page: 3 }),
    {},
  );
  const text = await next.channel.request("document", { folder: workspace.dir, path: "letter.pdf" });
  assert.match(text.text, /crane lifts up to 7.5 tonnes/);
  assert.deepEqual(
    text.pages.map(({ isScan }) => isScan),
    [true, true],
  );
  // All of it goes with the index.
  await next.channel.request("deleteIndex", {});
  assert.equal(await record(), undefined);
});
