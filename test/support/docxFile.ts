import { zip } from "./archive.ts";

/**
 * Parts of a Word document beside its text. Those without an ending are the inside of the part that the document refers
 * to as this ("styles"); one that is undefined is left out.
 */
export type DocxParts = Readonly<Record<string, string | undefined>>;

/** Attributes that name prefixes as documents do, which readers need not know. */
const names = ["w", "mc", "v", "x", "m", "a", "c"].map((name) => `xmlns:${name}="${name}"`).join(" ");

/** A document of Word with this between its beginning and its end. */
export function docx(body: string, parts: DocxParts = {}): Buffer {
  const own = Object.entries(parts).filter(([name]) => !name.includes("."));
  const relations = own.map(([type]) => `<Relationship Id="${type}" Type="x/${type}" Target="${type}.xml"/>`);
  const all: DocxParts = {
    "word/document.xml": `<w:document ${names}><w:body>${body}</w:body></w:document>`,
    "word/_rels/document.xml.rels": `<Relationships>${relations.join("")}</Relationships>`,
    ...Object.fromEntries(
      own.map(([type, inner]) => [`word/${type}.xml`, `<w:part ${names}>${inner}</w:part>`]),
    ),
    ...Object.fromEntries(Object.entries(parts).filter(([name]) => name.includes("."))),
  };
  return zip(
    Object.fromEntries(
      Object.entries(all).flatMap(([name, text]) => (text === undefined ? [] : [[name, Buffer.from(text)]])),
    ),
  );
}

/** A paragraph of a text, with properties before it. */
export function line(text: string, properties = ""): string {
  return `<w:p>${properties && `<w:pPr>${properties}</w:pPr>`}<w:r><w:t>${text}</w:t></w:r></w:p>`;
}

/** A paragraph with the style of this id. */
export function styled(id: string, text: string): string {
  return line(text, `<w:pStyle w:val="${id}"/>`);
}
