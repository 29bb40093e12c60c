import assert from "node:assert/strict";
import { test } from "node:test";
import type { CheckedSentence } from "../../protocol/data.ts";
import { plainText, renderBlocks } from "../../webview/render/renderMarkdown.ts";
import { passages } from "../webview/conversations.ts";

function render(text: string, sentences: CheckedSentence[] = []): string {
  return renderBlocks(text, { passages, sentences }).join("");
}

/** The check of one sentence, found by its text. */
function checked(
  text: string,
  sentence: string,
  verdict: CheckedSentence["verdict"],
  cites: number[] = [1],
  missing: string[] = [],
): CheckedSentence {
  const start = text.indexOf(sentence);
  assert.ok(start >= 0, `"${sentence}" is not in the text`);
  return { range: [start, start + sentence.length], verdict, cites, missing, differences: [] };
}

/** The text within elements of a class, tags removed. */
function within(html: string, className: string): string {
  return [...html.matchAll(new RegExp(`<span class="${className}">(.*?)</span>`, "g"))]
    .map(([, content]) => content?.replace(/<[^>]+>/g, ""))
    .join("");
}

function citations(html: string): number[] {
  return [...html.matchAll(/<button[^>]* data-cite="(\d+)"/g)].map(([, number]) => Number(number));
}

test("citations become buttons that say where they lead", () => {
  assert.deepEqual(citations(render("Three months [1]. Or so [2, 3].")), [1, 2, 3]);
  assert.match(
    render("See [1]."),
    /aria-label="Source 1: contracts\/harbour-street\/lease-2024.pdf, page 3"/,
  );
});

test("a citation with an address leads to its passage, not to the address", () => {
  const html = render("See [1](https://evil.test/x).\n\n[2]: https://evil.test/y\n\nAnd [2].");
  assert.doesNotMatch(html, /evil\.test\/x/);
  assert.deepEqual(new Set(citations(html)), new Set([1, 2]));
});

test("several citations in one pair of brackets are a button each", () => {
  assert.deepEqual(citations(render("So [1-3], [1; 2] and [2 and 3].")), [1, 2, 3, 1, 2, 2, 3]);
});

test("a list of sources is shown, though Markdown would hide it", () => {
  const html = render("So [1].\n\n> [1]: lease.md\n\n[x]: https://evil.test/y");
  assert.deepEqual(citations(html), [1, 1]);
  assert.match(html, /<\/button>: lease\.md/);
  assert.doesNotMatch(html, /evil\.test/);
});

test("numbers in brackets are no citations in code, nor where no such passage is", () => {
  assert.deepEqual(citations(render("`list[1]` and\n\n```js\nlist[2];\n```\n\nand [9].")), []);
  const text = "It is so [9].";
  assert.match(render(text, [checked(text, text, "unconfirmed", [9])]), /there is no such source/);
});

test("the sentence that is not supported is marked, and no other", () => {
  const text = "It is **three** months [1]. It began in `1999` & _never_ ends [1]. All good [1].";
  const bad = "It began in `1999` & _never_ ends [1].";
  const html = render(text, [
    checked(text, "It is **three** months [1].", "supported"),
    checked(text, bad, "unconfirmed", [1], ["1999"]),
    checked(text, "All good [1].", "supported"),
  ]);
  assert.equal(within(html, "claim unconfirmed"), "It began in 1999 &amp; never ends .");
  assert.match(html, /aria-label="Could not be confirmed by its source\. Not found in source 1: 1999"/);
  const states = [...html.matchAll(/class="cite (\w+)"/g)].map(([, state]) => state);
  assert.deepEqual(states, ["supported", "unconfirmed", "supported"]);
});

