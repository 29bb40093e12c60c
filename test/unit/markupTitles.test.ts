import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Lines } from "../../indexer/chunk/lines.ts";
import { outlineMarkup } from "../../indexer/chunk/markupOutline.ts";
import { markups } from "../../indexer/chunk/markups.ts";
import { checkTurns } from "./cutOrder.ts";

/** The headings of a text, each as "LEVEL NAME". */
function headings(language: string, text: string): string[] {
  return (markups[language]?.(new Lines(text)).headings ?? []).map(({ level, name }) => `${level} ${name}`);
}

/** The blocks of a text, each as "FIRST-LAST", a table with "table" before it. */
function blocks(language: string, text: string): string[] {
  return (markups[language]?.(new Lines(text)).blocks ?? []).map(
    ({ first, last, isTable }) => `${isTable ? "table " : ""}${first + 1}-${last + 1}`,
  );
}

function check(language: string, texts: Readonly<Record<string, readonly string[]>>): void {
  for (const [text, expected] of Object.entries(texts))
    assert.deepEqual(headings(language, text), expected, text);
}

describe("the titles of reStructuredText", () => {
  const language = "restructuredtext";

  it("are told by the lines at them", () => {
    check(language, {
      "One\n===\nTwo\n---\nThree\n-----\nFour\n====": ["1 One", "2 Two", "2 Three", "1 Four"],
      "===\nOne\n===\nTwo\n===": ["1 One", "2 Two"],
      "One\n~~~~~~  \n\n~~~\nTwo\n~~~\n": ["1 One", "2 Two"],
      "A title\n====": ["1 A title"],
      "A title\n===": [],
      "It\n==": ["1 It"],
      "One\n==x": [],
      "One\n=-=": [],
      One: [],
      "===\nOne\n---": [],
      "===\nOne": [],
      "===\n\n===": [],
      "---\n---": [],
      " One\n====": [],
      "=====\n One\n=====": ["1 One"],
      ".. One\n======": [],
      ".. _a:\nOne\n===": ["1 One"],
      "Text\nOne\n===": [],
      "= =\nOne\n===": [],
      "a .. b\nOne\n===": [],
      "a .. b\n======": ["1 a .. b"],
      "A title\n==      ": [],
      "a\n--\n\nb\n==\n\nc\n~~\n\nd\n++\n\ne\n^^\n\nf\n''\n\ng\n\"\"": [
        "1 a",
        "2 b",
        "3 c",
        "4 d",
        "5 e",
        "6 f",
        "6 g",
      ],
      [`${"x".repeat(1000)}\n${"=".repeat(1000)}`]: [`1 ${"x".repeat(1000)}`],
      [`${"x".repeat(1001)}\n${"=".repeat(1001)}`]: [],
    });
  });

  it("are shown as people read them", () => {
    const shown: Readonly<Record<string, string>> = {
      "``a *b*``": "a b",
      "`` a ``": "a",
      ":ref:`So  <a>` and `so  <b>`_": "So and so",
      "|n|": "n",
      "`plain`": "plain",
      ":py:func:`~a.b`": "a.b",
      ":ref:`Shown <target>` and :doc:`other`": "Shown and other",
      "`Site <https://a.b>`__ and `ref`_": "Site and ref",
      "*So* and **strong** 2 * 3": "So and strong 2 * 3",
      "|name| and |other|_ a | b": "name and other a | b",
      "a\\*b": "a*b",
    };
    for (const [title, name] of Object.entries(shown))
      assert.deepEqual(headings(language, `${title}\n${"=".repeat(60)}`), [`1 ${name}`]);
  });

  it("have blocks between them that hang together", () => {
    const texts: Readonly<Record<string, readonly string[]>> = {
      "So::\n\n  a\n\n  b\nc": ["1-5"],
      "  So::\n\n    a\n  b": ["1-3"],
      "So::\na": [],
      "So: :\n\n  a": [],
      "So:: \n\n  a": ["1-3"],
      "  .. math::\n\n     a": ["1-3"],
      "a +--+\n| b|\n+--+": [],
      "+--+  \n| a|\n+--+\nb | c": ["table 1-3"],
      "a == ==\nb  c\n== ==": [],
      "== == ==  \na  b  c\n== == ==": ["table 1-3"],
      ".. code-block:: js\n   :x:\n\n   a\n\nb": ["1-4"],
      ".. math::\n\n   a\n.. b": ["1-3"],
      ".. note:: a\n   b": [],
      "+--+--+\n| a| b|\n+==+==+\n| c| d|\n+--+--+\ne": ["table 1-5"],
      "  +--+\n  | a|\n  +--+": ["table 1-3"],
      "+--+ a\n| b": [],
      "== ==\na  b\n== ==\nc  d\n== ==\n\ne": ["table 1-5"],
      "== ==\na  b\n== ==\n\nc": ["table 1-3"],
      "== ==\na  b\n== ==": ["table 1-3"],
      "== ==\na  b\n": [],
      "== ==\na  b\n== ==\nc  d\n": [],
      " ===  ===\n a    b\n ===  ===\n": ["table 1-3"],
      "== == a\nb\n== ==": [],
    };
    for (const [text, expected] of Object.entries(texts))
      assert.deepEqual(blocks(language, text), expected, text);
  });
});

