import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createParser } from "../../indexer/read/pool.ts";
import { Random } from "../soak/random.ts";
import { parserEntry } from "../support/parserEntry.ts";
import { mutated } from "./mutations.ts";
import { originalsIn } from "./originals.ts";
import { verdictOf } from "./verdict.ts";

/**
 * npm run fuzz [-- --files N] [--seed N] [--keep]
 *
 * Broken files of every format, each decided by its seed, read by the real parser process behind its limits: each must
 * be indexed, or listed with a reason that a person understands. What ends the parser or runs out of time or memory is
 * counted, since it is met as it should be, and named. `--keep` leaves what failed. The last line is
 * "N passed, N failed".
 */
const { values } = parseArgs({
  options: {
    files: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    keep: { type: "boolean", default: false },
  },
});
const count = Number(values.files);
const first = Number(values.seed);
const batch = 200;
const originals = originalsIn(fileURLToPath(new URL("../fixtures/files/", import.meta.url)));
const parser = createParser({ entry: parserEntry, memoryMb: 512, timeoutMs: 60_000 });
const counts = { indexed: 0, listed: 0, ended: 0, failed: 0 };
const reasons = new Map<string, number>();
let largest = 0;

for (let from = first; from < first + count; from += batch) {
  const folder = mkdtempSync(join(tmpdir(), "carrel-fuzz-"));
  const seeds = Array.from({ length: Math.min(batch, first + count - from) }, (_, i) => from + i);
  const names = seeds.map((seed) => {
    const { name, bytes } = mutated(new Random(seed), originals);
    writeFileSync(join(folder, `${seed}-${name}`), bytes);
    return `${seed}-${name}`;
  });
  await Promise.all(
    names.map(async (name) => {
      const result = await parser.parse(folder, name, 20_000_000);
      const verdict = verdictOf(result);
      const reason = result.ok ? "" : result.reason;
      counts[verdict] += 1;
      if (reason !== "") reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      if (verdict === "failed" || verdict === "ended") console.log(`${verdict}: ${name}: ${reason}`);
    }),
  );
  largest = Math.max(largest, process.memoryUsage.rss());
  if (!values.keep) rmSync(folder, { recursive: true, force: true });
  if ((from - first) % 2_000 === 0) console.log(`${from - first + seeds.length} of ${count}`, counts);
}
await parser.close();
console.log(
  `${counts.indexed} indexed, ${counts.listed} listed, ${counts.ended} ended the parser or its time.`,
);
console.log(`This process, in place of the engine: at most ${Math.round(largest / 1e6)} MB.`);
for (const [reason, number] of [...reasons].sort((a, b) => b[1] - a[1]).slice(0, 25)) {
  console.log(`${String(number).padStart(6)}  ${reason.slice(0, 150)}`);
}
console.log(`${count - counts.failed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed > 0 ? 1 : 0;
