import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openWorkbench, type Workbench } from "../support/workbench.ts";

export interface HostFigures {
  /** What VS Code itself measured for `activate`, in milliseconds. */
  readonly activateMs: number;
  /** Resident memory of the extension host in MB, without Carrel and with it, indexed and asked. */
  readonly withoutMb: number;
  readonly withMb: number;
}

/** Opens a real VS Code twice, without and with Carrel. Linux alone, since it reads /proc. */
export async function measureHost(folder: string): Promise<HostFigures> {
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
    return { withoutMb, withMb: await hostMemory(carrel), activateMs: await activation(carrel) };
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

function sleep(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
