import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

interface Room {
  readonly rooms: readonly string[];
  /** npm packages, "node:" for Node's own modules, "vscode". */
  readonly packages: readonly string[];
}

const native = ["@huggingface/transformers", "onnxruntime-node"];
/** Node's modules that open connections: only the gate and the seat belt have a use for them. */
const network = ["node:net", "node:http", "node:https", "node:http2", "node:tls", "node:dgram", "node:dns"];

/** The table of docs/architecture.md. What a room's types come from is in `typesFrom`. */
const house: Record<string, Room & { readonly typesFrom?: readonly string[] }> = {
  protocol: { rooms: [], packages: ["valibot"] },
  text: { rooms: [], packages: ["stemmer"] },
  models: { rooms: ["protocol", "text"], packages: ["node:", "ollama", "valibot", ...native] },
  indexer: {
    rooms: ["protocol", "text"],
    typesFrom: ["models"],
    packages: [
      "node:",
      "@lancedb/lancedb",
      "apache-arrow",
      "valibot",
      "ignore",
      "web-tree-sitter",
      "pdfjs-dist",
      "mammoth",
      "mdast-util-from-markdown",
      "mdast-util-gfm-table",
      "micromark-extension-gfm-table",
      "mdast",
      "chardet",
      "iconv-lite",
    ],
  },
  engine: { rooms: ["protocol", "text", "indexer", "models"], packages: ["node:", "valibot"] },
  extension: { rooms: ["protocol"], packages: ["node:", "vscode", "valibot"] },
  webview: {
    rooms: ["protocol"],
    packages: ["preact", "markdown-it", "dompurify", "highlight.js", "valibot"],
  },
  cli: { rooms: ["protocol"], packages: ["node:", "valibot"] },
};

interface Import {
  readonly file: string;
  readonly from: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string): Import[] {
  const source = readFileSync(join(root, file), "utf8");
  const found: Import[] = [];
  const patterns = [
    /^\s*(?:import|export)\s+(type\s+)?[^"';]*?\bfrom\s+"([^"]+)"/gm,
    /^\s*import\s+()"([^"]+)"/gm,
    /\bimport\(\s*()"([^"]+)"/g,
    /\brequire(?:\.resolve)?\(\s*()"([^"]+)"/g,
  ];
  for (const pattern of patterns) {
    for (const match of source.matchAll(pattern)) {
      found.push({ file, from: match[2] ?? "", typeOnly: match[1] !== undefined && match[1] !== "" });
    }
  }
  return found;
}

function problem({ file, from, typeOnly }: Import): string | undefined {
  const room = file.split("/")[0] ?? "";
  const rules = house[room];
  if (!rules) return `${file}: no such room`;
  if (from.startsWith(".")) {
    const target = relative(root, join(root, dirname(file), from)).split("/")[0] ?? "";
    const allowed = target === room || rules.rooms.includes(target);
    if (allowed || (typeOnly && rules.typesFrom?.includes(target))) return undefined;
    return `${file} imports ${from}: ${room} may not import ${target}`;
  }
  if (builtinModules.includes(from)) return `${file} imports ${from}: write node:${from}`;
  if (network.includes(from) && !["models/egress/gate.ts", "models/egress/seatBelt.ts"].includes(file)) {
    return `${file} imports ${from}: only the egress gate opens connections`;
  }
  const allowed = rules.packages.some((name) =>
    name === "node:" ? from.startsWith("node:") : from === name || from.startsWith(`${name}/`),
  );
  return allowed ? undefined : `${file} imports ${from}, which is not on ${room}'s list`;
}

test("every room imports only what the architecture allows", () => {
  const files = globSync(`{${Object.keys(house).join(",")}}/**/*.{ts,tsx}`, { cwd: root });
  const imports = files.flatMap(importsOf);
  assert.ok(imports.length > 50, "the imports were read");
  assert.deepEqual(imports.map(problem).filter(Boolean), []);
});

test("only the store opens LanceDB, only the gate opens connections", () => {
  const cases: [Import, boolean][] = [
    [{ file: "indexer/store/store.ts", from: "@lancedb/lancedb", typeOnly: false }, true],
    [{ file: "engine/handlers.ts", from: "@lancedb/lancedb", typeOnly: false }, false],
    [{ file: "indexer/search/search.ts", from: "../../models/embedding/static.ts", typeOnly: false }, false],
    [{ file: "indexer/search/search.ts", from: "../../models/types.ts", typeOnly: true }, true],
    [{ file: "extension/main.ts", from: "../engine/handlers.ts", typeOnly: false }, false],
    [{ file: "extension/main.ts", from: "node:http", typeOnly: false }, false],
    [{ file: "webview/main.tsx", from: "node:fs", typeOnly: false }, false],
    [{ file: "protocol/data.ts", from: "fs", typeOnly: false }, false],
  ];
  for (const [one, allowed] of cases) assert.equal(problem(one) === undefined, allowed, JSON.stringify(one));
});
