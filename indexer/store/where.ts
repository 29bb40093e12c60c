import type { FileKind, Filter, FilterKind } from "../../protocol/data.ts";
import { testPath } from "../files/testPath.ts";
import { fitsPattern, isIn } from "./lance.ts";

/** The filter as a condition on chunks; undefined when it lets all through. Which folders are meant is not said here. */
export function whereOf({ paths, notPaths, languages, kinds }: Filter): string | undefined {
  const conditions = [
    ...(paths?.length ? [fitsPattern("path", patternOf(paths))] : []),
    ...(notPaths?.length ? [`NOT ${fitsPattern("path", patternOf(notPaths))}`] : []),
    ...(languages?.length ? [isIn("language", languages)] : []),
    ...(kinds?.length ? [`(${kinds.map(ofKind).join(" OR ")})`] : []),
  ];
  return conditions.length === 0 ? undefined : conditions.join(" AND ");
}

/** The same for files: whether the filter lets one through, by its path, its kind and its language. */
export function fits({
  paths,
  notPaths,
  languages,
  kinds,
}: Filter): (file: { path: string; kind: FileKind; language: string }) => boolean {
  const wanted = paths?.length ? expressionOf(paths) : undefined;
  const unwanted = notPaths?.length ? expressionOf(notPaths) : undefined;
  return ({ path, kind, language }) =>
    (wanted?.test(path) ?? true) &&
    !unwanted?.test(path) &&
    (!languages?.length || languages.includes(language)) &&
    (!kinds?.length || kinds.some((one) => isOfKind(one, kind, path)));
}

function expressionOf(paths: readonly string[]): RegExp {
  return new RegExp(patternOf(paths));
}

function isOfKind(wanted: FilterKind, kind: FileKind, path: string): boolean {
  if (wanted === "docs") return kind === "prose" || kind === "document";
  if (wanted === "tests") return kind === "code" && testPath.test(path);
  return wanted === kind;
}

function ofKind(kind: FilterKind): string {
  if (kind === "docs") return isIn("kind", ["prose", "document"]);
  if (kind === "tests") return `(${isIn("kind", ["code"])} AND ${fitsPattern("path", testPath.source)})`;
  return isIn("kind", [kind]);
}

/**
 * One pattern for all these paths and globs. It is read by JavaScript and by Rust alike, whose time grows only with
 * the length of what is looked at.
 */
export function patternOf(paths: readonly string[]): string {
  return `^(?i:${paths.map(pathPattern).join("|")})(?:/|$)`;
}

function pathPattern(path: string): string {
  if (path === ".") return "[^/]*";
  const isAnywhere = /[*?{]/.test(path) && !path.includes("/");
  return (isAnywhere ? "(?:.*/)?" : "") + path.replace(globParts, globPart);
}

const globParts = /\*\*\/|\*\*|\*|\?|\{([^{}]*,[^{}]*)\}|[^\p{L}\p{N}_/]/gu;

function globPart(part: string, choices: string | undefined): string {
  if (choices !== undefined) {
    return `(?:${choices
      .split(",")
      .map((choice) => choice.replace(globParts, globPart))
      .join("|")})`;
  }
  switch (part) {
    case "**/":
      return "(?:.*/)?";
    case "**":
      return ".*";
    case "*":
      return "[^/]*";
    case "?":
      return "[^/]";
    default:
      return escaped(part);
  }
}

/** A character that stands for itself. Of Rust's escapes "\\<" would be the beginning of a word. */
function escaped(char: string): string {
  return /[\\^$.|+()[\]{}#&~-]/.test(char) ? `\\${char}` : char;
}
