import { mkdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Parser } from "../../../indexer/read/pool.ts";
import { defaultCache } from "../build.ts";
import { mean } from "../metrics.ts";
import { type MadeFile, makeFiles } from "./making.ts";
import { askOthers, type Other } from "./others.ts";
import { type Comparison, compareWords, wordsOf } from "./wordsFound.ts";

export interface ExtractorOptions {
  readonly parser: Parser;
  readonly python: string;
  readonly seed: number;
  readonly json: boolean;
  /** Names the words that are missing, and those that stand in no source. */
  readonly words: boolean;
}

interface Row {
  readonly format: string;
  readonly other: string;
  readonly files: number;
  readonly found: number;
  readonly least: number;
  readonly beyond: number;
  /** Of our words, those that neither the other extractor nor the source has. */
  readonly invented: number;
}

/**
 * `npm run eval -- --extractors [--python PATH] [--seed N] [--words] [--json]`: documents in every format are made
 * here by the programs that people use, from sources that the seed decides. The words that Carrel's readers find in
 * each, through the parser process, are held against those of another extractor.
 */
export async function evaluateExtractors(options: ExtractorOptions): Promise<void> {
  const folder = join(defaultCache, "extractors");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { files, missing } = makeFiles(folder, options.seed, options.python);
  const others = askOthers(files, folder, options.python);
  const own = new Map<string, readonly string[]>();
  for (const { path } of files) own.set(path, wordsOf(await textOf(options.parser, path)));
  const rows = others.flatMap((other) => rowsOf(other, files, own, options.words));
  const notes = [
    ...missing,
    ...others.flatMap((other) => (other.missing === undefined ? [] : [`${other.name}: ${other.missing}.`])),
  ];
  if (options.json) console.log(JSON.stringify({ files: files.length, rows, notes }, null, 2));
  else print(files.length, rows, notes);
}

/** What a file that is not read says: its reason, which finds nothing. */
async function textOf(parser: Parser, path: string): Promise<string> {
  try {
    return (await parser.documentText(dirname(path), basename(path))).text;
  } catch (error) {
    console.error(`${basename(path)}: ${error instanceof Error ? error.message : String(error)}`);
    return "";
  }
}

function rowsOf(
  other: Other,
  files: readonly MadeFile[],
  own: ReadonlyMap<string, readonly string[]>,
  namesWords: boolean,
): Row[] {
  const known = files.filter(({ path }) => other.texts.has(path));
  return [...Map.groupBy(known, ({ group }) => group)].map(([format, some]) => {
    const compared = some.map((file) => {
      const ours = own.get(file.path) ?? [];
      const comparison = compareWords(ours, wordsOf(other.texts.get(file.path) ?? ""));
      const invented = inventedIn(comparison, file);
      if (namesWords) name(file, other, comparison, invented);
      return { ...comparison, invented: ours.length === 0 ? 0 : invented.length / ours.length };
    });
    const found = compared.map((one) => one.found);
    return {
      format,
      other: other.name,
      files: some.length,
      found: mean(found),
      least: Math.min(...found),
      beyond: mean(compared.map((one) => one.beyond)),
      invented: mean(compared.map((one) => one.invented)),
    };
  });
}

function inventedIn({ extra }: Comparison, { source }: MadeFile): string[] {
  const written = new Set(wordsOf(source));
  return extra.filter((one) => !written.has(one));
}

function name(file: MadeFile, other: Other, { missing }: Comparison, invented: readonly string[]): void {
  const some = (words: readonly string[]): string => [...new Set(words)].slice(0, 40).join(" ");
  console.log(`${basename(file.path)} against ${other.name}`);
  console.log(`  missing ${missing.length}: ${some(missing)}`);
  console.log(`  in no source ${invented.length}: ${some(invented)}`);
}

function print(count: number, rows: readonly Row[], notes: readonly string[]): void {
  console.log(`${count} files\n`);
  console.log("| format | against | files | found, mean | found, least | beyond it | in no source |");
  console.log("|---|---|---:|---:|---:|---:|---:|");
  for (const { format, other, files, found, least, beyond, invented } of rows) {
    const figures = [found, least, beyond, invented].map((one) => one.toFixed(3));
    console.log(`| ${[format, other, files, ...figures].join(" | ")} |`);
  }
  for (const note of notes) console.log(`\n${note}`);
}
