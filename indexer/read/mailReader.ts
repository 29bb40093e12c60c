import { type Extracted, UnreadableFile } from "./extracted.ts";
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

/**
 * The text of a mail, or of all mails of an mbox file: headers, body, and each attachment that Carrel reads, as a
 * document of its own. Nothing that a mail refers to is fetched. Throws UnreadableFile.
 */
export async function read(bytes: Buffer): Promise<Extracted> {
  const writer = new DocumentWriter();
  depth += 1;
  try {
    const messages = messagesOf(bytes);
    for (const [index, message] of messages.slice(0, mostMessages).entries()) {
      const number = messages.length > 1 ? index + 1 : undefined;
      const mail = await parsed(message, number, writer);
      if (mail) await writeMail(mail, number, writer);
    }
    if (messages.length > mostMessages) {
      writer.leaveOut(
        `all but the first ${mostMessages.toLocaleString("en")} of ${messages.length.toLocaleString("en")} messages`,
      );
    }
  } finally {
    depth -= 1;
  }
  return writer.extracted("The mail");
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

async function writeMail(mail: Mail, message: number | undefined, writer: DocumentWriter): Promise<void> {
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
    if (attachment.isInline) continue;
    if (index >= mostAttachments)
      writer.leaveOut(`the attachment ${attachment.name}, beyond the ${mostAttachments}th`);
    else await writeAttachment(attachment, counted, writer);
  }
}

async function writeAttachment(
  { name, content }: MailAttachment,
  counted: { message?: number },
  writer: DocumentWriter,
): Promise<void> {
  if (!isRead(name) || depth > deepest) {
    writer.leaveOut(`the attachment ${name}`);
    return;
  }
  try {
    const inner = await readAs(name, content);
    const placeOf = (inside: string | undefined) =>
      ({ in: "mail", ...counted, part: inside === undefined ? name : `${name}, ${inside}` }) as const;
    writer.insert(name, inner, placeOf, 2);
    if (inner.partly !== undefined) writer.leaveOut(`a part of the attachment ${name}`);
  } catch (error) {
    // Whatever is wrong with it, the mail itself can be read.
    const reason = error instanceof UnreadableFile ? withoutPoint(error.message) : "it is damaged";
    writer.leaveOut(`the attachment ${name} (${reason})`);
  }
}

function withoutPoint(sentence: string): string {
  return sentence.replace(/\.$/, "");
}
