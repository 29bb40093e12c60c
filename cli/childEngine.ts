import { fork } from "node:child_process";
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

export type EngineChannel = Channel<EngineContract, EngineClientContract>;

export interface EngineProcess {
  readonly channel: EngineChannel;
  readonly pid: number;
  /** Ends the engine, and waits until it has released its indexes. */
  stop(): Promise<void>;
}

/** Starts the engine beside this program: the bundle when this is one, else its source. */
export function startEngine(): EngineProcess {
  const here = import.meta.url;
  const entry = new URL(here.endsWith(".ts") ? "../engine/main.ts" : "./engine.js", here);
  const child = fork(fileURLToPath(entry), [], {
    env: engineEnvironment(process.env),
    execArgv: [...engineArguments],
    // Its stdout goes to stderr: stdout is for the result alone.
    stdio: ["ignore", 2, 2, "ipc"],
  });
  const channel: EngineChannel = new Channel(processPort(child), engineContract, engineClientContract, {});
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.once("exit", (code, signal) => channel.close(`the engine stopped (${signal ?? `code ${code}`})`));
  child.once("error", (error) => channel.close(`the engine could not be started: ${error.message}`));
  return {
    channel,
    pid: child.pid ?? 0,
    async stop() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
