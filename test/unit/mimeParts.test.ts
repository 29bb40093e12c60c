import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type MimePart, mimeParts } from "../../indexer/read/mimeParts.ts";

const anything = /^/;
const partsOf = (text: string, wanted = anything): MimePart[] =>
  mimeParts(Buffer.from(text, "latin1"), wanted);
const bodiesOf = (text: string, wanted = anything): string[] =>
  partsOf(text, wanted).map(({ content }) => content.toString("latin1"));

describe("a message in parts", () => {
  it("has headers in any case, over several lines, of which the first of a name counts", () => {
    for (const end of ["\n", "\r\n"]) {
      const head = [
        "Received from Content-ID: <other>",
        "CONTENT-type:text/HTML;",
        "\t  CharSet = windows-1252 ; x=y",
        "content-TYPE: text/css",
        "Content-Location: http://a.example/one",
        " \t two  ",
        "Content-ID:   <lamp@a.example> ",
      ];
      const body = `<p>The lamp.${end}${end}Content-Transfer-Encoding: base64${end}`;
      assert.deepEqual(partsOf([...head, "", body].join(end)), [
        {
          type: "text/html",
          charset: "windows-1252",
          names: ["cid:lamp@a.example", "http://a.example/one two"],
          content: Buffer.from(body),
        },
      ]);
    }
  });

  it("has text without a name where its headers say nothing, and no parts where there are no headers", () => {
    assert.deepEqual(partsOf("Subject: lamp\n\nIt burns."), [
      { type: "text/plain", charset: "", names: [], content: Buffer.from("It burns.") },
    ]);
    assert.deepEqual(partsOf("It burns."), []);
    assert.deepEqual(partsOf("\n\nContent-Type: text/plain\n\nIt burns."), []);
    assert.deepEqual(partsOf("Content-Type: text/plain"), [
      { type: "text/plain", charset: "", names: [], content: Buffer.alloc(0) },
    ]);
    assert.deepEqual(partsOf("Content-Location: a\n\nb"), [
      { type: "text/plain", charset: "", names: ["a"], content: Buffer.from("b") },
    ]);
    assert.deepEqual(partsOf('Content-Type: text/plain; charset=""\n\nb', /html/), []);
  });

  it("is cut at whole lines with its boundary, up to the one that ends it", () => {
    const cut = (body: string): string[] =>
      bodiesOf(`Content-Type: multipart/mixed; boundary="\u00e4-b"\n\n${body}`);
    const mark = "--\u00e4-b";
    assert.deepEqual(
      cut(
        `Before.\n${mark}\nA: a\n\nOne ${mark}\n${mark}\nA: a\n\nTwo\n${mark}--\nAfter.\n${mark}\nA: a\n\nNever`,
      ),
      [`One ${mark}\n`, "Two\n"],
    );
    // Blank at its beginning, it has no headers; what follows its first blank line is text as well.
    assert.deepEqual(cut(`${mark}\n\none\n\nmore\n`), ["one\n\nmore\n"]);
    assert.deepEqual(cut(`${mark}\nA: a\n\none\n${mark}`), ["one\n", ""]);
    assert.deepEqual(cut("No boundary in it."), []);
    assert.deepEqual(bodiesOf("Content-Type: multipart/mixed\n\nOne."), ["One."]);
  });

  it("has parts in parts down to the fifth, and no more than ten thousand", () => {
    const nested = (depth: number): string =>
      depth === 0
        ? "Content-Type: text/html\n\nThe lamp."
        : `Content-Type: multipart/mixed; boundary=b${depth}.\n\n--b${depth}.\n${nested(depth - 1)}\n--b${depth}.--\n`;
    assert.equal(bodiesOf(nested(5)).length, 1);
    assert.deepEqual(bodiesOf(nested(6)), []);
    const many = "--b\nA: a\n\nx\n".repeat(10_020);
    assert.equal(bodiesOf(`Content-Type: multipart/mixed; boundary=b\n\n${many}`).length, 10_000);
  });

  it("is unpacked only as it says that it is packed", () => {
    const unpacked = (packing: string, body: string): string | undefined =>
      bodiesOf(`Content-Transfer-Encoding: ${packing}\n\n${body}`)[0];
    for (const packing of ["8bit", "7bit", "binary", "x-other"]) {
      assert.equal(unpacked(packing, "a=\nb =41 QQ=="), "a=\nb =41 QQ==", packing);
    }
    assert.equal(bodiesOf("A: a\n\n=41")[0], "=41");
    assert.equal(unpacked("BASE64", "VGhl\nIGxhbXA=\n"), "The lamp");
    assert.equal(unpacked("quoted-PRINTABLE", "a=\nb= \t\r\nc=c3=A9 =xy ="), "abc\u00c3\u00a9 =xy =");
  });
});
