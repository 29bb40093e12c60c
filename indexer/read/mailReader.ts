import { numbersOf, scansOf, startsOf } from "./attachedPages.ts";
import { type Extracted, type ReadScans, UnreadableFile } from "./extracted.ts";
import { writeHtml } from "./html.ts";
import { messagesOf } from "./mailbox.ts";
import { type Mail, type MailAttachment, parseMail } from "./mailFormats.ts";
import { isRead, readAs } from "./readers.ts";
import { DocumentWriter } from "./writer.ts";

const mostMessages = 20_000;
const mostAttachments = 50;
/** A mail in a mail in a mail: deeper ones are named only. */
const deepest = 3;

let depth = 0;

/** What goes along while a file is read. */
interface Reading {
  readonly writer: DocumentWriter;
  /** What was read in its scans before, and which there are. */
  readonly known: ReadScans | undefined;
  readonly scans: number[];
  readonly scanStarts: Map<number, number>;
  /** How many attachments have been met. */
  attachments: number;
}

/**
 * The text of a mail, or of all mails of an mbox file: headers, body, and each attachment that Carrel reads, as a
 * document of its own. Nothing that a mail refers to is fetched. Throws UnreadableFile.
 */
export async function read(bytes: Buffer, _path?: string, known?: ReadScans): Promise<Extracted> {
  const writer = new DocumentWriter();
  const reading: Reading = { writer, known, scans: [], scanStarts: new Map(), attachments: 0 };
  depth += 1;
  try {
    const messages = messagesOf(bytes);
    for (const [index, message] of messages.slice(0, mostMessages).entries()) {
      const number = messages.length > 1 ? index + 1 : undefined;
      const mail = await parsed(message, number, writer);
      if (mail) await writeMail(mail, number, reading);
    }
    if (messages.length > mostMessages) {
      writer.leaveOut(
        `all but the first ${mostMessages.toLocaleString("en")} of ${messages.length.toLocaleString("en")} messages`,
      );
    }
  } finally {
    depth -= 1;
  }
  const { scans, scanStarts } = reading;
  return { ...writer.extracted("The mail"), ...(scans.length > 0 && { scans, scanStarts }) };
}

/** One damaged message among many is left out; undefined for it. */
async function parsed(
  bytes: Buffer,
  number: number | undefined,
  writer: DocumentWriter,
): Promise<Mail | undefined> {
  try {
    return await parseMail(bytes);
  } catch (error) {
    if (number === undefined || !(error instanceof UnreadableFile)) throw error;
    writer.leaveOut(`message ${number} (${withoutPoint(error.message)})`);
    return undefined;
  }
}

/** The content of an attachment, by its number in the file; undefined when there is none. */
export async function attachmentOf(bytes: Buffer, number: number): Promise<Buffer | undefined> {
  let before = 0;
  for (const message of messagesOf(bytes).slice(0, mostMessages)) {
    const attachments = await attachmentsOf(message);
    const found = attachments[number - before - 1];
    if (found) return found.content;
    before += attachments.length;
  }
  return undefined;
}

/** One that is damaged has none: the mail's text has none of them either. */
async function attachmentsOf(message: Buffer): Promise<readonly MailAttachment[]> {
  try {
    return (await parseMail(message)).attachments;
  } catch (error) {
    if (error instanceof UnreadableFile) return [];
    throw error;
  }
}

async function writeMail(mail: Mail, message: number | undefined, reading: Reading): Promise<void> {
  const { writer } = reading;
  const counted = message === undefined ? {} : { message };
  writer.at({ in: "mail", ...counted });
  writer.heading(mail.subject || "(no subject)", 1);
  const names = mail.attachments.flatMap(({ name, isInline }) => (isInline ? [] : [name]));
  const lines = [
    ["From", mail.from],
    ["To", mail.to],
    ["Cc", mail.cc],
    ["Date", mail.date],
    ["Attachments", names.join(", ")],
  ];
  writer.paragraph(lines.flatMap(([label, value]) => (value ? [`${label}: ${value}`] : [])).join("\n"));
  // Programs that write mbox files put a ">" before a line that begins as their separator does.
  const text = message === undefined ? mail.text : mail.text.replace(/^>(?=>*From )/gm, "");
  if (text.trim() === "") writeHtml(mail.html, writer, 1);
  for (const paragraph of text.split(/\n\s*\n/)) writer.paragraph(paragraph);
  for (const [index, attachment] of mail.attachments.entries()) {
    reading.attachments += 1;
    if (attachment.isInline) continue;
    if (index >= mostAttachments)
      writer.leaveOut(`the attachment ${attachment.name}, beyond the ${mostAttachments}th`);
    else await writeAttachment(attachment, counted, reading);
  }
}

async function writeAttachment(
  { name, content }: MailAttachment,
  counted: { message?: number },
  { writer, known, scans, scanStarts, attachments: number }: Reading,
): Promise<void> {
  if (!isRead(name) || depth > deepest) {
    writer.leaveOut(`the attachment ${name}`);
    return;
  }
  try {
    const inner = await readAs(name, content, scansOf(known, number));
    scans.push(...numbersOf(number, inner.scans));
    const placeOf = (inside: string | undefined) =>
      ({ in: "mail", ...counted, part: inside === undefined ? name : `${name}, ${inside}` }) as const;
    const above = writer.insert(name, inner, placeOf, 2);
    for (const [page, line] of startsOf(number, inner, above)) scanStarts.set(page, line);
    if (inner.partly !== undefined) writer.leaveOut(`a part of the attachment ${name}`);
  } catch (error) {
    // Whatever is wrong with it, the mail itself can be read.
    const isKnown = error instanceof UnreadableFile;
    if (isKnown) scans.push(...numbersOf(number, error.scans));
    const reason = isKnown ? withoutPoint(error.message) : "it is damaged";
    writer.leaveOut(`the attachment ${name} (${reason})`);
  }
}

function withoutPoint(sentence: string): string {
  return sentence.replace(/\.$/, "");
}
