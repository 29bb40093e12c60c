import type { Graphics } from "../../protocol/machine.ts";
import { nvidiaCommands, type System } from "./system.ts";

interface Found {
  readonly graphics: Graphics[];
  readonly notes: string[];
}

/** Of a memory that is shared macOS lets graphics use about so much. */
const sharedPart = 0.7;

/** Graphics memory as far as the system tells it without a library. */
export async function readGraphics(system: System, memoryBytes: number): Promise<Found> {
  if (system.platform === "darwin") return { graphics: appleGraphics(system, memoryBytes), notes: [] };
  const nvidia = await readNvidia(system);
  const amd = system.platform === "linux" ? readAmd(system) : [];
  const notes = [...nvidia.notes];
  if (system.platform === "win32" && nvidia.graphics.length === 0) {
    notes.push("Graphics memory of makers other than NVIDIA is not read on Windows.");
  }
  return { graphics: [...nvidia.graphics, ...amd], notes };
}

function appleGraphics(system: System, memoryBytes: number): Graphics[] {
  if (system.arch !== "arm64") return [];
  return [{ name: system.processor || "Apple", bytes: Math.floor(memoryBytes * sharedPart), shared: true }];
}

async function readNvidia(system: System): Promise<Found> {
  for (const command of nvidiaCommands) {
    const graphics = nvidiaCards(await system.run(command));
    if (graphics.length > 0) return { graphics, notes: [] };
  }
  const known = "/proc/driver/nvidia/gpus";
  const cards = system.list(known).map((card) => system.read(`${known}/${card}/information`));
  const notes = cards.map((text) => {
    const [, name = "A card of NVIDIA's"] = /^Model:\s*(.+?)\s*$/m.exec(text ?? "") ?? [];
    return `${name} is there, but its driver did not tell how much memory it has: it is not counted.`;
  });
  return { graphics: [], notes };
}

/** "NVIDIA GeForce RTX 4090, 24564, 23010", a line for each card, in MiB. */
function nvidiaCards(output = ""): Graphics[] {
  return output.split("\n").flatMap((line) => {
    const [, name = "", total, free] = /^(.+), (\d+), (\d+|\[.*\])\s*$/.exec(line) ?? [];
    const bytes = mebibytes(total);
    if (bytes === undefined) return [];
    const freeBytes = mebibytes(free);
    return [{ name, bytes, ...(freeBytes === undefined ? {} : { freeBytes }), shared: false }];
  });
}

function mebibytes(text: string | undefined): number | undefined {
  const bytes = Number(text) * 1024 * 1024;
  return bytes > 0 ? bytes : undefined;
}

/** The driver amdgpu has a file for each card; one within a processor has its small share of memory there. */
function readAmd(system: System): Graphics[] {
  const cards = system.list("/sys/class/drm").filter((name) => /^card\d+$/.test(name));
  return cards.flatMap((card) => {
    const device = `/sys/class/drm/${card}/device`;
    const bytes = Number(system.read(`${device}/mem_info_vram_total`)?.trim());
    if (!(bytes > 0)) return [];
    const used = Number(system.read(`${device}/mem_info_vram_used`)?.trim());
    const name = system.read(`${device}/product_name`)?.trim() || "AMD graphics";
    return [{ name, bytes, ...(used >= 0 ? { freeBytes: Math.max(0, bytes - used) } : {}), shared: false }];
  });
}
