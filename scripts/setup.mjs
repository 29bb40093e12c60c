/**
 * Sets up what is missing, and does nothing when all is in place: the packages of the lock file, Node 24, LanceDB's
 * native package, dist/. With --tests also Chromium and VS Code for the browser. Runs on Node 20 without any package.
 */

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { withSetupLock } from "./lock.mjs";
import {
  execute,
  nativePackage,
  npm,
  onPath,
  provideChromium,
  provideCodeServer,
  root,
  SetupError,
  say,
} from "./tools.mjs";

/** For the set-up itself. What it sets up runs on the Node that it brings. */
const minimumNode = 20;
const registryRemedy = "Check that npm reaches its registry (npm ping), then run the command again.";

function readJson(file) {
  return JSON.parse(readFileSync(join(root, file), "utf8"));
}

/** True when what stands in node_modules is what the lock file asks for on this platform. */
function packagesMatch() {
  try {
    const wanted = readJson("package-lock.json").packages;
    const present = readJson("node_modules/.package-lock.json").packages;
    return Object.entries(wanted).every(([path, entry]) => {
      if (path === "" || (entry.optional && !present[path])) return true;
      return present[path]?.version === entry.version && existsSync(join(root, path));
    });
  } catch {
    return false;
  }
}

function providePackages() {
  if (packagesMatch()) return;
  const fresh = !existsSync(join(root, "node_modules", ".package-lock.json"));
  say(`Carrel set-up: ${fresh ? "installing the packages (about a minute)" : "updating the packages"} …`);
  // `npm ci` begins by deleting everything. Where something is there already, bring it up to date instead.
  if (npm(fresh ? ["ci"] : ["install", "--no-save"]) !== 0) {
    throw new SetupError("npm could not install the packages; its reason stands above.", registryRemedy);
  }
}

function nodeVersion(command) {
  const result = spawnSync(command, ["--version"], { encoding: "utf8" });
  return Number(/^v(\d+)\./.exec(result.stdout ?? "")?.[1] ?? 0);
}

/** The `node` package brings the Node that everything here runs on; its install script fetches the executable. */
function provideNode() {
  if (nodeVersion(join(root, "node_modules", ".bin", "node")) >= 24) return;
  say("Carrel set-up: fetching Node 24 …");
  const home = join(root, "node_modules", "node");
  execute("node", ["installArchSpecificPackage.js"], { cwd: home, env: { npm_config_loglevel: "error" } });
  npm(["rebuild", "node"]);
  if (
    nodeVersion(join(root, "node_modules", ".bin", "node")) >= 24 ||
    nodeVersion(onPath("node") ?? "") >= 24
  )
    return;
  throw new SetupError(
    "Carrel runs on Node 24, and npm could not fetch it for this platform.",
    "Install Node 24 from https://nodejs.org (or with nvm, fnm, Homebrew), then run the command again.",
  );
}

/** A lock file made on one platform may leave out the native packages of others: then it is installed by name. */
function provideNativePackage() {
  const name = nativePackage();
  const version = readJson("package-lock.json").packages["node_modules/@lancedb/lancedb"].version;
  const present = () => existsSync(join(root, "node_modules", name, "package.json"));
  if (present()) return;
  if (name.endsWith("darwin-x64")) {
    throw new SetupError(
      "LanceDB, which holds Carrel's index, has no build for Macs with Intel processors.",
      "Use another machine.",
    );
  }
  say(`Carrel set-up: installing ${name} …`);
  npm(["install", "--no-save", `${name}@${version}`]);
  if (!present()) throw new SetupError(`npm could not install ${name}@${version}.`, registryRemedy);
}

/** The newest change under a folder or of a file; a folder's own time tells of files that were deleted. */
function newest(path) {
  const info = statSync(path, { throwIfNoEntry: false });
  if (!info) return 0;
  if (!info.isDirectory()) return info.mtimeMs;
  return Math.max(info.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

const sources = ["protocol", "text", "walls", "models", "indexer", "engine", "extension", "webview", "cli"];

function provideBuild() {
  const built = newest(join(root, "dist", ".built"));
  const inputs = [...sources, "esbuild.config.mjs", "package-lock.json"];
  if (inputs.every((path) => newest(join(root, path)) < built)) return;
  const own = join(root, "node_modules", ".bin", "node");
  if (execute(nodeVersion(own) ? own : "node", ["esbuild.config.mjs"]) !== 0) {
    throw new SetupError("The build failed; the reason stands above.", "Mend the source file that it names.");
  }
}

function main() {
  if (Number(process.versions.node.split(".")[0]) < minimumNode) {
    throw new SetupError(
      `Carrel's set-up needs Node ${minimumNode} or newer; this is ${process.version}.`,
      "Install Node 24 from https://nodejs.org.",
    );
  }
  withSetupLock(provideAll, {
    onWait: (pid) => say(`Carrel set-up: waiting for another set-up of this folder (process ${pid}) …`),
  });
}

function provideAll() {
  providePackages();
  provideNode();
  provideNativePackage();
  provideBuild();
  if (process.argv.includes("--tests")) {
    provideChromium();
    provideCodeServer();
  }
}

try {
  main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(`\nCarrel set-up: ${error.message}\n  ${error.remedy}`);
  process.exitCode = 1;
}
