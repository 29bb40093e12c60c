import { childrenOf, parseXml } from "./xml.ts";
import type { Parts } from "./zip.ts";

export interface Relation {
  /** An address; its last part says what it is ("…/footnotes"). */
  readonly type: string;
  /** Of the part in the archive. */
  readonly path: string;
}

/**
 * What a part of an Office Open XML archive refers to inside it, by its ids; what lies outside is left alone.
 * @param of The part's name; "" for the archive itself.
 */
export function relations(zip: Parts, of: string): Map<string, Relation> {
  const cut = of.lastIndexOf("/") + 1;
  const text = zip.text(`${of.slice(0, cut)}_rels/${of.slice(cut)}.rels`);
  const root = text === undefined ? undefined : parseXml(text);
  const inside = childrenOf(root, "Relationship").filter(
    // Some programs write an address of the web that is cut off as one of the archive.
    ({ attributes: { TargetMode: mode, Target: target = "" } }) =>
      mode !== "External" && URL.canParse(target, `zip:/${of}`),
  );
  return new Map(
    inside.map(({ attributes: { Id: id = "", Type: type = "", Target: target = "" } }) => [
      id,
      { type, path: new URL(target, `zip:/${of}`).pathname.slice(1) },
    ]),
  );
}
