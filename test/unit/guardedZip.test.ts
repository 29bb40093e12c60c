import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { guardedZip, Zip } from "../../indexer/read/zip.ts";
import { zip } from "../support/archive.ts";

const text = Buffer.from("<sheet/>");

describe("an archive for a library that unpacks all of it", () => {
  it("is without pictures and inserted files, and else what it was", () => {
    const parts = {
      "xl/workbook.xml": text,
      "xl/media/image1.dat": Buffer.alloc(300),
      "xl/embeddings/a.docx": Buffer.alloc(300),
      "Thumbnails/thumbnail.png": Buffer.alloc(300),
      "xl/worksheets/sheet1.bin": text,
    };
    const guarded = new Zip(guardedZip(zip(parts)));
    assert.deepEqual(guarded.names, ["xl/workbook.xml", "xl/worksheets/sheet1.bin"]);
    assert.deepEqual(guarded.part("xl/worksheets/sheet1.bin"), text);
  });

  it("keeps what only looks like a picture or an inserted file by its name", () => {
    const left = ["media/a.bin", "ppt/embeddings/a.bin", "Pictures/a", "xl/printerSettings/p.bin"];
    const pictures = ["png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "emf", "wmf", "svg"].map(
      (ending) => `xl/a.${ending}`,
    );
    const kept = ["xl/multimedia/a.xml", "media.xml", "xl/a.png.xml", "xl/jpg", "xl/a.ppng"];
    const all = [...left, ...pictures, ...kept].map((name) => [name, text] as const);
    assert.deepEqual(new Zip(guardedZip(zip(Object.fromEntries(all)))).names, kept);
  });

  it("is not given away when a part of it is larger than it says, whatever the part is called", () => {
    for (const name of ["xl/worksheets/sheet1.bin", "xl/sheet1", "xl/workbook.xml"]) {
      const bomb = zip({ "xl/styles.xml": text, [name]: Buffer.alloc(120_000_000) }, 10);
      assert.throws(() => guardedZip(bomb), /ZIP bomb/, name);
    }
  });

  it("is damaged when it says of a part in two places two things", () => {
    const bytes = zip({ "xl/workbook.xml": text });
    // In the directory it is stored as it is; before its data, packed.
    bytes.writeUInt16LE(0, bytes.indexOf("PK\u0001\u0002", 0, "latin1") + 10);
    assert.throws(() => guardedZip(bytes), /damaged/);
  });
});
