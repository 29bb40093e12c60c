import { plainCitations, unfinishedAt } from "../../text/citations.ts";

/** The text of an answer while it is written, piece by piece, with its citations as the one grammar has them. */
export class AnswerText {
  private readonly emit: (piece: string) => void;
  private text = "";
  /** What may be the first half of a citation. */
  private held = "";

  constructor(emit: (piece: string) => void) {
    this.emit = emit;
  }

  push(piece: string): void {
    const all = this.held + piece;
    const end = unfinishedAt(all);
    this.held = all.slice(end);
    this.say(all.slice(0, end));
  }

  /** Nothing more comes. */
  end(): void {
    this.say(this.held);
    this.held = "";
  }

  /** What was written so far is no part of the answer. */
  clear(): void {
    this.text = "";
    this.held = "";
  }

  private say(piece: string): void {
    if (piece === "") return;
    // Whether a mark stands in code is told by what stands before it.
    const plain = plainCitations(this.text + piece).slice(this.text.length);
    this.text += plain;
    this.emit(plain);
  }
}
