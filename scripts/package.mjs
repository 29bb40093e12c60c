/**
 * npm run package [-- --out FILE]
 *
 * Makes the VSIX for this platform: a production build, the data files, and the native packages that the bundles
 * leave outside, each pruned to what runs here. It is put together in a folder of its own, so that what is in the
 * VSIX stands in this file and not in a list of exceptions.
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { buildAll, shippedPackages } from "../esbuild.config.mjs";
import { nativePackage, root, SetupError } from "./tools.mjs";

const staging = join(root, ".cache", "package");
const { platform, arch } = process;

/** The files of each package that the bundles need at run time; package.json and licences come along. */
const packageFiles = {
  [nativePackage()]: ["*.node"],
  "onnxruntime-node": ["dist/*.js", `bin/napi-v6/${platform}/${arch}/*`],
  "onnxruntime-common": ["dist/cjs/*.js", "dist/cjs/package.json", "dist/esm/*.js", "dist/esm/package.json"],
  "pdfjs-dist": [
    // The parser's, and those that the reader's page loads.
    "legacy/build/pdf.mjs",
    "legacy/build/pdf.worker.mjs",
    "legacy/build/pdf.min.mjs",
    "legacy/build/pdf.worker.min.mjs",
    "cmaps/*",
    "iccs/*",
    "standard_fonts/*",
    "wasm/*",
  ],
  "tesseract.js-core": ["tesseract-core-relaxedsimd-lstm.js", "tesseract-core-relaxedsimd-lstm.wasm"],
  "@tesseract.js-data/eng": ["4.0.0_best_int/*"],
  "web-tree-sitter": ["web-tree-sitter.js", "web-tree-sitter.cjs", "web-tree-sitter.wasm"],
  "@vscode/tree-sitter-wasm": ["wasm/*.wasm"],
};

function copyPackage(name, patterns) {
  const from = join(root, "node_modules", name);
  if (!existsSync(from)) throw new SetupError(`${name} is not installed.`, "Run npm run setup.");
  const to = join(staging, "dist", "node_modules", name);
  for (const pattern of [...patterns, "package.json", "LICENSE*"]) {
    const files = globSync(pattern, { cwd: from });
    if (files.length === 0 && patterns.includes(pattern)) {
      throw new SetupError(
        `${name} has no ${pattern}.`,
        "Correct scripts/package.mjs: the package has changed.",
      );
    }
    for (const file of files) cpSync(join(from, file), join(to, file));
  }
}

/** What VS Code reads of package.json. */
function manifest() {
  const all = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const forDevelopment = [
    "scripts",
    "dependencies",
    "devDependencies",
    "overrides",
    "allowScripts",
    "private",
  ];
  for (const key of forDevelopment) delete all[key];
  return all;
}

/** The licences of everything that is inside the bundles or beside them. */
function notices(inputs) {
  const homes = new Set(
    [...Object.keys(packageFiles), "onnxruntime-node"].map((name) => `node_modules/${name}`),
  );
  for (const input of inputs) {
    // The last "node_modules" counts: a package may have another version of one inside its own folder.
    const match = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input);
    if (match) homes.add(match[0]);
  }
  const parts = [...homes].sort().map((path) => {
    const home = join(root, path);
    const about = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
    const files = readdirSync(home).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
    const texts = files.map((file) => join(home, file)).filter((file) => statSync(file).isFile());
    const text = texts.map((file) => readFileSync(file, "utf8").trim()).join("\n\n");
    return `${about.name} ${about.version} (${about.license ?? "see below"})\n\n${text || "No licence text is in the package."}`;
  });
  return `Carrel contains these packages.\n\n${parts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}

async function main() {
  const { values } = parseArgs({ options: { out: { type: "string" } } });
  const about = manifest();
  const target = `${platform === "linux" && nativePackage().endsWith("musl") ? "alpine" : platform}-${arch}`;
  const out = resolve(values.out ?? join(root, `${about.name}-${target}-${about.version}.vsix`));
  const missing = shippedPackages.filter((name) => !(name in packageFiles));
  if (missing.length) throw new SetupError(`${missing} would be left out.`, "Add it to scripts/package.mjs.");

  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  const inputs = await buildAll({ production: true, outdir: join(staging, "dist") });
  rmSync(join(staging, "dist", ".built"));
  writeFileSync(join(staging, "package.json"), `${JSON.stringify(about, null, 2)}\n`);
  writeFileSync(join(staging, ".vscodeignore"), "# Everything in this folder belongs to the extension.\n");
  writeFileSync(join(staging, "THIRD_PARTY_NOTICES.txt"), notices(inputs));
  const files = [
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "package.nls*.json",
    "media",
    "l10n",
    "models/bundled",
  ];
  for (const file of globSync(files, { cwd: root })) {
    cpSync(join(root, file), join(staging, file), { recursive: true });
  }
  for (const [name, patterns] of Object.entries(packageFiles)) copyPackage(name, patterns);

  mkdirSync(dirname(out), { recursive: true });
  const vsce = join(root, "node_modules", "@vscode", "vsce", "vsce");
  const flags = ["--no-dependencies", "--allow-missing-repository", "--no-rewrite-relative-links"];
  const result = spawnSync(process.execPath, [vsce, "package", ...flags, "--target", target, "--out", out], {
    cwd: staging,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (result.status !== 0)
    throw new SetupError("vsce could not make the VSIX; its reason stands above.", "Mend it.");
  rmSync(staging, { recursive: true, force: true });
  console.log(`${out}: ${(statSync(out).size / 1e6).toFixed(1)} MB`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof SetupError ? `${error.message}\n  ${error.remedy}` : error);
  process.exitCode = 1;
}