test("sentences are found in lists, quotes, tables, headings and over lines", () => {
  const cases: [text: string, sentence: string, shown: string][] = [
    ["- First is right.\n- Second is wrong.\n", "Second is wrong.", "Second is wrong."],
    ["1. One.\n\n   Two is\n   wrong.", "Two is\n   wrong.", "Two iswrong."],
    ["> Quoted and\n> wrong.\n\nFine.", "Quoted and\n> wrong.", "Quoted andwrong."],
    ["| a | b |\n|---|---|\n| fine | Wrong here. |", "Wrong here.", "Wrong here."],
    ["### Wrong heading\n\nFine.", "Wrong heading", "Wrong heading"],
    ["Same. Same. Same.", "Same.", "Same."],
    ["See [the file](src/a.ts) now. Wrong here.", "Wrong here.", "Wrong here."],
    ["Escaped \\* star &amp; so. Wrong \\_here\\_.", "Wrong \\_here\\_.", "Wrong _here_."],
    ["Line one.\r\nLine two is wrong.", "Line two is wrong.", "Line two is wrong."],
  ];
  for (const [text, sentence, shown] of cases) {
    const html = render(text, [checked(text, sentence, "unconfirmed")]);
    assert.equal(within(html, "claim unconfirmed"), shown, text);
    assert.equal(html.match(/class="flag/g)?.length, 1, text);
  }
});

test("what is contradicted is marked loudly, in a row of a table once", () => {
  const text =
    "It is so [1].\n\n| a | b | c |\n|---|---|---|\n| Rent | 900 euros | [1] |\n| Heat | 80 euros | |";
  const differences: CheckedSentence["differences"] = [{ kind: "number", said: "900", source: "800" }];
  const html = render(text, [
    checked(text, "It is so [1].", "supported"),
    { ...checked(text, "| Rent | 900 euros | [1] |", "contradicted"), differences },
    checked(text, "| Heat | 80 euros | |", "uncited", []),
  ]);
  assert.deepEqual(
    [...html.matchAll(/<span class="claim (\w+)">([^<]*)/g)].map(([, verdict, words]) => [verdict, words]),
    [
      ["contradicted", "Rent"],
      ["contradicted", "900 euros"],
    ],
  );
  const flags = [...html.matchAll(/<button[^>]*class="flag[^>]*>/g)].map(([flag]) => flag);
  assert.equal(flags.length, 1);
  assert.match(
    flags[0] ?? "",
    /Says something else than its source\. Another number: the answer says “900”, its source “800”/,
  );
});

test("what is supported wears no mark but its citation's number", () => {
  const text = "It is so [1].";
  const html = render(text, [checked(text, text, "supported")]);
  assert.doesNotMatch(html, /class="(?:claim|flag|unsourced)/);
  assert.match(html, /data-sentence="0"[^>]*, supports this">1<\/button>/);
});

test("what names no source is said once for a paragraph, a list, a table", () => {
  const text = [
    "It depends. It is so [1]. It rained. It snowed. So it is [1].",
    "- One point.\n- Two points.\n  - Three points.\n- Fine [1].",
    "| a | b |\n|---|---|\n| Rent | 900 |\n| Heat | 80 |",
    "> It was said.\n>\n> And heard.",
  ].join("\n\n");
  const uncited =
    "It depends.;It rained.;It snowed.;One point.;Two points.;Three points.;| Rent | 900 |;| Heat | 80 |;It was said.;And heard.";
  const sentences = [
    ...uncited.split(";").map((sentence) => checked(text, sentence, "uncited", [])),
    ...["It is so [1].", "So it is [1].", "Fine [1]."].map((one) => checked(text, one, "supported")),
  ];
  const blocks = renderBlocks(text, { passages, sentences });
  const marks = blocks.map((html) =>
    [...html.matchAll(/data-uncited="([\d ]+)">([^<]*)/g)].map(
      ([, numbers, words]) => `${words}: ${numbers}`,
    ),
  );
  assert.deepEqual(marks, [
    ["no source: 0 1 2"],
    ["no source for 3 sentences: 3 4 5"],
    ["no source: 6 7"],
    ["no source: 8 9"],
  ]);
  // In a paragraph right behind the last of them.
  assert.match(blocks[0] ?? "", /It snowed\.<button[^>]*data-uncited/);
});

test("a sentence is read without its marks of Markdown and its citations", () => {
  assert.equal(plainText("It is **bold**, `a_b` and [named](x.md) [1]."), "It is bold, a_b and named.");
  assert.equal(plainText("| Rent | **900** euros | [1] |"), "Rent · 900 euros");
  assert.equal(plainText("Two\nlines <b>."), "Two lines <b>.");
});

test("a citation after the full stop belongs to the sentence before it", () => {
  const text = "It is so. [1] Next.";
  const html = render(text, [checked(text, "It is so.", "supported"), checked(text, "Next.", "uncited", [])]);
  assert.match(html, /class="cite supported"/);
});

test("blocks that are complete stay the same while text arrives", () => {
  const first = "# Title\n\nA paragraph [1].\n\n```js\nconst a = 1;\n```\n\n";
  const before = renderBlocks(first, { passages, sentences: [] });
  const after = renderBlocks(`${first}And mo`, { passages, sentences: [] });
  assert.deepEqual(after.slice(0, before.length), before);
  assert.equal(after.length, before.length + 1);
});

test("links and images are text that can be copied", () => {
  const html = render("[Site](https://a.test/x) ![Cat](https://a.test/cat.png) <https://b.test/>");
  assert.doesNotMatch(html, /<(a|img)\b|href=|src=/);
  for (const address of ["https://a.test/x", "https://a.test/cat.png", "https://b.test/"]) {
    assert.ok(html.includes(`data-copy="${address}"`), address);
  }
});

test("code is coloured, and its text is what was written", () => {
  const code = 'if (a < b && c > "d") return `e`; // <b>\n';
  const html = render(`\`\`\`ts\n${code}\`\`\``);
  assert.match(html, /hljs-keyword/);
  const shown = /<code>(.*)<\/code>/s.exec(html)?.[1]?.replace(/<[^>]+>/g, "");
  const entities: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"' };
  assert.equal(
    shown?.replace(/&(\w+);/g, (_, name: string) => entities[name] ?? "?"),
    code.trimEnd(),
  );
});
