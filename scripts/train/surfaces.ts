/**
 * For each token of the vocabulary, the word that it most often comes from ("retriev" from "retrieve"), so
 * that a teacher, which knows words and no stems, can be asked about it. Writes lines of token and word.
 *
 *   node scripts/train/surfaces.ts pairs.jsonl 60000 > surfaces.txt
 */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { terms } from "../../text/terms.ts";

const [file, most = "60000"] = process.argv.slice(2);
if (!file) throw new Error("Say which file.");

const words = new Map<string, number>();
for await (const line of createInterface({ input: createReadStream(file) })) {
  for (const [word] of line.matchAll(/\p{Lu}?\p{Ll}[\p{Ll}\p{M}]*|\p{Lu}{2,}|\p{Lo}+/gu)) {
    const lower = word.toLowerCase();
    words.set(lower, (words.get(lower) ?? 0) + 1);
  }
}
const best = new Map<string, { word: string; count: number; total: number }>();
for (const [word, count] of words) {
  const tokens = terms(word);
  const [token] = tokens;
  if (tokens.length !== 1 || token === undefined) continue;
  const known = best.get(token);
  if (!known) best.set(token, { word, count, total: count });
  else {
    known.total += count;
    if (count > known.count) best.set(token, { word, count, total: known.total });
  }
}
const ranked = [...best].sort((a, b) => b[1].total - a[1].total).slice(0, Number(most));
for (const [token, { word }] of ranked) console.log(`${token} ${word}`);
