import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UnreadableFile } from "../../indexer/read/extracted.ts";
import { relations } from "../../indexer/read/openPackage.ts";
import { childrenOf, parseUnprefixed, parseXml, textIn, within } from "../../indexer/read/xml.ts";
import { read } from "../../indexer/read/xmlReader.ts";
import { Zip } from "../../indexer/read/zip.ts";
import { zip } from "../support/archive.ts";

const open = (type: string, body: string, more = ""): string =>
  `<office:document xmlns:office="o" ${more} office:mimetype="application/vnd.oasis.opendocument.${type}"><office:body>${body}</office:body></office:document>`;
const letter = open("text", "<office:text><text:p>The lamp.</text:p></office:text>");
const word = (root: string, part = "/word/document.xml"): string =>
  `<${root} xmlns:pkg="p"><pkg:part pkg:name="${part}"><pkg:xmlData><w:document><w:body><w:p><w:r><w:t>The oil.</w:t></w:r></w:p></w:body></w:document></pkg:xmlData></pkg:part></${root}>`;

async function readXml(text: string): Promise<{ text: string; as?: string }> {
  const { text: found, as } = await read(Buffer.from(text), "a.xml");
  return { text: found, ...(as && { as: `${as.kind} ${as.id}` }) };
}
const isPlain = async (text: string): Promise<void> => assert.deepEqual(await readXml(text), { text });

describe("an XML file", () => {
  it("that is a document of an office program is read as that, whatever stands before it", async () => {
    const prologs = ['<?xml version="1.0"?>', "<!-- made\nby hand -->", "<!DOCTYPE office>", "\n \t"];
    for (const prolog of ["", ...prologs, prologs.join("\n")]) {
      assert.deepEqual(await readXml(prolog + letter), { text: "The lamp.", as: "document odt" }, prolog);
      assert.deepEqual(
        await readXml(prolog + word("pkg:package")),
        { text: "The oil.", as: "document docx" },
        prolog,
      );
    }
    const slides = open(
      "presentation",
      '<draw:page><draw:frame presentation:class="title"><text:p>Lamps</text:p></draw:frame></draw:page>',
    );
    assert.deepEqual(await readXml(slides), { text: "Lamps", as: "document presentation" });
  });

  it("that is none is the text that it is", async () => {
    await isPlain("<lamp><oil>colza</oil></lamp>");
    await isPlain(open("formula", "<math>1</math>"));
    await isPlain("<office:document><text:p>Of no type.</text:p></office:document>");
    await isPlain(`<x>${letter}</x>`);
    await isPlain(`before ${letter}`);
    await isPlain(word("pkg:package", "/ppt/slide1.xml"));
    await isPlain(word("pkg:other"));
  });

  it("is looked at in its beginning alone, of which the root is a part", async () => {
    const comment = (length: number): string => `<!--${"x".repeat(length)}-->`;
    const root = (length: number): string =>
      open("text", "<office:text><text:p>The lamp.</text:p></office:text>", `a="${"x".repeat(length)}"`);
    assert.equal((await readXml(comment(15_000) + letter)).as, "document odt");
    await isPlain(comment(16_000) + letter);
    assert.equal((await readXml(root(7_800))).as, "document odt");
    await isPlain(root(8_000));
  });

  it("of Word 2003 is refused with what to do", async () => {
    await assert.rejects(readXml('<?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="w"/>'), {
      name: "UnreadableFile",
      message: "A document in the XML of Word 2003, which Carrel does not read: save it as DOCX.",
    });
  });
});

describe("the elements of an XML text", () => {
  it("have their names, their attributes and their text, CDATA too", () => {
    const root = parseXml('<a:b c:d="1">x<![CDATA[<y>]]><e><f>1</f></e><f>2</f><g><f/></g></a:b>');
    assert.deepEqual([root.name, root.attributes], ["a:b", { "c:d": "1" }]);
    assert.equal(textIn(root), "x<y>12");
    assert.deepEqual(within(root, "f").map(textIn), ["1", "2", ""]);
    assert.deepEqual(
      [childrenOf(root), childrenOf(root, "f", "g"), childrenOf(undefined)].map((all) => all.length),
      [3, 2, 0],
    );
    const plain = parseUnprefixed('<a:b c:d="1" e="2"><f:g/></a:b>');
    assert.deepEqual(
      [plain.name, plain.attributes, childrenOf(plain)[0]?.name],
      ["b", { d: "1", e: "2" }, "g"],
    );
  });

  it("nest as deep as any document's, and no deeper", () => {
    const nested = (depth: number) => parseXml("<a>".repeat(depth) + "</a>".repeat(depth));
    assert.equal(nested(400).name, "a");
    assert.throws(() => nested(401), { name: "UnreadableFile", message: /nested far deeper/ });
  });

  it("that are damaged give a reason that names no place, since people see none", () => {
    for (const text of ["<a><b></a>", "", "words"]) {
      assert.throws(
        () => parseXml(text),
        (error) => error instanceof UnreadableFile && /^The document is damaged: [a-z]/i.test(error.message),
        text,
      );
    }
  });
});

