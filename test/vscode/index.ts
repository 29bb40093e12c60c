import { globSync } from "node:fs";
import { join } from "node:path";
import { format } from "node:util";
import Mocha from "mocha";
import { testOutput } from "./output.ts";

/** VS Code calls this inside the extension host. Suites use `suite` and `test` of Mocha's "tdd" interface. */
export async function run(): Promise<void> {
  Mocha.reporters.Base.consoleLog = (...args: unknown[]) => {
    for (const line of format(...args).split("\n")) console.log(testOutput + line);
  };
  const mocha = new Mocha({ ui: "tdd", color: false, timeout: 300_000 });
  const files = globSync("**/*.test.cjs", { cwd: join(__dirname, "suite") }).sort();
  if (files.length === 0) throw new Error("No test files were found.");
  for (const file of files) mocha.addFile(join(__dirname, "suite", file));
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} tests failed.`);
}
