import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseFragment } from "parse5";
import type { Extracted } from "../../indexer/read/extracted.ts";
import { htmlTitle, titleIn, writeHtml } from "../../indexer/read/html.ts";
import { DocumentWriter } from "../../indexer/read/writer.ts";

function shown(source: string, below?: number): Extracted {
  const writer = new DocumentWriter();
  writeHtml(source, writer, below);
  return writer.extracted("The page");
}
const linesOf = (source: string): string[] =>
  shown(source)
    .text.split("\n")
    .filter((line) => line !== "");

describe("what a page shows", () => {
  it("is without elements that are not for readers, and those that are hidden", () => {
    const unseen = ["script", "style", "template", "noscript", "svg", "object", "iframe", "nav"];
    const hidden = [
      ...unseen.map((name) => `<${name}>never</${name}>`),
      "<p hidden>never</p>",
      '<b style="color:red; Display : none">never</b>',
      '<i style="display:none">never</i>',
    ].join("");
    const visible = '<u style="display:block">b</u>';
    assert.deepEqual(linesOf(`<title>never</title><p>a${hidden}</p>${hidden}${visible}`), ["a", "b"]);
    // Where the text of an element is taken as a whole, too.
    assert.deepEqual(
      linesOf(
        `<h1>a${hidden}<!--never--> b</h1><ul><li>c${hidden}</li><li hidden>never</li></ul><dl><dt>d</dt><dd hidden>never</dd><dd>e</dd></dl>`,
      ),
      ["a b", "• c", "d: e"],
    );
  });

  it("has a paragraph for each block, and words for pictures", () => {
    assert.deepEqual(linesOf('one<div>two<p>three</p>four</div>five<img alt="six">seven<img>'), [
      "one",
      "two",
      "three",
      "four",
      "five six seven",
    ]);
    assert.deepEqual(linesOf('<h2>One<br>two<img alt="three">four<div>five</div>six</h2>'), [
      "One two three four five six",
    ]);
    assert.deepEqual(linesOf("<pre>a\n  b<br>  c</pre>"), ["a", "  b", "  c"]);
    assert.deepEqual(linesOf("<ul><li>a<br>b</li></ul>"), ["• a b"]);
  });

  it("has headings of their level, below another one where that is said", () => {
    const levels = [1, 2, 3, 4, 5, 6].map((level) => `<h${level}>H${level}</h${level}>`).join("");
    const { headings } = shown(`${levels}<h7>No</h7><hr><xh1>No</xh1><h12>No</h12>`, 2);
    assert.deepEqual(
      headings.map(({ name, level }) => [name, level]),
      [1, 2, 3, 4, 5, 6].map((level) => [`H${level}`, level + 2]),
    );
  });

  it("has lists in lists, with or without an item around them, and laid out items as they are", () => {
    assert.deepEqual(
      linesOf(
        "<ol><li>a<ul><li>b<ol><li>c</ol></ul></li><li>d</li><ul><li>e</ul>text<b>no item</b><li>f</ol>",
      ),
      ["1. a", "  • b", "    1. c", "2. d", "  • e", "3. f"],
    );
    for (const [inner, lines] of [
      ["<h1>x</h1>", ["x"]],
      ["<h3>x</h3>", ["x"]],
      ["<h4>x</h4>", ["x"]],
      ["<h5>x</h5>", ["x"]],
      ["<h6>x</h6>", ["x"]],
      ["<pre>x\n y</pre>", ["x", " y"]],
      ["<table><tr><td>x<td>y</table>", ["x | y"]],
    ] as const) {
      assert.deepEqual(linesOf(`<ul><li>${inner}z</li></ul>`), [...lines, "z"], inner);
    }
    assert.deepEqual(linesOf("<ul><li><p>x</p><p>z</p></li></ul>"), ["• x z"]);
  });

  it("has terms with what they mean", () => {
    assert.deepEqual(
      linesOf(
        "<dl> <dt> a <dd> b <dd>c<dt> <dd>d<dt>e<dd><p>f</p>g<dt>h<dd>i<p>j</p></dd><div><dt>k<dd>l</div><section>m</section><dt>n</dl>",
      ),
      ["a: b", "c", "d", "e", "f", "g", "h", "i", "j", "k: l", "m", "n"],
    );
    // A term and what follows it are paragraphs of their own.
    assert.equal(shown("<dl><dt>a<dd>b<dt>c</dl>").text, "a: b\n\nc");
  });

  it("has tables of data as rows, and the cells of others as what they hold", () => {
    const table = (...rows: readonly string[]): string =>
      `<table>${rows.map((row) => `<tr>\n${row}</tr>`).join("")}</table>`;
    const two = "<td>a</td> <td>b</td>";
    assert.deepEqual(
      linesOf(table("<td colspan=2>all</td>", two).replace("<table>", "<table><caption>C</caption>")),
      ["C", "all", "a | b"],
    );
    assert.equal(shown(table("<td>a</td>", "<td>b</td>")).text, "a\n\nb");
    for (const inner of ["<h1>x</h1>", "<h2>x</h2>", "<h3>x</h3>"]) {
      assert.deepEqual(linesOf(table(`<td>${inner}</td><td>y</td>`)), ["x", "y"], inner);
    }
    for (const list of ["ul", "ol"]) {
      const item = list === "ul" ? "• x" : "1. x";
      assert.deepEqual(linesOf(table(`<td><${list}><li>x</${list}></td><td>y</td>`)), [item, "y"]);
    }
    assert.deepEqual(linesOf(table(`<td>${table(two)}</td><td>y</td>`)), ["a | b", "y"]);
    const parts = "<table><thead><tr><td><h1>x</h1><td>y<tbody><tr><td>a<td>b</table>";
    assert.deepEqual(linesOf(parts), ["x", "y", "a", "b"]);
    assert.deepEqual(linesOf(table("<td><h4>x</h4></td><td>y</td>")), ["x | y"]);
  });

  it("has marks of notes apart from words, and only these", () => {
    assert.deepEqual(linesOf("<p>a<sup><a>1</a></sup>b<sup><a>2</a>nd</sup>c<sup><b>3</b></sup>d</p>"), [
      "a 1 b2ndc3d",
    ]);
    assert.deepEqual(
      linesOf("<p>a<a><sup>1</sup></a>b<a>2<sup>3</sup></a>c<a><b>4</b></a>d<b><sup>5</sup></b>e</p>"),
      ["a 1 b23c4d5e"],
    );
  });
});

