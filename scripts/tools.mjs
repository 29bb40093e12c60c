/**
 * What is found on the machine or installed beside the project: npm and Node without the project's own, Chromium,
 * and VS Code as a server (code-server). No dependencies, and plain JavaScript: the set-up runs it on Node 20
 * before anything is installed.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { withSetupLock } from "./lock.mjs";

export const root = fileURLToPath(new URL("..", import.meta.url));
const windows = process.platform === "win32";

/** Something could not be had. `remedy` says what the person can do about it. */
export class SetupError extends Error {
  constructor(message, remedy) {
    super(message);
    this.remedy = remedy;
  }
}

/** Says what is going on; set-up output goes to stderr, which leaves stdout to the command that follows. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** PATH without the project's node_modules/.bin: its `node` vanishes while packages are being installed. */
const machinePath = (process.env.PATH ?? "")
  .split(delimiter)
  .filter((dir) => !dir.replaceAll("\\", "/").endsWith("node_modules/.bin"))
  .join(delimiter);

/** The first file of these names on the machine's PATH. */
export function onPath(...names) {
  for (const name of windows ? names.map((name) => `${name}.exe`) : names) {
    for (const dir of machinePath.split(delimiter)) {
      const file = join(dir, name);
      if (dir && existsSync(file)) return file;
    }
  }
  return undefined;
}

/** Runs a command with its output on this terminal's stderr; returns the exit code (127: could not be started). */
export function execute(command, args, { cwd = root, env = {} } = {}) {
  const result = spawnSync(command, args, {
    cwd,
    env: { ...process.env, PATH: machinePath, ...env },
    stdio: ["ignore", 2, 2],
    shell: windows,
  });
  return result.status ?? 127;
}

/**
 * Runs npm without audit, funding lines, or install scripts. Those that are needed are run one by one by the
 * set-up: that way nothing else runs, and every version of npm does the same.
 */
export function npm(args, options = {}) {
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  return execute("npm", [...args, ...quiet], options);
}

/** An npm package that holds the Node 24 of this platform and nothing else. */
export function nodePackage(version) {
  const platform = windows ? "win" : process.platform;
  const prefix = process.platform === "darwin" && process.arch === "arm64" ? "node-bin" : "node";
  return `${prefix}-${platform}-${process.arch}@${version}`;
}

/** The name of LanceDB's native package for this platform. */
export function nativePackage() {
  const { platform, arch } = process;
  const musl = platform === "linux" && !process.report.getReport().header.glibcVersionRuntime;
  const suffix = platform === "linux" ? (musl ? "-musl" : "-gnu") : platform === "win32" ? "-msvc" : "";
  return `@lancedb/lancedb-${platform}-${arch}${suffix}`;
}

// ---------------------------------------------------------------------------------------------- Chromium

/** A Chromium, Chrome or Edge: CHROME_PATH, one on the PATH, in the usual places, or one of Playwright's. */
export function findChromium() {
  const named = process.env.CHROME_PATH;
  if (named) {
    if (existsSync(named)) return named;
    throw new SetupError(`CHROME_PATH names ${named}, which does not exist.`, "Correct it, or unset it.");
  }
  const playwright = join(homedir(), ".cache", "ms-playwright");
  const cached = existsSync(playwright)
    ? readdirSync(playwright)
        .filter((name) => name.startsWith("chromium-"))
        .flatMap((name) =>
          ["chrome-linux64/chrome", "chrome-linux/chrome"].map((file) => join(playwright, name, file)),
        )
    : [];
  const usual = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "/snap/bin/chromium",
    ...cached,
  ];
  return (
    onPath("chromium", "google-chrome", "google-chrome-stable", "chromium-browser", "microsoft-edge") ??
    usual.find((file) => existsSync(file))
  );
}

