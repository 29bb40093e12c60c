import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { extract } from "../../indexer/read/extract.ts";
import type { Extracted } from "../../indexer/read/extracted.ts";
import { parseFile } from "../../indexer/read/parseFile.ts";
import { placeOfLine } from "../support/documents.ts";
import { outlookMail } from "../support/outlookMail.ts";

const folder = fileURLToPath(new URL("../fixtures/files/", import.meta.url));
const fixture = (name: string): Promise<Extracted> => extract(readFileSync(folder + name), name);
const mail = (text: string): Promise<Extracted> =>
  extract(Buffer.from(text.replaceAll("\n", "\r\n")), "a.eml");

describe("a mail", () => {
  it("is read with its headers, its body, and its attachments as documents of their own", async () => {
    const read = await fixture("offer.eml");
    assert.ok(
      read.text.startsWith(`Offer for the Fresnel lens – größe 3

From: Åse Lind <ase@lighthouse.example>
To: Eve Müller <eve@kestrel.example>, bo@kestrel.example
Cc: Harbour Office <harbour@port.example>
Date: 2026-03-04 09:00 UTC
Attachments: prices.xlsx, plan.png, notes.txt

Dear Eve,

the lens costs 48,500 euros, delivered by 15 October.

From here on it is the harbour that pays.

> When can it be there?
> Eve

prices.xlsx
`),
      read.text,
    );
    const cell = placeOfLine(read, "Standing desk | Orbis Office | 22.07.2026 | 11 | 79.60 € | 875.60 €");
    assert.deepEqual(cell, { in: "mail", part: "prices.xlsx, sheet Costs Q3" });
    const note = placeOfLine(read, "The ladder is locked; the key hangs behind the clock.");
    assert.deepEqual(note, { in: "mail", part: "notes.txt" });
    assert.equal(read.partly, "Not read: the attachment plan.png.");
    const parsed = await parseFile(folder, "offer.eml", 2_000_000);
    assert.ok(parsed.ok && parsed.parsed.chunks.length >= 3);
    const alone = parsed.parsed.chunks.filter(({ text }) => /^\S+\.(xlsx|txt)\s*$/.test(text));
    assert.deepEqual(alone, [], "the name of an attachment is no passage of its own");
    assert.equal(parsed.parsed.partly, read.partly);
  });

  it("in HTML alone is read as it is shown", async () => {
    const read = await mail(`From: a@b.example
Subject: =?utf-8?q?Caf=C3=A9?=
Content-Type: text/html; charset=utf-8

<style>p{}</style><p>Two<br>lines &amp; <b>more</b></p><div style="display:none">no</div><table><tr><td><h2>Laid out</h2></td><td>by tables</td></tr></table><script>no</script>`);
    assert.equal(read.text, "Café\n\nFrom: a@b.example\n\nTwo\nlines & more\n\nLaid out\n\nby tables");
  });

  it("in a mail is a part of it, and deeper ones are named only", async () => {
    const forwarded = (level: number): string =>
      level === 0
        ? "From: z@z.example\nSubject: innermost\n\nThe safe is blue.\n"
        : `From: a@b.example\nSubject: level ${level}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b${level}"\n\n--b${level}\nContent-Type: message/rfc822\nContent-Disposition: attachment; filename="inner${level}.eml"\n\n${forwarded(level - 1)}\n--b${level}--\n`;
    const read = await mail(forwarded(2));
    assert.deepEqual(placeOfLine(read, "The safe is blue."), {
      in: "mail",
      part: "inner2.eml, attachment inner1.eml",
    });
    const deep = await mail(forwarded(8));
    assert.ok(!deep.text.includes("The safe is blue."));
    assert.match(deep.partly ?? "", /attachment/);
  });

  it("with what is no picture in its text is read with it, or says that it was not read", async () => {
    const part = (type: string, name: string): string =>
      `--b\nContent-Type: ${type}\nContent-Disposition: inline; filename="${name}"\n\nWhat it holds.\n`;
    const read = await mail(
      `From: a@b.example\nSubject: s\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n\nThe body.\n${part("text/csv", "levels.csv")}${part("application/zip", "plans.zip")}${part("image/png", "logo.png")}--b--\n`,
    );
    assert.match(read.text, /^Attachments: levels\.csv, plans\.zip$/m);
    assert.deepEqual(placeOfLine(read, "What it holds."), { in: "mail", part: "levels.csv" });
    assert.equal(read.partly, "Not read: the attachment plans.zip.");
  });

  it("does not give away attachments whose names say that they hold passwords", async () => {
    const read = await mail(
      'From: a@b.example\nSubject: s\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n\nThe body.\n--b\nContent-Disposition: attachment; filename="prod.env"\n\nHARBOUR_GATE=opensesame\n--b--\n',
    );
    assert.doesNotMatch(read.text, /opensesame/);
    assert.equal(read.partly, "Not read: the attachment prod.env.");
  });

  it("that is none is listed with the reason", async () => {
    await assert.rejects(extract(Buffer.from("\u0000\u0001\u0002"), "a.eml"), /damaged|holds no text/);
    await assert.rejects(extract(Buffer.from("d0cf11e0a1b11ae100000000", "hex"), "a.msg"), /damaged/);
  });
});

