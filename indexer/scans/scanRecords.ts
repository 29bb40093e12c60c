import { appendFile, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { type ReadScan, readScan } from "../read/contract.ts";
import { hashOfText } from "../store/searchedText.ts";

const entry = v.object({
  /** The languages it was read in. */
  key: v.string(),
  /** The choice of exceptions under which it was masked (see letThrough.ts). */
  masking: v.string(),
  scan: readScan,
});
type Entry = v.InferOutput<typeof entry>;

/** By their numbers; each with the languages in which it was read. */
type Pages = Map<number, { readonly key: string; readonly scan: ReadScan }>;

const ending = ".jsonl";

/**
 * What was read in scanned pages, kept beside an index, a file for each version of a PDF: a line for each page, with
 * its checksum. Lines are only added, so that a kill costs one page at most.
 */
export class ScanRecords {
  private readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  /** The pages of a file that were read. One with secrets counts only under the choice that it was masked under. */
  async pages(hash: string, masking: string): Promise<Pages> {
    return pagesIn(await this.lines(hash), masking);
  }

  /** One page of a file, if it was read; of a long document this is much faster than all of them. */
  async page(hash: string, masking: string, number: number): Promise<ReadScan | undefined> {
    const lines = await this.lines(hash);
    const own = lines.filter(
      (line) => line.includes(`"page":${number},`) || line.includes(`"page":${number}}`),
    );
    return pagesIn(own, masking).get(number)?.scan;
  }

  async add(hash: string, added: Entry): Promise<void> {
    await mkdir(this.dir, { recursive: true });
    const text = JSON.stringify(added);
    // A line that was cut off by a kill ends here.
    await appendFile(this.place(hash), `\n${hashOfText(text)} ${text}\n`, { mode: 0o600 });
  }

  /** Deletes what belongs to no file any more. */
  async keepOnly(hashes: ReadonlySet<string>): Promise<void> {
    const names = await readdir(this.dir).catch(() => []);
    for (const name of names) {
      if (!hashes.has(name.slice(0, -ending.length))) await rm(join(this.dir, name), { force: true });
    }
  }

  private async lines(hash: string): Promise<string[]> {
    const text = await readFile(this.place(hash), "utf8").catch(() => "");
    return text.split("\n");
  }

  private place(hash: string): string {
    if (!/^[0-9a-f]+$/.test(hash)) throw new Error(`No hash of a file: ${hash}`);
    return join(this.dir, hash + ending);
  }
}

function pagesIn(lines: readonly string[], masking: string): Pages {
  const pages: Pages = new Map();
  for (const line of lines) {
    const found = parsed(line);
    if (!found) continue;
    const { key, scan } = found;
    const isMaskedOtherwise = "secrets" in scan && scan.secrets && found.masking !== masking;
    if (isMaskedOtherwise) pages.delete(scan.page);
    else pages.set(scan.page, { key, scan });
  }
  return pages;
}

function parsed(line: string): Entry | undefined {
  const space = line.indexOf(" ");
  const text = line.slice(space + 1);
  if (space < 0 || hashOfText(text) !== line.slice(0, space)) return undefined;
  try {
    return v.parse(entry, JSON.parse(text));
  } catch {
    // Of another version: the page is read again.
    return undefined;
  }
}
