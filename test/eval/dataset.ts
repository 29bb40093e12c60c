import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { DocumentTarget } from "./documentPlaces.ts";

/** What answers a question: a file, or some lines of it, or a page, or a passage that is marked in it. */
export interface Target {
  readonly path: string;
  readonly startLine?: number;
  readonly endLine?: number;
  readonly page?: number | undefined;
  readonly place?: DocumentTarget | undefined;
  /** The passage's first character, and the one after its last. */
  readonly marked?: readonly [number, number];
  /** Other places that answer as well: one of all is enough. */
  readonly or?: readonly Target[] | undefined;
}

export interface Question {
  readonly id: string;
  readonly query: string;
  /** Results are also shown by part, where a set has several. */
  readonly part?: string;
  /** It is counted in its part alone. */
  readonly isApart?: boolean;
  readonly relevant: readonly Target[];
}

/** A workspace, and questions whose answers in it are known. */
export interface Dataset {
  readonly name: string;
  readonly about: string;
  readonly source: string;
  readonly licence: string;
  /** "code" and "text" make the mean; "languages" is reported beside it. */
  readonly group: "code" | "text" | "languages";
  readonly files: ReadonlyMap<string, string>;
  readonly questions: readonly Question[];
}

/** Writes a set to `dir`: its workspace under files/, and the rest in set.json. */
export async function writeDataset(dir: string, set: Dataset): Promise<void> {
  await rm(dir, { recursive: true, force: true });
  for (const [path, text] of set.files) {
    const at = join(dir, "files", path);
    await mkdir(dirname(at), { recursive: true });
    await writeFile(at, text);
  }
  const { files: _, ...rest } = set;
  await writeFile(join(dir, "set.json"), JSON.stringify(rest, null, 1));
}

/** Takes about `most` of a list, the same ones each time, spread evenly over it. */
export function sample<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  return Array.from({ length: most }, (_, i) => list[Math.floor((i * list.length) / most)]).filter(
    (one) => one !== undefined,
  );
}
