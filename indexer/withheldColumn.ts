import * as v from "valibot";
import { type Withheld, withheld } from "./files/withheld.ts";
import type { ParsedFile } from "./read/parseFile.ts";

/** What of a file's row tells of secrets: under which choice of exceptions it was masked, and what is masked. */
const column = v.object({ key: v.string(), withheld: v.array(withheld) });

/**
 * The text of the column; "" for a file without secrets, which no choice of exceptions changes.
 * @param key Of the choice under which the file was masked (see letThrough.ts).
 */
export function withheldColumn(parsed: Pick<ParsedFile, "withheld" | "letThrough">, key: string): string {
  if (parsed.withheld.length === 0 && parsed.letThrough === 0) return "";
  return JSON.stringify({ key, withheld: parsed.withheld });
}

/** The secrets that a row tells of. */
export function withheldIn(text: string): readonly Withheld[] {
  return text === "" ? [] : read(text).withheld;
}

/** Whether a file would be masked otherwise under this choice, as far as its row tells. */
export function isMaskedOtherwise(text: string, key: string): boolean {
  return text !== "" && read(text).key !== key;
}

/** Rows have checksums: what can't be read was written by an older version, and its file is read again. */
function read(text: string): v.InferOutput<typeof column> {
  try {
    return v.parse(column, JSON.parse(text));
  } catch {
    return { key: "", withheld: [] };
  }
}
