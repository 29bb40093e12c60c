import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cutUp } from "../../indexer/chunk/cutUp.ts";
import { extract } from "../../indexer/read/extract.ts";
import { placeOfLine } from "../support/documents.ts";

const notebook = (cells: readonly object[]): Buffer =>
  Buffer.from(JSON.stringify({ nbformat: 4, metadata: {}, cells }));

describe("a notebook", () => {
  it("is read cell by cell, with the text of its outputs and without pictures", async () => {
    const read = await extract(
      notebook([
        { cell_type: "markdown", source: ["# Tides\n", "Measured at the pier."] },
        {
          cell_type: "code",
          source: "levels = load()\nlevels.mean()",
          outputs: [
            {
              output_type: "execute_result",
              data: { "text/plain": ["3.2 metres"], "image/png": "iVBORw0KGgo" },
            },
            { output_type: "stream", text: "loaded 12 days\n" },
          ],
        },
        { cell_type: "code", source: "" },
        { cell_type: "code", source: "boom()", outputs: [{ ename: "ValueError", evalue: "no tide" }, 7] },
      ]),
      "a.ipynb",
    );
    assert.equal(
      read.text,
      "# Tides\nMeasured at the pier.\n\nlevels = load()\nlevels.mean()\nOutput: 3.2 metres\nOutput: loaded 12 days\n\nboom()\nOutput: ValueError: no tide",
    );
    assert.deepEqual(read.headings, [{ name: "Tides", level: 1, row: 0 }]);
    assert.deepEqual(placeOfLine(read, "boom()"), { in: "notebook", cell: 4, lastCell: 4 });
    const chunks = await cutUp({ ...read, kind: "document", language: "jupyter" });
    assert.ok(typeof chunks !== "string");
    assert.deepEqual(chunks[0]?.place, { in: "notebook", cell: 1, lastCell: 4 });
  });

  it("says of which outputs it shows the beginning alone", async () => {
    const cell = (output: string): object => ({ source: "show()", outputs: [{ text: output }] });
    const whole = await extract(notebook([cell("x".repeat(4_000))]), "a.ipynb");
    assert.equal(whole.partly, undefined);
    const read = await extract(notebook([cell(`${"x".repeat(4_000)}y`), cell("short")]), "a.ipynb");
    assert.doesNotMatch(read.text, /y/);
    assert.equal(read.partly, "Read in part: the first 4,000 characters of 1 output that is longer.");
  });

  it("that is none, or holds nothing, is listed with the reason", async () => {
    await assert.rejects(extract(Buffer.from("{not json"), "a.ipynb"), /damaged/);
    await assert.rejects(extract(Buffer.from('{"cells": 3}'), "a.ipynb"), /damaged/);
    await assert.rejects(extract(notebook([]), "a.ipynb"), /holds no text/);
  });
});

describe("subtitles", () => {
  it("are the text that they are, and know when it is said", async () => {
    const srt =
      "1\n00:01:12,000 --> 00:01:15,500\nThe lamp is out.\n\n2\n00:01:16,000 --> 00:01:20,000\nLight it.\n";
    const read = await extract(Buffer.from(srt), "a.srt");
    assert.equal(read.text, srt);
    assert.deepEqual(placeOfLine(read, "Light it."), { in: "time", from: "00:01:16", to: "00:01:20" });
    const chunks = await cutUp({ ...read, kind: "prose", language: "subtitle" });
    assert.ok(typeof chunks !== "string");
    assert.deepEqual(chunks[0]?.place, { in: "time", from: "00:01:12", to: "00:01:20" });
    const vtt = await extract(Buffer.from("WEBVTT\n\n01:12.000 --> 01:15.500\nThe lamp is out.\n"), "a.vtt");
    assert.deepEqual(placeOfLine(vtt, "The lamp is out."), { in: "time", from: "01:12", to: "01:15" });
  });
});
