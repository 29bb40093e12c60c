import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { CarrelError } from "../../protocol/channel.ts";
import { terms } from "../../text/terms.ts";
import type { EmbeddingInput, EmbeddingModel } from "./embeddingModel.ts";
import { addHashedRow } from "./hashedRow.ts";
import { normalise } from "./pooling.ts";

/** The ids of static models begin with it. */
export const staticModelName = "carrel-static";

const remedy = "Install Carrel again: its files are damaged or incomplete.";

/** How often the work on many texts looks at the signal and lets others have a turn. */
const textsPerTurn = 64;

const manifest = v.object({
  name: v.literal(staticModelName),
  revision: v.string(),
  dimension: v.pipe(v.number(), v.integer(), v.multipleOf(32)),
  rows: v.pipe(v.number(), v.integer()),
  /** Weights of words that are not in the vocabulary. */
  unknown: v.object({ query: v.number(), passage: v.number() }),
  sha256: v.object({ vectors: v.string(), vocabulary: v.string() }),
});

interface Table {
  readonly dimension: number;
  /** The vocabulary's vectors, row after row. */
  readonly vectors: Int8Array;
  readonly rowOf: ReadonlyMap<string, number>;
  /** Scale of a row times its weight, for each kind of input. */
  readonly factors: Readonly<Record<EmbeddingInput, Float32Array>>;
  readonly unknown: Readonly<Record<EmbeddingInput, number>>;
}

/**
 * Opens the bundled model: a table with a vector for each token of `terms`, made by scripts/train. A text's
 * vector is the sum over its tokens of (1 + log count) × weight × vector, of unit length. It runs as plain
 * JavaScript, some thousand passages a second, and knows nothing of word order. Only its description is read
 * here; the table is loaded, in some 20 ms, when the first text is embedded.
 * @throws CarrelError when the description is missing or broken, and from `embed` when the table's files are.
 */
export async function loadStaticModel(dir: string): Promise<EmbeddingModel> {
  const parsed = v.safeParse(manifest, parseJson(await read(join(dir, "model.json"))));
  if (!parsed.success) throw damaged(join(dir, "model.json"));
  const about = parsed.output;
  let loading: Promise<Table> | undefined;
  let table: Table | undefined;

  async function loaded(): Promise<Table> {
    loading ??= loadTable(dir, about);
    try {
      table = await loading;
      return table;
    } catch (error) {
      // Files that were put right are looked at again.
      loading = undefined;
      throw error;
    }
  }

  return {
    id: `${about.name}-${about.dimension}@${about.revision}`,
    dimension: about.dimension,
    async embed(texts, input, signal) {
      const used = texts.length === 0 ? undefined : await loaded();
      const out: Float32Array[] = [];
      for (const [i, text] of texts.entries()) {
        if (i % textsPerTurn === textsPerTurn - 1) await new Promise((resolve) => setImmediate(resolve));
        if (signal?.aborted) throw new CarrelError("Cancelled.", "", "cancelled");
        if (used) out.push(embedOne(used, text, input));
      }
      return out;
    },
    // Asked for a query that was embedded, so the table is there.
    knownShare: (query) => (table ? knownShareOf(table, query) : 1),
    async close() {},
  };
}

async function loadTable(dir: string, about: v.InferOutput<typeof manifest>): Promise<Table> {
  const { dimension, rows, unknown, sha256 } = about;
  const [vectors, vocabulary] = await Promise.all([
    read(join(dir, "vectors.bin")),
    read(join(dir, "vocabulary.txt")),
  ]);
  if (sha256Of(vectors) !== sha256.vectors) throw damaged(join(dir, "vectors.bin"));
  if (sha256Of(vocabulary) !== sha256.vocabulary) throw damaged(join(dir, "vocabulary.txt"));
  const words = vocabulary.toString("utf8").split("\n");
  if (words.length !== rows || vectors.length !== rows * (dimension + 8)) throw damaged(dir);
  // Behind the bytes of the table stand the factors, 32-bit floats, little-endian like every platform we run on.
  const factors = new Float32Array(new Uint8Array(vectors.subarray(rows * dimension)).buffer);
  return {
    dimension,
    vectors: new Int8Array(vectors.buffer, vectors.byteOffset, rows * dimension),
    rowOf: new Map(words.map((word, row) => [word, row])),
    factors: { query: factors.subarray(0, rows), passage: factors.subarray(rows) },
    unknown,
  };
}

function knownShareOf(table: Table, query: string): number {
  const tokens = [...new Set(terms(query))];
  const known = tokens.filter((token) => table.rowOf.has(token)).length;
  return tokens.length === 0 ? 1 : known / tokens.length;
}

function embedOne(table: Table, text: string, input: EmbeddingInput): Float32Array {
  const { dimension, vectors, rowOf } = table;
  const factors = table.factors[input];
  const counts = new Map<string, number>();
  for (const token of terms(text)) counts.set(token, (counts.get(token) ?? 0) + 1);
  const sum = new Float32Array(dimension);
  for (const [token, count] of counts) {
    const frequency = count === 1 ? 1 : 1 + Math.log(count);
    const row = rowOf.get(token);
    if (row === undefined) {
      addHashedRow(sum, token, frequency * table.unknown[input]);
      continue;
    }
    const factor = frequency * (factors[row] ?? 0);
    const start = row * dimension;
    for (let i = 0; i < dimension; i++) sum[i] = (sum[i] ?? 0) + factor * (vectors[start + i] ?? 0);
  }
  return normalise(sum);
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CarrelError(`The bundled embedding model can't be read: ${why}`, remedy);
  }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}

function sha256Of(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function damaged(path: string): CarrelError {
  return new CarrelError(
    `The bundled embedding model is damaged: ${path} is not the file it should be.`,
    remedy,
  );
}
