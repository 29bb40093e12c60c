import { CarrelError } from "../../protocol/channel.ts";
import { ContextOverflowError, cancelled } from "../chat/errors.ts";
import type { EmbeddingModel } from "./embeddingModel.ts";
import { normalise } from "./pooling.ts";
import { findModelRow } from "./registry.ts";

const batchTexts = 32;
/** Lengths of text, in characters, that are tried; a passage is rarely longer than the first. */
const lengths = [6000, 3000, 1500, 700];
/** A passage with its line of context has up to so many characters. */
const longestPassage = 2000;
/** A text this short, in characters, fits into any context; what is refused then is refused for another reason. */
const shortest = 16;

/** Embeds texts as they are: no longer than the model reads, and at most `batchTexts`. */
export type EmbedRaw = (texts: readonly string[], signal?: AbortSignal) => Promise<Float32Array[]>;

interface ServedParts {
  /** The model's name, by which its prefixes are known and by which errors call it. */
  readonly name: string;
  /** All that tells this model from another one. */
  readonly identity: string;
  /** What it reads at once, in tokens, where that is known. */
  readonly context: number | undefined;
}

/**
 * An embedding model of a server. What is longer than it reads is embedded in pieces, whose mean stands for the text:
 * nothing is cut off, whether the server says that it does so or not.
 */
export async function servedModel(
  embedRaw: EmbedRaw,
  { name, identity, context }: ServedParts,
): Promise<EmbeddingModel> {
  const [probe] = await embedRaw(["dimension"]);
  const dimension = probe?.length ?? 0;
  const longest = await longestRead(embedRaw);
  const row = findModelRow(name);
  const prefixes = { query: row?.queryPrefix ?? "", passage: row?.passagePrefix ?? "" };
  const settings = row ? row.name : "plain";
  return {
    id: `${identity}-${settings}-${longest}-${context ?? "own"}`,
    dimension,
    ...(longest < longestPassage ? { note: cutNote(longest, context) } : {}),
    async embed(texts, input, signal) {
      const pieces = texts.flatMap((text, at) => {
        const whole = prefixes[input] + text;
        return piecesOf(whole, longest).map((piece) => ({ at, piece }));
      });
      const out = texts.map(() => new Float32Array(dimension));
      for (const batch of batchesOf(pieces, longest)) {
        if (signal?.aborted) throw cancelled();
        const vectors = await embedFitting(
          embedRaw,
          batch.map(({ piece }) => piece),
          signal,
        );
        for (const [i, { at }] of batch.entries()) add(out[at], vectors[i], name);
      }
      return out.map(normalise);
    },
    async close() {},
  };
}

/** The vectors as a server gave them, of unit length; undefined unless there are `count` of one dimension. */
export function unitVectors(
  given: readonly (readonly number[])[],
  count: number,
): Float32Array[] | undefined {
  const vectors = given.map((vector) => normalise(Float32Array.from(vector)));
  const dimension = vectors[0]?.length ?? 0;
  const isUneven = vectors.some((one) => one.length !== dimension || dimension === 0);
  return vectors.length !== count || isUneven ? undefined : vectors;
}

/**
 * Batches of pieces. One that takes more bytes than as many letters may take more tokens than the model reads, and
 * goes alone: refused together with others, it costs what embedding all of them costs.
 */
function batchesOf<P extends { readonly piece: string }>(pieces: readonly P[], longest: number): P[][] {
  const batches: P[][] = [];
  const open: P[] = [];
  for (const one of pieces) {
    if (Buffer.byteLength(one.piece) > longest) batches.push([one]);
    else if (open.push(one) === batchTexts) batches.push(open.splice(0));
  }
  return open.length > 0 ? [...batches, open] : batches;
}

/** The same vectors, also for texts that are longer than the model reads: those in halves, and halves of these. */
async function embedFitting(
  embed: EmbedRaw,
  texts: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Float32Array[]> {
  try {
    return await embed(texts, signal);
  } catch (error) {
    const [text = ""] = texts;
    const isTooLong = error instanceof ContextOverflowError && (texts.length > 1 || text.length > shortest);
    if (!isTooLong) throw error;
  }
  if (texts.length > 1) {
    // Which of them it is is not told, and the server has embedded the others in vain: no second time.
    const vectors: Float32Array[] = [];
    for (const text of texts) vectors.push(...(await embedFitting(embed, [text], signal)));
    return vectors;
  }
  const [text = ""] = texts;
  const halves = await embedFitting(embed, piecesOf(text, Math.ceil(text.length / 2)), signal);
  const mean = new Float32Array(halves[0]?.length ?? 0);
  for (const half of halves) add(mean, half, "");
  return [normalise(mean)];
}

function cutNote(characters: number, context: number | undefined): string {
  const tokens = context === undefined ? "" : ` (${context} tokens)`;
  return `It reads about ${characters} characters at once${tokens}; longer passages are embedded in parts`;
}

/**
 * How many characters of ordinary text the model reads. A server says when a text is too long; an old one cuts it
 * off and says nothing, so two texts that differ only at the end tell by having the same vector.
 */
async function longestRead(embed: EmbedRaw): Promise<number> {
  const filler = "the contract ends when either party gives written notice of ninety days before a quarter ";
  for (const length of lengths) {
    const tail = Math.round(length / 10);
    const head = repeat(filler, length - tail);
    const pair = [
      head + repeat("photosynthesis in green leaves ", tail),
      head + repeat("why banks raise interest rates ", tail),
    ];
    const [one, other] = await embed(pair).catch((error: unknown) => {
      if (error instanceof ContextOverflowError) return [];
      throw error;
    });
    if (one && other && dot(one, other) < 0.99999) return length;
  }
  return Math.min(...lengths) / 2;
}

function repeat(words: string, length: number): string {
  return words.repeat(Math.ceil(length / words.length)).slice(0, length);
}

/** Cuts a text at spaces into pieces of at most `longest` characters. */
export function piecesOf(text: string, longest: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > longest) {
    const space = rest.lastIndexOf(" ", longest);
    const cut = space > longest / 2 ? space : longest;
    pieces.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  return [...pieces, rest];
}

function add(sum: Float32Array | undefined, vector: Float32Array | undefined, name: string): void {
  if (!sum || !vector || sum.length !== vector.length) {
    throw new CarrelError(
      `The model "${name}" gives vectors of changing length.`,
      "Choose the embedding model again: it was replaced while it was used.",
    );
  }
  for (const [i, value] of vector.entries()) sum[i] = (sum[i] ?? 0) + value;
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}
