import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkAnswer } from "../../engine/answer/checking.ts";
import type { CheckedSentence, Hit } from "../../protocol/data.ts";
import {
  citationsEnd,
  findCitations,
  plainCitations,
  replaceCitations,
  withoutCitations,
} from "../../text/citations.ts";
import { renderBlocks } from "../../webview/render/renderMarkdown.ts";
import { hitOf } from "../support/hits.ts";

const cited = (text: string): number[] => findCitations(text).flatMap(({ numbers }) => numbers);

describe("the grammar of citations", () => {
  const forms: [text: string, numbers: number[]][] = [
    ["a [1] b [2][3] c.", [1, 2, 3]],
    ["a [4, 5] b [6;7] c [1 , 2]", [4, 5, 6, 7, 1, 2]],
    ["a [1-3] b [4–6] c [7 — 8]", [1, 2, 3, 4, 5, 6, 7, 8]],
    ["a [1, 3-5; 8]", [1, 3, 4, 5, 8]],
    ["a [1 and 2] b [1, 2, and 3] c [1 & 2]", [1, 2, 1, 2, 3, 1, 2]],
    ["a [1 und 2] b [1 et 2] c [1，2] d [1、2]", [1, 2, 1, 2, 1, 2, 1, 2]],
    ["Notice is thirty days[1]. 期限は三十日[2]です。", [1, 2]],
    ["They met.[4] “So”[5] *so*[6]", [4, 5, 6]],
    ["See [1](lease.md), [2](https://a.test/x[3]).", [1, 2]],
    [
      "# Heading [1]\n\n- item [2]\n\n> quoted [3]\n\n| a | b |\n|---|---|\n| c [4] | d [5] |",
      [1, 2, 3, 4, 5],
    ],
    ["[1]: The lease.\n\n[2]: lease.md", [1, 2]],
    ["An unpaired ` tick [1]", [1]],
    ["the same [7] and [7]", [7, 7]],
  ];
  for (const [text, numbers] of forms) {
    it(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(cited(text), numbers));
  }

  const others = [
    "`[1]` and ``a ` [2]`` and\n\n```ts\nrows[3];\n```",
    "1. Do this:\n    ```ts\n    rows[1];\n    ```",
    "> ```\n> rows[1]\n> ```",
    "- ~~~\n  rows[1]\n  ~~~",
    "So:\n\n    rows[1];\n",
    "rows[0], \\[1], [x], [ ], [^1], [], [2024], [1.5], [a1], [1a]",
    "max_rows[1], $rows[2], rows[1].name, a[1] = 2, a[2]+=1, a[3]++, p[1]->q, rows[12]abc",
    "an interval [0-9], [1-100], [5-3], [0, 1]",
    "[text](a_[1].md) and ![chart [2]](x.png) and <https://a.test/[3]>",
    "[1,\n2]",
  ];
  for (const text of others) {
    it(`finds none in ${JSON.stringify(text)}`, () => assert.deepEqual(findCitations(text), []));
  }

  it("comes to an end for text that is nothing but beginnings", () => {
    for (const opening of ["![", "[", "[a](", "`[", "<a:[", "[1, "])
      assert.deepEqual(findCitations(opening.repeat(400)), [], opening);
    assert.deepEqual(findCitations(`[a](${" ".repeat(200_000)}`), []);
  });

  it("gives the places, with the address that follows", () => {
    const text = "So [1, 2](a.md)[3].";
    assert.deepEqual(
      findCitations(text).map(({ start, end }) => text.slice(start, end)),
      ["[1, 2](a.md)", "[3]"],
    );
  });

  it("takes them out, with the space before each, and leaves the rest", () => {
    assert.equal(withoutCitations("A [1]. B[2] `c [3]` d [4](x.md) [x]."), "A. B `c [3]` d [x].");
    assert.equal(
      replaceCitations("A [1-2]!", ({ numbers }) => ` (${numbers.join("+")})`),
      "A (1+2)!",
    );
  });

  it("has those in other brackets written as its own, but not in code", () => {
    const cases = [
      ["通知期为三十天【1】。", "通知期为三十天[1]。"],
      ["三十日です［１、２］。", "三十日です[1、2]。"],
      ["It ends 【1†L3-L9】【2】.", "It ends [1][2]."],
      ["See 〔1－3〕 and 【注意】, 【0】, 【1】", "See [1-3] and 【注意】, 【0】, [1]"],
      ["Of `a【1】` and\n```\n【2】\n```\nis 【3】", "Of `a【1】` and\n```\n【2】\n```\nis [3]"],
      ["【".repeat(500), "【".repeat(500)],
    ] as const;
    for (const [written, plain] of cases) assert.equal(plainCitations(written), plain);
  });

  it("tells where the citations after a sentence end", () => {
    assert.equal(citationsEnd("[1] [2][3] x", 0), 10);
    assert.equal(citationsEnd("x [1]", 0), 0);
    assert.equal(citationsEnd("x [1]", 1), 5);
  });
});

