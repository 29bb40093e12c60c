import { CFB } from "@e965/xlsx";

/** Properties of a fixed size: their tags, of which the lower half is the type, and the eight bytes of each. */
export type Fixed = readonly (readonly [tag: number, value: bigint])[];

/**
 * The stream of properties of a fixed size.
 * @param head How many bytes stand before them: 32 in a mail, 8 in a recipient or an attachment.
 */
export function fixedProperties(head: number, properties: Fixed): Buffer {
  const bytes = Buffer.alloc(head + 16 * properties.length);
  properties.forEach(([tag, value], i) => {
    bytes.writeUInt32LE(tag, head + 16 * i);
    bytes.writeBigUInt64LE(value, head + 16 * i + 8);
  });
  return bytes;
}

/**
 * A mail as Outlook keeps it. There is no Outlook to write one: these are the streams that its format describes.
 * @param more Other streams, by their paths; a text is written as the format writes texts.
 */
export function outlookMail(more: Readonly<Record<string, Buffer | string>> = {}): Buffer {
  const file = CFB.utils.cfb_new();
  const streams: Readonly<Record<string, Buffer | string>> = {
    "__properties_version1.0": fixedProperties(32, []),
    "__substg1.0_001A001F": "IPM.Note",
    "__substg1.0_0037001F": "Lantern oil",
    "__substg1.0_0C1A001F": "Åse Lind",
    "__substg1.0_0C1F001F": "ase@lighthouse.example",
    "__substg1.0_1000001F": "Twelve litres a night.\r\n\r\nÅse",
    ...more,
  };
  for (const [path, content] of Object.entries(streams)) {
    CFB.utils.cfb_add(
      file,
      `/${path}`,
      typeof content === "string" ? Buffer.from(content, "utf16le") : content,
    );
  }
  return CFB.write(file, { type: "buffer" }) as Buffer;
}
