/**
 * npm run mutate [-- PATH…] [--share 0.1] [--seed 1] [--patience 1]
 *
 * Breaks the code on purpose, thousands of times in a small way each, and runs the tests that reach the place. What
 * no test notices is listed with its place, and so is what a time limit ended. PATH is one of the rooms below or a
 * file or folder in one; --share tries that part of all mutants; on a busy machine --patience 4 lets tests take four
 * times as long until they count as hanging, which counts as killed. It takes long and is not part of npm test.
 */
import { chmodSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, matchesGlob } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Stryker } from "@stryker-mutator/core";
import { survived } from "./mutation/alive.mjs";
import { root } from "./tools.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const unit = (...names) => names.map((name) => `test/unit/${name}.test.ts`);
const integration = (...names) => names.map((name) => `test/integration/${name}.test.ts`);
/** The unit tests that use something of a room. */
const importing = (room) =>
  globSync("test/unit/*.test.ts", { cwd: root })
    .sort()
    .filter((file) => readFileSync(join(root, file), "utf8").includes(`/${room}/`));
/** Tests that start engines. engineFork.test.ts looks at how one is started, which is not as usual here. */
const processes = integration("engine", "refine");

/**
 * The rooms, the tests that are run for each, the fastest first, those of them that are left out, and how long one
 * test may take until it counts as hanging. The first test that fails ends the try.
 */
const rooms = [
  { code: "protocol/channel.ts", tests: unit("channel*"), seconds: 2 },
  {
    code: "indexer/files",
    tests: unit(
      ...["secretFiles", "accounted", "formats", "gitPointer", "walk", "ignorePatterns", "lookAt"],
      ...["parseFile", "secretKinds", "secrets", "letThrough"],
    ),
    seconds: 20,
  },
  {
    code: "indexer/read",
    tests: [
      ...importing("indexer/read"),
      // Not scans, where each page takes a minute of a try: what only that test reaches is listed as not reached.
      ...integration("parserTurns", "parser"),
    ],
    // These take as long as all others of their file, and hardly find what the others do not.
    skip: "/^(400 broken documents|memory stays flat|nothing that the parser loads)/",
    seconds: 30,
  },
  { code: "indexer/chunk", tests: importing("indexer/chunk"), seconds: 20 },
  {
    code: "indexer/store",
    tests: [
      ...unit("heldVectors", "fileVersions", "lance", "fileSums", "lockProblem", "storeProblems"),
      ...unit("filters", "storeVerify"),
      // Not storeDamage, which takes half a minute of every try that nothing else ends.
      ...integration(
        "refinedVectors",
        "store",
        "storeChanged",
        "storeCandidates",
        "filters",
        "storeVectorIndex",
        "unusedIndexes",
        "lock",
        "lockPlaces",
      ),
      ...integration("storeDisk", "storeFiles", "refine"),
    ],
    seconds: 60,
  },
  { code: "indexer/search", tests: [...importing("indexer/search"), ...processes], seconds: 60 },
  {
    code: "indexer/*.ts",
    tests: [
      ...unit("fileWriter*", "indexStamp", "refinePass", "withheldColumn"),
      ...integration("folderIndex", "reconciler*", "workspaceRequests"),
    ],
    seconds: 15,
  },
  {
    code: "engine/workspace",
    tests: [
      ...unit("loop", "waiters", "shared", "retry", "fileQueue", "nested", "wish", "folders"),
      ...unit("questionPatience", "wantedModel*"),
      ...integration("reconciler*", "workspace*", "scansIndex", "untilRead"),
    ],
    // These wait as long as a question waits at most, read 4,000 files, or start engines.
    skip: "/^(a question (that takes too long|in the first second|whose engine)|an engine that is killed)/",
    seconds: 15,
  },
  {
    code: "engine/answer",
    tests: [...importing("engine/answer"), ...integration("ask", "followUps", "readAgain", "whole")],
    seconds: 30,
  },
  {
    code: "engine/*.ts",
    tests: integration("handlers", "!(engineFork|handlers)"),
    seconds: 60,
  },
];

