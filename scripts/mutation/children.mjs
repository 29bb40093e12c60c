/**
 * Lets Stryker see what tests reach in other processes. Each process that a test forks writes down which mutants it
 * passed, and the test's own process adds that to what it reports to Stryker. Loaded into the test's process by
 * scripts/mutate.mjs, and into the others by fork.
 */
import childProcess from "node:child_process";
import { globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const { fork } = childProcess;
const isTest = process.env.CARREL_MUTATION_REACHED === undefined;
process.env.CARREL_MUTATION_REACHED ??= join(process.cwd(), `reached-${process.pid}`);
const folder = process.env.CARREL_MUTATION_REACHED;

childProcess.fork = (entry, args, options) => {
  const given = options?.execArgv ?? process.execArgv;
  // Behind walls, what builds them comes first, and Node after it.
  const afterNode = given.indexOf(process.execPath) + 1;
  const files = [`--allow-fs-read=${fileURLToPath(import.meta.url)}`, `--allow-fs-write=${folder}`];
  const allowed = given.includes("--permission") ? files : [];
  const execArgv = given.toSpliced(afterNode, 0, "--import", import.meta.url, ...allowed);
  return fork(entry, args, { ...options, execArgv });
};
syncBuiltinESMExports();

function reached() {
  globalThis.__stryker__ ??= {};
  globalThis.__stryker__.mutantCoverage ??= { static: {}, perTest: {} };
  return globalThis.__stryker__.mutantCoverage.static;
}

function writeDown() {
  const file = join(folder, `${process.pid}.json`);
  writeFileSync(`${file}.part`, JSON.stringify(reached()));
  renameSync(`${file}.part`, file);
}

function gather() {
  const sum = reached();
  for (const name of globSync("*.json", { cwd: folder })) {
    const more = JSON.parse(readFileSync(join(folder, name), "utf8"));
    for (const [mutant, times] of Object.entries(more)) sum[mutant] = (sum[mutant] ?? 0) + times;
  }
  rmSync(folder, { recursive: true, force: true });
}

if (process.env.STRYKER_DRY_RUN === "true") {
  if (isTest) {
    mkdirSync(folder);
    // Stryker writes its report when the process ends, by a listener that is there already.
    process.prependListener("exit", gather);
  } else {
    process.on("exit", writeDown);
    // A process that is killed has no end to write at.
    setInterval(writeDown, 200).unref();
  }
}
