import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ImportDeclaration, parseSync, Visitor } from "oxc-parser";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface SourceFile {
  /** Relative to the repository, with "/". */
  readonly file: string;
  readonly source: string;
}

/** Every source file in these folders of the repository. */
export function sourceFiles(folders: readonly string[]): SourceFile[] {
  return folders
    .flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx,mjs}`, { cwd: root }))
    .map((file) => ({
      file: file.replaceAll("\\", "/"),
      source: readFileSync(join(root, file), "utf8"),
    }));
}

export interface Import {
  readonly file: string;
  /** What is imported, as it is written; of a template, what stands before its first value. */
  readonly from: string;
  /** True when nothing is loaded at run time. */
  readonly typeOnly: boolean;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** What a file imports, re-exports, requires or resolves, in whichever way it is written. */
export function importsIn({ file, source }: SourceFile): Import[] {
  const found: Import[] = [];
  const add = (from: string, typeOnly = false): void => void found.push({ file, from, typeOnly });
  const withKind = (node: Pick<ImportDeclaration, "source" | "importKind">): void =>
    add(node.source.value, node.importKind === "type");
  new Visitor({
    ImportDeclaration: withKind,
    ExportAllDeclaration: (node) => add(node.source.value, node.exportKind === "type"),
    ExportNamedDeclaration: (node) => node.source && add(node.source.value, node.exportKind === "type"),
    TSImportType: (node) => add(node.source.value, true),
    TSExternalModuleReference: (node) => add(node.expression.value),
    ImportExpression: (node) => add(textOf(node.source, source)),
    CallExpression(node) {
      if (loaders.test(source.slice(node.callee.start, node.callee.end))) {
        add(textOf(node.arguments[0], source));
      }
    },
  }).visit(parse(file, source));
  return found;
}

/** What loads or finds a module by its name: require, require.resolve, createRequire(…), import.meta.resolve. */
const loaders =
  /(^|\.)require(\.resolve)?$|^createRequire\(.*\)(\.resolve)?$|^import\.meta\.resolve$|\.getBuiltinModule$/s;

/** A string's value, or a template's up to its first value; "" when it can't be read. */
function textOf(node: Node | undefined, source: string): string {
  const text = node ? source.slice(node.start, node.end) : "";
  return /^(["'`])(.*?)(\1|\$\{)/s.exec(text)?.[2] ?? "";
}

export interface FunctionSize {
  readonly file: string;
  readonly line: number;
  readonly lines: number;
  /** Whether a comment that begins with "Long because" stands right above it. */
  readonly hasReason: boolean;
}

/** Every function of a file with the lines from its first to its last, comments and inner functions included. */
export function functionsIn({ file, source }: SourceFile): FunctionSize[] {
  const lines = source.split("\n");
  const lineAt = (offset: number): number => source.slice(0, offset).split("\n").length;
  const found: FunctionSize[] = [];
  const add = (node: Node): void => {
    const line = lineAt(node.start);
    const above = commentAbove(lines, line - 1);
    found.push({
      file,
      line,
      lines: lineAt(node.end) - line + 1,
      hasReason: /\bLong because\b/.test(above),
    });
  };
  new Visitor({
    FunctionDeclaration: add,
    FunctionExpression: add,
    ArrowFunctionExpression: add,
  }).visit(parse(file, source));
  return found;
}

export interface FileMention {
  readonly file: string;
  readonly line: number;
  /** A file of source code as the comment names it, with its folder or without. */
  readonly named: string;
}

/** The files of source code that a file's comments name. What stands in quotes is an example, and left out. */
export function filesNamedIn({ file, source }: SourceFile): FileMention[] {
  return parseSync(file, source).comments.flatMap(({ value, start }) =>
    [...value.matchAll(/(?<!["\w./-])[\w./-]+\.(?:tsx?|mjs)\b/g)].map(({ 0: named, index }) => ({
      file,
      line: source.slice(0, start + index).split("\n").length,
      named,
    })),
  );
}

/** The comment lines that end right above the line at `index`. */
function commentAbove(lines: readonly string[], index: number): string {
  let first = index;
  while (first > 0 && /^\s*(\/\/|\/?\*)/.test(lines[first - 1] ?? "")) first--;
  return lines.slice(first, index).join("\n");
}

function parse(file: string, source: string) {
  const { program, errors } = parseSync(file, source);
  if (errors[0]) throw new Error(`${file} can't be parsed: ${errors[0].message}`);
  return program;
}

/** The circles among what imports what: each a group of names of which every one reaches every other. */
export function circles(edges: Iterable<readonly [from: string, to: string]>): string[][] {
  const next = new Map<string, Set<string>>();
  for (const [from, to] of edges) {
    if (from !== to) next.set(from, (next.get(from) ?? new Set()).add(to));
  }
  const reached = (start: string): Set<string> => {
    const seen = new Set<string>();
    const waiting = [...(next.get(start) ?? [])];
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (seen.has(name)) continue;
      seen.add(name);
      waiting.push(...(next.get(name) ?? []));
    }
    return seen;
  };
  const reach = new Map([...next.keys()].map((name) => [name, reached(name)]));
  const inCircle = [...reach.keys()].filter((name) => reach.get(name)?.has(name)).sort();
  const groups = new Map<string, string[]>();
  for (const name of inCircle) {
    const group = inCircle.filter((other) => reach.get(name)?.has(other) && reach.get(other)?.has(name));
    groups.set(group.join(" "), group);
  }
  return [...groups.values()];
}
