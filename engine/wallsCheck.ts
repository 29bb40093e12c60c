import type { Attempt, Check } from "../protocol/data.ts";

/** A process of ours, and how its walls are tried in it. */
export interface WalledProcess {
  /** As people call it: "file reader". */
  readonly process: string;
  /** "closed" needs no network and few files; "connected" reaches model servers, so only its gate and belt stand. */
  readonly kind: "connected" | "closed";
  attempts(): Promise<Attempt[]>;
}

const below = [
  { wall: "network", stands: "no network below JavaScript either" },
  { wall: "files", stands: "Node's permission model" },
] as const;

/** Tries the walls of a process, and says which stand, how each was tried, and which this machine lacks. */
export async function wallsCheck({ process: name, kind, attempts }: WalledProcess): Promise<Check> {
  const title = `Walls of the ${name}`;
  try {
    return { name: title, ...judge(kind, await attempts()) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { name: title, state: "failed", detail: `They can't be tried: ${why}` };
  }
}

function judge(kind: WalledProcess["kind"], attempts: readonly Attempt[]): Omit<Check, "name"> {
  const belt = attempts.filter(({ wall }) => wall === "seat belt");
  const open = belt.filter(({ isStopped }) => !isStopped);
  if (belt.length === 0 || open.length > 0) {
    return {
      state: "failed",
      detail: `The seat belt let through: ${list(open)}`,
      remedy: "Please report this: it is a defect of Carrel.",
    };
  }
  const lines = [`seat belt (tried and refused: ${list(belt)})`];
  if (kind === "connected") return { state: "ok", detail: `gate; ${lines[0]}` };
  const missing: string[] = [];
  for (const { wall, stands } of below) {
    const tried = attempts.filter((attempt) => attempt.wall === wall);
    const through = tried.filter(({ isStopped }) => !isStopped);
    if (tried.length > 0 && through.length === 0) lines.push(`${stands} (tried and refused: ${list(tried)})`);
    else missing.push(`${stands} (possible: ${list(through)})`);
  }
  const detail = lines.join("; ");
  if (missing.length === 0) return { state: "ok", detail };
  return {
    state: "warning",
    detail: `${detail}. This machine does not have: ${missing.join("; ")}`,
    remedy:
      "Carrel works without. Node 22.13 or newer has the permission model; the wall against the network needs Linux that lets users make network namespaces (unshare), or macOS.",
  };
}

function list(attempts: readonly Attempt[]): string {
  return attempts.map(({ what }) => what).join(", ");
}