describe("what a part of an archive refers to", () => {
  const related = (of: string, rels: string, at: string) =>
    relations(
      { names: [], text: (name) => (name === at ? `<Relationships>${rels}</Relationships>` : undefined) },
      of,
    );

  it("is found beside it, by its path in the archive", () => {
    const found = related(
      "word/document.xml",
      '<Relationship Id="a" Type="t/image" Target="media/a%20b.png"/><Relationship Id="b" Type="t/up" Target="../x.xml"/><Relationship Id="c" Type="t/root" Target="/y.xml"/><Relationship/><Other Id="d"/>',
      "word/_rels/document.xml.rels",
    );
    assert.deepEqual(
      [...found],
      [
        ["a", { type: "t/image", path: "word/media/a%20b.png" }],
        ["b", { type: "t/up", path: "x.xml" }],
        ["c", { type: "t/root", path: "y.xml" }],
        ["", { type: "", path: "word/document.xml" }],
      ],
    );
    assert.equal(related("", '<Relationship Id="a" Target="b.xml"/>', "_rels/.rels").get("a")?.path, "b.xml");
  });

  it("is nothing outside of it, and nothing where none is said", () => {
    const outside =
      '<Relationship Id="a" Target="b.xml" TargetMode="External"/><Relationship Id="b" Target="http://"/>';
    assert.equal(related("a.xml", outside, "_rels/a.xml.rels").size, 0);
    assert.equal(related("a.xml", outside, "elsewhere").size, 0);
  });
});

describe("an archive", () => {
  const parts = { "a.xml": Buffer.from("<a>größer</a>"), "b.xml": Buffer.from("<b/>") };

  it("has its parts by their names, packed or not, also with words after its end", () => {
    for (const bytes of [
      zip(parts),
      zip(parts, undefined, true),
      Buffer.concat([zip(parts), Buffer.from("!")]),
    ]) {
      const archive = new Zip(bytes);
      assert.deepEqual(archive.names, ["a.xml", "b.xml"]);
      assert.equal(archive.text("a.xml"), "<a>größer</a>");
      assert.equal(archive.text("c.xml"), undefined);
    }
  });

  it("that is locked or damaged says so", () => {
    const directory = (bytes: Buffer): number => bytes.indexOf("PK\u0001\u0002", 0, "latin1");
    const locked = zip(parts);
    locked.writeUInt16LE(1, directory(locked) + 8);
    assert.throws(() => new Zip(locked), { message: "The document is protected by a password." });
    const damaged = { message: "The document is damaged: its archive can't be read." };
    const sound = zip(parts);
    for (let cut = 1; cut <= 22; cut++) assert.throws(() => new Zip(sound.subarray(0, -cut)), damaged);
    const more = zip(parts);
    more.writeUInt16LE(3, more.length - 12);
    assert.throws(() => new Zip(more), damaged);
    for (const [at, value] of [
      [42, sound.length - 20],
      [42, 1],
    ] as const) {
      const lost = zip(parts);
      lost.writeUInt32LE(value, directory(lost) + at);
      assert.throws(() => new Zip(lost).part("a.xml"), damaged);
    }
    const garbled = zip(parts);
    garbled.fill(0xff, 35, 40);
    assert.throws(() => new Zip(garbled).part("a.xml"), damaged);
  });

  it("unpacks to no more than a document holds, all its parts together", () => {
    const half = Buffer.alloc(60_000_000);
    for (const isStored of [false, true]) {
      const archive = new Zip(zip({ a: half, b: half }, 9, isStored));
      assert.equal(archive.part("a")?.length, half.length);
      assert.throws(() => archive.part("b"), { message: /ZIP bomb/ });
    }
    const claims = zip({ a: Buffer.alloc(9), b: Buffer.alloc(9) }, 150_000_000);
    assert.deepEqual(new Zip(claims).names, ["a", "b"]);
    assert.throws(() => new Zip(zip({ a: Buffer.alloc(9), b: Buffer.alloc(9) }, 150_000_001)), /ZIP bomb/);
  });
});
