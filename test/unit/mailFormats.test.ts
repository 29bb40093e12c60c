import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { extract } from "../../indexer/read/extract.ts";
import { UnreadableFile } from "../../indexer/read/extracted.ts";
import { messagesOf } from "../../indexer/read/mailbox.ts";
import { type Mail, parseMail } from "../../indexer/read/mailFormats.ts";
import { attachmentOf, read } from "../../indexer/read/mailReader.ts";
import { fixedProperties, outlookMail } from "../support/outlookMail.ts";

const mail = (text: string): Promise<Mail> => parseMail(Buffer.from(text));
const damaged = { name: "UnreadableFile", message: "The mail is damaged: it can't be read." };

/** Files attached to a mail, by their headers. */
function withParts(heads: readonly string[], kind = "mixed"): string {
  const parts = heads.map((head, i) => `--b\n${head}\n\nWhat ${i + 1} holds.\n`);
  return `From: a@b.example\nMIME-Version: 1.0\nContent-Type: multipart/${kind}; boundary=b\n\n--b\n\nThe body.\n${parts.join("")}--b--\n`;
}

describe("an internet mail", () => {
  it("names people by their names and addresses, each once, those of groups among them", async () => {
    const { from, to, cc, subject, date, html } = await mail(
      'From: "a@b.example" <a@b.example>\nTo: Bo Ek <bo@b.example>, Harbour: c@b.example, Di <di@b.example>;\nDate: some day in March\n\nThe lamp.\n',
    );
    assert.deepEqual(
      [from, to, cc, subject, date, html],
      [
        "a@b.example",
        "Bo Ek <bo@b.example>, c@b.example, Di <di@b.example>",
        "",
        "",
        "some day in March",
        "",
      ],
    );
    assert.equal((await mail("From: The harbour\n\nThe lamp.\n")).from, "The harbour", "no address");
    const { from: nobody, date: never } = await mail("Subject: Lamp\nTo: nobody:;\n\nThe lamp.\n");
    assert.deepEqual([nobody, never], ["", ""]);
  });

  it("is one if it has a header that mails have, by its whole name", async () => {
    for (const name of ["From", "to", "SUBJECT", "Date", "Message-ID", "Received", "Content-Type"]) {
      await mail(`${name}: x\n\nThe lamp.\n`);
    }
    for (const name of ["X-From", "Tone", "Subjects", "Content-Types"]) {
      await assert.rejects(mail(`${name}: x\n\nThe lamp.\n`), /The mail is damaged: it has no headers/, name);
    }
  });

  it("has names for attachments without one, by what they are", async () => {
    const types = [
      "message/rfc822",
      "text/plain",
      "text/html",
      "text/calendar",
      "application/pdf",
      "image/x",
    ];
    const heads = types.map((type) => `Content-Type: ${type}\nContent-Disposition: attachment`);
    const { attachments } = await mail(withParts(heads));
    assert.deepEqual(
      attachments.map(({ name }) => name),
      ["eml", "txt", "html", "ics", "pdf", "bin"].map((ending, i) => `attachment ${i + 1}.${ending}`),
    );
    assert.equal(attachments[4]?.content.toString().trim(), "What 5 holds.");
  });

  it("tells pictures in its text from attached ones", async () => {
    const { attachments } = await mail(
      withParts(
        [
          "Content-Type: image/png; name=shown.png\nContent-ID: <a>",
          "Content-Type: application/zip; name=kept.zip\nContent-ID: <b>",
        ],
        "related",
      ),
    );
    assert.deepEqual(
      attachments.map(({ name, isInline }) => [name, isInline]),
      [
        ["shown.png", true],
        ["kept.zip", false],
      ],
    );
    const attached = "Content-Type: image/png\nContent-Disposition: attachment; filename=apart.png";
    assert.equal((await mail(withParts([attached]))).attachments[0]?.isInline, false);
  });

  it("stands in places by names that are cut where they are longer than any", async () => {
    for (const [name, called] of [
      [`${"a".repeat(196)}.txt`, `${"a".repeat(196)}.txt`],
      [`${"b".repeat(197)}.txt`, `${"b".repeat(197)}.tx…`],
    ]) {
      const bytes = Buffer.from(withParts([`Content-Disposition: attachment; filename=${name}`]));
      const { places } = await extract(bytes, "a.eml");
      assert.deepEqual(places?.at(-1)?.place, { in: "mail", part: called });
    }
  });

  it("has no more attachments read than fifty, which is said", async () => {
    const heads = Array.from(
      { length: 52 },
      (_, i) => `Content-Disposition: attachment; filename=${i + 1}.txt`,
    );
    const { text, partly } = await read(Buffer.from(withParts(heads)));
    assert.match(text, /\n50\.txt\n\nWhat 50 holds\./);
    assert.doesNotMatch(text, /What 51 holds/);
    assert.equal(
      partly,
      "Not read: the attachment 51.txt, beyond the 50th; the attachment 52.txt, beyond the 50th.",
    );
  });
});

