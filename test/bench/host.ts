import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { provideChromium, provideCodeServer } from "../../scripts/tools.mjs";
import { openWorkbench, type Workbench } from "../support/workbench.ts";
import type { Add } from "./report.ts";

/**
 * Opens a real VS Code twice, without and with Carrel: the time of `activate` as VS Code measured it, and the
 * resident memory of the extension host. Installs VS Code for the browser and Chromium where they are missing.
 * Linux alone, since it reads /proc.
 * @throws SetupError when they can't be had.
 */
export async function measureVsCode(folder: string, add: Add): Promise<void> {
  provideChromium();
  provideCodeServer();
  const settled = 8_000;
  const none = await openWorkbench({ folder, extensions: join(tmpdir(), "carrel-no-extensions") });
  let withoutMb: number;
  try {
    await sleep(settled);
    withoutMb = await hostMemory(none);
  } finally {
    await none.close();
  }
  const carrel = await openWorkbench({ folder });
  try {
    const panel = await carrel.openPanel();
    await panel.getByTestId("ask-box").fill("How long are files kept?");
    await panel.getByTestId("ask-box").press("Enter");
    await panel.getByTestId("passage").first().waitFor({ timeout: 60_000 });
    await sleep(settled);
    const withMb = await hostMemory(carrel);
    add("activate", await activation(carrel), "ms", "< 50");
    add("extension host without Carrel", withoutMb, "MB");
    add("added by Carrel, after a question", withMb - withoutMb, "MB", "< 20");
  } finally {
    await carrel.close();
  }
}

async function hostMemory({ server }: Workbench): Promise<number> {
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (!command.includes("--type=extensionHost")) continue;
    // The fifth field of stat is the process group; the second, the name, may hold spaces.
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    const group = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2];
    if (Number(group) !== server.group) continue;
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
  }
  return Number.NaN;
}

/** The list of running extensions shows what VS Code measured. */
async function activation({ page, command }: Workbench): Promise<number> {
  await command("Developer: Show Running Extensions");
  const row = page.locator(".runtime-extensions-editor .extension", { hasText: "Carrel" }).first();
  await row.waitFor({ timeout: 20_000 });
  const text = (await row.locator(".activation-time").textContent()) ?? "";
  return Number(/(\d+)\s*ms/.exec(text)?.[1] ?? Number.NaN);
}