describe("the titles of AsciiDoc", () => {
  it("are told by their marks, or by the line below them", () => {
    check("asciidoc", {
      "= One\n== Two\n====== Six\n======= none": ["1 One", "2 Two", "6 Six"],
      "## Two ##\n# One": ["2 Two", "1 One"],
      "==Two": [],
      " == Two": [],
      "==\t Two \t==  ": ["2 Two"],
      "== Two =": ["2 Two ="],
      "One\n===": ["1 One"],
      "Two\n----": ["2 Two"],
      "Three\n~~~~~": ["3 Three"],
      "Four\n^^^^": ["4 Four"],
      "Five\n++++": ["5 Five"],
      "Title\n===": ["1 Title"],
      "Titles\n===": [],
      "One\n=====": ["1 One"],
      "One\n======": [],
      "One\n==-": [],
      "One\n===\n": ["1 One"],
      "Text\nOne\n---": [],
      "[[mark]]\nOne\n---": ["2 One"],
      "// so\nOne\n---": ["2 One"],
      "[[mark]] \nOne\n---": ["2 One"],
      "[a] b\nOne\n---": [],
      "One\na---": [],
      "One\n---      ": ["2 One"],
      "a [b]\nOne\n---": [],
      ".One\n----": [],
      "[one]\n----": [],
      "|One\n----": [],
      "//One\n-----": [],
      ":one:\n-----": [],
      "* One\n-----": [],
      "- One\n-----": [],
      "+ One\n-----": [],
      "<1> One\n-------": [],
      " One\n----": [],
      "!!!\n---": [],
      One: [],
      [`= ${"x".repeat(998)}`]: [`1 ${"x".repeat(998)}`],
      [`= ${"x".repeat(999)}`]: [],
      [`${"x".repeat(1000)}\n${"-".repeat(1000)}`]: [`2 ${"x".repeat(1000)}`],
      [`${"x".repeat(1001)}\n${"-".repeat(1001)}`]: [],
    });
  });

  it("are shown as people read them", () => {
    check("asciidoc", {
      "= [[ab]]A{nbsp}b{zwsp}": ["1 Ab"],
      "= {empty} A {empty}": ["1 A"],
      "= http://a.b[C]": ["1 C"],
      "= <<ab,Cd>> and <<ef>>": ["1 Cd and ef"],
      "= https://a.b[C] and mailto:d[E] and xref:f#g[H]": ["1 C and E and H"],
      "= **A**, __b__, ``c``, ##d##": ["1 A, b, c, d"],
      "= *A*, _b_, `c`, #d#, +e+": ["1 A, b, c, d, e"],
      "= snake_case_ and 2*3*4": ["1 snake_case_ and 2*3*4"],
    });
  });

  it("have blocks between them that hang together", () => {
    const texts: Readonly<Record<string, readonly string[]>> = {
      "----\na\n----\nb": ["1-3"],
      "-----\n----\n-----": ["1-3"],
      "....\n= a\n....  ": ["1-3"],
      "////\n= a\n////": ["1-3"],
      "++++\n= a\n++++": ["1-3"],
      "```js\n= a\n```": ["1-3"],
      "---\na\n---": [],
      "...\na\n...": [],
      "///\na\n///": [],
      "+++\na\n+++": [],
      "``\na\n``": [],
      "---- a\nb\n----": [],
      "---- \na\n----": ["1-3"],
      "a ----\nb\n----": [],
      "|===\n|a\n|===": ["table 1-3"],
      ",===\na,b\n,===": ["table 1-3"],
      ":===\na:b\n:===": ["table 1-3"],
      "!===\n!a\n!===": ["table 1-3"],
      "|==\n|a\n|==": [],
      "----\n----": ["1-2"],
    };
    for (const [text, expected] of Object.entries(texts))
      assert.deepEqual(blocks("asciidoc", text), expected, text);
  });
});

