/**
 * node test/e2e/readerPace.ts [FILE.pdf] [--rounds N] [--phases]
 *
 * How long it takes from a click on a source to page 700 of a PDF of a thousand pages, drawn and with its sentence
 * marked, in a real VS Code in which a document has been opened before. FILE must have a sentence on the quokka of
 * Rottnest on its page 700; without FILE a PDF of plain text is made. Times are the page's own, so what Playwright takes
 * to look is not in them.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { makePdf } from "../support/makePdf.ts";
import { openWorkbench, type Workbench } from "../support/workbench.ts";

const question = "quokka of Rottnest";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "5" }, phases: { type: "boolean", default: false } },
});

/** Five megabytes of text on a thousand pages. */
function textPdf(): Buffer {
  const filler = "Nothing was counted in this bay, and the warden wrote so into the ledger of the harbour.";
  return makePdf(
    Array.from({ length: 1000 }, (_, index) => ({
      lines: [
        `Record ${index + 1}`,
        index === 699 ? "The quokka of Rottnest was counted twice." : "Nothing was counted.",
        ...Array.from({ length: 38 }, (_line, line) => `${index + 1}.${line + 1} ${filler}`),
      ],
    })),
  );
}

/** Runs in every frame: notes when what happens. VS Code writes a webview's page anew, so listeners would be lost. */
const watcher = `(() => {
  const noted = (window.noted = new Map());
  const note = (what) => noted.has(what) || noted.set(what, Date.now());
  const heard = ({ data }) => {
    const size = data?.value?.bytes?.byteLength ?? data?.value?.start?.byteLength;
    if (data?.type === "result") note("result " + data.id + (size ? " of " + size + " bytes" : ""));
  };
  let listens = false;
  setInterval(() => {
    if (!document.getElementById("reader")) return;
    note("page");
    if (!listens) addEventListener("message", heard);
    listens = true;
    if (document.querySelector(".tools")) note("tools");
    if (document.querySelector(".page")) note("pages laid out");
    if (document.querySelector('[data-page="700"] canvas')) note("drawn");
    if (CSS.highlights.get("carrel-passage")?.size) note("marked");
  }, 4);
})()`;

async function measure(workbench: Workbench): Promise<void> {
  const { page, panel, reader } = workbench;
  await panel.getByTestId("ask-box").fill(question);
  await panel.getByTestId("ask-box").press("Enter");
  const source = panel.locator('[data-testid="source"][data-path="register.pdf"]').first();
  await source.waitFor();
  const noteClicks = 'addEventListener("click", () => { window.clickedAt = Date.now(); }, true)';
  await panel.locator("body").evaluate(noteClicks);
  const rounds = Number(values.rounds);
  for (let round = 0; round <= rounds; round++) {
    await workbench.command("View: Close All Editors");
    await page.locator(".tab").first().waitFor({ state: "detached" });
    await page.waitForTimeout(1_000);
    await source.click();
    await reader.getByTestId("said").getByText("Page 700. Marked:").waitFor({ timeout: 60_000 });
    await page.waitForTimeout(500);
    const clicked = (await panel.locator("body").evaluate("window.clickedAt")) as number;
    const noted = (await reader.locator("body").evaluate("[...window.noted]")) as [string, number][];
    const after = noted.map(([what, at]) => [what, at - clicked] as const);
    const at = (wanted: string): number => after.find(([what]) => what === wanted)?.[1] ?? Number.NaN;
    const kind = round === 0 ? "first, cold" : `round ${round}`;
    console.log(`${kind}: drawn after ${at("drawn")} ms, marked after ${at("marked")} ms`);
    if (values.phases)
      for (const [what, time] of after) console.log(`   ${String(time).padStart(6)} ${what}`);
  }
}

const scratch = mkdtempSync(join(tmpdir(), "carrel-pace-"));
let workbench: Workbench | undefined;
try {
  const folder = join(scratch, "records");
  mkdirSync(folder);
  const file = join(folder, "register.pdf");
  if (positionals[0]) copyFileSync(positionals[0], file);
  else writeFileSync(file, textPdf());
  console.log(
    `${(statSync(file).size / 1e6).toFixed(1)} MB, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`,
  );
  workbench = await openWorkbench({
    folder,
    settings: {
      "carrel.ollama.url": "http://127.0.0.1:1",
      "carrel.indexing.auto": true,
      "carrel.indexing.refine": false,
      "remote.autoForwardPorts": false,
    },
  });
  workbench.page.setDefaultTimeout(120_000);
  await workbench.page.context().addInitScript(watcher);
  const panel = await workbench.openPanel();
  await panel.getByText("1 file indexed").waitFor({ timeout: 300_000 });
  await measure(workbench);
} finally {
  await workbench?.close();
  rmSync(scratch, { recursive: true, force: true });
}
