import assert from "node:assert/strict";
import { describe, it } from "node:test";
import iconv from "iconv-lite";
import { parse } from "parse5";
import { isDocument, mainPart } from "../../indexer/read/htmlPage.ts";
import { extractedPage, pageIn, read } from "../../indexer/read/htmlReader.ts";

const prose = `<p>${"The keeper lit the lamp at dusk, and went up again at two to trim it. ".repeat(4)}</p>`;
const isRead = (html: string, path = "a.html"): boolean => isDocument(html, parse(html).childNodes, path);
/** The lines of what is read of a page. */
const linesOf = (html: string): string[] => extractedPage(parse(html).childNodes).text.split("\n\n");

describe("a page that is source code", () => {
  it("lies in a folder of sources", () => {
    const folders =
      "src source app template templates view views layout layouts _layout _layouts partial partials _partial _partials include includes _include _includes component components public static www test tests __tests__ spec specs fixture fixtures".split(
        " ",
      );
    for (const folder of folders) {
      for (const path of [`${folder}/a.html`, `b/${folder.toUpperCase()}/c/a.html`]) {
        assert.equal(isRead(prose, path), false, path);
      }
      for (const path of [`x${folder}/a.html`, `${folder}x/a.html`, `${folder}.html`]) {
        assert.equal(isRead(prose, path), true, path);
      }
    }
  });

  it("begins as no page does, or holds what a program replaces", () => {
    for (const start of ["---\n", "<?php a ?>", "<?= a ?>", "@page\n", " \n---\n"]) {
      assert.equal(isRead(start + prose), false, start);
    }
    for (const start of ['<?xml version="1.0"?>', "<!DOCTYPE html>", "-- ", "<!-- @ ?php -->"]) {
      assert.equal(isRead(start + prose), true, start);
    }
    assert.equal(isRead(`${prose}<?xml-stylesheet href="a"?>`), true);
    const attributes =
      "v-if ng-app x-data x-show x-if x-for x-on x-bind hx-get th:text wire:click :a @click *if [a] (a) #a";
    for (const name of attributes.split(" "))
      assert.equal(isRead(`<b ${name}="a">x</b>${prose}`), false, name);
    for (const name of ["data-v-if", "xng-app", "x-axis", "hxa", "title"]) {
      assert.equal(isRead(`<b ${name}="a">x</b>${prose}`), true, name);
    }
    for (const text of ["{{ a }}", "{% a %}", "<% a %>"]) {
      assert.equal(isRead(`<b title="${text}">x</b>${prose}`), false, text);
      const shown = text.replace("<", "&lt;");
      assert.equal(isRead(prose + `<p>${shown}</p>`.repeat(2)), true, text);
      assert.equal(isRead(prose + `<p>${shown}</p>`.repeat(3)), false, text);
      for (const apart of ["code", "pre", "textarea", "noscript", "style"]) {
        const example = `<${apart}><b>${shown}</b></${apart}>`.repeat(3);
        assert.equal(isRead(prose + example), true, apart);
      }
    }
  });

  it("shows next to nothing", () => {
    const words = (count: number): string => "x".repeat(count);
    assert.equal(isRead(`<p>${words(199)}</p>`), false);
    assert.equal(isRead(`<p>${words(200)}</p>`), true);
    // White space is none of it.
    assert.equal(isRead(`<p>\n  ${words(100)}\n   ${words(99)}  </p><p> \n </p>`), true);
    assert.equal(isRead(`<p>${words(98)}   ${words(100)}  </p>`), false);
    const pieces = (length: number): string => `<p>${words(length)}</p>`.repeat(10);
    assert.equal(isRead(pieces(39)), false);
    assert.equal(isRead(pieces(40)), true);
    for (const cell of ["td", "th"]) {
      const cells = (count: number): string =>
        `<table><tr>${`<${cell}>${words(35)}</${cell}>`.repeat(count)}</table>${pieces(20)}`;
      assert.equal(isRead(cells(5)), false, cell);
      assert.equal(isRead(cells(6)), true, cell);
    }
    for (const name of ["style", "script"])
      assert.equal(isRead(`<${name}>${words(500)}</${name}>`), false, name);
  });

  it("is ten times as much script as text, in lines that somebody wrote", () => {
    const text = `<p>${"x".repeat(300)}</p>`;
    const script = (lines: number, length: number): string =>
      `<script>${`${"s".repeat(length)}\n \n`.repeat(lines)}</script>`;
    assert.equal(isRead(text + script(31, 120)), false);
    assert.equal(isRead(text + script(30, 120)), true, "few lines");
    assert.equal(isRead(text + script(31, 199)), false);
    assert.equal(isRead(text + script(31, 200)), true, "lines that a program wrote");
    assert.equal(isRead(text + script(31, 90)), true, "little of it");
    // A blank stands between two lines.
    assert.equal(isRead(`${text}<script>${"\n".repeat(30)}${"s".repeat(3_001)}</script>`), true);
    assert.equal(isRead(`${text}<script>${`${"s".repeat(99)}\n`.repeat(31)}</script>`), false);
    assert.equal(isRead(text + script(31, 120).replaceAll("script", "style")), true, "style");
    assert.equal(isRead(text + script(31, 90) + script(31, 120).replaceAll("script", "style")), true);
  });
});

