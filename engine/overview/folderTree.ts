import { counted } from "../../protocol/counted.ts";
import { languageLabel } from "../../protocol/formats.ts";
import { byCount, type IndexedFile, tally } from "./contents.ts";
import type { Part } from "./page.ts";

const mostInside = 8;
const mostAtTop = 14;
const mostLargest = 40;

/** More are not described: there is no room for them. */
const mostDescribed = 20;

interface Directory {
  readonly name: string;
  readonly count: number;
  readonly languages: Map<string, number>;
  /** The folders in it, with how many files each has. */
  readonly inside: Map<string, number>;
}

/** The files that lie at the top, then the folders there, the fullest first, each with what it holds. */
export function foldersIn(files: readonly IndexedFile[]): Part[][] {
  const atTop = files.filter(({ depth }) => depth === 0).map(({ path }) => path);
  const names = tally(
    files.filter(({ depth }) => depth > 0).map(({ path }) => path.slice(0, path.indexOf("/"))),
  );
  const described = new Map(
    names
      .slice(0, mostDescribed)
      .map(([name, count]) => [name, { name, count, languages: new Map(), inside: new Map() }]),
  );
  for (const { path, language, depth } of files) {
    const slash = path.indexOf("/");
    const directory = depth > 0 ? described.get(path.slice(0, slash)) : undefined;
    if (!directory) continue;
    add(directory.languages, language);
    if (depth > 1) add(directory.inside, path.slice(slash + 1, path.indexOf("/", slash + 1)));
  }
  const lines = names.map(([name]): Part[] => {
    const directory = described.get(name);
    return [directory ? `${name}/: ${describe(directory)}` : `${name}/`];
  });
  if (atTop.length === 0) return lines;
  const shown = atTop.sort().slice(0, mostAtTop);
  const rest = atTop.length - shown.length;
  return [
    [
      ...shown.flatMap((path, index): Part[] => [index > 0 ? ", " : "", { path }]),
      rest > 0 ? ` and ${rest} more` : "",
    ],
    ...lines,
  ];
}

/** The largest files, by the folder that each lies in. */
export function largestIn(files: readonly IndexedFile[]): Part[][] {
  const largest = files.toSorted((a, b) => b.size - a.size || (a.path < b.path ? -1 : 1));
  const byFolder = Map.groupBy(largest.slice(0, mostLargest), ({ path }) =>
    path.slice(0, path.lastIndexOf("/") + 1),
  );
  return [...byFolder].map(([folder, some]) => [
    folder === "" ? "" : `${folder}: `,
    ...some.flatMap(({ path }, index): Part[] => [
      index > 0 ? ", " : "",
      { path, shown: path.slice(folder.length) },
    ]),
  ]);
}

function describe({ count, languages, inside }: Directory): string {
  const [first, second] = byCount(languages);
  const kinds = [first, second].flatMap((one) => (one ? [languageLabel(one[0])] : []));
  const what = `${counted(count, "file")}, ${languages.size > 2 ? "mostly " : ""}${kinds.join(" and ")}`;
  if (inside.size === 0) return what;
  const named = byCount(inside)
    .slice(0, mostInside)
    .map(([name, files]) => `${name}/ (${files})`);
  const rest = inside.size - named.length;
  return `${what}; in it ${named.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
