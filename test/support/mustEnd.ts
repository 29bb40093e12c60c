import type { ChildProcess } from "node:child_process";
import { after } from "node:test";

/*
 * Loaded into the process of each test file (see scripts/test.mjs). The runner's time-out is for tests: a process that
 * stays when they have ended (something is still open, or a hook never returns) would keep everything waiting for ever.
 */

/** As long as a hook at the end of a file may take. */
const graceMs = 120_000;

if (process.env["NODE_TEST_CONTEXT"] !== undefined) {
  after(() => {
    setTimeout(() => {
      process.stderr.write(`The tests ended ${graceMs / 1000} s ago, but something is still open:\n`);
      for (const line of open()) process.stderr.write(`  ${line}\n`);
      process.exit(1);
    }, graceMs).unref();
  });
}

/** What keeps this process. Child processes among it are ended: they may hold what the runner reads. */
function open(): string[] {
  const handles = Reflect.apply(Reflect.get(process, "_getActiveHandles") as () => object[], process, []);
  const children = handles.filter((handle): handle is ChildProcess => "spawnargs" in handle);
  for (const child of children) child.kill("SIGKILL");
  return [
    process.getActiveResourcesInfo().join(", "),
    ...children.map(({ pid, spawnargs }) => `process ${pid}: ${spawnargs.join(" ")}`),
  ];
}
