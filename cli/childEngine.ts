import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Channel } from "../protocol/channel.ts";
import {
  type EngineClientContract,
  type EngineContract,
  engineClientContract,
  engineContract,
} from "../protocol/engine.ts";
import { engineArguments, engineEnvironment } from "../protocol/launch.ts";
import { processPort } from "../protocol/port.ts";
import { harmlessLines } from "./harmless.ts";

export type EngineChannel = Channel<EngineContract, EngineClientContract>;

export interface EngineProcess {
  readonly channel: EngineChannel;
  readonly pid: number;
  /** Ends the engine, and waits until it has released its indexes. */
  stop(): Promise<void>;
}

/** How long an engine that was asked to end may take to close its indexes. It gives itself 5 seconds. */
const endMs = 15_000;
/** How long what it printed last may take to arrive once it has ended. */
const lastWordsMs = 1_000;
/** Characters of what an engine printed before it crashed. */
const mostKept = 16_384;

/** Starts the engine beside this program: the bundle when this is one, else its source. */
export function startEngine(entry: string = engineBeside()): EngineProcess {
  const child = fork(entry, [], {
    env: engineEnvironment(process.env),
    execArgv: [...engineArguments],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  // What libraries write goes to stderr: stdout is for the result alone.
  child.stdout?.setEncoding("utf8").on("data", (text: string) => process.stderr.write(harmlessLines(text)));
  let wasAsked = false;
  keepErrors(child, () => wasAsked);
  const channel: EngineChannel = new Channel(processPort(child), engineContract, engineClientContract, {});
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    // One that can't be started never exits.
    child.once("error", () => resolve());
  });
  const printed = Promise.all([child.stdout, child.stderr].map((stream) => stream && once(stream, "close")));
  child.once("exit", (code, signal) => channel.close(`the engine stopped (${signal ?? `code ${code}`})`));
  child.once("error", (error) => channel.close(`the engine could not be started: ${error.message}`));
  return {
    channel,
    pid: child.pid ?? 0,
    async stop() {
      if (child.connected) {
        wasAsked = true;
        child.disconnect();
      }
      const limit = setTimeout(() => child.kill("SIGKILL"), endMs);
      await exited;
      clearTimeout(limit);
      // A process of the engine's that outlives it holds these open, and would keep this one waiting.
      const late = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, lastWordsMs);
      await printed;
      clearTimeout(late);
    },
  };
}

function engineBeside(): string {
  const here = import.meta.url;
  return fileURLToPath(new URL(here.endsWith(".ts") ? "../engine/main.ts" : "./engine.js", here));
}

/**
 * What native code prints of an error that it is about to raise (a panic of LanceDB over a damaged index) says
 * nothing to a person, who hears of it through the channel. It is shown when the engine could not say any more.
 */
function keepErrors(child: ChildProcess, wasAskedToEnd: () => boolean): void {
  let kept = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    kept = (kept + text).slice(-mostKept);
  });
  child.once("close", (code) => {
    if (code !== 0 && !wasAskedToEnd() && kept !== "") process.stderr.write(harmlessLines(kept));
  });
}
