import assert from "node:assert/strict";
import { test } from "node:test";
import { browserForTests } from "../support/testBrowser.ts";
import { eventually } from "../support/workspace.ts";
import { fileHandlers, type OpenReader, openReader, pdfPartOf } from "./readerPageHarness.ts";
import { assertQuiet, inkOf } from "./readerPageSteps.ts";
import { openPdf, plain, register } from "./readerPdfs.ts";

/** What the reader's page gets of a PDF before it, or pdf.js, has asked for it. */

const browser = browserForTests();

test("of a large PDF only some megabytes are read before its page is drawn", async () => {
  const bytes = register(1000, plain, 170);
  let moved = 0;
  const { file, range } = fileHandlers(() => bytes, { start: 131_072, end: 262_144 });
  const reader = await openPdf(
    browser,
    () => bytes,
    { page: 700, text: plain(700) },
    {
      file,
      range: async (params, context) => {
        moved += params.end - params.begin;
        return await range(params, context);
      },
    },
  );
  await eventually("page 700", async () => (await inkOf(reader, 700)) > 0.001);
  await eventually("the mark", async () => (await reader.marked()).passage.length === 1);
  // Eight megabytes are read ahead at most, and what the page takes.
  assert.ok(moved > 0 && moved < 10e6 && bytes.length > 13e6, `${moved} of ${bytes.length}`);
  await assertQuiet(reader);
  await reader.page.close();
});

test("what the extension has sent before it is asked for is not asked for, but anew when the file has changed", async () => {
  let bytes = register(20, plain);
  const asked: string[] = [];
  const { file, range } = fileHandlers(() => bytes);
  const loaded = Promise.withResolvers<OpenReader["host"]>();
  const reader = await openReader(browser, {
    isDrawn: true,
    handlers: {
      ready: async (_, context) => {
        const host = await loaded.promise;
        if (!asked.includes("ready")) {
          host.notify("worker", { bytes: pdfPartOf("worker", "worker") });
          host.notify("ends", await file({}, context));
        }
        asked.push("ready");
        return { name: "register.pdf", isDrawn: true, opensOutside: false };
      },
      part: ({ kind, name }) => {
        if (kind === "worker") asked.push(kind);
        return { bytes: pdfPartOf(kind, name) };
      },
      file: (params, context) => {
        asked.push("file");
        return file(params, context);
      },
      range,
    },
  });
  loaded.resolve(reader.host);
  await eventually("page 1", async () => (await inkOf(reader, 1)) > 0.001);
  assert.deepEqual(asked, ["ready"]);
  bytes = register(10, (number) => `Now ${number}.`);
  reader.host.notify("changed", { isGone: false });
  await reader.page.getByText("Now 1.").waitFor({ state: "attached" });
  assert.deepEqual(asked.toSorted(), ["file", "ready", "ready", "worker"]);
  await reader.page.close();
});
