import { readdirSync, readFileSync } from "node:fs";

/** The engine that a window has started with this in its environment: others have their own. Linux alone tells. */
export function engineProcess(marked: string): number | undefined {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return (
          command.includes("dist/engine.js") && readFileSync(`/proc/${pid}/environ`, "utf8").includes(marked)
        );
      } catch {
        // It ended meanwhile, or is somebody else's.
        return false;
      }
    });
}
