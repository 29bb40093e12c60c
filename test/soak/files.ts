/** What stands in the files of a soak: each version of a file has a word that is nowhere else. */

/** A word of every chunk of every file, so that one search lists the whole index. */
export const everywhere = "commonword";

export type FileKind = "md" | "long" | "txt" | "py" | "rules" | "secret" | "image";

/** A file's content is decided by its kind and its version; `lines` are the patterns of an ignore file. */
export interface FileVersion {
  readonly kind: FileKind;
  readonly version: number;
  readonly lines?: readonly string[];
}

/** Larger than the lower one of the two limits that a soak sets for files, which no other kind is. */
export const lowFileLimit = 2_500;

const letters = "bcdfghjklmnprtvw";

/** The word of a version: of fixed length, and one that no stemmer shortens. */
export function wordOf(version: number): string {
  let word = "";
  for (let rest = version, i = 0; i < 5; i++, rest = Math.floor(rest / 16)) word += letters[rest % 16] ?? "";
  return `zq${word}x`;
}

export function contentOf({ kind, version, lines = [] }: FileVersion): string {
  const word = wordOf(version);
  switch (kind) {
    case "md":
      return `# About ${word}\n\nThe ${everywhere} stands here, and ${word} says which version it is.\n`;
    case "txt":
      return `A plain ${everywhere} file.\n\nIts version is ${word}, as this sentence says.\n`;
    case "py":
      return `# ${everywhere}\ndef ${word}():\n    return "${everywhere}"\n`;
    case "long":
      return [1, 2, 3].map((part) => section(word, part)).join("\n");
    case "rules":
      return [`# ${everywhere} ${word}`, ...lines, ""].join("\n");
    case "secret":
      return `TOKEN=${everywhere}${word}\n`;
    case "image":
      return `${word}\n`;
  }
}

/** A section of some 1,300 characters, so that a chunk holds no two. */
function section(word: string, part: number): string {
  const sentence = `Part ${part} of the ${everywhere} goes on about ${word} and what it is for.`;
  return `## Part ${part} of ${word}\n\n${`${sentence}\n`.repeat(18)}`;
}

export function extensionOf(kind: FileKind): string {
  if (kind === "long") return "md";
  return kind === "image" ? "png" : kind;
}
