import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { codeServerCommand } from "../../scripts/codeServer.ts";
import { root } from "../../scripts/tools.mjs";
import { openWorkbench } from "../support/workbench.ts";

/** Files that processes of this machine have mapped, native modules among them. Linux alone tells. */
function mappedFiles(): string[] {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const maps = processes.map((pid) => {
    try {
      return readFileSync(`/proc/${pid}/maps`, "utf8");
    } catch {
      // It ended meanwhile, or is somebody else's.
      return "";
    }
  });
  return maps.flatMap((text) => text.split("\n").map((line) => line.slice(73).trim()));
}

/** Reads a scan with what is in the installed extension: the engine of tesseract, its data and pdf.js's decoders. */
function readScan(extensions: string, scratch: string): void {
  const name = readdirSync(extensions).find((folder) => folder.startsWith("carrel.carrel-"));
  const program = join(extensions, name ?? "", "dist", "cli.js");
  const folder = join(scratch, "scans");
  cpSync(join(root, "test/fixtures/scans/bilevel.pdf"), join(folder, "bilevel.pdf"));
  const carrel = (...args: string[]): string => {
    const options = ["--store", join(scratch, "store")];
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args, ...options], {
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    return stdout;
  };
  carrel("index", folder, "--ocr");
  assert.match(carrel("search", folder, "how much does the crane lift"), /page 1 \(scan\)[\s\S]*7\.5 tonnes/);
}

test("the VSIX answers a question where the repository's packages are out of reach", async () => {
  // Outside the repository: Node finds no node_modules on the way up from there.
  const scratch = mkdtempSync(join(tmpdir(), "carrel-vsix-"));
  const extensions = join(scratch, "extensions");
  const vsix = join(scratch, "carrel.vsix");
  const run = (command: string, args: readonly string[], env = process.env): void => {
    const result = spawnSync(command, args, { cwd: root, env, encoding: "utf8" });
    assert.equal(result.status, 0, `${result.stdout}${result.stderr}`);
  };
  try {
    run(process.execPath, ["scripts/package.mjs", "--out", vsix]);
    const { command, args, env } = codeServerCommand();
    const places = [`--extensions-dir=${extensions}`, `--user-data-dir=${join(scratch, "user")}`];
    run(command, [...args, ...places, "--install-extension", vsix], env);

    readScan(extensions, scratch);

    const workbench = await openWorkbench({ folder: join(root, "sample"), extensions });
    try {
      const panel = await workbench.openPanel();
      await panel.getByText("files indexed").waitFor({ timeout: 300_000 });
      await panel.getByTestId("ask-box").fill("On which day is the escrow account reconciled?");
      await panel.getByTestId("ask-box").press("Enter");
      const source = panel.locator('[data-testid="source"][data-path="policies/client-money.md"]').first();
      await source.click({ timeout: 120_000 });
      await workbench.page.locator('.tab[data-resource-name="client-money.md"]').waitFor();

      // A PDF is drawn by the pdf.js that is in the VSIX.
      await panel
        .getByTestId("ask-box")
        .fill("By when do we have to tell the landlord if we want out early?");
      await panel.getByTestId("ask-box").press("Enter");
      const lease = panel.locator('[data-testid="source"][data-path="contracts/office-lease.pdf"]').first();
      await lease.click({ timeout: 120_000 });
      await workbench.reader.locator(".page canvas").first().waitFor({ timeout: 120_000 });

      const native = mappedFiles().filter((file) => file.endsWith(".node") && file.includes("lancedb"));
      const own = native.filter((file) => file.startsWith(extensions));
      if (process.platform === "linux")
        assert.ok(own.length > 0, `LanceDB was not loaded from the VSIX: ${native}`);
    } catch (error) {
      await workbench.screenshot(join(root, ".cache/failed/package.png"));
      throw error;
    } finally {
      await workbench.close();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
});