describe("a mail of Outlook", () => {
  const recipient = (at: number, fields: Readonly<Record<string, string>>, kind?: number) => ({
    [`__recip_version1.0_#0000000${at}/__properties_version1.0`]: fixedProperties(
      8,
      kind === undefined ? [] : [[0x0c150003, BigInt(kind)]],
    ),
    ...Object.fromEntries(
      Object.entries(fields).map(([tag, text]) => [
        `__recip_version1.0_#0000000${at}/__substg1.0_${tag}001F`,
        text,
      ]),
    ),
  });
  const attached = (at: number, streams: Readonly<Record<string, Buffer | string>>) =>
    Object.fromEntries(
      Object.entries(streams).map(([name, content]) => [
        `__attach_version1.0_#0000000${at}/${name}`,
        content,
      ]),
    );
  /** 2026-03-04 10:00 UTC in tenths of microseconds since 1601. */
  const march = (BigInt(Date.UTC(2026, 2, 4, 10)) + 11_644_473_600_000n) * 10_000n;

  it("names those whom it went to and in copy, and when", async () => {
    const read = await parseMail(
      outlookMail({
        "__properties_version1.0": fixedProperties(32, [
          [0x0e060040, march],
          [0x00390040, march + 36_000_000_000n],
        ]),
        ...recipient(0, { "3001": "Bo Ek", "39FE": "bo@b.example", "3003": "/o=b/cn=bo" }, 1),
        ...recipient(1, { "3001": "c@b.example", "3003": "c@b.example" }, 2),
        ...recipient(2, { "39FE": "di@b.example" }, 2),
        ...recipient(3, { "3001": "Unseen", "3003": "u@b.example" }, 3),
        ...recipient(4, { "3001": "Ed" }),
      }),
    );
    assert.equal(read.to, "Bo Ek <bo@b.example>, Ed");
    assert.equal(read.cc, "c@b.example, di@b.example");
    assert.equal(read.date, "2026-03-04 10:00 UTC");
    assert.deepEqual([read.html, read.attachments], ["", []]);
    const sent = outlookMail({ "__properties_version1.0": fixedProperties(32, [[0x00390040, march]]) });
    assert.equal((await parseMail(sent)).date, "2026-03-04 10:00 UTC");
  });

  it("has its page as text or as bytes, and the sender's address where that has a better one", async () => {
    const page = "<p>Tvö ljós</p>";
    const text = await parseMail(outlookMail({ "__substg1.0_1013001F": page }));
    assert.equal(text.html, page);
    const bytes = await parseMail(
      outlookMail({ "__substg1.0_10130102": Buffer.from(page), "__substg1.0_5D01001F": "ase@b.example" }),
    );
    assert.deepEqual([bytes.html, bytes.from], [page, "Åse Lind <ase@b.example>"]);
  });

  it("has attachments under their names, mails among them", async () => {
    const hidden = fixedProperties(8, [[0x7ffe000b, 1n]]);
    const inner = (name: string) => ({
      ...(name === "" ? {} : { "__substg1.0_3001001F": name }),
      "__substg1.0_3701000D/__properties_version1.0": fixedProperties(24, []),
      "__substg1.0_3701000D/__substg1.0_0037001F": "Inside",
    });
    const { attachments } = await parseMail(
      outlookMail({
        ...attached(0, { "__substg1.0_3707001F": "a.txt", "__substg1.0_37010102": Buffer.from("One.") }),
        ...attached(1, {
          "__properties_version1.0": hidden,
          "__substg1.0_37010102": Buffer.from("Two."),
        }),
        ...attached(2, inner("Offer")),
        ...attached(3, inner("offer.MSG")),
        ...attached(4, inner("")),
      }),
    );
    assert.deepEqual(
      attachments.map(({ name, isInline }) => [name, isInline]),
      [
        ["a.txt", false],
        ["attachment 2", true],
        ["Offer.msg", false],
        ["offer.MSG", false],
        ["attachment 5.msg", false],
      ],
    );
    assert.deepEqual(
      attachments.slice(0, 2).map(({ content }) => content.toString()),
      ["One.", "Two."],
    );
    assert.equal((await parseMail(attachments[2]?.content ?? Buffer.alloc(0))).subject, "Inside");
  });

  it("that is damaged says so", async () => {
    await assert.rejects(parseMail(Buffer.from("d0cf11e0a1b11ae100000000", "hex")), damaged);
    assert.ok(await parseMail(outlookMail()));
    await assert.rejects(parseMail(outlookMail().subarray(0, 700)), damaged);
    await assert.rejects(parseMail(Buffer.from("d0cf", "hex")), UnreadableFile);
  });
});

