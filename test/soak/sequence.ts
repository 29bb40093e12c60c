import { setTimeout as delay } from "node:timers/promises";
import { CarrelError } from "../../protocol/channel.ts";
import type { Hit } from "../../protocol/data.ts";
import { describe, type Plan, type Round, type WrittenFile } from "./actions.ts";
import {
  checkContents,
  checkOpenFiles,
  checkStatus,
  checkStorage,
  checkWords,
  checkWriters,
  look,
  noHitsIfTold,
  type Shown,
} from "./checks.ts";
import { crowding } from "./crowding.ts";
import { wordOf } from "./files.ts";
import { keyOf } from "./hits.ts";
import { openFiles } from "./processes.ts";
import { type Engine, World } from "./world.ts";

const pollMs = 100;
const awaitedMs = 1_500;
const startsWithinMs = 60_000;
/** Time for an engine to do what it must not do while it is paused. */
const pausedMs = 250;
/**
 * Taking over from a killed writer, or seeing what another writes, takes some seconds. On a machine on which a look
 * takes seconds too, so much takes longer; one that is less busy than that reaches the looks well within the time.
 */
const settlesWithinMs = 25_000;
const settlesWithinLooks = 60;
/** What an update that was still under way would do to an index that looked right. */
const stableMs = 250;

export interface Outcome {
  readonly seed: number;
  readonly problems: readonly string[];
  /** What was done and what the engines said, each with its time in seconds. */
  readonly log: readonly string[];
  readonly rests: number;
}

/** Runs a plan against real engines. Ends at the first rest at which something is wrong. */
export async function runSequence(plan: Plan, keep = false): Promise<Outcome> {
  const world = await World.create(plan);
  const models = new Set<string>();
  const folders = new Set<string>();
  let rests = 0;
  try {
    for (const round of plan.rounds) {
      await runRound(world, round, models, folders);
      rests += 1;
      if (world.requests.problems.length > 0) break;
    }
  } catch (error) {
    const text = error instanceof CarrelError ? `${error.message} ${error.remedy}` : (error as Error).stack;
    world.requests.problems.push(`the soak stopped: ${text}`);
  }
  await world.close(keep);
  return { seed: plan.seed, problems: world.requests.problems, log: world.log, rests };
}

async function runRound(
  world: World,
  round: Round,
  models: Set<string>,
  folders: Set<string>,
): Promise<void> {
  for (const { waitMs, awaited, action } of round.steps) {
    if (waitMs > 0) await delay(waitMs);
    models.add(world.model.settings.embeddingModel);
    if (action.do === "start" || action.do === "setFolders")
      for (const one of action.folders) folders.add(one);
    world.note(describe(action));
    const done = world.perform(action);
    // A failure of the soak's own is met here, or by whoever awaits all.
    done.catch((error: unknown) => world.requests.problems.push(String(error)));
    if (action.do === "start") await started(done);
    else if (action.do === "server") await done;
    // Not for long: what waits for a model server that hangs goes on only after a later step.
    else if (awaited) await Promise.race([done, delay(awaitedMs)]);
  }
  models.add(world.model.settings.embeddingModel);
  // The bundled model stands in for one that can't be had.
  models.add("bundled");
  await world.allEnded();
  world.note(`— rest by ${round.rest}`);
  const problems = await settle(world, round, () => checkStorage(world, models, folders));
  world.requests.problems.push(...problems);
  if (problems.length > 0) return;
  if (round.fresh) world.requests.problems.push(...(await compareFresh(world)));
  for (const { slot } of world.running()) world.excuses.beCalm(slot);
}

/** Nothing can be asked of an engine before it has started, which may not depend on a model server that hangs. */
async function started(done: Promise<void>): Promise<void> {
  const late = delay(startsWithinMs, "late" as const, { ref: false });
  if ((await Promise.race([done, late])) === "late") throw new Error("an engine has not started");
}

/** Brings the world to rest, and says how what it shows differs from what it should. */
async function settle(world: World, round: Round, storage: () => string[]): Promise<string[]> {
  const alone = world.running().length === 1;
  const promised = round.rest === "index" && (await askForIndex(world));
  if (round.rest === "resume") await pauseAndResume(world, round);
  world.model.seenEdits();
  world.model.rest();
  if (promised && alone) {
    const early = await contents(world);
    if (early.length > 0) return early.map((problem) => `at once after ${round.rest}: ${problem}`);
  }
  const begun = performance.now();
  let waitedFor: string | undefined;
  for (let looks = 1; ; looks += 1) {
    const isLate = (): boolean =>
      performance.now() - begun > settlesWithinMs * crowding() && looks > settlesWithinLooks;
    const problems = [...(await everything(world)), ...storage()];
    if (problems.length === 0) {
      await delay(stableMs);
      const later = [...(await everything(world)), ...storage()];
      if (later.length === 0) return checkOnce(world);
      [waitedFor] = later;
      if (isLate()) return later.map((problem) => `not stable: ${problem}`);
    }
    if (isLate()) return problems;
    if (problems[0] !== waitedFor) world.note(`  not yet: ${problems[0]}`);
    [waitedFor] = problems;
    await delay(pollMs);
  }
}