describe("the titles of Org", () => {
  it("are told by their stars", () => {
    check("org", {
      "#+TITLE:  A \n* One\n*** Three\n**\tTwo": ["0 A", "1 One", "3 Three", "2 Two"],
      "*One": [],
      " * One": [],
      "*": [],
      "a * One": [],
      "#+title:": [],
      [`#+title: ${"x".repeat(1500)}`]: [`0 ${"x".repeat(1000)}`],
      "a #+title: b": [],
      [`* ${"x".repeat(998)}`]: [`1 ${"x".repeat(998)}`],
      [`* ${"x".repeat(999)}`]: [],
    });
  });

  it("are shown as people read them", () => {
    const states = "TODO DONE NEXT STARTED WAIT WAITING HOLD SOMEDAY CANCELED CANCELLED DELEGATED COMMENT";
    for (const state of states.split(" "))
      check("org", { [`* ${state} A`]: ["1 A"], [`* ${state}s A`]: [`1 ${state}s A`] });
    check("org", {
      "* [#B]  A [2/3] b [50%] c [/]": ["1 A b c"],
      "* A :b:c_d@e#f%g:  ": ["1 A"],
      "* A: b: c": ["1 A: b: c"],
      "* A :b: c": ["1 A :b: c"],
      "* Write TODO lists": ["1 Write TODO lists"],
      "* TODO  A [#B] c[1/2]": ["1 A [#B] c"],
      "* [[ab]]": ["1 ab"],
      "* A:b:": ["1 A:b:"],
      "* [[a][B]] and [[c]]": ["1 B and c"],
      "* *A*, /b/, _c_, =d=, ~e~ and +f+": ["1 A, b, c, d, e and f"],
      "* a/b/c and 2*3*4": ["1 a/b/c and 2*3*4"],
      "* A [1] b": ["1 A [1] b"],
    });
  });

  it("have blocks between them that hang together", () => {
    const texts: Readonly<Record<string, readonly string[]>> = {
      "#+begin_src js\n* a\n#+end_src\nb": ["1-3"],
      "  #+BEGIN_QUOTE\n* a\n  #+End_Quote  ": ["1-3"],
      "#+begin_src\n#+end_quote": [],
      "a #+begin_src\n#+end_src": [],
      ":LOGBOOK:\na\n:END:": ["1-3"],
      "  :a-b:  \nc\n  :end:\t": ["1-3"],
      ":a: b\n:end:": [],
      ":end:\na\n:end:": [],
      ":a:\n* b\n:end:": [],
      "| a |\n|---|\n\n| b |": ["table 1-2"],
      "\t| a |\n  | b |\nc": ["table 1-2"],
      "a | b\nc | d": [],
      "| a |\n| b |\nc | d": ["table 1-2"],
      "a :b:\nc\n:end:": [],
    };
    for (const [text, expected] of Object.entries(texts))
      assert.deepEqual(blocks("org", text), expected, text);
    assert.deepEqual(headings("org", ":a:\n* b\n:a:\nc\n:end:\n* d"), ["1 b", "1 d"]);
    assert.deepEqual(blocks("org", ":a:\n* b\n:a:\nc\n:end:\n* d"), ["3-5"]);
  });
});