describe("an mbox file", () => {
  const message = (number: number, text: string): string =>
    `From eve@example.org Thu Mar  4 10:00:00 2026\nFrom: eve@example.org\nSubject: number ${number}\n\n${text}\n\n`;

  it("is not parted where a text speaks of a year", async () => {
    const box =
      message(1, "The first.\n\nFrom January 2024 on the lamp burns oil.\nIt is cheap.") + message(2, "Two.");
    const read = await extract(Buffer.from(box), "a.mbox");
    assert.match(read.text, /The first\.\n\nFrom January 2024 on the lamp burns oil\.\nIt is cheap\./);
    assert.deepEqual(placeOfLine(read, "Two."), { in: "mail", message: 2 });
  });

  it("names a damaged message and reads the others", async () => {
    const damaged = "From eve@example.org Thu Mar  4 10:00:00 2026\nnothing: of a mail\n\nlost\n\n";
    const read = await extract(Buffer.from(message(1, "One.") + damaged + message(3, "Three.")), "a.mbox");
    assert.deepEqual(placeOfLine(read, "Three."), { in: "mail", message: 3 });
    assert.equal(read.partly, "Not read: message 2 (The mail is damaged: it has no headers).");
  });

  it("is read message by message", async () => {
    const read = await fixture("thread.mbox");
    assert.deepEqual(placeOfLine(read, "Frame | 1,200 €"), { in: "mail", message: 2 });
    assert.deepEqual(placeOfLine(read, "From the pier we walk."), { in: "mail", message: 3 });
    const attached = placeOfLine(read, "The ladder is locked; the key hangs behind the clock.");
    assert.deepEqual(attached, { in: "mail", message: 1, part: "notes.txt" });
    assert.ok(read.text.includes("From here on it is the harbour that pays."));
  });
});

describe("a mail of Outlook", () => {
  it("is read from its properties", async () => {
    const read = await extract(outlookMail(), "a.msg");
    assert.equal(
      read.text,
      "Lantern oil\n\nFrom: Åse Lind <ase@lighthouse.example>\n\nTwelve litres a night.\n\nÅse",
    );
  });

  it("of Outlook is read where properties of a damaged one are of another type than they say", async () => {
    const bytes = outlookMail();
    const mark = (from: string, to: string): void => {
      const at = bytes.indexOf(Buffer.from(from, "utf16le"));
      assert.ok(at > 0, from);
      bytes.write(to, at, "utf16le");
    };
    // The body as bytes, the subject as a number.
    mark("1000001F", "10000102");
    mark("0037001F", "00370003");
    const { text } = await extract(bytes, "a.msg");
    assert.match(text, /^\(no subject\)\n\nFrom: /);
  });
});
