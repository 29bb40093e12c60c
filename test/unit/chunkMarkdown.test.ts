import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Lines } from "../../indexer/chunk/lines.ts";
import { outlineMarkdown } from "../../indexer/chunk/markdownOutline.ts";
import { checkTurns, sectionsIn } from "./cutOrder.ts";

const sections = (text: string): string[] => sectionsIn(outlineMarkdown(new Lines(text)));
/** The names of a text's headings. */
const names = (text: string): string[] => outlineMarkdown(new Lines(text)).sections.map(({ name }) => name);

describe("the headings of a Markdown text", () => {
  it("hold what follows up to the next of their level or a higher one", () => {
    const text = "Before\n# A\na\n### B\nb\n## C\nc\n###### D\n# E\n";
    assert.deepEqual(sections(text), ["A 2-8", "B 4-5", "C 6-8", "D 8-8", "E 9-9"]);
  });

  it("are told by their marks", () => {
    const headings: Readonly<Record<string, readonly string[]>> = {
      "# One": ["One"],
      "   ## Two ##": ["Two"],
      "#\tThree\t": ["Three"],
      "# Four #five": ["Four #five"],
      "# C#": ["C#"],
      "#": [],
      "# ##": [],
      "#none": [],
      "####### none": [],
      "    # none": [],
      "\t# none": [],
      "a # none": [],
      "One\n===": ["One"],
      "One\n  ---  ": ["One"],
      "One\n=": ["One"],
      "*One*\n===": ["One"],
      "-1 degrees\n===": ["-1 degrees"],
      "One - two\n---": ["One - two"],
      " One\n---": ["One"],
      "  - One\n---": [],
      "## One\n---": ["One"],
      "> ```\n# One > two": ["One > two"],
      [`# ${"x".repeat(998)}`]: ["x".repeat(998)],
      [`# ${"x".repeat(999)}`]: [],
      [`${"x".repeat(1000)}\n===`]: ["x".repeat(1000)],
      [`${"x".repeat(1001)}\n===`]: [],
      "One\n-": [],
      "One\n---x": [],
      "One\n    ---": [],
      "\n---": [],
      "---": [],
      "- One\n---": [],
      "+ One\n---": [],
      "* One\n---": [],
      "1. One\n---": [],
      "12) One\n---": [],
      "> One\n---": [],
      "| One\n---": [],
      "One | two\n---": [],
      "    One\n---": [],
      "\tOne\n---": [],
      "***\n---": [],
      "-->\n---": [],
      "```\n```\n---": [],
      "~~~\n~~~\n---": [],
      "# One\n---": ["One"],
      "Two lines\nof text\n---": [],
      "Two lines\nof text\n===": ["of text"],
    };
    for (const [text, expected] of Object.entries(headings)) assert.deepEqual(names(text), expected, text);
  });

  it("have levels: a line of equal signs below is a 1, one of dashes a 2", () => {
    assert.deepEqual(sections("One\n===\n\nTwo\n---\n\n## Three\n\n### Four\n"), [
      "One 1-9",
      "Two 4-6",
      "Three 7-9",
      "Four 9-9",
    ]);
  });

  it("are shown as people read them", () => {
    const shown: Readonly<Record<string, string>> = {
      "![Logo](a.png) Lamp": "Logo Lamp",
      "[Lamp](a.md) and [oil][ref]": "Lamp and oil",
      "[![Built](b.svg)](ci.md) Lamp": "Built Lamp",
      "<a name='x'></a>Lamp": "Lamp",
      "Lamp {#lamp}": "Lamp",
      "Lamp {.big} ": "Lamp",
      "**Bold**, __strong__, *slanted* and _so_": "Bold, strong, slanted and so",
      "snake_case and 2 * 3 * 4": "snake_case and 2 * 3 * 4",
      "1\\. Lamp \\#1": "1. Lamp #1",
      "`__init__` and `Map<Key, Value>`": "__init__ and Map<Key, Value>",
      "[`**kwargs`](a.md)": "**kwargs",
      "\\_\\_init\\_\\_ and \\*args": "__init__ and *args",
      "`` a`b ``": "a`b",
      "a < b": "a < b",
      "Use {.a} here": "Use {.a} here",
      "\ue0a0 `a`": "\ue0a0 a",
    };
    for (const [text, name] of Object.entries(shown)) assert.deepEqual(names(`# ${text}`), [name]);
  });

  it("are none in code, comments and front matter", () => {
    const texts = [
      "```\n# no\n```",
      "~~~~\n# no\n~~~\n# no\n~~~~~",
      "```\n# no\n~~~\n# no\n```",
      "```js\n# no\n``` js\n# no\n```",
      "- ```\n  # no\n  ```",
      "-  ```\n# no\n```",
      "1.  ~~~\n# no\n~~~",
      "~~~ a`b\n# no\n~~~",
      "```\na ```\n# no\n```",
      "```\n# no\n```  ",
      "  > ```\n  > # no\n  > ```",
      "12. ~~~\n    # no\n    ~~~",
      "> ```\n> # no\n> ```",
      "<!--\n# no\n-->",
      "  <!-- so\n# no\n--> and so",
      "---\n# no\n---",
      "+++\n# no\n+++",
      "--- \n# no\n---\t",
    ];
    for (const text of texts) assert.deepEqual(names(`${text}\n# Yes\n`), ["Yes"], text);
  });

  it("go on after what is no code, no comment and no front matter", () => {
    const texts = [
      "``` a`b\n# Yes",
      "``\n# Yes",
      "a ```\n# Yes",
      "<!-- a -->\n# Yes",
      "a <!--\n# Yes",
      "    <!--\n# Yes",
      "> ```\n> code\n# Yes",
      "\n---\n# Yes\n\n---",
      "+++\n# Yes\n---",
      `---\n# Yes\n${"\n".repeat(200)}---`,
    ];
    for (const text of texts) assert.deepEqual(names(text), ["Yes"], text);
  });
});

