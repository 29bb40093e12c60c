/**
 * Runs the suites in test/vscode/suite inside a real VS Code, on a copy of the sample workspace. With
 * CARREL_VSCODE=desktop, or where a desktop VS Code is at hand already, that is the Electron build that
 * @vscode/test-electron fetches; else VS Code's server (see standIn.ts).
 */
import { chmodSync, cpSync, existsSync, globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTests } from "@vscode/test-electron";
import { build } from "esbuild";
import { root } from "../../scripts/tools.mjs";

const outdir = join(root, "dist", "test");

/** VS Code's own Node does not read TypeScript, and its test loader only CommonJS. */
async function bundle(): Promise<void> {
  rmSync(outdir, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: ["test/vscode/index.ts", ...globSync("test/vscode/suite/**/*.test.ts", { cwd: root })],
    outbase: "test/vscode",
    outdir,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node22",
    sourcemap: "inline",
    external: ["vscode", "mocha"],
    logLevel: "warning",
  });
}

/** The desktop's VS Code is used where it can be shown and was asked for or fetched before. */
function useDesktop(): boolean {
  const choice = process.env["CARREL_VSCODE"];
  if (choice === "desktop") return true;
  if (choice === "server") return false;
  const fetched = globSync("vscode-*", { cwd: join(root, ".vscode-test") }).length > 0;
  const display = process.platform !== "linux" || process.env["DISPLAY"] || process.env["WAYLAND_DISPLAY"];
  return fetched && Boolean(display);
}

async function main(): Promise<void> {
  await bundle();
  const scratch = mkdtempSync(join(tmpdir(), "carrel-suite-"));
  const workspace = join(scratch, "workspace");
  if (existsSync(join(root, "sample"))) cpSync(join(root, "sample"), workspace, { recursive: true });
  const standIn = join(import.meta.dirname, "standIn.ts");
  chmodSync(standIn, 0o755);
  try {
    await runTests({
      ...(useDesktop() ? {} : { vscodeExecutablePath: standIn }),
      extensionDevelopmentPath: root,
      extensionTestsPath: join(outdir, "index.cjs"),
      launchArgs: [
        workspace,
        `--user-data-dir=${join(scratch, "user")}`,
        `--extensions-dir=${join(scratch, "extensions")}`,
      ],
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
