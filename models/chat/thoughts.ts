import type { ChatEvent } from "./chatClient.ts";

const openTag = /^\s*<(think|thinking|thought|reasoning)>/i;
const couldBecomeTag = /^\s*(<[a-z]{0,9})?$/i;
/** The first tag, but not one that the answer quotes: `</think>`. */
const anyTag = /(?<![`"'])<(\/?)think>/i;
/** The beginning of such a tag at the end of a piece, with the sign before it that tells a quoted one. */
const tagBegins = /[`"']?<\/?(?:t(?:h(?:i(?:nk?)?)?)?)?$|[`"']$/i;

const longestClosingTag = "</reasoning>".length;

const blankLine = /^[^\S\n]*\n[^\S\n]*\n/;

type Said = Exclude<ChatEvent, { type: "done" }>;

/**
 * Takes the thoughts out of a stream whose model writes them into the text: <think>…</think> at its beginning.
 * Later tags are left alone, for an answer may be about them.
 */
export class ThoughtFilter {
  private state: "start" | "thinking" | "after" | "text" = "start";
  private readonly canThink: boolean;
  private isLoneTagAwaited = true;
  private held = "";
  private said = "";
  private closing = /(?:)/;

  /**
   * The first closing tag counts without an opening one too: a prompt that ends with the opening tag leaves only that
   * in the answer, and what came before it was no answer.
   * @param canThink Whether the model is known to think. Of others, such as an imported one whose template the server
   * has exchanged, that tag counts only as such models write it: before a blank line, and not within code.
   */
  constructor(canThink: boolean) {
    this.canThink = canThink;
  }

  /** The next piece of the stream, as what it is. */
  push(piece: string): Said[] {
    this.held += piece;
    if (this.state === "start") {
      const tag = openTag.exec(this.held);
      if (!tag && couldBecomeTag.test(this.held)) return [];
      this.state = tag ? "thinking" : "text";
      this.closing = new RegExp(`</${tag?.[1] ?? "think"}>`, "i");
      this.held = this.held.slice(tag?.[0].length ?? 0);
    }
    if (this.state === "thinking") return this.untilClosingTag();
    return this.isLoneTagAwaited ? this.untilLoneTag() : this.text(this.take());
  }

  /** The server sends the thoughts apart, so that a closing tag in the text is a part of the answer. */
  comeApart(): void {
    this.isLoneTagAwaited = false;
  }

  /** What was held back until the end. */
  end(): Said[] {
    const rest = this.take();
    return this.state === "thinking" ? thought(rest) : this.text(rest);
  }

  private untilLoneTag(): Said[] {
    const tag = anyTag.exec(this.held);
    // A closing tag after an opening one belongs to it.
    if (tag && tag[1] === "") this.isLoneTagAwaited = false;
    if (tag && tag[1] !== "" && !this.canThink) {
      const after = this.held.slice(tag.index + tag[0].length);
      const isDecided = blankLine.test(after);
      if (!isDecided && after.trim() === "") return this.text(this.take(tag.index));
      if (!isDecided || isInCode(this.said + this.held.slice(0, tag.index))) this.isLoneTagAwaited = false;
    }
    if (!this.isLoneTagAwaited) return this.text(this.take());
    if (!tag) return this.text(this.take(tagBegins.exec(this.held)?.index));
    const before = this.text(this.take(tag.index));
    return [...before, { type: "unsaid" }, ...this.answerAfter(tag[0])];
  }

  private untilClosingTag(): Said[] {
    const tag = this.closing.exec(this.held);
    if (tag) return [...thought(this.take(tag.index)), ...this.answerAfter(tag[0])];
    // Only the last characters can be the beginning of the closing tag.
    return thought(this.take(Math.max(0, this.held.length - longestClosingTag)));
  }

  private answerAfter(tag: string): Said[] {
    this.take(tag.length);
    this.isLoneTagAwaited = false;
    this.state = "after";
    return this.text(this.take());
  }

  /** The first `length` characters of what is held, or all of it. */
  private take(length = this.held.length): string {
    const taken = this.held.slice(0, length);
    this.held = this.held.slice(length);
    return taken;
  }

  private text(piece: string): Said[] {
    const rest = this.state === "after" ? piece.trimStart() : piece;
    if (rest === "") return [];
    if (this.state === "after") this.state = "text";
    if (this.isLoneTagAwaited) this.said += rest;
    return [{ type: "text", text: rest }];
  }
}

/** Whether a model is seen to think by what it sends. Some write an empty thought instead of none. */
export function showsThought(event: ChatEvent): boolean {
  return event.type === "unsaid" || (event.type === "thinking" && event.text.trim() !== "");
}

function isInCode(text: string): boolean {
  return (text.split("```").length - 1) % 2 === 1;
}

function thought(text: string): Said[] {
  return text === "" ? [] : [{ type: "thinking", text }];
}
