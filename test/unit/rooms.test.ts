import assert from "node:assert/strict";
import { builtinModules } from "node:module";
import { dirname, join, matchesGlob } from "node:path/posix";
import { test } from "node:test";
import { type Import, importsIn, sourceFiles } from "../support/sourceCode.ts";

interface Room {
  readonly rooms: readonly string[];
  /** Rooms of which only types are imported. */
  readonly typesFrom?: readonly string[];
  /** npm packages, "node:" for Node's own modules, "vscode". */
  readonly packages: readonly string[];
}

/** The table of docs/architecture.md. */
const house: Record<string, Room> = {
  protocol: { rooms: [], packages: ["valibot"] },
  text: { rooms: [], packages: ["stemmer"] },
  walls: { rooms: ["protocol"], packages: ["node:"] },
  models: {
    rooms: ["protocol", "text", "walls"],
    packages: ["node:", "ollama", "valibot", "@huggingface/transformers", "onnxruntime-node"],
  },
  indexer: {
    rooms: ["protocol", "text", "walls"],
    typesFrom: ["models"],
    packages: [
      "node:",
      "@lancedb/lancedb",
      "@vscode/tree-sitter-wasm",
      "apache-arrow",
      "valibot",
      "ignore",
      "web-tree-sitter",
      "pdfjs-dist",
      "tesseract.js-core",
      "@tesseract.js-data/eng",
      "@e965/xlsx",
      "saxes",
      "parse5",
      "postal-mime",
      "@kenjiuno/msgreader",
      "chardet",
      "iconv-lite",
    ],
  },
  engine: { rooms: ["protocol", "text", "walls", "indexer", "models"], packages: ["node:", "valibot"] },
  // Of pdf.js the place alone, where the reader's page finds it.
  extension: { rooms: ["protocol"], packages: ["node:", "vscode", "valibot", "pdfjs-dist"] },
  webview: {
    rooms: ["protocol", "text"],
    // Of pdf.js the types alone: its page loads it.
    packages: ["preact", "markdown-it", "dompurify", "highlight.js", "valibot", "pdfjs-dist"],
  },
  cli: { rooms: ["protocol"], packages: ["node:", "valibot"] },
};

/** What only some files of a room may import, whatever the room's list says. */
const reserved: readonly { packages: readonly string[]; files: readonly string[]; why: string }[] = [
  {
    packages: ["@lancedb/lancedb", "apache-arrow"],
    files: ["indexer/store/**"],
    why: "only the store opens LanceDB",
  },
  {
    packages: [
      "node:net",
      "node:http",
      "node:https",
      "node:http2",
      "node:tls",
      "node:dgram",
      "node:dns",
      "node:quic",
      "undici",
    ],
    files: ["models/egress/**", "walls/**"],
    why: "only the egress gate opens connections, and only the walls refuse them",
  },
];

/** Whether `from` is that package or module, or a file of it. */
function isFrom(from: string, name: string): boolean {
  return from === name || from.startsWith(`${name}/`);
}

function problem({ file, from, typeOnly }: Import): string | undefined {
  const room = file.split("/")[0] ?? "";
  const rules = house[room];
  if (!rules) return `${file}: no such room`;
  if (from === "") return `${file} imports something by a name that can't be read here`;
  if (from.startsWith(".")) {
    const target = join(dirname(file), from).split("/")[0] ?? "";
    const allowed = target === room || rules.rooms.includes(target);
    if (allowed || (typeOnly && rules.typesFrom?.includes(target))) return undefined;
    return `${file} imports ${from}: ${room} may not import ${target}`;
  }
  if (!from.startsWith("node:") && builtinModules.includes(from))
    return `${file} imports ${from}: write node:${from}`;
  for (const { packages, files, why } of reserved) {
    if (!packages.some((name) => isFrom(from, name))) continue;
    if (!files.some((pattern) => matchesGlob(file, pattern))) return `${file} imports ${from}: ${why}`;
  }
  const allowed = rules.packages.some((name) =>
    name === "node:" ? from.startsWith("node:") : isFrom(from, name),
  );
  return allowed ? undefined : `${file} imports ${from}, which is not on ${room}'s list`;
}

test("every room imports only what the architecture allows", () => {
  const imports = sourceFiles(Object.keys(house)).flatMap(importsIn);
  assert.ok(imports.length > 400, "the imports were read");
  assert.deepEqual(imports.map(problem).filter(Boolean), []);
});

