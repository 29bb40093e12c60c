/**
 * Builds dist/: one bundle for each process.
 *
 *   node esbuild.config.mjs [--watch] [--production] [--outdir DIR]
 *
 * Packages that hold native code, WebAssembly or data files stay outside the bundles (`shippedPackages`) and are
 * resolved at run time as packages: from this repository's node_modules in development, from dist/node_modules
 * in the VSIX, where scripts/package.mjs puts them. Source code finds their files with
 * `createRequire(import.meta.url).resolve(…)`, which is right in both places.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build, context } from "esbuild";

const root = fileURLToPath(new URL(".", import.meta.url));

/** Packages that are not bundled. `vscode` is VS Code's own; `openai` is an optional part of LanceDB. */
export const shippedPackages = [
  "onnxruntime-node",
  "onnxruntime-common",
  "pdfjs-dist",
  "tesseract.js-core",
  "@tesseract.js-data/eng",
  "web-tree-sitter",
  "@vscode/tree-sitter-wasm",
];
const external = [
  "vscode",
  "openai",
  "@lancedb/lancedb-*",
  "@napi-rs/canvas",
  ...shippedPackages.flatMap((name) => [name, `${name}/*`]),
];

/** transformers.js imports `sharp` for images alone, which Carrel does not embed; its native code stays away. */
const stubs = {
  name: "stubs",
  setup(build) {
    build.onResolve({ filter: /^sharp$/ }, () => ({ path: "sharp", namespace: "stub" }));
    build.onLoad({ filter: /.*/, namespace: "stub" }, () => ({
      contents: 'export default function () { throw new Error("Images are not supported."); }',
    }));
  },
};

/** CommonJS inside an ESM bundle (LanceDB) needs these three. */
const commonJs = [
  'import { createRequire as carrelCreateRequire } from "node:module";',
  'import { fileURLToPath as carrelFileUrlToPath } from "node:url";',
  "const require = carrelCreateRequire(import.meta.url);",
  "const __filename = carrelFileUrlToPath(import.meta.url);",
  'const __dirname = carrelFileUrlToPath(new URL(".", import.meta.url));',
].join("\n");

/** What is built: one target for each kind of process. */
export function targets({ production, outdir }) {
  const common = {
    absWorkingDir: root,
    outdir,
    bundle: true,
    minify: production,
    sourcemap: !production,
    legalComments: "none",
    logLevel: "warning",
    define: { "process.env.NODE_ENV": production ? '"production"' : '"development"' },
    loader: { ".woff2": "file", ".ttf": "file", ".svg": "dataurl" },
  };
  const node = { ...common, platform: "node", target: "node22", external, plugins: [stubs], keepNames: true };
  const esm = { ...node, format: "esm", outExtension: { ".js": ".js" }, banner: { js: commonJs } };
  return [
    {
      ...node,
      format: "cjs",
      outExtension: { ".js": ".cjs" },
      entryPoints: { extension: "extension/main.ts" },
    },
    // With splitting, what is imported dynamically stays in files of its own until it is needed. Without it,
    // onnxruntime-node would be loaded when the engine starts. The files lie beside the entries, so that what
    // source code finds relative to `import.meta.url` ("./parser.js") is there from either.
    {
      ...esm,
      splitting: true,
      chunkNames: "[name]-[hash]",
      entryPoints: {
        engine: "engine/main.ts",
        parser: "indexer/read/main.ts",
        embedder: "models/embedding/embedderMain.ts",
        survey: "models/machine/surveyMain.ts",
        cli: "cli/main.ts",
      },
    },
    {
      ...common,
      platform: "browser",
      target: "chrome130",
      format: "iife",
      jsx: "automatic",
      jsxImportSource: "preact",
      tsconfig: "webview/tsconfig.json",
      entryPoints: { webview: "webview/main.tsx", reader: "webview/reader/main.tsx" },
    },
  ];
}

/** A command in a terminal needs the first line and the permission; esbuild keeps only what the source has. */
function makeExecutable(file) {
  if (!existsSync(file)) return;
  const code = readFileSync(file, "utf8");
  if (!code.startsWith("#!")) writeFileSync(file, `#!/usr/bin/env node\n${code}`);
  chmodSync(file, 0o755);
}

const chunkName = /-[A-Z0-9]{8}\.js(\.map)?$/;

/** Chunks carry a hash in their names: those of earlier builds would stay for ever. */
function removeChunksBefore(outdir, time) {
  for (const name of readdirSync(outdir)) {
    const file = join(outdir, name);
    const info = chunkName.test(name) && statSync(file, { throwIfNoEntry: false });
    if (info && info.mtimeMs < time) rmSync(file, { force: true });
  }
}

/** Folders of builds that were killed an hour ago or earlier. */
function removeAbandoned(outdir) {
  for (const name of readdirSync(dirname(outdir))) {
    if (!name.startsWith(`${basename(outdir)}.tmp-`)) continue;
    const dir = join(dirname(outdir), name);
    const info = statSync(dir, { throwIfNoEntry: false });
    if (info && info.mtimeMs < Date.now() - 3_600_000) rmSync(dir, { recursive: true, force: true });
  }
}

/** Goes on building until the process ends. */
async function watchAll({ production, outdir }) {
  removeChunksBefore(outdir, Date.now());
  const report = {
    name: "report",
    setup(build) {
      build.onStart(() => console.log("Building …"));
      build.onEnd(({ errors }) => {
        makeExecutable(join(outdir, "cli.js"));
        console.log(
          errors.length ? "Build failed." : `Built ${Object.keys(build.initialOptions.entryPoints)}.`,
        );
      });
    },
  };
  for (const target of targets({ production, outdir })) {
    const running = await context({ ...target, plugins: [...(target.plugins ?? []), report] });
    await running.watch();
  }
}

/**
 * Builds everything into `outdir`, and returns the source files that went in. With `watch`, goes on building
 * until the process ends. Several may build into the same folder at once: each makes its files beside it, and
 * puts them in place when all are there.
 */
export async function buildAll({ production = false, watch = false, outdir = join(root, "dist") } = {}) {
  outdir = resolve(outdir);
  const started = new Date();
  mkdirSync(outdir, { recursive: true });
  if (watch) {
    await watchAll({ production, outdir });
    return [];
  }
  removeAbandoned(outdir);
  const partial = mkdtempSync(`${outdir}.tmp-`);
  try {
    const list = targets({ production, outdir: partial });
    const results = await Promise.all(list.map((target) => build({ ...target, metafile: true })));
    makeExecutable(join(partial, "cli.js"));
    // Entries come after the chunks that they need.
    const names = readdirSync(partial);
    const chunks = names.filter((name) => chunkName.test(name));
    const entries = names.filter((name) => !chunkName.test(name));
    for (const name of [...chunks, ...entries]) renameSync(join(partial, name), join(outdir, name));
    removeChunksBefore(outdir, started);
    // The set-up compares this file's time with those of the sources: what changed meanwhile is not in.
    writeFileSync(join(partial, ".built"), production ? "production\n" : "development\n");
    utimesSync(join(partial, ".built"), started, started);
    renameSync(join(partial, ".built"), join(outdir, ".built"));
    const seconds = ((Date.now() - started.getTime()) / 1000).toFixed(1);
    console.log(`Built ${relative(root, outdir) || outdir} in ${seconds} s.`);
    return results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { watch: { type: "boolean" }, production: { type: "boolean" }, outdir: { type: "string" } },
  });
  await buildAll(values).catch((error) => {
    // esbuild has printed what is wrong, with the place.
    if (!error?.errors) console.error(error);
    process.exitCode = 1;
  });
}
