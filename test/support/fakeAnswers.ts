import type { ServerResponse } from "node:http";

/** What stand-ins for model servers have in common: how they answer, and how they count. */

export interface FakeMessage {
  readonly role: string;
  readonly content: string;
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends the same again and again until the client has gone. */
export async function endless(response: ServerResponse, status: number, text: string): Promise<void> {
  response.writeHead(status, { "content-type": "application/x-ndjson" });
  const block = text.repeat(1000);
  while (!response.destroyed) {
    response.write(block);
    do await sleep(1);
    while (response.writableNeedDrain && !response.destroyed);
  }
}

export function json(response: ServerResponse, status: number, value: unknown): void {
  response
    .writeHead(status, { "content-type": "application/json; charset=utf-8" })
    .end(JSON.stringify(value));
}

/** A rough count, as real tokenizers do it: a word has a token for each six letters, a sign has one. */
export function countTokens(messages: readonly FakeMessage[]): number {
  let tokens = 8;
  for (const { content } of messages) {
    tokens += 4;
    for (const [piece] of content.matchAll(/\p{L}+|\p{N}|[^\s\p{L}\p{N}]/gu))
      tokens += Math.ceil(piece.length / 6);
  }
  return tokens;
}

/** As a model streams: a word with the space before it. */
export function pieces(text: string): string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}

const small = new Set(
  "and are can does for from had has have how not our she that the their they this was were what when where which who why with you your".split(
    " ",
  ),
);

function words(text: string): Set<string> {
  const long = (text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []).filter((word) => !small.has(word));
  return new Set(long.map((word) => word.slice(0, 6)));
}

/** The number under which the prompt shows the passage that contains a text; one that no passage has without it. */
export function passageWith(messages: readonly FakeMessage[], text: string): string {
  const prompt = messages.at(-1)?.content ?? "";
  const before = prompt.slice(0, Math.max(0, prompt.indexOf(text)));
  return [...before.matchAll(/<passage number="(\d+)"/g)].at(-1)?.[1] ?? "99";
}

/** Quotes the best sentence of the passages in the last message, with its number. */
export function answerFromPassages(messages: readonly FakeMessage[]): string {
  const prompt = messages.at(-1)?.content ?? "";
  const passages = [...prompt.matchAll(/<passage number="(\d+)"[^>]*>\n([\s\S]*?)\n<\/passage>/g)];
  const question = words(prompt.slice(prompt.lastIndexOf("</passage>") + 1));
  let best = { score: 0, text: "" };
  for (const [, number, text = ""] of passages) {
    for (const sentence of text.split(/(?<=[.!?])\s+|\n+/)) {
      const own = words(sentence);
      let score = 0;
      for (const word of question) if (own.has(word)) score++;
      // A heading shares words with a question, but says nothing.
      if (sentence.trim().length < 25) score -= 0.5;
      if (score > best.score)
        best = { score, text: `${sentence.trim().replace(/[.!?]*$/, "")} [${number}].` };
    }
  }
  return best.text === "" ? "I did not find this in your files." : best.text;
}

/** A vector that counts words, so that texts that differ have vectors that differ. */
export function wordVector(text: string): number[] {
  const values = new Array<number>(64).fill(0);
  for (const word of words(text)) {
    let hash = 7;
    for (const letter of word) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 64;
    values[hash] = (values[hash] ?? 0) + 1;
  }
  const length = Math.hypot(...values) || 1;
  return values.map((value) => value / length);
}
