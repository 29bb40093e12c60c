import MarkdownIt, { type Env, type StateInline, type Token } from "markdown-it";
import { findings, verdictTitles } from "../../protocol/answerLabels.ts";
import { counted } from "../../protocol/counted.ts";
import type { CheckedSentence, Hit } from "../../protocol/data.ts";
import { citationAt, withoutCitations } from "../../text/citations.ts";
import { highlight } from "./highlight.ts";
import { fullPath, place } from "./labels.ts";
import { markClaims, sentenceAt } from "./sentenceMarks.ts";

/**
 * Answers as HTML. The text is a model's, led by whatever stands in the files: nothing of it becomes an
 * element that loads, navigates or submits. Images and links are shown as text; HTML is text.
 */

interface AnswerContext {
  readonly passages: readonly Hit[];
  readonly sentences: readonly CheckedSentence[];
}

const md = new MarkdownIt({ html: false, linkify: false, typographer: false });
const { escapeHtml } = md.utils;

/**
 * The HTML of each top-level block of `text`, to be sanitised before use. Blocks that are complete stay the
 * same strings while more text arrives, so that only the last one need be drawn again.
 */
export function renderBlocks(text: string, context: AnswerContext): string[] {
  const env = { context, text };
  const tokens = md.parse(text, env);
  return topLevel(tokens).map((block) => md.renderer.render(block, md.options, env));
}

function topLevel(tokens: Token[]): Token[][] {
  const blocks: Token[][] = [];
  let depth = 0;
  for (const token of tokens) {
    // The mark below a list or a table belongs to it.
    if (depth === 0 && token.type !== "unsourced") blocks.push([]);
    blocks.at(-1)?.push(token);
    depth += token.nesting;
  }
  return blocks;
}

function contextOf(env: Env | undefined): AnswerContext {
  return env?.["context"] as AnswerContext;
}

/** A citation of the one grammar; an address behind it is dropped: the number says where it leads. */
function citation(state: StateInline, silent: boolean): boolean {
  const found = state.src.charAt(state.pos) === "[" ? citationAt(state.src, state.pos) : undefined;
  if (!found) return false;
  if (!silent) {
    const token = state.push("citation", "", 0);
    token.meta = { numbers: found.numbers, start: found.start, end: found.end };
  }
  state.pos = found.end;
  return true;
}

md.inline.ruler.before("link", "citation", citation);

/** "[1]: lease.md" says what a source is. Markdown would take it for a link's address and hide it. */
md.core.ruler.after("block", "listed_sources", (state) => {
  state.tokens = state.tokens.flatMap((token) => {
    const label = token.type === "reference_definition" ? String(token.meta?.["label"]) : "";
    if (!token.map || !citationAt(`[${label}]`, 0)) return [token];
    const references = state.env?.["references"] as Record<string, unknown> | undefined;
    delete references?.[label];
    const lines = state.src.split("\n").slice(...token.map);
    const inline = new state.Token("inline", "", 0);
    inline.content = lines.map((line) => line.replace(/^[\s>]+/, "")).join("\n");
    inline.map = token.map;
    inline.children = [];
    return [new state.Token("paragraph_open", "p", 1), inline, new state.Token("paragraph_close", "p", -1)];
  });
});

md.core.ruler.before("text_join", "claims", (state) => {
  const { sentences } = contextOf(state.env);
  if (sentences.length > 0) markClaims(state, sentences, String(state.env["text"]));
});

/** The question is a heading of level 2; those of the answer come below it. */
md.core.ruler.push("lower_headings", (state) => {
  for (const token of state.tokens) {
    if (!token.type.startsWith("heading_")) continue;
    token.tag = `h${Math.min(Number(token.tag.slice(1)) + 2, 6)}`;
  }
});

const rules = md.renderer.rules;

rules["citation"] = (tokens, index, _options, env) => {
  const context = contextOf(env);
  const meta = tokens[index]?.meta;
  const numbers = (meta?.["numbers"] ?? []) as number[];
  return numbers.map((number) => citationHtml(number, context, meta?.["sourceStart"])).join("");
};

function citationHtml(number: number, context: AnswerContext, at: unknown): string {
  const passage = context.passages[number - 1];
  if (!passage) {
    // While the answer streams the passages may still be on their way.
    if (context.sentences.length === 0) return `[${number}]`;
    return `<span class="cite missing">[${number}]<span class="sr"> (there is no such source)</span></span>`;
  }
  const index = typeof at === "number" ? sentenceAt(context.sentences, at, number) : undefined;
  const verdict = context.sentences[index ?? -1]?.verdict;
  const label = `Source ${number}: ${fullPath(passage)}, ${place(passage)}${verdict ? citationNotes[verdict] : ""}`;
  const check = index === undefined ? "" : ` data-sentence="${index}" aria-expanded="false"`;
  return (
    `<button type="button" class="cite ${verdict ?? ""}" data-testid="citation" data-cite="${number}"${check} ` +
    `aria-label="${escapeHtml(label)}">${number}</button>`
  );
}