describe("a Markdown text that is too large", () => {
  it("is cut at headings, the highest first, then between blocks, and within them last", () => {
    checkTurns(outlineMarkdown, [
      [0, "# A"],
      [9, ""],
      [9, "A line of text."],
      [7, "Another line,"],
      [8, "and one more"],
      [1, "## B"],
      [9, ""],
      [9, "Text:"],
      [8, ""],
      [6, "- An item"],
      [4, "- Another"],
      [8, "  goes on"],
      [8, ""],
      [3, "  - Inside"],
      [5, "  - inside too"],
      [4, "1. One"],
      [4, "10. Ten"],
      [8, "so - one"],
      [4, "2) Two"],
      [8, ""],
      [2, "Names："],
      [8, ""],
      [6, ""],
      [6, "So: it is"],
      [8, ""],
      [2, "Ink"],
      [8, "十分。"],
      [7, "Fine? "],
      [7, "Yes!"],
      [7, "No"],
      [8, "3 lamps"],
      [8, "12.5 metres"],
      [8, "*so*"],
    ]);
  });

  it("keeps a heading with its text, but not with another heading", () => {
    checkTurns(outlineMarkdown, [
      [0, "# A"],
      [2, "## B"],
      [5, ""],
      [5, ""],
      [5, "Text."],
      [4, "More."],
      [4, ""],
      [2, "C"],
      [6, "---"],
      [5, ""],
      [5, "Text."],
      [4, ""],
      [3, "More."],
      [1, "D"],
      [6, "==="],
    ]);
  });

  it("keeps code, tables' heads, comments and front matter together", () => {
    checkTurns(outlineMarkdown, [
      [0, "---"],
      [8, "title: A"],
      [8, "---"],
      [7, "Text."],
      [6, "```js"],
      [10, "if (a) {"],
      [11, "  b();"],
      [10, ""],
      [9, "  c();"],
      [12, "            deep();"],
      [12, "        eight();"],
      [10, "}"],
      [14, "```"],
      [7, ""],
      [1, "| a | b |"],
      [14, "|---|---|"],
      [13, "| 1 | 2 |"],
      [5, "| 3 | 4 |"],
      [5, "  | 5 | -- |"],
      [5, "| 6 | 7 |"],
      [7, "one -- | two"],
      [7, ""],
      [1, "a | b | c"],
      [14, ":-- | --: |"],
      [13, "1 | 2 | 3"],
      [5, "4 | 5 | 6"],
      [7, "7 | 8"],
      [7, ""],
      [1, "<!-- a"],
      [10, ""],
      [10, "b -->"],
      [7, ""],
      [2, "                    - deep"],
      [4, "                    - deep too"],
      [3, "          - less"],
    ]);
  });
});
