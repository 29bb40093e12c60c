import { CFB } from "@e965/xlsx";

/** A mail as Outlook keeps it. There is no Outlook to write one: these are the streams that its format describes. */
export function outlookMail(): Buffer {
  const file = CFB.utils.cfb_new();
  const text = (tag: string, value: string): unknown =>
    CFB.utils.cfb_add(file, `/__substg1.0_${tag}001F`, Buffer.from(value, "utf16le"));
  CFB.utils.cfb_add(file, "/__properties_version1.0", Buffer.alloc(32));
  text("001A", "IPM.Note");
  text("0037", "Lantern oil");
  text("0C1A", "Åse Lind");
  text("0C1F", "ase@lighthouse.example");
  text("1000", "Twelve litres a night.\r\n\r\nÅse");
  return CFB.write(file, { type: "buffer" }) as Buffer;
}