test("only the store opens LanceDB, only the gate opens connections, and rooms keep to themselves", () => {
  const cases: [file: string, source: string, allowed: boolean][] = [
    ["indexer/store/store.ts", 'import { connect } from "@lancedb/lancedb";', true],
    ["indexer/store/tables/rows.ts", 'import type { Table } from "@lancedb/lancedb";', true],
    ["indexer/folderIndex.ts", 'import { connect } from "@lancedb/lancedb";', false],
    ["indexer/folderIndex.ts", 'import type { Table } from "apache-arrow";', false],
    ["indexer/search/search.ts", 'import { rerankers } from "@lancedb/lancedb/rerankers";', false],
    ["engine/handlers.ts", 'import { connect } from "@lancedb/lancedb";', false],
    ["indexer/search/search.ts", 'import { embed } from "../../models/embedding/static.ts";', false],
    [
      "indexer/search/search.ts",
      'import type { Embedder } from "../../models/embedding/embeddingModel.ts";',
      true,
    ],
    [
      "indexer/search/search.ts",
      'import { type Embedder } from "../../models/embedding/embeddingModel.ts";',
      false,
    ],
    ["extension/main.ts", 'import { handlers } from "../engine/handlers.ts";', false],
    ["extension/main.ts", 'import http from "node:http";', false],
    ["models/egress/gate.ts", 'import net from "node:net";', true],
    ["models/chat/ollama/server.ts", 'import net from "node:net";', false],
    ["models/chat/ollama/server.ts", 'import dns from "node:dns/promises";', false],
    ["webview/main.tsx", 'import { readFileSync } from "node:fs";', false],
    ["protocol/data.ts", 'import fs from "fs";', false],
  ];
  for (const [file, source, allowed] of cases) check(file, source, allowed);
});

test("an import is seen in whichever way it is written", () => {
  const ways = [
    'import "node:net";',
    'import {\n  connect,\n  createServer,\n} from "node:net";',
    "import net from 'node:net';",
    'import data from "node:net" with { type: "json" };',
    'export * from "node:net";',
    'export * as net from "node:net";',
    'export {\n  connect,\n} from "node:net";',
    'export type { Socket } from "node:net";',
    'const net = await import("node:net");',
    "const net = await import(`node:net`);",
    'const net = await import(/* later */ "node:net" as string);',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is source code.
    "const part = await import(`node:net/${name}.js`);",
    "const part = await import(name);",
    'type Net = typeof import("node:net");',
    'import net = require("node:net");',
    'const net = require("node:net");',
    'const net = createRequire(import.meta.url)("node:net");',
    "const place = createRequire(import.meta.url).resolve(`node:net`);",
    'const place = require.resolve("node:net");',
    'const place = import.meta.resolve("node:net");',
    'const net = process.getBuiltinModule("node:net");',
  ];
  for (const source of ways) check("indexer/refine.ts", source, false);
  const others = [
    '// import net from "node:net";',
    'const text = `import net from "node:net";`;',
    'const text = "require(\\"node:net\\")";',
    'import {\n  join,\n} from "node:path";',
  ];
  for (const source of others) check("indexer/refine.ts", source, true);
});

function check(file: string, source: string, allowed: boolean): void {
  const problems = importsIn({ file, source }).map(problem).filter(Boolean);
  assert.equal(problems.length === 0, allowed, `${file}: ${source} ${problems}`);
}

/** The files that name a kind of model server, of which nothing else may know. */
const namesOfKinds: readonly { kind: RegExp; allowed: readonly RegExp[] }[] = [
  {
    kind: /ollama/i,
    allowed: [
      /^models\/chatServers\.ts$/,
      /^models\/chat\/ollama\//,
      // It speaks the other protocol too, and must be told from servers that have no other.
      /^models\/chat\/openai\//,
      // An embedding model is named by its server: "ollama:NAME".
      /^models\/embedding\/(?:ollama|open|registry)\.ts$/,
      /^protocol\/(?:data|ollamaHost|panel)\.ts$/,
      /^cli\/arguments\.ts$/,
      /^extension\/(?:commandTable|main|modelPick|ollamaSetup|settings)\.ts$/,
      /^webview\/(?:session\/session\.ts|components\/ExchangeView\.tsx)$/,
    ],
  },
  {
    kind: /openai/i,
    allowed: [
      /^models\/chatServers\.ts$/,
      /^models\/chat\/openai\//,
      // As a maker of tokens.
      /^indexer\/files\/secrets\/tokens\.ts$/,
      /^models\/embedding\/(?:open|openaiEmbedding)\.ts$/,
      /^engine\/start\.ts$/,
      /^protocol\/(?:data|launch)\.ts$/,
      /^engine\/workspace\/wantedModel\.ts$/,
      /^cli\/(?:arguments|commands)\.ts$/,
      /^extension\/(?:main|modelPick|reportText|serverKeyInput|settings)\.ts$/,
    ],
  },
];

test("a kind of model server is named where its setting, its set-up and its client are, and nowhere else", () => {
  for (const { kind, allowed } of namesOfKinds) {
    const naming = sourceFiles(Object.keys(house))
      .filter(({ source }) => kind.test(source))
      .map(({ file }) => file);
    assert.deepEqual(
      naming.filter((file) => !allowed.some((place) => place.test(file))),
      [],
    );
    for (const place of allowed)
      assert.ok(
        naming.some((file) => place.test(file)),
        `${place} is not needed`,
      );
  }
});
