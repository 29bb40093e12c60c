import { ReadableStream as NodeReadableStream } from "node:stream/web";
import * as v from "valibot";
import type { CarrelError } from "../../../protocol/channel.ts";
import { withinTime } from "../patience.ts";
import { cloudModel, endless, garbled, serverError, stalled } from "./ollamaErrors.ts";

/** No honest line of an answer is longer; a server that sends one is not Ollama. */
const longestLine = 4_000_000;

const streamLine = v.object({
  error: v.optional(v.unknown()),
  remote_host: v.optional(v.string()),
  remote_model: v.optional(v.string()),
});

interface StreamGuard {
  readonly model: string;
  readonly url: string;
  /** Milliseconds without a byte after which the stream counts as dead. */
  readonly idleMs: number;
  /** Milliseconds that the whole stream may take. */
  readonly answerMs: number;
  /** More lines than the longest answer that was asked for has. */
  readonly maxLines: number;
  /** Called once, when the reader stops for any reason: closes the connection. */
  readonly close: () => void;
}

/**
 * The body of a streamed answer, line by line, each line held against what must not be: something that is not
 * JSON, an error line under HTTP 200, and any sign that the answer comes from a cloud.
 */
export function guardLines(body: ReadableStream<Uint8Array>, guard: StreamGuard): ReadableStream<Uint8Array> {
  // The same class under two names: only Node's has a type for `from`.
  return NodeReadableStream.from(checkedLines(body, guard)) as unknown as ReadableStream<Uint8Array>;
}

async function* checkedLines(
  body: ReadableStream<Uint8Array>,
  guard: StreamGuard,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  const end = performance.now() + guard.answerMs;
  let buffer = "";
  let count = 0;
  try {
    for (;;) {
      const left = end - performance.now();
      if (left <= 0) throw endless();
      const late = (): CarrelError => (left < guard.idleMs ? endless() : stalled(guard.idleMs));
      const { done, value } = await withinTime(reader.read(), Math.min(guard.idleMs, left), late);
      buffer += value ? decoder.decode(value, { stream: true }) : decoder.decode();
      const lines = buffer.split("\n");
      buffer = done ? "" : (lines.pop() ?? "");
      for (const line of lines) {
        if (line.trim() === "") continue;
        checkLine(line, guard);
        count++;
        if (count > guard.maxLines) throw endless();
        yield encoder.encode(`${line}\n`);
      }
      if (buffer.length > longestLine) throw garbled();
      if (done) return;
    }
  } finally {
    guard.close();
    // The connection is closed by now; a reader that fails because of it has nothing new to say.
    reader.cancel().catch(() => undefined);
  }
}

function checkLine(line: string, guard: StreamGuard): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    throw garbled();
  }
  const known = v.safeParse(streamLine, parsed);
  if (!known.success) throw garbled();
  if ((known.output.remote_host ?? "") !== "" || (known.output.remote_model ?? "") !== "") {
    throw cloudModel(guard.model);
  }
  if (known.output.error !== undefined) throw serverError(200, line, guard.model, guard.url);
}
