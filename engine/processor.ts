import { readFileSync } from "node:fs";

/**
 * Whether this processor can run LanceDB's native code, which on x64 needs AVX2 and FMA and is killed without
 * them. Undefined when it can, or when that can't be told.
 */
export function processorProblem(
  cpuInfo: string | undefined = linuxCpuInfo(),
  arch: string = process.arch,
): { message: string; remedy: string } | undefined {
  if (arch !== "x64" || cpuInfo === undefined) return undefined;
  const flags = /^flags\s*:(.*)$/m.exec(cpuInfo)?.[1]?.split(/\s+/);
  const missing = flags ? ["avx2", "fma"].filter((flag) => !flags.includes(flag)) : [];
  if (missing.length === 0) return undefined;
  return {
    message: `This processor lacks ${missing.map((flag) => flag.toUpperCase()).join(" and ")}, which Carrel's database needs.`,
    remedy:
      "Use a machine with a processor from 2013 or later; a virtual machine may have to pass its host's processor through.",
  };
}

function linuxCpuInfo(): string | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    return readFileSync("/proc/cpuinfo", "utf8");
  } catch {
    return undefined;
  }
}
