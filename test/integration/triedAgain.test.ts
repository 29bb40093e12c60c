import assert from "node:assert/strict";
import { test } from "node:test";
import type { Recogniser } from "../../indexer/scans/recogniser.ts";
import { CarrelError } from "../../protocol/channel.ts";
import { openInProcess, signal, testModel } from "../support/inProcess.ts";
import { pdfOf } from "../support/scanPdf.ts";
import { fruit, indexedStepwise, later, one } from "../support/stepwise.ts";
import { makeWorkspace, workspaceOf } from "../support/workspace.ts";

/*
 * What waits for a person to mend something is tried again when that person asks for an update.
 */

test("a second pass that has failed is tried again when somebody asks for an update", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const better = testModel("better");
  better.onEmbed = () => {
    throw new Error("no memory");
  };
  const made = await indexedStepwise(t, workspace, {
    ...one,
    openRefining: async () => better,
    settings: { refine: true },
  });
  await made.settle(later(2_000));
  assert.equal(made.status().refined, 0);
  assert.equal(made.reconciler.next(later(40_000)), undefined, "by itself it is not tried again");
  better.onEmbed = () => undefined;
  made.ask();
  made.reconciler.hasten();
  await made.settle();
  await made.settle(later(2_000));
  assert.equal(made.status().refined, 2);
});

test("scans that could not be read are tried again when somebody asks for it", async (t) => {
  const workspace = await makeWorkspace();
  await workspace.write("a.pdf", pdfOf([{ width: 1_000, height: 1_000 }]));
  let hasData = false;
  const recogniser: Recogniser = {
    async read({ page }) {
      if (!hasData) throw new CarrelError("The language deu is missing.", "Put its data there.");
      return { page, lines: [{ words: [["harbour", 0, 4_000, 90, 4_200]], size: 10, isFirst: true }] };
    },
    letThrough: () => undefined,
    close: () => Promise.resolve(),
  };
  const { indexes, paths } = await openInProcess(t, workspace, {
    open: async () => testModel("m"),
    recogniser,
  });
  const read = () => indexes.index(signal, () => undefined, { ocr: true });
  assert.match((await read()).notice ?? "", /deu is missing\. Put its data there\./);
  hasData = true;
  assert.equal((await read()).notice, undefined);
  assert.deepEqual(await paths("harbour"), ["a.pdf"]);
});
