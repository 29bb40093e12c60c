import type { CarrelError } from "../../protocol/channel.ts";
import { withinTime } from "./patience.ts";

/** No honest line of an answer is longer. */
const longestLine = 4_000_000;
/** Nor have all of them so many characters in the mean. */
const longestMean = 1_000;

interface LineLimits {
  /** Milliseconds without a byte after which the stream counts as dead; asked anew before each wait. */
  readonly idleMs: number | (() => number);
  /** Milliseconds that the whole stream may take. */
  readonly answerMs: number;
  /** More lines, blank ones aside, than the longest answer that was asked for has. */
  readonly maxLines: number;
  /** Called once, when the reader stops for any reason: closes the connection. */
  readonly close: () => void;
  /** What is thrown where a limit is reached. */
  readonly errors: {
    stalled(ms: number): CarrelError;
    endless(): CarrelError;
    garbled(): CarrelError;
  };
}

/**
 * The lines of a streamed answer as they come, blank ones too, without their ends ("\n" or "\r\n"). What is silent,
 * does not end or has a line without an end is given up, so that no server can hold a question or fill the memory.
 */
export async function* boundedLines(
  body: ReadableStream<Uint8Array>,
  { idleMs, answerMs, maxLines, close, errors }: LineLimits,
): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const end = performance.now() + answerMs;
  let buffer = "";
  let count = 0;
  let length = 0;
  try {
    for (;;) {
      const left = end - performance.now();
      if (left <= 0) throw errors.endless();
      const idle = typeof idleMs === "number" ? idleMs : idleMs();
      const late = (): CarrelError => (left < idle ? errors.endless() : errors.stalled(idle));
      const { done, value } = await withinTime(reader.read(), Math.min(idle, left), late);
      buffer += value ? decoder.decode(value, { stream: true }) : decoder.decode();
      length += value?.length ?? 0;
      if (length > maxLines * longestMean) throw errors.endless();
      const lines = buffer.split("\n");
      buffer = done ? "" : (lines.pop() ?? "");
      for (const line of lines) {
        if (line.trim() !== "") count++;
        if (count > maxLines) throw errors.endless();
        yield line.endsWith("\r") ? line.slice(0, -1) : line;
      }
      if (buffer.length > longestLine) throw errors.garbled();
      if (done) return;
    }
  } finally {
    close();
    // The connection is closed by now; a reader that fails because of it has nothing new to say.
    reader.cancel().catch(() => undefined);
  }
}
