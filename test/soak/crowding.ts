import { availableParallelism, loadavg } from "node:os";

/** How many processes want each core of this machine, at least 1: the times that a soak allows are longer by it. */
export function crowding(): number {
  return Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());
}
