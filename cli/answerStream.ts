import type { AnswerEvent } from "../protocol/data.ts";
import { harmlessLines } from "./harmless.ts";

/** Says of what a model wrote before that it belongs to its thoughts. */
const thoughtNote = "(What stands above is what the model thought first, and no part of its answer.)";
const otherNote = "(What stands above is not the answer in its last form, which follows.)";

/**
 * Writes an answer while it is being written, as it would stand when written at once: without white space around it,
 * indented, so that no line of a model's looks like one of ours, and unable to control the terminal. The end of what
 * has come waits where it may be half of something: white space, or the first half of a character.
 */
export class AnswerStream {
  private readonly write: (text: string) => void;
  private text = "";
  /** How many characters of `text` are done with. */
  private done = 0;
  private hasWritten = false;

  constructor(write: (text: string) => void) {
    this.write = write;
  }

  take(event: AnswerEvent): void {
    if (event.type === "text") {
      this.text += event.text;
      this.flush(false);
    } else if (event.type === "unsaid") this.takeBack(thoughtNote);
  }

  /** The whole answer is there: what has not been written of it is. */
  end(text: string): void {
    // The engine may have something to mend in the end.
    if (this.text.trim() !== text.trim()) {
      this.takeBack(otherNote);
      this.text = text;
    }
    this.flush(true);
    this.close();
  }

  /** Ends the line that is being written, if one is: what comes then is something else. */
  close(): void {
    if (this.hasWritten) this.write("\n");
    this.hasWritten = false;
  }

  private flush(isWhole: boolean): void {
    const begin = this.text.length - this.text.trimStart().length;
    let end = this.text.trimEnd().length;
    if (!isWhole && /[\ud800-\udbff]$/.test(this.text.slice(0, end))) end--;
    const from = Math.max(begin, this.done);
    if (end <= from) return;
    const lines = harmlessLines(this.text.slice(from, end)).replaceAll("\n", "\n  ");
    this.write(this.hasWritten ? lines : `\n  ${lines}`);
    this.hasWritten = true;
    this.done = end;
  }

  private takeBack(note: string): void {
    if (this.hasWritten) this.write(`\n\n${note}\n`);
    this.hasWritten = false;
    this.text = "";
    this.done = 0;
  }
}
