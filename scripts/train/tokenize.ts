/**
 * Turns the texts of a JSON-lines file into tokens, by the product's own `terms`, so that training and use
 * agree exactly. Writes NAME.tokens.txt (one token a line: its text and in how many texts it stands) and
 * NAME.bin: for each text a 32-bit count n, then n pairs of token number and frequency.
 *
 *   node scripts/train/tokenize.ts pairs.jsonl a b
 */
import { createReadStream, createWriteStream, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { terms } from "../../text/terms.ts";

const [file, ...fields] = process.argv.slice(2);
if (!file || fields.length === 0) throw new Error("Say which file, and which fields of it.");
const base = file.replace(/\.jsonl$/, "");

const numbers = new Map<string, number>();
const documents: number[] = [];
const out = createWriteStream(`${base}.bin`);

for await (const line of createInterface({ input: createReadStream(file) })) {
  const row = JSON.parse(line) as Record<string, string>;
  for (const field of fields) {
    const counts = new Map<number, number>();
    for (const token of terms(row[field] ?? "")) {
      let number = numbers.get(token);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(token, number);
        documents.push(0);
      }
      counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    for (const number of counts.keys()) documents[number] = (documents[number] ?? 0) + 1;
    const record = new Int32Array(1 + counts.size * 2);
    record[0] = counts.size;
    let at = 1;
    for (const [number, count] of counts) {
      record[at++] = number;
      record[at++] = count;
    }
    if (!out.write(Buffer.from(record.buffer))) await new Promise<void>((go) => out.once("drain", go));
  }
}
await new Promise<void>((done) => out.end(done));
const listing = [...numbers].map(([token, number]) => `${token} ${documents[number]}`);
writeFileSync(`${base}.tokens.txt`, `${listing.join("\n")}\n`);