describe("the titles of LaTeX", () => {
  it("are told by their commands", () => {
    const levels: Readonly<Record<string, number>> = {
      ...{ title: 0, part: 1, addpart: 1, chapter: 2, addchap: 2, section: 3, addsec: 3, subsection: 4 },
      ...{ subsubsection: 5, frametitle: 5, paragraph: 6, subparagraph: 7 },
    };
    for (const [command, level] of Object.entries(levels))
      check("latex", { [`\\${command}{A}`]: [`${level} A`], [`\\${command}*[B]{A}`]: [`${level} A`] });
    check("latex", {
      "\\section {A}": ["3 A"],
      "\\section[B] {A}": ["3 A"],
      "\\section[B]\n  {A}": ["3 A"],
      "\\section[[B]]{A}": ["3 A"],
      "\\sections{A}": [],
      "\\section A": [],
      "\\section{}": [],
      "\\section{A\nb\nc\nd}": ["3 A b c d"],
      "\\section{A\nb\nc\nd\ne}": [],
      "\\section{A % b}\nc}": ["3 A c"],
      "\\section{A\\}b\\%c}": ["3 A}b%c"],
      "a\\\\ \\section{A}": ["3 A"],
      "\\begin{abstract}\nA": ["3 Abstract"],
      "\\newcommand{\\a}{\\section{A}}": [],
      "\\renewcommand{\\a}{\\section{A}}": [],
      "\\def\\a{\\section{A}}": [],
      "\\gdef\\a{\\section{A}}": [],
      "\\let\\a\\section {A}": [],
      "\\letters \\section{A}": ["3 A"],
      [`\\section{${"x".repeat(1500)}}`]: [`3 ${"x".repeat(1000)}`],
    });
  });

  it("are shown as people read them", () => {
    const shown: Readonly<Record<string, string>> = {
      "M\\\"uller, caf\\'e, \\`a, \\^o, \\~n": "Müller, café, à, ô, ñ",
      "\\c{c}a, \\v{s}, \\'{e}, \\\"{\\i}": "ça, š, é, ï",
      "\\ss{} \\o \\O{} \\ae{} \\AE{} \\aa{} \\AA{} \\l{}": "ß øØ æ Æ å Å ł",
      "\\LaTeX{} and \\TeX": "LaTeX and TeX",
      "A\\\\B\\\\[2ex]C\\newline D\\quad E": "A B C D E",
      "\\protect A\\citeauthor{b} \\c {c} \\raisebox[2pt]{D}": "A ç D",
      "A\\label{b}\\index {c}\\footnote{d}\\thanks{e}\\citep{f}": "A",
      "\\textbf{A} \\emph{b \\textit{c}}": "A b c",
      "\\& \\% \\$ \\# \\_ \\{ \\}": "& % $ # _ { }",
      "1--2 --- 3~m": "1–2 — 3 m",
      "\\texorpdfstring{$a$}{B} c \\texorpdfstring{d}{E}": "B c E",
      "A \\texorpdfstring": "A",
    };
    for (const [title, name] of Object.entries(shown))
      check("latex", { [`\\section{${title}}`]: [`3 ${name}`] });
  });

  it("have blocks between them that hang together", () => {
    for (const name of ["verbatim", "Verbatim", "lstlisting", "minted", "alltt", "comment", "filecontents"]) {
      assert.deepEqual(blocks("latex", `\\begin{${name}*}\n\\section{A}\n\\end{${name}*} b\nc`), ["1-3"]);
    }
    for (const name of ["tabular", "tabularx", "tabulary", "longtable", "tabu", "array"])
      assert.deepEqual(blocks("latex", `\\begin{${name}}{l}\na\n\\end{${name}}`), ["table 1-3"]);
    assert.deepEqual(blocks("latex", "\\begin{verbatim}\na\n\\end{verbatim*}"), []);
    assert.deepEqual(blocks("latex", "\\begin{figure}\na\n\\end{figure}"), []);
    assert.deepEqual(blocks("latex", "\\begin{tabular}a\\end{tabular}\n\\end{tabular}"), []);
  });
});

describe("a text in a language of markup that is too large", () => {
  it("is cut at headings, then between paragraphs, sentences, lines, and in blocks last", () => {
    const { asciidoc } = markups;
    assert.ok(asciidoc);
    checkTurns(
      (lines) => outlineMarkup(lines, asciidoc),
      [
        [0, "= A"],
        [9, ""],
        [9, "Text"],
        [7, "and more."],
        [6, "十分。"],
        [6, "So (and so.)"],
        [6, "Last"],
        [7, ""],
        [4, "  Deep"],
        [7, ""],
        [5, "            Deeper"],
        [1, "== B"],
        [2, "=== C"],
        [9, "Text"],
        [7, "text"],
        [7, ""],
        [1, "Under"],
        [10, "-----"],
        [9, ""],
        [1, "Text"],
        [10, "----"],
        [9, "code"],
        [7, ""],
        [3, "----"],
        [7, "|==="],
        [9, "|a"],
        [9, "|b"],
        [8, "|c"],
        [8, "|d"],
        [8, "|==="],
        [7, "Text"],
      ],
    );
  });
});
