/** A mail as Outlook keeps it (MS-OXMSG): there is no Outlook here to write one, so it is put together by its format. */
import { CFB } from "@e965/xlsx";

const TEXT = 0x1f;
const BINARY = 0x102;
const LONG = 0x3;
const TIME = 0x40;

/** A FILETIME: hundreds of nanoseconds since 1601. */
function fileTime(date) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE((BigInt(Date.parse(date)) + 11_644_473_600_000n) * 10_000n);
  return bytes;
}

/** Adds the properties of one storage: values of a fixed size in its table, the others in streams beside it. */
function addProperties(file, folder, headerBytes, properties) {
  const rows = properties.map(([id, type, value]) => {
    const row = Buffer.alloc(16);
    row.writeUInt32LE(((id << 16) | type) >>> 0, 0);
    row.writeUInt32LE(6, 4);
    if (type === LONG) row.writeInt32LE(value, 8);
    else if (type === TIME) fileTime(value).copy(row, 8);
    else {
      const bytes = type === TEXT ? Buffer.from(value, "utf16le") : value;
      row.writeUInt32LE(bytes.length + (type === TEXT ? 2 : 0), 8);
      const tag = ((id << 16) | type) >>> 0;
      CFB.utils.cfb_add(
        file,
        `${folder}__substg1.0_${tag.toString(16).toUpperCase().padStart(8, "0")}`,
        bytes,
      );
    }
    return row;
  });
  const header = Buffer.alloc(headerBytes);
  CFB.utils.cfb_add(file, `${folder}__properties_version1.0`, Buffer.concat([header, ...rows]));
}

/** The bytes of a mail from `from` to `to` (each with `name` and `address`), with attachments by their names. */
export function outlookMail({ subject, from, to, sent, body, attachments }) {
  const file = CFB.utils.cfb_new();
  addProperties(file, "/", 32, [
    [0x001a, TEXT, "IPM.Note"],
    [0x0037, TEXT, subject],
    [0x0039, TIME, sent],
    [0x0c1a, TEXT, from.name],
    [0x5d01, TEXT, from.address],
    [0x0e06, TIME, sent],
    [0x1000, TEXT, body.replaceAll("\n", "\r\n")],
    [0x340d, LONG, 0x00040000],
  ]);
  for (const [index, { name, address }] of to.entries()) {
    const number = index.toString(16).padStart(8, "0");
    addProperties(file, `/__recip_version1.0_#${number}/`, 8, [
      [0x0c15, LONG, 1],
      [0x3001, TEXT, name],
      [0x39fe, TEXT, address],
    ]);
  }
  for (const [index, [name, content]] of Object.entries(attachments).entries()) {
    const number = index.toString(16).padStart(8, "0");
    addProperties(file, `/__attach_version1.0_#${number}/`, 8, [
      [0x3705, LONG, 1],
      [0x3707, TEXT, name],
      [0x3701, BINARY, Buffer.from(content)],
    ]);
  }
  // Without this stream of names some readers give up.
  CFB.utils.cfb_add(file, "/__nameid_version1.0/__substg1.0_00020102", Buffer.alloc(0));
  CFB.utils.cfb_del(file, "/Sh33tJ5");
  return CFB.write(file, { type: "buffer" });
}
