import type { Machine } from "../../protocol/machine.ts";
import { readGraphics } from "./graphics.ts";
import { readMemory, sysctlNumbers } from "./memory.ts";
import { type System, sysctlCommand } from "./system.ts";

/** All that the system tells of this machine; how fast its memory is has to be measured. */
export async function readMachine(system: System): Promise<Machine> {
  const { memoryBytes, isContainer, availableBytes } = await readMemory(system);
  const { graphics, notes } = await readGraphics(system, memoryBytes);
  const container = "A container's limit counts here. A model server outside of it may have more.";
  return {
    processor: system.processor || "an unknown processor",
    cores: await readCores(system),
    memoryBytes,
    isContainer,
    ...(availableBytes === undefined ? {} : { availableBytes }),
    graphics,
    notes: [...(isContainer ? [container] : []), ...notes],
  };
}

/** Two threads of one core share what it can reckon, so that cores count where they are known. */
async function readCores(system: System): Promise<number> {
  const threads = Math.max(1, system.threads);
  const known = system.platform === "darwin" ? await appleCores(system) : listedCores(system);
  return known === undefined ? threads : Math.max(1, Math.min(known, threads));
}

async function appleCores(system: System): Promise<number | undefined> {
  return sysctlNumbers(await system.run(sysctlCommand))["hw.physicalcpu"];
}

/** Linux lists each thread with its processor and its core; on ARM it does not, and there are no threads. */
function listedCores(system: System): number | undefined {
  const blocks = (system.read("/proc/cpuinfo") ?? "").split(/\n\s*\n/);
  const cores = blocks.flatMap((block) => {
    const [, core] = /^core id\s*:\s*(\d+)/m.exec(block) ?? [];
    const [, socket = "0"] = /^physical id\s*:\s*(\d+)/m.exec(block) ?? [];
    return core === undefined ? [] : [`${socket}:${core}`];
  });
  return cores.length > 0 ? new Set(cores).size : undefined;
}
