import { roleOf } from "../../indexer/search/fileRole.ts";
import type { StoredChunk } from "../../indexer/store/store.ts";
import type { IndexedFile } from "./contents.ts";
import { isAside } from "./manifests.ts";

/** What a document is called, and its sections in their order. */
export interface Outline {
  readonly title?: string;
  readonly sections: readonly string[];
}

const contents = /^(table of )?contents$|^toc$|^inhalt(sverzeichnis)?$/i;
const separator = " › ";
const longestTitle = 100;

/** Documents by how much they tell of the whole: a README, what leads into the rest, other texts, lists and logs. */
const readme = /^read[-_ ]?me(\.\w+)?$/i;
const leading =
  /^(docs?|documentation)\/(index|overview|introduction)\.\w+$|(^|\/)(read[-_ ]?me|contributing|architecture|development|hacking|install(ation)?|getting[-_ ]?started|quick[-_ ]?start|overview)(\.\w+)?$/i;
const telling = new Set(["markdown", "restructuredtext", "asciidoc", "org", "latex"]);
/** Settings are prose where nothing else is known of them. */
const hidden = /(^|\/)\.[^/]*$/;
const aside = /(^|\/)(licen[cs]es?|copying|notice|code[-_]of[-_]conduct|authors|security)(\.\w+)?$/i;

/** How much a document tells of the whole: 0 for most. */
export function tierOf(file: IndexedFile): number {
  const { path, kind, language, depth } = file;
  if (readme.test(path)) return 0;
  if (roleOf(file) === "changes" || aside.test(path)) return 4;
  if (leading.test(path) && depth <= 2 && !isAside(path)) return 1;
  if (/(^|\/)\./.test(path) || isAside(path)) return 3;
  return kind === "document" || telling.has(language) || path.endsWith(".txt") ? 2 : 3;
}

/**
 * The documents of a folder, those first that tell most of the whole; of the others one of each folder in turns, the
 * larger first.
 */
export function documentsIn(files: readonly IndexedFile[]): IndexedFile[] {
  const turns = new Map<string, number>();
  return files
    .filter(({ path, kind }) => (kind === "prose" || kind === "document") && !hidden.test(path))
    .map((file) => ({ file, tier: tierOf(file) }))
    .sort(
      (a, b) =>
        a.tier - b.tier ||
        (a.tier < 2 ? a.file.depth - b.file.depth : 0) ||
        b.file.size - a.file.size ||
        (a.file.path < b.file.path ? -1 : 1),
    )
    .map((one) => {
      const directory = one.file.path.slice(0, one.file.path.lastIndexOf("/") + 1);
      const turn = turns.get(directory) ?? 0;
      if (one.tier >= 2) turns.set(directory, turn + 1);
      return { ...one, turn };
    })
    .sort((a, b) => a.tier - b.tier || (a.tier < 2 ? 0 : a.turn - b.turn))
    .map(({ file }) => file);
}

/** Title and sections of a document, as far as its chunks tell them. */
export function outlineOf(chunks: readonly StoredChunk[]): Outline {
  const paths = chunks.map(({ heading }) => heading?.split(separator) ?? []);
  const first = paths.find((path) => path.length > 0) ?? [];
  const isTitled = first.length > 1 || paths.every((path) => path.length === 0 || path[0] === first[0]);
  const title = isTitled ? first[0] : undefined;
  const sections = paths.flatMap((path) => {
    const [next] = path[0] === title ? path.slice(1) : path;
    // Of several in a row the heading is a list, and they are shown as one.
    return next === undefined ? [] : next.replace(/, …$/, "").split(", ");
  });
  // Above the first heading stand pictures and addresses.
  const named = title ?? (sections.length === 0 ? firstLine(chunks[0]?.text ?? "") : undefined);
  return {
    ...(named === undefined ? {} : { title: named }),
    sections: [...new Set(sections)].filter((section) => !contents.test(section)),
  };
}

/** The first line with words, without the marks of Markdown and HTML. */
function firstLine(text: string): string | undefined {
  for (const line of text.slice(0, 2_000).split("\n")) {
    const plain = line
      .replace(/<[^>]*>|!?\[[^\]]*\]\([^)]*\)|[#*_`=>|]/g, " ")
      .replace(/\s+/g, " ")
      .trim();
    if (/\p{L}{2}/u.test(plain))
      return plain.length > longestTitle ? `${plain.slice(0, longestTitle)}…` : plain;
  }
  return undefined;
}
