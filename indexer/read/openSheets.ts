import { decode } from "./decode.ts";
import { Zip } from "./zip.ts";

const tags = /<(style:style|style:table-properties|table:table)\s([^<>]*)>/g;

/** What the library for spreadsheets does not tell of an OpenDocument sheet. */
export interface OpenSheet {
  /** As people see it; the library leaves "&amp;" in it. */
  readonly name: string;
  /** By its style, which the library does not read. */
  readonly isHidden: boolean;
}

/** The sheets of an OpenDocument spreadsheet, packed or flat, by the library's names; none of any other file. */
export function openSheets(bytes: Buffer): Map<string, OpenSheet> {
  const sheets = new Map<string, OpenSheet>();
  // Styles come before the sheets that they hide.
  const hiding = new Set<string>();
  let style = "";
  for (const [, tag, own = ""] of contentOf(bytes).matchAll(tags)) {
    if (tag === "style:style") style = attribute(own, "style:name");
    else if (tag === "style:table-properties") {
      if (attribute(own, "table:display") === "false") hiding.add(style);
    } else {
      const written = attribute(own, "table:name");
      const isHidden = hiding.has(attribute(own, "table:style-name"));
      if (written !== "") sheets.set(written, { name: unescaped(written), isHidden });
    }
  }
  return sheets;
}

function contentOf(bytes: Buffer): string {
  if (bytes.toString("latin1", 0, 2) === "PK") return new Zip(bytes).text("content.xml") ?? "";
  if (!bytes.toString("latin1", 0, 2_000).includes("<office:document")) return "";
  const decoded = decode(bytes);
  return decoded.ok ? decoded.text : "";
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function attribute(tag: string, name: string): string {
  return new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(tag)?.[1] ?? "";
}

function unescaped(text: string): string {
  return text.replace(/&(?:(amp|lt|gt|quot|apos)|#(\d+)|#x([\da-f]+));/gi, (whole, named, decimal, hex) => {
    if (named) return entities[named] ?? whole;
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