/** True when the answers promise that the index is right at once. */
async function askForIndex(world: World): Promise<boolean> {
  const before = world.requests.problems.length;
  let writes = true;
  for (const { slot, process } of world.running()) {
    // One that has just become the only engine may not write yet: then it has some seconds.
    writes &&= (await process.channel.request("status", {})).status.writer;
    await world.perform({ do: "index", slot, refine: false });
  }
  return writes && world.requests.problems.length === before;
}

/** What is changed while all are paused stays out until they go on. */
async function pauseAndResume(world: World, { probe }: Round): Promise<void> {
  for (const { slot } of world.running()) await world.perform({ do: "pause", slot });
  if (probe) {
    await delay(pausedMs);
    await world.perform({ do: "write", files: [probe], notify: "now" });
    await delay(pausedMs);
    world.requests.problems.push(...(await faults(world, (engine) => checkPaused(engine, probe))));
  }
  for (const { slot } of world.running()) await world.perform({ do: "resume", slot });
}

async function checkPaused({ process: { channel }, slot }: Engine, probe: WrittenFile): Promise<string[]> {
  const { status } = await channel.request("status", {});
  const params = { query: wordOf(probe.version), k: 1, mode: "lexical" } as const;
  // Before the first update there may be nothing to search, which an engine may say.
  const { hits } = await channel.request("search", params).catch(noHitsIfTold);
  const problems: string[] = [];
  if (status.state !== "paused" && status.state !== "problem")
    problems.push(`state ${status.state} while paused`);
  if (hits.length > 0) problems.push(`${probe.path} was indexed while paused`);
  return problems.map((problem) => `engine ${slot}: ${problem}`);
}

async function contents(world: World): Promise<string[]> {
  return faults(world, async (engine) => checkContents(world, engine, await look(world, engine)));
}

async function everything(world: World): Promise<string[]> {
  const seen: { engine: Engine; status: Shown["status"] }[] = [];
  const problems = await faults(world, async (engine) => {
    const shown = await look(world, engine);
    seen.push({ engine, status: shown.status });
    return [...checkContents(world, engine, shown), ...checkStatus(world, engine, shown)];
  });
  const open = world.running().flatMap((engine) => checkOpenFiles(world, engine));
  return [...problems, ...checkWriters(world, seen), ...open];
}

/** What takes longer to look at, or can't get better by waiting. */
function checkOnce(world: World): Promise<string[]> {
  for (const { slot, process } of world.running()) {
    world.note(`  engine ${slot} has ${openFiles(process.pid).length} files open`);
  }
  return faults(world, (engine) => checkWords(world, engine));
}

/** An engine that can't be looked at is a fault as well. */
async function faults(world: World, check: (engine: Engine) => Promise<string[]>): Promise<string[]> {
  const found: string[] = [];
  for (const engine of world.running()) {
    try {
      found.push(...(await check(engine)));
    } catch (error) {
      found.push(`engine ${engine.slot} at rest: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return found;
}

/** Another engine makes an index of the same wish from nothing: it must show the same. */
async function compareFresh(world: World): Promise<string[]> {
  const [engine] = world.running();
  if (!engine) return [];
  const fresh = world.launch(engine.slot);
  try {
    await fresh.process.channel.request("initialize", {
      storage: world.newFolder("fresh"),
      folders: world.folders(world.model.slots[engine.slot].folders),
      settings: world.engineSettings(),
    });
    await fresh.process.channel.request("index", {}).catch(() => undefined);
    const [mine, other] = [await look(world, engine), await look(world, fresh)];
    const list = (hits: readonly Hit[]): string =>
      hits
        .map((hit) => `${keyOf(world, hit)} ${hit.text}`)
        .sort()
        .join("\n");
    const differs = list(mine.lexical) !== list(other.lexical) || list(mine.vector) !== list(other.vector);
    const counts = (["files", "chunks", "skipped", "embedding"] as const).filter(
      (key) => mine.status[key] !== other.status[key],
    );
    return [
      ...(differs ? ["a fresh index of the same wish finds other passages"] : []),
      ...counts.map((key) => `a fresh index has ${key} ${other.status[key]}, this one ${mine.status[key]}`),
    ];
  } finally {
    await world.stop(fresh);
  }
}
