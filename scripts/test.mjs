/**
 * npm test [-- PART…]
 *
 * Runs the parts in order: check (types, lint, what nobody uses), unit, integration, soak, vscode, e2e. A part that
 * fails does not stop
 * the rest. The last line is "N passed, N failed" over all parts; the exit code is 0 when none failed.
 */
import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { provideChromium, provideCodeServer, root, SetupError } from "./tools.mjs";

const bin = (name) => join(root, "node_modules", ".bin", name);

/** What prints nothing for so long hangs: no test may take longer. */
const mostSilentMs = 15 * 60_000;

/** Runs a command, shows its output, and returns it with the exit code. One that hangs is ended. */
function run(command, args) {
  return new Promise((done) => {
    let output = "";
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    const silence = setTimeout(() => {
      console.error(`Nothing was printed for ${mostSilentMs / 60_000} minutes, so it was ended.`);
      child.kill("SIGKILL");
      // What it started may live on and keep these open.
      child.stdout.destroy();
      child.stderr.destroy();
    }, mostSilentMs);
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      from.on("data", (data) => {
        silence.refresh();
        to.write(data);
        output += data;
      });
    }
    const ended = (code, printed) => {
      clearTimeout(silence);
      done({ code, output: printed });
    };
    child.once("error", (error) => ended(1, String(error)));
    child.once("close", (code) => ended(code ?? 1, stripVTControlCharacters(output)));
  });
}

/** The last number before or after a word in what a test runner printed, as in "ℹ pass 12" or "12 passing". */
function count(output, pattern) {
  return Number([...output.matchAll(pattern)].at(-1)?.[1] ?? 0);
}

/** The names of the failed tests: node:test marks them with ✖ (its summary repeats them), Mocha numbers them. */
function failedNames(output, pattern) {
  return [...new Set([...output.matchAll(pattern)].map(([, name]) => name.trim()))];
}

/** A runner that failed without a failed test (it crashed, or found none) counts as one failure. */
function tally(code, passed, failed, names) {
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed, names };
}

/** @param {number} atOnce Files that are run at the same time: more than one only where no test looks at the whole machine. */
async function nodeTests(pattern, seconds, atOnce = 1) {
  if (globSync(pattern, { cwd: root }).length === 0)
    throw new SetupError(`No tests match ${pattern}.`, "Add one.");
  const flags = [
    "--import=./test/support/mustEnd.ts",
    // A process that ends waits for these compilers, and they may wait for it to collect garbage (nodejs/node#54918).
    "--no-maglev",
    "--no-concurrent-sparkplug",
    "--test",
    "--test-reporter=spec",
    `--test-timeout=${seconds * 1000}`,
    `--test-concurrency=${atOnce}`,
  ];
  const { code, output } = await run(process.execPath, [...flags, pattern]);
  const failed = count(output, /^ℹ fail (\d+)/gm) + count(output, /^ℹ cancelled (\d+)/gm);
  const names = failedNames(output, /^\s*✖ (?!failing tests:)(.*?)(?: \([\d.]+ms\))?$/gm);
  return tally(code, count(output, /^ℹ pass (\d+)/gm), failed, names);
}

const parts = {
  async check() {
    const projects = globSync(["tsconfig.json", "*/tsconfig.json", "test/*/tsconfig.json"], {
      cwd: root,
    }).sort();
    const commands = [
      ...projects.map((project) => [bin("tsc"), "-p", project]),
      [bin("biome"), "ci", "--colors=off"],
      // Files, exports and packages that nobody uses.
      [bin("knip"), "--no-progress", "--treat-config-hints-as-errors"],
    ];
    const names = [];
    for (const [command, ...args] of commands) {
      const name = `${relative(root, command)} ${args.join(" ")}`;
      console.log(name);
      if ((await run(command, args)).code !== 0) names.push(name);
    }
    return { passed: commands.length - names.length, failed: names.length, names };
  },
  unit: () => nodeTests("test/unit/**/*.test.ts", 60, 2),
  integration: () => nodeTests("test/integration/**/*.test.ts", 600, 2),
  soak: () => nodeTests("test/soak/**/*.test.ts", 900),
  async vscode() {
    provideChromium();
    provideCodeServer();
    const { code, output } = await run(process.execPath, ["test/vscode/runTests.ts"]);
    const failed = count(output, /^\s+(\d+) failing/gm);
    const names = failedNames(output, /^\s+\d+\) (.*)$/gm);
    return tally(code, count(output, /^\s+(\d+) passing/gm), failed, names);
  },
  async e2e() {
    provideChromium();
    provideCodeServer();
    return await nodeTests("test/e2e/**/*.test.ts", 600);
  },
};

async function main() {
  const chosen = process.argv.slice(2);
  const unknown = chosen.filter((name) => !(name in parts));
  if (unknown.length) {
    console.error(`There is no part "${unknown[0]}". The parts are ${Object.keys(parts).join(", ")}.`);
    process.exitCode = 2;
    return;
  }
  const results = [];
  for (const name of Object.keys(parts).filter((part) => chosen.length === 0 || chosen.includes(part))) {
    console.log(`\n━━ ${name}`);
    const started = performance.now();
    const result = await parts[name]().catch((error) => {
      console.error(error instanceof SetupError ? `${error.message}\n  ${error.remedy}` : error);
      return { passed: 0, failed: 1, names: [] };
    });
    results.push({ name, seconds: (performance.now() - started) / 1000, ...result });
  }
  console.log("");
  for (const { name, passed, failed, seconds, names } of results) {
    console.log(`${name.padEnd(12)} ${passed} passed, ${failed} failed (${seconds.toFixed(0)} s)`);
    for (const failedName of names) console.log(`  failed: ${failedName}`);
  }
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  const failed = sum("failed");
  console.log(`${sum("passed")} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}

await main();