/** Finds Chromium, or installs Debian's where that is allowed. */
export function provideChromium() {
  const found = findChromium();
  if (found) return found;
  const remedy =
    "Install Chromium or Chrome (Debian: sudo apt-get install chromium), or set CHROME_PATH to one. " +
    "Tests that need no browser: npm test -- unit integration.";
  if (!onPath("apt-get") || process.getuid?.() !== 0) {
    throw new SetupError("The tests in VS Code need Chromium, and none was found.", remedy);
  }
  return withSetupLock(() => findChromium() ?? installChromium(remedy));
}

function installChromium(remedy) {
  say("Carrel set-up: installing Chromium with apt-get (about a minute) …");
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const install = ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"];
  if (execute("apt-get", ["update", "-qq"], { env }) !== 0 || execute("apt-get", install, { env }) !== 0) {
    throw new SetupError("apt-get could not install Chromium; its reason stands above.", remedy);
  }
  const installed = findChromium();
  if (!installed) throw new SetupError("apt-get installed no Chromium.", remedy);
  return installed;
}

// ------------------------------------------------------------------------------------------- code-server

const codeServerVersion = "4.139.1";
const codeServerNode = "24.21.0";
const codeServerHome = join(root, ".vscode-test", "code-server");

/** VS Code's server and the Node that runs it, or undefined when it is not installed. */
export function findCodeServer() {
  const ready = join(codeServerHome, "ready");
  if (!existsSync(ready) || readFileSync(ready, "utf8").trim() !== codeServerVersion) return undefined;
  const modules = join(codeServerHome, "node_modules");
  return {
    node: join(modules, nodePackage("").slice(0, -1), "bin", "node"),
    entry: join(modules, "code-server", "out", "node", "entry.js"),
  };
}

/**
 * Finds code-server, or installs it into .vscode-test/. Its install scripts compile nine native modules for three
 * minutes and need Kerberos' headers; most come prebuilt (the file watcher, the terminal) or are not needed. The
 * one that is missed is the writer of log files, without which output channels stay empty, so that one alone is
 * compiled, where there is a compiler.
 */
export function provideCodeServer() {
  const found = findCodeServer();
  if (found) return found;
  if (windows) {
    throw new SetupError(
      "VS Code in the browser does not run on Windows.",
      "Use WSL, or open VS Code with F5.",
    );
  }
  return withSetupLock(() => findCodeServer() ?? installCodeServer());
}

function installCodeServer() {
  say("Carrel set-up: installing VS Code for the browser (two minutes, 800 MB) into .vscode-test …");
  const partial = `${codeServerHome}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  writeFileSync(join(partial, "package.json"), '{ "private": true }\n');
  const vscode = join(partial, "node_modules", "code-server", "lib", "vscode");
  const steps = [
    () => npm(["install", nodePackage(codeServerNode), `code-server@${codeServerVersion}`], { cwd: partial }),
    () => npm(["install", "--omit=dev"], { cwd: vscode }),
    () => npm(["install", "--omit=dev"], { cwd: join(vscode, "extensions") }),
  ];
  if (!steps.every((step) => step() === 0)) {
    throw new SetupError(
      "npm could not install code-server; its reason stands above.",
      "Check that npm reaches its registry, then run npm run setup -- --tests again. " +
        "Tests without VS Code: npm test -- unit integration.",
    );
  }
  const headers = { npm_config_nodedir: join(partial, "node_modules", nodePackage("").slice(0, -1)) };
  if (
    execute("npm", ["rebuild", "@vscode/spdlog", "--loglevel=silent"], { cwd: vscode, env: headers }) !== 0
  ) {
    say("Carrel set-up: no C++ compiler and Python for node-gyp: VS Code's output channels will stay empty.");
  }
  writeFileSync(join(partial, "ready"), `${codeServerVersion}\n`);
  rmSync(codeServerHome, { recursive: true, force: true });
  renameSync(partial, codeServerHome);
  const installed = findCodeServer();
  if (!installed)
    throw new SetupError("code-server is not in place after its installation.", "Delete .vscode-test.");
  return installed;
}
