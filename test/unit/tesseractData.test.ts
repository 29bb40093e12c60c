import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { languageData } from "../../indexer/read/tesseractData.ts";

describe("the data of a language in which scans are read", () => {
  const folder = mkdtempSync(join(tmpdir(), "languages-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const data = (language: string, where = folder): string =>
    Buffer.from(languageData(language, where)).toString();

  it("is that of the person's folder, packed or not", () => {
    writeFileSync(join(folder, "deu.traineddata"), "German");
    writeFileSync(join(folder, "fra.traineddata.gz"), gzipSync("French"));
    assert.equal(data("deu"), "German");
    assert.equal(data("fra"), "French");
  });

  it("is Carrel's own for English, unless the folder has other data for it", () => {
    const own = languageData("eng", "");
    assert.ok(own.length > 1_000_000, `${own.length}`);
    assert.deepEqual(languageData("eng", folder), own);
    writeFileSync(join(folder, "eng.traineddata"), "English");
    assert.equal(data("eng"), "English");
  });

  it("that is missing, damaged or can't be read is told, with the place", () => {
    assert.throws(() => data("swe", ""), /"swe" is missing: no folder for it is set/);
    assert.throws(
      () => data("swe"),
      (error: Error) => error.message.includes(`${folder} holds no swe.traineddata`),
    );
    writeFileSync(join(folder, "nor.traineddata.gz"), gzipSync("Norwegian").subarray(0, 12));
    assert.throws(() => data("nor"), /nor\.traineddata\.gz is damaged/);
    mkdirSync(join(folder, "dan.traineddata"));
    assert.throws(() => data("dan"), /dan\.traineddata can't be read/);
  });
});
