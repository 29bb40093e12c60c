import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collect: (() => void) | undefined;

/**
 * Has the native objects of closed tables let go of their files now. They do so when their JavaScript sides are
 * collected, which a process at rest may put off for ever: meanwhile deleted files keep their space, and on Windows
 * they can't be deleted. Takes some tens of milliseconds.
 */
export async function letGoOfFiles(): Promise<void> {
  // Node offers the collector by a flag alone; one that is set late holds for new contexts.
  if (!collect) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
    setFlagsFromString("--no-expose-gc");
  }
  collect();
  // What was collected is finalised in a later turn.
  await new Promise((resolve) => setImmediate(resolve));
}