const citationNotes: Readonly<Record<CheckedSentence["verdict"], string>> = {
  supported: ", supports this",
  contradicted: ", says something else",
  unconfirmed: ", could not confirm this",
  uncited: "",
};

rules["claim"] = (tokens, index) => {
  const token = tokens[index];
  const verdict = token?.meta?.["verdict"];
  const content =
    token?.markup === "`" ? `<code>${escapeHtml(token.content)}</code>` : escapeHtml(token?.content ?? "");
  return `<span class="claim ${verdict}">${content}</span>`;
};

/** Stands after a sentence that its sources contradict or do not confirm; opens both side by side. */
rules["flag"] = (tokens, index, _options, env) => {
  const number = Number(tokens[index]?.meta?.["sentence"]);
  const sentence = contextOf(env).sentences[number];
  if (!sentence) return "";
  const { verdict } = sentence;
  const label = [verdictTitles[verdict], ...findings(sentence)].join(". ");
  return (
    `<button type="button" class="flag ${verdict}" data-testid="${verdict}" data-sentence="${number}" ` +
    `aria-expanded="false" aria-label="${escapeHtml(label)}">${verdict === "contradicted" ? "!" : "?"}</button>`
  );
};

/** Says of a paragraph, list or table, once, that it names no source, or that some of it does not. */
rules["unsourced"] = (tokens, index) => {
  const { uncited, share, unit, isInline } = tokens[index]?.meta ?? {};
  // In a paragraph it stands behind what it means.
  const isWhole = isInline === true || share === undefined;
  const text = `no source${isWhole ? "" : ` for ${counted(Number(share), String(unit))}`}`;
  const button =
    `<button type="button" class="unsourced" data-testid="uncited" aria-expanded="false" ` +
    `data-uncited="${(uncited as number[]).join(" ")}">${text}</button>`;
  return isInline ? button : `<p class="below">${button}</p>`;
};

/** The text of a sentence or of a row of a table as it is read, without citations and marks of Markdown. */
export function plainText(markdown: string): string {
  const cells = /^\s*\|/.test(markdown) ? markdown.split(/(?<!\\)\|/) : [markdown];
  const context: AnswerContext = { passages: [], sentences: [] };
  const shown = cells.map((cell) =>
    md
      .parseInline(withoutCitations(cell.trim()), { context, text: cell })
      .flatMap(({ children }) => children ?? [])
      .map(({ type, content }) => (type.endsWith("break") ? " " : content))
      .join("")
      .trim(),
  );
  return shown.filter((cell) => cell !== "").join(" · ");
}

rules["image"] = (tokens, index) => {
  const token = tokens[index];
  const alt = token?.content.trim() ?? "";
  return `<span class="link">${escapeHtml(alt || "image")}</span>${address(token?.attrGet("src"), "image")}`;
};

rules["link_open"] = () => '<span class="link">';

rules["link_close"] = (tokens, index) => {
  let text = "";
  let open = index - 1;
  for (; open > 0 && tokens[open]?.type !== "link_open"; open--) text = `${tokens[open]?.content}${text}`;
  const link = tokens[open];
  if (link?.info === "auto") return `</span>${copyButton(String(link.attrGet("href") ?? ""))}`;
  return `</span>${address(link?.attrGet("href"), "link", text)}`;
};

/** An address as text that can be copied: a person decides where it goes. */
function address(value: string | number | null | undefined, kind: string, shown = ""): string {
  const text = readable(String(value ?? ""));
  if (text === "") return "";
  const visible = text === shown ? "" : ` <code class="address">${escapeHtml(text)}</code>`;
  const note = kind === "image" ? '<span class="sr"> (image, not loaded)</span>' : "";
  return `${visible}${note}${copyButton(text)}`;
}

function copyButton(text: string): string {
  const label = escapeHtml(`Copy ${text}`);
  return `<button type="button" class="copy-address" data-copy="${escapeHtml(text)}" aria-label="${label}"></button>`;
}

function readable(address: string): string {
  try {
    return decodeURI(address);
  } catch {
    return address;
  }
}

rules["fence"] = (tokens, index) => {
  const language = tokens[index]?.info.trim().split(/\s+/)[0] ?? "";
  return codeBlock(tokens[index]?.content ?? "", language);
};
rules["code_block"] = (tokens, index) => codeBlock(tokens[index]?.content ?? "", "");

function codeBlock(code: string, language: string): string {
  const inner = highlight(code.replace(/\n$/, ""), language)
    .map(({ text, scope }) =>
      scope ? `<span class="${escapeHtml(scope)}">${escapeHtml(text)}</span>` : escapeHtml(text),
    )
    .join("");
  return (
    `<div class="code-block"><div class="code-head"><span>${escapeHtml(language || "text")}</span>` +
    `<button type="button" class="quiet" data-copy-code aria-label="Copy code">Copy</button></div>` +
    `<pre tabindex="0"><code>${inner}</code></pre></div>`
  );
}

rules["table_open"] = () => '<div class="table-scroll" tabindex="0"><table>';
rules["table_close"] = () => "</table></div>";