/** The files of a room that lie in one of the paths. */
function filesOf({ code }, paths) {
  const files = globSync(code.endsWith(".ts") ? code : `${code}/**/*.ts`, { cwd: root });
  const chosen = paths.map((path) => path.replace(/\/$/, ""));
  return files.filter(
    (file) =>
      chosen.length === 0 || chosen.some((path) => matchesGlob(file, path) || file.startsWith(`${path}/`)),
  );
}

function run(room, mutate, sampled) {
  return new Stryker({
    mutate,
    testRunner: "tap",
    plugins: ["@stryker-mutator/tap-runner", here("mutation/plugins.mjs")],
    ignorers: ["words"],
    checkers: sampled ? ["sample"] : [],
    coverageAnalysis: "perTest",
    tap: {
      testFiles: room.tests,
      forceBail: true,
      nodeArgs: [
        "--test-reporter=tap",
        `--test-timeout=${room.seconds * patience * 1000}`,
        ...(room.skip ? [`--test-skip-pattern=${room.skip}`] : []),
        ...["--require", "{{hookFile}}"],
        ...["--import", here("mutation/children.mjs")],
        "{{testFile}}",
      ],
    },
    timeoutMS: room.seconds * patience * 1000,
    dryRunTimeoutMinutes: 30,
    // Stryker would rewrite the configuration with a compiler that TypeScript 7 no longer has.
    tsconfigFile: "none",
    // Nothing checks types there, and a comment put before them would move the lines of the sample's files.
    disableTypeChecks: false,
    // With "/" before them these are folders of the root alone: the sample has a folder "docs", too.
    ignorePatterns: ["/.vscode-test", "/.cache", "/dist", "/docs", "/media", "/scripts/train"],
    tempDirName: join(tmpdir(), "sandbox"),
    cleanTempDir: "always",
    concurrency: 2,
    reporters: ["progress-append-only", "alive"],
    logLevel: "warn",
    allowEmpty: true,
  }).runMutationTest();
}

const killed = ["Killed", "Timeout"];

/** "91 of 100 killed (91 %), 2 of them by time-out", of those that could be tried. */
function score(results) {
  const dead = results.filter(({ status }) => killed.includes(status)).length;
  const all = dead + results.filter(({ status }) => survived.includes(status)).length;
  const late = results.filter(({ status }) => status === "Timeout").length;
  const share = all ? ((100 * dead) / all).toFixed(1) : "–";
  return `${dead} of ${all} killed (${share} %)${late ? `, ${late} of them by time-out` : ""}`;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    share: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
    patience: { type: "string", default: "1" },
  },
});
const share = Number(values.share);
const patience = Number(values.patience);
process.chdir(root);
const chosen = rooms.map((room) => ({ room, files: filesOf(room, positionals) }));
if (!(share > 0 && share <= 1 && patience > 0) || !chosen.some(({ files }) => files.length)) {
  console.error(
    `PATH is in one of ${rooms.map(({ code }) => code).join(", ")}; --share is over 0 and up to 1, --patience over 0.`,
  );
  process.exit(2);
}
const unknown = rooms.flatMap(({ tests }) => tests).filter((test) => globSync(test).length === 0);
if (unknown.length > 0) throw new Error(`There is no such test: ${unknown.join(", ")}`);
// Tests that are ended in the middle leave their folders behind.
process.env.TMPDIR = mkdtempSync(join(tmpdir(), "mutate-"));
// Some tests become another user, who must get to their folders too.
chmodSync(process.env.TMPDIR, 0o755);
process.on("exit", () => rmSync(process.env.TMPDIR, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
process.env.CARREL_MUTATION_SHARE = values.share;
process.env.CARREL_MUTATION_SEED = values.seed;
const summary = [];
const all = [];
for (const { room, files } of chosen) {
  if (files.length === 0) continue;
  const started = performance.now();
  const results = await run(room, files, share < 1).catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
  if (!results) {
    summary.push(`${room.code.padEnd(20)} could not be tried; the reason stands above`);
    continue;
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  summary.push(`${room.code.padEnd(20)} ${score(results)}, ${seconds} s`);
  all.push(...results);
}
console.log(`\n${summary.join("\n")}\n${"all".padEnd(20)} ${score(all)}`);
