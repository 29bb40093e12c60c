import { type Format, formats } from "../../protocol/formats.ts";
import { UnreadableFile } from "./extracted.ts";
import { Zip } from "./zip.ts";

/** How a compound file begins: the archive in which Microsoft's older formats keep their streams. */
const compoundFile = Buffer.from("d0cf11e0a1b11ae1", "hex");
const typePart = "mimetype";

/**
 * The format that a document's bytes are of, whatever its name says: offices are full of files with another ending
 * than their own. It is the one of the name where the bytes don't tell another. Throws UnreadableFile for what is
 * locked.
 */
export function formatInside(bytes: Buffer, named: Format): Format {
  const told = formats.filter((format) => isTold(bytes, format));
  const [byBeginning] = told;
  if (byBeginning) return agreeing(told, named) ?? byBeginning;
  const signs = signsIn(bytes);
  const found = formats.filter(({ signs: own = [] }) => own.some((sign) => signs(sign)));
  return agreeing(found, named) ?? found[0] ?? named;
}

/** Whether a file is a compound file. */
export function isCompoundFile(bytes: Buffer): boolean {
  return bytes.subarray(0, compoundFile.length).equals(compoundFile);
}

function isTold(bytes: Buffer, { magic }: Format): boolean {
  return magic !== undefined && bytes.toString("latin1", 0, magic.length) === magic;
}

/** A reader knows the formats that it reads from each other. */
function agreeing(found: readonly Format[], named: Format): Format | undefined {
  return found.some(({ reader }) => reader === named.reader) ? named : undefined;
}

/** Tells whether a sign of the table of formats is in a file. */
function signsIn(bytes: Buffer): (sign: string) => boolean {
  if (isCompoundFile(bytes)) {
    const holds = (name: string): boolean => bytes.includes(Buffer.from(name, "utf16le"));
    if (holds("EncryptedPackage")) throw new UnreadableFile("The document is protected by a password.");
    return holds;
  }
  const zip = archive(bytes);
  const type = zip?.names.includes(typePart) ? (zip.text(typePart) ?? "") : "";
  return (sign) => type.startsWith(sign) || (zip?.names.some((name) => name.startsWith(sign)) ?? false);
}

function archive(bytes: Buffer): Zip | undefined {
  if (bytes.toString("latin1", 0, 2) !== "PK") return undefined;
  try {
    return new Zip(bytes);
  } catch {
    // What is wrong with it its own reader says.
    return undefined;
  }
}
