import type { StateCore, Token } from "markdown-it";
import type { CheckedSentence } from "../../protocol/data.ts";

/**
 * The engine checks sentences of the Markdown source; people see them rendered. This finds, for each piece of
 * inline text, where it stands in the source, and marks the pieces of sentences that the check has to do with.
 * Positions are found, not guessed: a piece that cannot be found stays unmarked.
 */

/** The number of the sentence to which citation `number` belongs that stands at `at` in the source. */
export function sentenceAt(
  sentences: readonly CheckedSentence[],
  at: number,
  number: number,
): number | undefined {
  const inside = sentences.findIndex(({ range: [start, end] }) => at >= start && at < end);
  if (inside >= 0) return sentences[inside]?.verdict === "uncited" ? undefined : inside;
  // A citation may follow the full stop of its sentence.
  const before = sentences.findLastIndex(({ range: [, end], cites }) => end <= at && cites.includes(number));
  const end = sentences[before]?.range[1];
  return end !== undefined && at - end <= 8 ? before : undefined;
}

/**
 * Rewrites the tokens of `state`: text within contradicted and unconfirmed sentences becomes "claim" tokens, each
 * such sentence is followed by a "flag", each paragraph, list or table with sentences that name no source by one
 * "unsourced", and citations learn their place in `source`.
 */
export function markClaims(state: StateCore, sentences: readonly CheckedSentence[], source: string): void {
  const last = markPieces(state, sentences, source);
  for (const [sentence, token] of last) {
    const verdict = sentences[sentence]?.verdict;
    if (verdict !== "contradicted" && verdict !== "unconfirmed") continue;
    const flag = new state.Token("flag", "", 0);
    flag.meta = { sentence };
    putAfter(state, token, flag);
  }
  markUnsourced(state, sentences, last);
}

/** Cuts the inline text at the bounds of sentences; gives the last piece of each sentence. */
function markPieces(
  state: StateCore,
  sentences: readonly CheckedSentence[],
  source: string,
): Map<number, Token> {
  const lineStarts = startsOfLines(source);
  const last = new Map<number, Token>();
  let cursor = 0;
  for (const block of state.tokens) {
    if (block.type !== "inline" || !block.children) continue;
    const toSource = new SourceMap(block, source, lineStarts, cursor);
    cursor = toSource.end;
    const children: Token[] = [];
    let position = 0;
    for (const token of block.children) {
      const [start, end] = locate(token, block.content, position);
      position = end;
      const from = toSource.at(start);
      if (token.type === "citation") token.meta = { ...token.meta, sourceStart: from };
      const pieces = from === undefined ? [token] : split(token, from, sentences, state);
      children.push(...pieces);
      for (const piece of pieces) {
        const sentence = piece.meta?.["sentence"];
        if (typeof sentence === "number") last.set(sentence, piece);
      }
    }
    block.children = children;
  }
  return last;
}

function putAfter(state: StateCore, token: Token, added: Token): void {
  for (const block of state.tokens) {
    const index = block.children?.indexOf(token) ?? -1;
    if (index >= 0) block.children?.splice(index + 1, 0, added);
  }
}

/** One mark for all sentences of a top-level block that name no source: in a paragraph after the last, else below. */
function markUnsourced(
  state: StateCore,
  sentences: readonly CheckedSentence[],
  last: ReadonlyMap<number, Token>,
): void {
  const sentenceOf = new Map([...last].map(([sentence, token]) => [token, sentence]));
  const tokens: Token[] = [];
  let opening: Token | undefined;
  let found: number[] = [];
  let depth = 0;
  for (const token of state.tokens) {
    if (depth === 0) [opening, found] = [token, []];
    depth += token.nesting;
    tokens.push(token);
    for (const child of token.children ?? []) {
      const sentence = sentenceOf.get(child);
      if (sentence !== undefined) found.push(sentence);
    }
    if (depth > 0 || opening === undefined) continue;
    const uncited = found.filter((sentence) => sentences[sentence]?.verdict === "uncited");
    const final = last.get(uncited.at(-1) ?? -1);
    if (!final) continue;
    const mark = new state.Token("unsourced", "", 0);
    const isInline = opening.type === "paragraph_open" || opening.type === "heading_open";
    mark.meta = {
      uncited,
      share: uncited.length < found.length ? uncited.length : undefined,
      unit: opening.type === "table_open" ? "row" : "sentence",
      isInline,
    };
    if (isInline) putAfter(state, final, mark);
    else tokens.push(mark);
  }
  state.tokens = tokens;
}

