#!/usr/bin/env node
/**
 * Stands in for VS Code's executable where no desktop build can be had. Takes the arguments that
 * @vscode/test-electron gives to VS Code, runs the same tests in the extension host of VS Code's server with
 * Chromium as its window, prints what they print, and ends with their exit code.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { format, parseArgs } from "node:util";
import { startCodeServer } from "../../scripts/codeServer.ts";
import { launchBrowser } from "../support/browser.ts";
import { testOutput } from "./output.ts";

const { values, positionals } = parseArgs({
  options: {
    extensionDevelopmentPath: { type: "string", default: "" },
    extensionTestsPath: { type: "string", default: "" },
    "user-data-dir": { type: "string" },
    "extensions-dir": { type: "string" },
  },
  // VS Code's many other options mean nothing here.
  strict: false,
  allowPositionals: true,
});

/** VS Code's own log: of interest only when something failed. */
const vscodeLog: string[] = [];
const scratch = mkdtempSync(join(tmpdir(), "carrel-vscode-"));
const text = (value: string | boolean | undefined, fallback: string): string =>
  typeof value === "string" && value ? value : fallback;

async function run(): Promise<number> {
  const server = await startCodeServer({
    userData: text(values["user-data-dir"], join(scratch, "user")),
    extensions: text(values["extensions-dir"], join(scratch, "extensions")),
    // Without it VS Code ignores the payload, and the tests never run.
    vscodeOptions: ["enable-smoke-test-driver"],
  });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const exit = new Promise<number>((resolve, reject) => {
      page.on("crash", () => reject(new Error("The browser's page crashed.")));
      page.on("close", () => reject(new Error("The browser's page was closed.")));
      void server.exited.then(() => reject(new Error(`VS Code's server ended:\n${server.output()}`)));
      setTimeout(() => reject(new Error("The tests did not end within 15 minutes.")), 900_000).unref();
      void page.exposeFunction("codeAutomationExit", (code: number) => resolve(code));
    });
    await page.exposeFunction("codeAutomationLog", (_level: string, args: unknown[]) => {
      const line = format(...args);
      const ofTests = line.startsWith(testOutput);
      if (ofTests) process.stdout.write(`${line.slice(testOutput.length)}\n`);
      else vscodeLog.push(line);
    });
    const remote = (path: string): string => `vscode-remote://127.0.0.1:${server.port}${path}`;
    await page.goto(
      server.url(positionals[0] ?? scratch, [
        ["extensionDevelopmentPath", remote(text(values.extensionDevelopmentPath, ""))],
        ["extensionTestsPath", remote(text(values.extensionTestsPath, ""))],
      ]),
    );
    const code = await exit;
    if (code !== 0)
      process.stderr.write(`VS Code's own log ended with:\n${vscodeLog.slice(-30).join("\n")}\n`);
    return code;
  } finally {
    await browser.close();
    await server.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

// Whoever ends the test run ends the browser and the server with it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(130));
process.exitCode = await run();
