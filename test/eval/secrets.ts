/**
 * `node test/eval/secrets.ts [--list] [--planted N] [FOLDER…]`: how many planted keys are left in texts, how
 * often ordinary code is masked though it holds no secret, and how fast that is. The folders' files (by default
 * this repository's packages) are read as the index would read them; with --list each line that was masked is
 * shown, for a person to judge: examples in documentation look like keys and are rightly masked. Nothing of it
 * leaves the terminal.
 */
import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { secretFileReason } from "../../indexer/files/secrets.ts";
import { maskSecrets } from "../../indexer/files/secretsMask.ts";
import { leftOf, plantedKeys } from "../support/plantedKeys.ts";

const extensions =
  "js,mjs,cjs,jsx,ts,mts,tsx,json,md,py,h,hpp,c,cc,cpp,css,yml,yaml,sh,pl,pm,txt,html,xml,go,rs,java,rb,php,toml";
/** As the parser has it: longer lines on average are no ordinary code. */
const minifiedLine = 500;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { list: { type: "boolean", default: false }, planted: { type: "string", default: "5" } },
});
const folders =
  positionals.length > 0 ? positionals : [fileURLToPath(new URL("../../node_modules", import.meta.url))];

measurePlanted(Number(options.planted));
measureFolders(folders);

function measurePlanted(rounds: number): void {
  const planted = Array.from({ length: rounds }, (_, round) => plantedKeys(`round ${round}`)).flat();
  const left = planted.filter((key) => leftOf(key, maskSecrets(key.text).text) !== undefined);
  const kinds = new Set(planted.map(({ kind }) => kind)).size;
  console.log(`${left.length} of ${planted.length} planted keys of ${kinds} kinds are left.`);
  for (const { kind, place, text } of left) console.log(`  ${kind} in ${place}: ${JSON.stringify(text)}`);
}

function measureFolders(roots: readonly string[]): void {
  let characters = 0;
  let milliseconds = 0;
  let masks = 0;
  const seen = new Set<string>();
  for (const file of roots.flatMap((root) => globSync(join(root, `**/*.{${extensions}}`)))) {
    const text = readOrdinary(file);
    if (text === undefined) continue;
    const started = performance.now();
    const masked = maskSecrets(text).text;
    milliseconds += performance.now() - started;
    characters += text.length;
    if (masked === text) continue;
    const after = masked.split("\n");
    for (const [row, line] of text.split("\n").entries()) {
      if (line === after[row] || seen.has(line)) continue;
      seen.add(line);
      masks += 1;
      if (options.list)
        console.log(`${file}:${row + 1}\n  ${line.slice(0, 200)}\n  ${after[row]?.slice(0, 200)}`);
    }
  }
  const megabytes = characters / 1e6;
  const rate = ((masks / megabytes) * 2).toFixed(2);
  const speed = (megabytes / (milliseconds / 1000)).toFixed(1);
  console.log(
    `${masks} different lines masked in ${megabytes.toFixed(1)} MB: ${rate} in 2 MB. ${speed} MB/s.`,
  );
}

function readOrdinary(file: string): string | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size > 1_000_000 || secretFileReason(file.split("/").at(-1) ?? ""))
    return undefined;
  const text = readFileSync(file, "utf8");
  const isMinified = text.length > 5_000 && text.length / text.split("\n").length > minifiedLine;
  return isMinified ? undefined : text;
}
