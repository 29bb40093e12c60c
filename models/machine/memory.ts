import { posix } from "node:path";
import { type System, sysctlCommand } from "./system.ts";

export interface Memory {
  readonly memoryBytes: number;
  readonly isContainer: boolean;
  readonly availableBytes: number | undefined;
}

/** How much memory there is and how much of it is free; what a container's limit leaves, where one is lower. */
export async function readMemory(system: System): Promise<Memory> {
  const total = system.totalBytes;
  const available = within(await availableIn(system), total);
  const limit = system.platform === "linux" ? lowestLimit(system) : undefined;
  if (limit === undefined || limit.bytes >= total) {
    return { memoryBytes: total, isContainer: false, availableBytes: available };
  }
  const left = limit.used === undefined ? limit.bytes : Math.max(0, limit.bytes - limit.used);
  return { memoryBytes: limit.bytes, isContainer: true, availableBytes: Math.min(left, available ?? left) };
}

function within(bytes: number | undefined, total: number): number | undefined {
  return bytes !== undefined && bytes >= 0 ? Math.min(bytes, total) : undefined;
}

/** What programs can have without others being pushed out: files that are only kept in memory count as free. */
async function availableIn(system: System): Promise<number | undefined> {
  if (system.platform === "linux") {
    const [, kilobytes] = /^MemAvailable:\s*(\d+) kB/m.exec(system.read("/proc/meminfo") ?? "") ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  }
  // macOS counts what it keeps of files as used.
  if (system.platform !== "darwin") return system.freeBytes;
  const numbers = sysctlNumbers(await system.run(sysctlCommand));
  const pages =
    (numbers["vm.page_free_count"] ?? Number.NaN) +
    (numbers["vm.page_pageable_external_count"] ?? Number.NaN);
  const bytes = pages * (numbers["hw.pagesize"] ?? Number.NaN);
  return Number.isFinite(bytes) ? bytes : undefined;
}

/** "hw.physicalcpu: 8", a line for each. */
export function sysctlNumbers(output = ""): Record<string, number | undefined> {
  const lines = output.matchAll(/^([\w.]+): (\d+)$/gm);
  return Object.fromEntries([...lines].map(([, name = "", value]) => [name, Number(value)]));
}

interface Limit {
  readonly bytes: number;
  /** What counts against it, without what is only kept of files. */
  readonly used: number | undefined;
}

/** Control groups stand in a tree, and each limits what is below it. Both versions may be there at once. */
function lowestLimit(system: System): Limit | undefined {
  const lines = (system.read("/proc/self/cgroup") ?? "").split("\n");
  const limits = lines.flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path === undefined) return [];
    if (controllers === "") return limitsAbove(system, "/sys/fs/cgroup", path, secondVersion);
    if (!controllers?.split(",").includes("memory")) return [];
    return limitsAbove(system, "/sys/fs/cgroup/memory", path, firstVersion);
  });
  return limits.sort((a, b) => a.bytes - b.bytes)[0];
}

interface Version {
  readonly limit: string;
  readonly usage: string;
  readonly kept: RegExp;
}

const secondVersion: Version = {
  limit: "memory.max",
  usage: "memory.current",
  kept: /^inactive_file (\d+)$/m,
};
const firstVersion: Version = {
  limit: "memory.limit_in_bytes",
  usage: "memory.usage_in_bytes",
  kept: /^total_inactive_file (\d+)$/m,
};

/** In a container its own group is the root of what can be seen, whatever its path is called outside. */
function limitsAbove(system: System, root: string, path: string, version: Version): Limit[] {
  const limits: Limit[] = [];
  for (let at = path; ; at = posix.dirname(at)) {
    const folder = posix.join(root, at);
    const bytes = number(system.read(posix.join(folder, version.limit)));
    if (bytes !== undefined && bytes > 0) {
      const usage = number(system.read(posix.join(folder, version.usage)));
      const kept = number(version.kept.exec(system.read(posix.join(folder, "memory.stat")) ?? "")?.[1]) ?? 0;
      limits.push({ bytes, used: usage === undefined ? undefined : Math.max(0, usage - kept) });
    }
    if (posix.dirname(at) === at) return limits;
  }
}

/** "max" is no number, and so no limit. */
function number(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+\s*$/.test(text) ? Number(text) : undefined;
}
