/**
 * `npm run bench [-- DIR] [--json] [--no-vscode] [--formats]`: how fast and how large Carrel is, on the sample
 * workspace, on DIR if one is named, and else on a large workspace of source files taken from node_modules; and how
 * fast the parser process reads documents of each format and scanned pages, with `--formats` that alone. Every figure
 * is read off the real processes over the real protocol, and off a real VS Code. What can't be measured is named with
 * the reason, after what could; then the exit status is 1.
 */
import { rm } from "node:fs/promises";
import { cpus } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measureFormats, measureScans } from "./formats.ts";
import { measureVsCode } from "./host.ts";
import { largeWorkspace } from "./largeWorkspace.ts";
import { Report } from "./report.ts";
import { measureWorkspace } from "./workspace.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const sample = join(root, "sample");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean" }, "no-vscode": { type: "boolean" }, formats: { type: "boolean" } },
});
const [named] = positionals;
const report = new Report();

if (!values.formats) await measureWorkspaces();
await report.measure("formats", measureFormats);
await report.measure("scans", measureScans);
if (!values["no-vscode"] && !values.formats) {
  await report.measure("VS Code", (add) => measureVsCode(sample, add));
}

const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}, Node ${process.versions.node}`;
const { rows, failures } = report;
console.log(values.json ? JSON.stringify({ machine, rows, failures }, null, 2) : `${machine}\n\n${report}`);
if (failures.length > 0) process.exitCode = 1;

async function measureWorkspaces(): Promise<void> {
  await report.measure("sample", (add) => measureWorkspace({ dir: sample, aims: false, rest: true }, add));
  if (named) {
    const dir = resolve(named);
    await report.measure(basename(dir), (add) => measureWorkspace({ dir, aims: true, rest: false }, add));
    return;
  }
  await report.measure("large", async (add) => {
    const dir = await largeWorkspace();
    await measureWorkspace({ dir, aims: true, rest: false }, add).finally(() =>
      rm(dir, { recursive: true, force: true }),
    );
  });
}
