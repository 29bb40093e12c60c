import { fork } from "node:child_process";
import { once } from "node:events";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { EngineChannel } from "../../cli/childEngine.ts";
import { CarrelError, Channel } from "../../protocol/channel.ts";
import { defaultSettings } from "../../protocol/data.ts";
import { engineClientContract, engineContract } from "../../protocol/engine.ts";
import { engineArguments, engineEnvironment } from "../../protocol/launch.ts";
import { processPort } from "../../protocol/port.ts";

const entry = fileURLToPath(new URL("../../engine/main.ts", import.meta.url));
const hook = new URL("killAtCommit.ts", import.meta.url).href;

/** How an engine ended. */
export type End = "killed" | "finished";

/**
 * Starts an engine that does `work` and then ends, unless it is killed before: at a commit (see killAtCommit.ts:
 * "after 2"), or after so many milliseconds of work.
 */
export async function killedEngine(
  place: { readonly dir: string; readonly storage: string },
  kill: string | number,
  work: (channel: EngineChannel) => Promise<unknown>,
): Promise<End> {
  const isAimed = typeof kill === "string";
  const child = fork(entry, [], {
    env: { ...engineEnvironment(process.env), ...(isAimed ? { CARREL_KILL_AT: kill } : {}) },
    execArgv: [...engineArguments, ...(isAimed ? [`--import=${hook}`] : [])],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const ended = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  const channel: EngineChannel = new Channel(processPort(child), engineContract, engineClientContract, {});
  child.once("exit", () => channel.close("the engine has ended"));
  const settings = { ...defaultSettings, modelServerUrl: "http://127.0.0.1:9", refine: false };
  const folders = [{ path: place.dir, name: basename(place.dir) }];
  let timer: NodeJS.Timeout | undefined;
  try {
    await channel.request("initialize", { storage: place.storage, folders, settings });
    if (!isAimed) timer = setTimeout(() => child.kill("SIGKILL"), kill);
    await work(channel);
  } catch (error) {
    // What it was asked for ends as gone when it is killed; anything else is a failure of its own.
    if (!(error instanceof CarrelError && error.code === "gone")) throw error;
  } finally {
    clearTimeout(timer);
    if (child.connected) child.disconnect();
  }
  const [, signal] = await ended;
  return signal === "SIGQUIT" || child.killed ? "killed" : "finished";
}
