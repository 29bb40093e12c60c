import { ReadableStream as NodeReadableStream } from "node:stream/web";
import * as v from "valibot";
import { boundedLines } from "../boundedLines.ts";
import { cloudModel, endless, garbled, serverError, stalled } from "./ollamaErrors.ts";

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
  const encoder = new TextEncoder();
  for await (const line of boundedLines(body, { ...guard, errors: { stalled, endless, garbled } })) {
    if (line.trim() === "") continue;
    checkLine(line, guard);
    yield encoder.encode(`${line}\n`);
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