describe("the main part of a page", () => {
  it("is without what surrounds it, by elements, roles, names and what is for no one to hear", () => {
    const elements = ["nav", "button", "select", "dialog", "menu", "template"].map(
      (name) => `<${name}>no</${name}>`,
    );
    const roles =
      "navigation banner contentinfo search complementary dialog alertdialog menu menubar toolbar".split(" ");
    const names =
      "nav navbar navigation menu sidebar sphinxsidebar breadcrumb breadcrumbs skip-link skiplink share social newsletter".split(
        " ",
      );
    const around = [
      ...elements,
      ...roles.map((role) => `<div role="${role}">no</div>`),
      ...names.map((name) => `<div class="a\n  ${name.toUpperCase()}">no</div><div id="${name}">no</div>`),
      '<p aria-hidden="true">no</p>',
      ...["header", "footer", "aside"].map((name) => `<${name}>no</${name}>`),
      '<a href="#x"> ¶ </a><a href="#x">#§🔗</a>',
    ].join("");
    assert.deepEqual(linesOf(`${around}<div>One.${around}</div>`), ["One."]);
    for (const main of ["main", "article"]) {
      const ends = ["header", "footer", "aside"].map((name) => `<${name}>${name}</${name}>`).join("");
      assert.deepEqual(linesOf(`<div><${main}>One.<div>${ends}</div></${main}></div>`), [
        "One.",
        "header",
        "footer",
        "aside",
      ]);
    }
    assert.deepEqual(linesOf(`<main>One.</main><div><header>no</header></div><p>Two.</p>`), ["One."]);
  });

  it("keeps what only sounds so, and what holds the page's heading or its text", () => {
    const kept = [
      '<div role="note">role</div>',
      '<div class="related-menu">class</div>',
      '<p aria-hidden="false">hidden</p>',
      '<a href="#x">link #</a><a># link</a><a></a>',
      '<a href="#x">whole</a>',
      '<a href="#x"><img alt="picture"></a>',
      '<div class="sidebar"><h1>Heading</h1></div>',
      '<div class="menu"><main>Main</main></div>',
      '<div class="nav"><article>Article</article></div>',
    ];
    for (const html of kept) {
      const [words = ""] = />([a-z]+)|(?<=alt=")[a-z]+/i.exec(html) ?? [];
      assert.ok(linesOf(`<div>${html}</div>${prose}`).join(" ").includes(words.replace(">", "")), html);
    }
    assert.deepEqual(linesOf('<div><div class="menu"><h2>no</h2></div>One.</div>'), ["One."]);
  });

  it("is the part that pages name so, where it is not too small", () => {
    const page = (main: string, around: number): string[] => linesOf(`${main}<p>${"y".repeat(around)}</p>`);
    const x = "x".repeat(100);
    for (const start of ["<main>", '<div role="main">', "<article>"]) {
      const end = start.replace("<", "</").replace(/ .*/, ">");
      assert.deepEqual(page(start + x + end, 299), [x], start);
      assert.deepEqual(page(start + x + end, 300), [x, "y".repeat(300)], start);
      // Neither scripts nor blanks are text.
      const script = `<script>${x}</script><style>${x}</style>   \n`;
      assert.deepEqual(page(start + x + end + script, 299), [x], start);
      assert.deepEqual(page(start + x + script + " ".repeat(500) + end, 300).length, 2, start);
    }
    assert.deepEqual(page(`<article>a</article><main>${x}</main>`, 100), [x]);
    assert.deepEqual(page(`<div>${x}</div>`, 50), [x, "y".repeat(50)]);
    // Only the body counts, and a page without one is read as a whole.
    const title = `<title>${"t".repeat(500)}</title>`;
    assert.deepEqual(linesOf(`${title}<main>${x}</main><p>y</p>`), ["t".repeat(500), x]);
    assert.equal(mainPart(parse("<frameset>").childNodes).length, 1);
  });

  it("is found however deep it nests, up to where nobody looks", () => {
    const nested = (count: number, inner: string): string => "<div>".repeat(count) + inner;
    assert.deepEqual(linesOf(nested(380, `<nav>no</nav><main>x</main>y`)), ["x"]);
    const deep = linesOf(nested(30_000, "<main>x</main>y"));
    assert.deepEqual(deep, ["x y"]);
    assert.equal(isRead(nested(380, prose)), true);
    assert.equal(isRead(nested(30_000, prose)), false);
  });
});

describe("the encoding of a page", () => {
  it("is the one that it names, however it writes that", async () => {
    for (const meta of [
      "<meta charset=macintosh>",
      "<META CHARSET='macintosh'>",
      '<meta charset = " macintosh ">',
      '<meta http-equiv="Content-Type" content="text/html; charset=macintosh">',
      '<!-- charset=koi8-r --><meta name="a" charset="macintosh"/>',
    ]) {
      const html = `${meta}<p>Høyvann på Ålesund</p>`;
      assert.equal(await pageIn(iconv.encode(html, "macintosh")), html, meta);
    }
  });

  it("is another where the page can't be in that one, or names it too late", async () => {
    const utf8 = "<meta charset=macintosh><p>Høyvann</p>";
    assert.equal(await pageIn(Buffer.from(utf8)), utf8);
    for (const encoding of ["utf-16le", "utf-16be"]) {
      assert.equal(await pageIn(iconv.encode(utf8, encoding, { addBOM: true })), utf8, encoding);
    }
    const western = "<p>Høyvann på Ålesund, målt hver morgen</p>";
    const late = `${" ".repeat(1_010)}<meta charset=macintosh>${western}`;
    for (const html of [
      western,
      late,
      `<meta charset=x-none>${western}`,
      `<metacharset=macintosh>${western}`,
    ]) {
      assert.equal(await pageIn(iconv.encode(html, "windows-1252")), html);
    }
  });

  it("does not matter where it holds nothing", async () => {
    await assert.rejects(async () => extractedPage(parse("<p></p>").childNodes), {
      message: "The page holds no text.",
    });
    assert.deepEqual(await read(Buffer.from("<p>x</p>"), "a.html"), {
      text: "<p>x</p>",
      pages: [],
      headings: [],
    });
  });
});
