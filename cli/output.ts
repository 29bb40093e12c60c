import { AnswerStream } from "./answerStream.ts";
import { harmless, harmlessJson, harmlessLine, onlyOwnStyles } from "./harmless.ts";

/** Writes data as one JSON document on stdout. */
export function printJson(document: unknown, indent?: number): void {
  process.stdout.write(`${harmlessJson(document, indent)}\n`);
}

/** Writes data as people read it on stdout. `render` is given a copy that can't control the terminal. */
export function printText<T>(data: T, render: (data: T) => string): void {
  const text = onlyOwnStyles(render(harmless(data)), process.stdout.isTTY);
  process.stdout.write(`${text}\n`);
}

/** Writes an answer on stdout, as it comes. */
export function streamAnswer(): AnswerStream {
  return new AnswerStream((text) => process.stdout.write(text));
}

/** Writes a message on stderr; further lines of it are indented, so that none looks like another message. */
export function printMessage(message: string): void {
  process.stderr.write(`${message.split("\n").map(harmlessLine).join("\n        ")}\n`);
}