describe("the messages of an mbox file", () => {
  const head = "From eve@example.org Thu Mar  4 10:00:00 2026";
  const messages = (text: string): string[] => messagesOf(Buffer.from(text)).map((bytes) => bytes.toString());

  it("begin after a blank line, however lines end, and before a header", () => {
    for (const end of ["\n", "\r\n"]) {
      const box = [
        head,
        "A: 1",
        "",
        "One.",
        head,
        "B: not after a blank line",
        "",
        head,
        "no header",
        "",
        head,
        "C: 2",
        "",
        "Two.",
      ];
      assert.deepEqual(messages(box.join(end)), [
        `${box.slice(1, 10).join(end)}${end}`,
        box.slice(11).join(end),
      ]);
    }
  });

  it("are one where the first line is that of no envelope", () => {
    for (const first of [
      "From here on 2026 lamps",
      "From eve@example.org 20261",
      "x From eve 2026",
      "From  2026",
      "A: From e 2026",
    ]) {
      const isOne = first !== "From here on 2026 lamps";
      const box = `${first}\nA: 1\n\nOne.\n\n${head}\nA: 2\n\nTwo.\n`;
      assert.equal(messages(box).length, isOne ? 1 : 2, first);
    }
    assert.deepEqual(messages(head), [head]);
    // No line is looked at that is longer than any envelope.
    const long = `From ${"x".repeat(400)} 2026\nA: 1\n\n`;
    assert.deepEqual(messages(long), [long]);
  });

  it("have attachments that are counted through all of them", async () => {
    const parts = (count: number): string =>
      withParts(
        Array.from({ length: count }, (_, i) => `Content-Disposition: attachment; filename=${count}${i}.txt`),
      );
    const box = Buffer.from(
      [parts(2), "nothing: of a mail\n\n", parts(1), parts(3)].map((one) => `${head}\n${one}\n`).join(""),
    );
    const contents: (string | undefined)[] = [];
    for (const number of [1, 2, 3, 4, 6, 7]) {
      contents.push((await attachmentOf(box, number))?.toString().trim());
    }
    assert.deepEqual(contents, [
      "What 1 holds.",
      "What 2 holds.",
      "What 1 holds.",
      "What 1 holds.",
      "What 3 holds.",
      undefined,
    ]);
  });
});
