import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hashOf } from "../../indexer/read/parseFile.ts";
import { createParser, type Parser } from "../../indexer/read/pool.ts";
import { createRecogniser } from "../../indexer/scans/recogniser.ts";
import { Confinement } from "../../walls/confine.ts";
import { benchDocuments } from "./benchDocuments.ts";
import { processorSecondsBelow } from "./engine.ts";
import type { Add } from "./report.ts";

/** Of formats without pages so many characters count as one. */
const charactersOfPage = 3_000;
/** Each document is read under so many names, after once to load what reads it. */
const rounds = 5;

const entry = fileURLToPath(new URL("../../dist/parser.js", import.meta.url));
const scans = fileURLToPath(new URL("../fixtures/scans", import.meta.url));

/** How long it takes to read the picture of a page: a letter in English, black and white and in grey. */
export async function measureScans(add: Add): Promise<void> {
  const recogniser = createRecogniser({
    entry,
    memoryMb: 512,
    timeoutMs: 600_000,
    confinement: new Confinement(),
  });
  const { signal } = new AbortController();
  const read = async (path: string): Promise<void> => {
    const hash = hashOf(await readFile(join(scans, path)));
    const place = { folder: scans, path, hash, page: 1, languages: ["eng"], languageFolder: "" };
    const scan = await recogniser.read(place, signal);
    if (!scan || !("lines" in scan)) throw new Error(`${path} was not read.`);
  };
  try {
    const paths = ["bilevel.pdf", "letter.pdf"];
    for (const path of paths) await read(path);
    const before = await processorSecondsBelow(process.pid);
    const started = performance.now();
    for (let round = 0; round < rounds; round++) for (const path of paths) await read(path);
    const pages = rounds * paths.length;
    add("Scans (OCR)", (performance.now() - started) / 1000 / pages, "s/page");
    const busy = (await processorSecondsBelow(process.pid)) - before;
    if (busy > 0) add("Scans (OCR), of a core's time", busy / pages, "s/page");
  } finally {
    await recogniser.close();
  }
}

/** How fast each format is read and cut up, by the built parser process behind its walls, one file after the other. */
export async function measureFormats(add: Add): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "carrel-formats-"));
  const parser = createParser({ entry, memoryMb: 512, timeoutMs: 600_000, confinement: new Confinement() });
  try {
    for (const [format, documents] of Map.groupBy(benchDocuments(), (one) => one.format)) {
      const names: string[] = [];
      for (const [i, { ending, bytes }] of documents.entries()) {
        for (let round = 0; round <= rounds; round++) {
          const name = `${i}-${round}.${ending}`;
          await writeFile(join(folder, name), bytes);
          names.push(name);
        }
      }
      const first = names.filter((name) => name.includes("-0."));
      await pagesOf(parser, folder, first);
      const before = await processorSecondsBelow(process.pid);
      const started = performance.now();
      const pages = await pagesOf(
        parser,
        folder,
        names.filter((name) => !first.includes(name)),
      );
      const seconds = (performance.now() - started) / 1000;
      const busy = (await processorSecondsBelow(process.pid)) - before;
      const bytes = documents.reduce((sum, one) => sum + one.bytes.length, 0) * rounds;
      add(format, pages / seconds, "pages/s", format.startsWith("PDF") ? "> 60" : undefined);
      // On a machine that does other work beside, this is what its own speed would be.
      if (format.startsWith("PDF") && busy > 0) add(`${format}, of a core's time`, pages / busy, "pages/s");
      add(format, bytes / 1e6 / seconds, "MB/s");
    }
  } finally {
    await parser.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function pagesOf(parser: Parser, folder: string, names: readonly string[]): Promise<number> {
  const pages = await Promise.all(
    names.map(async (name) => {
      const result = await parser.parse(folder, name, 100_000_000);
      if (!result.ok) throw new Error(`${name} was not read. ${result.reason}`);
      const { chunks } = result.parsed;
      const last = chunks.at(-1)?.page;
      return last ?? chunks.reduce((sum, { text }) => sum + text.length, 0) / charactersOfPage;
    }),
  );
  return pages.reduce((sum, one) => sum + one, 0);
}
