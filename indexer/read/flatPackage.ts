import type { Parts } from "./zip.ts";

const partStart = /<pkg:part\b[^<>]*?\bpkg:name="\/?([^"<]+)"[^<>]*>\s*<pkg:xmlData\b[^<>]*>/g;
const partEnd = "</pkg:xmlData>";

/** The parts of an Office document that is written as a single XML text ("Flat OPC"); binary ones are left alone. */
export function flatPackage(text: string): Parts {
  const parts = new Map<string, string>();
  for (const match of text.matchAll(partStart)) {
    const start = match.index + match[0].length;
    const end = text.indexOf(partEnd, start);
    if (end < 0) break;
    parts.set(match[1] ?? "", text.slice(start, end));
  }
  return { names: [...parts.keys()], text: (name) => parts.get(name) };
}
