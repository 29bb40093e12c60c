import type { FieldsData } from "@kenjiuno/msgreader";
import type { Address, Email } from "postal-mime";
import { UnreadableFile } from "./extracted.ts";
import { isCompoundFile } from "./formatInside.ts";

/** A mail, however it was stored. Texts are "" where it has none. */
export interface Mail {
  readonly subject: string;
  readonly from: string;
  readonly to: string;
  readonly cc: string;
  readonly date: string;
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly MailAttachment[];
}

export interface MailAttachment {
  readonly name: string;
  /** A picture in the text. */
  readonly isInline: boolean;
  readonly content: Buffer;
}

/** Throws UnreadableFile. */
export async function parseMail(bytes: Buffer): Promise<Mail> {
  try {
    return isCompoundFile(bytes) ? await outlook(bytes) : await internet(bytes);
  } catch (error) {
    if (error instanceof UnreadableFile) throw error;
    throw new UnreadableFile("The mail is damaged: it can't be read.");
  }
}

/** A mail has one of these at least. */
const usual = /^(?:from|to|subject|date|message-id|received|content-type)$/;

async function internet(bytes: Buffer): Promise<Mail> {
  const { default: PostalMime } = await import("postal-mime");
  const mail: Email = await PostalMime.parse(bytes, { attachmentEncoding: "arraybuffer" });
  if (!mail.headers.some(({ key }) => usual.test(key))) {
    throw new UnreadableFile("The mail is damaged: it has no headers.");
  }
  return {
    subject: mail.subject ?? "",
    from: people(mail.from ? [mail.from] : []),
    to: people(mail.to),
    cc: people(mail.cc),
    date: dateText(mail.date ?? ""),
    text: mail.text ?? "",
    html: mail.html ?? "",
    attachments: mail.attachments.map((one, index) => ({
      name: one.filename || nameless(one.mimeType, index),
      isInline: (one.disposition === "inline" || one.related === true) && one.mimeType.startsWith("image/"),
      content: Buffer.from(one.content as ArrayBuffer),
    })),
  };
}

/** Mails that were forwarded as they are have no name. */
function nameless(mimeType: string, index: number): string {
  const endings: Readonly<Record<string, string>> = {
    "message/rfc822": "eml",
    "text/plain": "txt",
    "text/html": "html",
    "text/calendar": "ics",
    "application/pdf": "pdf",
  };
  const ending = Object.hasOwn(endings, mimeType) ? endings[mimeType] : "bin";
  return `attachment ${index + 1}.${ending}`;
}

function people(addresses: readonly Address[] = []): string {
  return addresses
    .flatMap((one) => one.group ?? [one])
    .map(({ name, address = "" }) => person(name, address))
    .join(", ");
}

async function outlook(bytes: Buffer): Promise<Mail> {
  // A package in CommonJS: its default lies one deeper than its types say, unless a bundler has lifted it.
  const { default: lifted } = (await import("@kenjiuno/msgreader")) as unknown as {
    default: OutlookReader & { readonly default?: OutlookReader };
  };
  const MsgReader = lifted.default ?? lifted;
  const own = new Uint8Array(bytes);
  const reader = new MsgReader(own.buffer);
  const data = reader.getFileData();
  const of = (kind: string): string =>
    (data.recipients ?? [])
      .filter(({ recipType = "to" }) => recipType === kind)
      .map(({ name, smtpAddress, email }) => person(words(name), words(smtpAddress ?? email)))
      .join(", ");
  return {
    subject: words(data.subject),
    from: person(words(data.senderName), words(data.senderSmtpAddress ?? data.senderEmail)),
    to: of("to"),
    cc: of("cc"),
    date: dateText(words(data.messageDeliveryTime ?? data.clientSubmitTime ?? data.creationTime)),
    text: words(data.body),
    html: words(data.bodyHtml ?? data.html),
    attachments: (data.attachments ?? []).map((one, index) => {
      const { content } = reader.getAttachment(one);
      // A mail in the mail has no file's name.
      const isMail = one.innerMsgContent === true;
      const name = words(isMail ? one.name : one.fileName) || `attachment ${index + 1}`;
      return {
        name: isMail && !/\.msg$/i.test(name) ? `${name}.msg` : name,
        isInline: one.attachmentHidden === true,
        content: Buffer.from(content),
      };
    }),
  };
}

/** In a damaged mail a text may be anything; a page may be bytes in any. */
function words(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("utf8");
  return typeof value === "string" ? value : "";
}

type OutlookReader = new (data: ArrayBuffer) => Outlook;

interface Outlook {
  getFileData(): FieldsData;
  getAttachment(attachment: FieldsData): { content: Uint8Array };
}

function person(name: string, address: string): string {
  if (address === "" || address === name) return name;
  return name === "" ? address : `${name} <${address}>`;
}

/** "2026-03-04 10:00 UTC", which is the same for everybody; what is no date as it is written. */
function dateText(date: string): string {
  if (date === "") return "";
  const time = new Date(date);
  return Number.isNaN(time.getTime()) ? date : `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
