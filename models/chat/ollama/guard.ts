import { ReadableStream as NodeReadableStream } from "node:stream/web";
import * as v from "valibot";
import { cloudModel, garbled, serverError, stalled } from "./errors.ts";

/** No honest line of an answer is longer; a server that sends one is not Ollama. */
const longestLine = 4_000_000;

const streamLine = v.object({
  error: v.optional(v.unknown()),
  remote_host: v.optional(v.string()),
  remote_model: v.optional(v.string()),
});

export interface StreamGuard {
  readonly model: string;
  readonly url: string;
  /** Milliseconds without a byte after which the stream counts as dead. */
  readonly idleMs: number;
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
  let buffer = "";
  try {
    for (;;) {
      const { done, value } = await withinTime(reader.read(), guard.idleMs);
      buffer += value ? decoder.decode(value, { stream: true }) : decoder.decode();
      const lines = buffer.split("\n");
      buffer = done ? "" : (lines.pop() ?? "");
      for (const line of lines) {
        if (line.trim() === "") continue;
        checkLine(line, guard);
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

async function withinTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(stalled(Math.round(ms / 1000))), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const openTag = /^\s*<(think|thinking|thought|reasoning)>/i;
const couldBecomeTag = /^\s*(<[a-z]{0,9})?$/i;

export interface ThoughtFilter {
  /** The next piece of the stream; gives what of it is answer, and whether the model is thinking. */
  push(piece: string): { readonly text: string; readonly thinking: boolean };
  /** What was held back until the end. */
  end(): string;
}

/**
 * Takes the thoughts out of a stream whose model writes them into the text: <think>…</think> at its beginning.
 * Later tags are left alone, for an answer may be about them.
 */
export function thoughtFilter(): ThoughtFilter {
  let state: "start" | "thinking" | "after" | "text" = "start";
  let held = "";
  let closing = "";

  const text = (piece: string): string => {
    if (state !== "after") return piece;
    const trimmed = piece.trimStart();
    if (trimmed !== "") state = "text";
    return trimmed;
  };

  return {
    push(piece) {
      if (state === "text" || state === "after") return { text: text(piece), thinking: false };
      held += piece;
      if (state === "start") {
        const tag = openTag.exec(held);
        if (!tag) {
          if (couldBecomeTag.test(held)) return { text: "", thinking: false };
          state = "text";
          const whole = held;
          held = "";
          return { text: whole, thinking: false };
        }
        state = "thinking";
        closing = `</${tag[1] ?? "think"}>`.toLowerCase();
        held = held.slice(tag[0].length);
      }
      const end = held.toLowerCase().indexOf(closing);
      if (end < 0) {
        // Only the last characters can be the beginning of the closing tag.
        held = held.slice(-closing.length);
        return { text: "", thinking: true };
      }
      const rest = held.slice(end + closing.length);
      held = "";
      state = "after";
      return { text: text(rest), thinking: true };
    },
    end() {
      const rest = state === "start" ? held : "";
      held = "";
      return rest;
    },
  };
}
