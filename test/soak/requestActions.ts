import type { SearchMode } from "../../protocol/data.ts";
import type { Action, SlotNumber } from "./actions.ts";
import { everywhere, wordOf } from "./files.ts";
import type { Maker } from "./plan.ts";
import { someFolders } from "./plan.ts";
import type { Random } from "./random.ts";

/** A search, a question, a document or the status: what people do while the index changes. */
export function request(maker: Maker): Action[] {
  const { random, model } = maker;
  const [slot] = random.some(model.running, 1);
  if (slot === undefined) return [];
  const cancel = random.chance(0.15) ? { cancelMs: random.int(60) } : {};
  return random.weighted<() => Action[]>([
    [6, () => [{ do: "search", slot, query: someQuery(maker), mode: someMode(random), ...cancel }]],
    [3, () => [{ do: "ask", slot, query: someQuery(maker), ...cancel }]],
    [2, () => document(maker, slot)],
    [1, () => [{ do: "status", slot }]],
  ])();
}

function someMode(random: Random): SearchMode {
  return random.pick(["hybrid", "hybrid", "lexical", "vector"]);
}

function someQuery({ random, model }: Maker): string {
  const [file] = random.some([...model.files.values()], 1);
  return random.weighted([
    [3, wordOf(model.files.get("a/anchor.md")?.version ?? 0)],
    [3, wordOf(file?.version ?? 0)],
    [2, everywhere],
    [1, "which version is it?"],
  ]);
}

function document({ random, model }: Maker, slot: SlotNumber): Action[] {
  const [folder] = random.some(model.slots[slot].folders, 1);
  if (folder === undefined) return [];
  const [path] = random.some(model.under(folder), 1);
  return path === undefined ? [] : [{ do: "document", slot, folder, path: path.slice(folder.length + 1) }];
}

/** What is done to the index, or to an engine as a whole. */
export function engineAction(maker: Maker): Action[] {
  const { random, model } = maker;
  const [slot] = random.some(model.running, 1);
  const stopped = ([0, 1] as const).filter((one) => !model.slots[one].running);
  if (slot === undefined) return start(maker, stopped);
  const cancel = random.chance(0.2) ? { cancelMs: random.int(100) } : {};
  return random.weighted<() => Action[]>([
    [6, () => [{ do: "index", slot, refine: random.chance(0.04), ...cancel }]],
    [2, () => [{ do: "pause", slot }]],
    [3, () => [{ do: "resume", slot }]],
    [1, () => [{ do: "deleteIndex", slot }]],
    [2, () => start(maker, stopped)],
    [1, () => [{ do: "stop", slot }]],
    [1.5, () => [{ do: "kill", slot }]],
    [1, () => [{ do: "freeze", slot, ms: 50 + random.int(800), aged: random.chance(0.3) }]],
  ])();
}

/** The other window mostly has the same folders open. */
function start(maker: Maker, stopped: readonly SlotNumber[]): Action[] {
  const { random, model } = maker;
  const [slot] = random.some(stopped, 1);
  if (slot === undefined) return [];
  const { folders } = model.slots[slot === 0 ? 1 : 0];
  const same = folders.length > 0 && random.chance(0.8);
  return [{ do: "start", slot, folders: same ? folders : someFolders(maker) }];
}
