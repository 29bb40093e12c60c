import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openEncoder } from "../../models/embedding/encoder.ts";
import { loadEncoder } from "../../models/embedding/loadEncoder.ts";
import { openRefiningModel } from "../../models/embedding/open.ts";
import { loadStaticModel } from "../../models/embedding/static.ts";
import { CarrelError } from "../../protocol/channel.ts";

const bundled = fileURLToPath(new URL("../../models/bundled", import.meta.url));
const scratch = await mkdtemp(join(tmpdir(), "carrel-encoder-"));
after(() => rm(scratch, { recursive: true, force: true }));

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

test("the bundled transformer finds what no common word tells", async () => {
  const model = await loadEncoder(join(bundled, "encoder"));
  const [question] = await model.embed(["How long can I be off work when I am ill?"], "query");
  const [sick, lease] = await model.embed(
    ["Sick leave is paid for six weeks.", "The tenant pays the rent on the first of the month."],
    "passage",
  );
  assert.equal(question?.length, model.dimension);
  assert.ok(Math.abs(dot(question!, question!) - 1) < 1e-4);
  assert.ok(dot(question!, sick!) > dot(question!, lease!) + 0.1);
  await model.close();
});

test("both bundled models together stay below 30 MB", async () => {
  const files = [
    "vectors.bin",
    "vocabulary.txt",
    "encoder/onnx/model_quantized.onnx",
    "encoder/tokenizer.json",
  ];
  const sizes = await Promise.all(files.map(async (file) => (await readFile(join(bundled, file))).length));
  assert.ok(sizes.reduce((a, b) => a + b) < 30e6, sizes.join(" + "));
});

test("a damaged file is named when it is needed, with what to do", async () => {
  const dir = join(scratch, "damaged");
  await cp(join(bundled, "encoder"), dir, { recursive: true });
  await writeFile(join(dir, "onnx", "model_quantized.onnx"), "not a model");
  await assert.rejects(loadEncoder(dir), (error) => {
    assert.ok(error instanceof CarrelError);
    assert.match(error.message, /model_quantized\.onnx is not the file/);
    assert.match(error.remedy, /Install Carrel again/);
    return true;
  });
  await writeFile(join(dir, "model.json"), "{}");
  await assert.rejects(openEncoder(dir), /model\.json is not the file/);
});

test("it goes with the bundled static model, not with a model that a person chose", async () => {
  const fast = await loadStaticModel(bundled);
  assert.match((await openRefiningModel(fast, bundled))?.id ?? "", /^carrel-encoder@/);
  assert.equal(await openRefiningModel({ ...fast, id: "bge-small-q8@1" }, bundled), undefined);
});
