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

  it("of an older version has its cells in sheets, and what they say under another name", async () => {
    const cells = [
      { cell_type: "code", input: ["burn()\r\n", "stop()"] },
      { cell_type: "markdown", source: "## Oil ##\n####### wick\n#chain" },
    ];
    const old = Buffer.from(JSON.stringify({ worksheets: [{ cells }, { cells: [{ input: "end()" }] }] }));
    const { text, headings } = await extract(old, "a.ipynb");
    assert.equal(text, "burn()\nstop()\n\n## Oil ##\n####### wick\n#chain\n\nend()");
    assert.deepEqual(headings, [{ name: "Oil", level: 2, row: 3 }]);
  });

  it("has no headings in its code, nor of lines that are longer than any title", async () => {
    const long = `# ${"x".repeat(1_000)}`;
    const read = await extract(
      notebook([{ source: "# Load" }, { cell_type: "markdown", source: long }]),
      "a.ipynb",
    );
    assert.deepEqual(read.headings, []);
  });

  it("is read without what is of no known form in it", async () => {
    const outputs = [{ data: { "image/png": "x" } }, { text: " \n" }, { text: 7, ename: "Error" }, null];
    const read = await extract(
      notebook([{ source: 7, outputs }, { source: [] }, { source: "end()" }]),
      "a.ipynb",
    );
    assert.equal(read.text, "Output: Error:\n\nend()");
  });

  it("of more text than any book has is refused, and cut outputs are counted", async () => {
    const endless = notebook([{ source: "x".repeat(20_000_001) }]);
    await assert.rejects(extract(endless, "a.ipynb"), { message: "It holds more text than any book has." });
    const cells = [1, 2].map(() => ({ outputs: [{ text: "x".repeat(4_001) }] }));
    const { partly } = await extract(notebook(cells), "a.ipynb");
    assert.equal(partly, "Read in part: the first 4,000 characters of 2 outputs that are longer.");
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

  it("without times are a text like others, and times may be written in several ways", async () => {
    const { places } = await extract(
      Buffer.from("1 --> 2\n00:01:12 --> 00:01:15\nThe lamp is out.\n"),
      "a.srt",
    );
    assert.equal(places, undefined);
    const times =
      " 1:02:03,5 --> 1:02:04,25\nOut.\n1:12.000  -->  1:15.500 align:left\nIt is: 01:12.000 --> 01:15.500";
    const read = await extract(Buffer.from(`WEBVTT\n${times}`), "a.vtt");
    assert.deepEqual(read.places, [
      { startLine: 2, place: { in: "time", from: "1:02:03", to: "1:02:04" } },
      { startLine: 4, place: { in: "time", from: "1:12", to: "1:15" } },
    ]);
  });
});