const passage = hitOf("The notice period is thirty days.");
/** As many as the numbers below reach. */
const passages = new Array<Hit>(20).fill(passage);

/** The numbers of the panel's buttons, in order. */
function buttons(text: string, sentences: CheckedSentence[] = []): number[] {
  const html = renderBlocks(text, { passages, sentences }).join("");
  return [...html.matchAll(/<button[^>]* data-cite="(\d+)"/g)].map(([, number]) => Number(number));
}

/** A Markdown text of many constructs, made from a seed: the same seed gives the same text. */
function generate(seed: number): string {
  let state = seed * 2_654_435_761 + 12_345;
  const random = (below: number): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x297a2d39) | 0;
    return (state >>> 8) % below;
  };
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const many = (most: number, make: () => string, between: string): string =>
    Array.from({ length: 1 + random(most) }, make).join(between);

  const marks =
    "[1] | [2] | [12] | [1][2] | [1, 2] | [1,2,3] | [1-3] | [2–4] | [3—5] | [1; 2] | [1 and 2] | [1, 2 and 3] | [0] | [3-1] | [1-99] | [x] | [^1] | [1a] | [1](a.md) | [2](https://a.test/b) | [1] (see) | \\[1] | \\\\[1] | [[1]] | ([1]) | [1]: | [1]. | **[1]** | *[2]* | ~~[3]~~".split(
      " | ",
    );
  const spans =
    "`a[1]` | ``b ` [2]`` | `c [3]` | ` | rows[1] | rows[0] | rows[1].id | a_b[2] | x[1] = 2 | [text](url) | [text](u[1]) | [te[x]t](url) | [see [1]](url) | ![alt](x.png) | ![alt [1]](x.png) | <https://a.test/[1]> | <b>[1]</b> | a<b | &amp;[1] | 条[1]。 | “[1]”".split(
      " | ",
    );
  const words = "the notice period is thirty days. It ends. Why? no so".split(" ");
  const inline = (): string =>
    many(
      9,
      () => pick([pick(words), pick(words), pick(words), pick(marks), pick(spans)]),
      pick([" ", " ", " ", ""]),
    );
  const lines = (prefix: string): string => many(3, () => prefix + inline(), "\n");
  const fenced = (prefix: string): string =>
    `${prefix}\`\`\`${pick(["", "ts"])}\n${prefix}rows[1];\n${prefix}  x [2]\n${prefix}\`\`\``;
  const block = (): string =>
    pick([
      () => lines(""),
      () => lines(""),
      () => `${pick(["#", "##", "####"])} ${inline()}`,
      () => many(3, () => `${pick(["- ", "* ", "1. ", "2) "])}${inline()}`, "\n"),
      () => `- ${inline()}\n  - ${inline()}\n\n    ${inline()}\n- ${inline()}`,
      () => `1. ${inline()}\n    - ${inline()}\n        - ${inline()}`,
      () => `1. ${inline()}\n   ${fenced("   ").trimStart()}\n2. ${inline()}`,
      () => `- ${inline()}\n\n${fenced("    ")}\n\n  ${inline()}`,
      () => lines("> "),
      () => `> ${inline()}\n>\n${fenced("> ")}\n> ${inline()}`,
      () => `> \`\`\`\n> rows[1]\n\n${inline()}`,
      () => fenced(""),
      () => "~~~\n```\n[1]\n~~~",
      () => `    rows[1] = 2;\n    [2]`,
      () => `\`\`\`a\`\`\` ${inline()}`,
      () => `[${1 + random(3)}]: ${pick(["lease.md", "The lease ends [2].", "https://a.test/x"])}`,
      () => "---",
    ])();
  return many(6, block, "\n\n");
}

describe("what the engine counts as cited and what the panel makes a button of", () => {
  it("are the same for any Markdown", () => {
    let compared = 0;
    for (let seed = 1; seed <= 4000; seed++) {
      const text = generate(seed);
      const expected = cited(text);
      compared += expected.length;
      assert.deepEqual(buttons(text), expected, `seed ${seed}:\n${text}`);
    }
    assert.ok(compared > 10_000, `${compared} citations were compared`);
  });

  it("are the same for each sentence", () => {
    for (let seed = 1; seed <= 500; seed++) {
      const text = generate(seed);
      const checked = checkAnswer(text, passages, { question: "" });
      const all = new Set(buttons(text, checked));
      for (const { cites } of checked)
        for (const number of cites)
          assert.ok(all.has(number), `[${number}] has no button, seed ${seed}:\n${text}`);
    }
  });
});