/** Cuts a piece of text where sentences begin and end. Pieces know their sentence's index. */
function split(token: Token, from: number, sentences: readonly CheckedSentence[], state: StateCore): Token[] {
  const indexAt = (at: number): number =>
    sentences.findIndex(({ range: [start, end] }) => at >= start && at < end);
  if (token.type !== "text" && token.type !== "text_special" && token.type !== "code_inline") {
    if (token.type === "citation") token.meta = { ...token.meta, sentence: orUndefined(indexAt(from)) };
    return [token];
  }
  const bounds = [0, token.content.length];
  if (token.type === "text") {
    for (const { range } of sentences) bounds.push(...range.map((bound) => bound - from));
  }
  const cuts = [...new Set(bounds)]
    .filter((cut) => cut >= 0 && cut <= token.content.length)
    .sort((one, other) => one - other);
  return cuts.slice(1).flatMap((end, index) => {
    const start = cuts[index] ?? 0;
    const sentence = indexAt(from + start);
    const verdict = sentences[sentence]?.verdict;
    const marked = verdict === "contradicted" || verdict === "unconfirmed";
    const piece = new state.Token(marked ? "claim" : token.type, marked ? "" : token.tag, 0);
    piece.content = token.content.slice(start, end);
    piece.markup = marked && token.type === "code_inline" ? "`" : token.markup;
    piece.info = token.info;
    piece.meta = { ...token.meta, verdict, sentence: orUndefined(sentence) };
    return piece.content === "" ? [] : [piece];
  });
}

function orUndefined(index: number): number | undefined {
  return index < 0 ? undefined : index;
}

/** Where an inline token stands in its block's content, searched from `position`. */
function locate(token: Token, content: string, position: number): [start: number, end: number] {
  const after = (text: string): [number, number] => {
    const found = text === "" ? -1 : content.indexOf(text, position);
    return found < 0 ? [-1, position] : [found, found + text.length];
  };
  switch (token.type) {
    case "citation":
      return [Number(token.meta?.["start"]), Number(token.meta?.["end"])];
    case "text":
      return after(token.content);
    case "text_special":
      return after(token.markup);
    case "softbreak":
    case "hardbreak":
      return after("\n");
    case "code_inline": {
      const [start, inner] = after(token.markup);
      const close = content.indexOf(token.markup, inner);
      return start < 0 || close < 0 ? [-1, position] : [start, close + token.markup.length];
    }
    case "link_open":
      return after(token.info === "auto" ? "<" : "[");
    case "link_close":
      return token.info === "auto" ? after(">") : afterLink(content, position);
    default:
      return after(token.markup);
  }
}

/** Past "](address)", "][name]" or "]". */
function afterLink(content: string, position: number): [number, number] {
  const close = content.indexOf("]", position);
  if (close < 0) return [-1, position];
  const opener = content[close + 1];
  const closer = opener === "(" ? ")" : opener === "[" ? "]" : undefined;
  const end = closer === undefined ? close : content.indexOf(closer, close + 2);
  return [close, Math.max(end, close) + 1];
}

function startsOfLines(source: string): number[] {
  return [0, ...Array.from(source.matchAll(/\r\n|\n|\r/g), (match) => match.index + match[0].length)];
}

/** From offsets in a block's content, which has lost indentation and quote marks, to offsets in the source. */
class SourceMap {
  readonly end: number;
  private readonly lines: { readonly content: number; readonly source: number | undefined }[] = [];

  constructor(block: Token, source: string, lineStarts: readonly number[], cursor: number) {
    let content = 0;
    let end = cursor;
    for (const [index, line] of block.content.split("\n").entries()) {
      const lineStart = block.map ? (lineStarts[block.map[0] + index] ?? 0) : 0;
      const found = source.indexOf(line, Math.max(end, lineStart));
      this.lines.push({ content, source: found < 0 ? undefined : found });
      if (found >= 0) end = found + line.length;
      content += line.length + 1;
    }
    this.end = end;
  }

  at(offset: number): number | undefined {
    if (offset < 0) return undefined;
    const line = this.lines.findLast(({ content }) => content <= offset);
    return line?.source === undefined ? undefined : line.source + offset - line.content;
  }
}