describe("the title of a page", () => {
  it("is the first that stands before its body, as one line", () => {
    assert.equal(htmlTitle("<meta charset=utf-8><title> The\n  lamp </title><p>x"), "The lamp");
    assert.equal(htmlTitle("<title></title><title>Second</title>"), "");
    assert.equal(htmlTitle("<body><svg><title>Of a picture</title></svg>"), "");
    assert.equal(htmlTitle("<p>x"), "");
  });
});

/** So deep that a function for each level would break off. */
const deep = 30_000;

describe("a page that nests deeper than any", () => {
  const nested = (start: string, inner: string): string => start.repeat(deep) + inner;

  it("keeps its words, in their order", () => {
    const words =
      "<i>The <!--no--><b>o</b>il</i><br>ran<div>out</div><script>no</script>of<p hidden>no</p> it";
    const expected = "The oil ran out of it";
    assert.deepEqual(linesOf(nested("<div>", words)), [expected]);
    assert.deepEqual(linesOf(nested("<span>", words)), [expected]);
    assert.deepEqual(linesOf(`<h1>${nested("<span>", words)}`), [expected]);
    assert.deepEqual(linesOf(nested("<ul><li>", words)).at(-1), expected);
    assert.deepEqual(linesOf(nested("<ul>", words)).at(-1), expected);
    assert.deepEqual(linesOf(nested("<dl><div>", words)), [expected]);
    assert.deepEqual(linesOf(nested("<dl><dd>", words)), [expected]);
    assert.deepEqual(linesOf(`<dl>${nested("<div>", words)}`), [expected]);
    assert.deepEqual(linesOf(`<table><tr><td>${nested("<span>", words)}<td>y</table>`), [`${expected} | y`]);
  });

  it("has no title down there", () => {
    assert.equal(titleIn(parseFragment(nested("<span>", "<title>Deep</title>")).childNodes), "");
    assert.equal(titleIn(parseFragment(`${"<span>".repeat(20)}<title>Deep</title>`).childNodes), "Deep");
  });
});
