import type { EngineProcess } from "../../cli/childEngine.ts";
import type { Action, Notify } from "./actions.ts";
import { checkHits } from "./hits.ts";
import type { Excuse } from "./requests.ts";
import type { Engine, World } from "./world.ts";

const lateMs = 300;
const twiceMs = 60;
/** More than there are, so that what must be found is among them, whatever the vectors say. */
const manyHits = 3_000;

type Method = "initialize" | "setSettings" | "setFolders" | "pause" | "resume" | "deleteIndex" | "status";

/** Asks an engine something whose answer is not looked at; it must come, and be no error without an excuse. */
export function send(
  world: World,
  engine: Engine,
  method: Method,
  params: Parameters<EngineProcess["channel"]["request"]>[1],
): Promise<void> {
  const request: Promise<unknown> = engine.process.channel.request(method, params as never);
  return world.requests.follow(`${method} on engine ${engine.slot}`, request, excuse(world, engine));
}

export function sendIndex(
  world: World,
  engine: Engine,
  action: Extract<Action, { do: "index" }>,
): Promise<void> {
  const { refine, cancelMs } = action;
  const request = engine.process.channel.request("index", { refine }, cancelling(cancelMs));
  return world.requests.follow(`index on engine ${engine.slot}`, request, excuse(world, engine, cancelMs));
}

export function sendSearch(
  world: World,
  engine: Engine,
  action: Extract<Action, { do: "search" }>,
): Promise<void> {
  const { query, mode, cancelMs } = action;
  const calm = new Set(world.excuses.calm[engine.slot]);
  const params = { query, k: manyHits, mode };
  const request = engine.process.channel.request("search", params, cancelling(cancelMs));
  const name = `search “${query}” on engine ${engine.slot}`;
  return world.requests.follow(name, request, excuse(world, engine, cancelMs), ({ hits }) => {
    const stillCalm = [...calm].filter((folder) => world.excuses.calm[engine.slot].has(folder));
    return checkHits(world, hits, query, mode === "vector" ? [] : stillCalm);
  });
}

export function sendQuestion(
  world: World,
  engine: Engine,
  action: Extract<Action, { do: "ask" }>,
): Promise<void> {
  const { query: question, cancelMs } = action;
  const params = { question, history: [], model: "" };
  const request = engine.process.channel.request("ask", params, cancelling(cancelMs));
  const name = `ask “${question}” on engine ${engine.slot}`;
  return world.requests.follow(name, request, excuse(world, engine, cancelMs), ({ passages }) => {
    return checkHits(world, passages, question, []);
  });
}

export function openDocument(
  world: World,
  engine: Engine,
  action: Extract<Action, { do: "document" }>,
): Promise<void> {
  const { folder, path } = action;
  const request = engine.process.channel.request("document", { folder: world.disk.at(folder), path });
  const name = `document ${folder}/${path} on engine ${engine.slot}`;
  // The file may be gone, refused or in a folder that is not open; the answer must say so in words.
  const any = (): Excuse => ({ ...excuse(world, engine)(), trouble: true });
  return world.requests.follow(name, request, any);
}

/** Tells all engines of changed files, as their windows' watchers do. */
export async function tellChanges(world: World, paths: readonly string[], notify: Notify): Promise<void> {
  if (notify === "none") return;
  if (notify === "late") return world.later(pause(lateMs).then(() => tellAll(world, paths)));
  const first = tellAll(world, paths);
  if (notify === "twice") await world.later(pause(twiceMs).then(() => tellAll(world, paths)));
  await first;
}

async function tellAll(world: World, relative: readonly string[]): Promise<void> {
  const paths = relative.map((path) => world.disk.at(path));
  const ready = world.running().filter((engine) => engine.ready);
  await Promise.all(
    ready.map((engine) => {
      const request = engine.process.channel.request("filesChanged", { paths });
      return world.requests.follow(`filesChanged on engine ${engine.slot}`, request, excuse(world, engine));
    }),
  );
}

function excuse(world: World, engine: Engine, cancelMs?: number): () => Excuse {
  return world.excuses.forRequest(() => engine.ended, cancelMs !== undefined);
}

function cancelling(cancelMs: number | undefined): { signal?: AbortSignal } {
  return cancelMs === undefined ? {} : { signal: AbortSignal.timeout(cancelMs) };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
