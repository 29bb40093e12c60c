import { fork } from "node:child_process";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Channel } from "../../protocol/channel.ts";
import {
  type EngineClientContract,
  type EngineContract,
  engineClientContract,
  engineContract,
} from "../../protocol/engine.ts";
import { engineArguments, engineEnvironment } from "../../protocol/launch.ts";
import { processPort } from "../../protocol/port.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Memory in MB: resident of the engine and of its children, and what all of them really take together. */
interface Memory {
  readonly engine: number;
  readonly parser: number;
  readonly embedder: number;
  /** Proportional: what processes share, Node's own code above all, counts once. */
  readonly together: number;
}

export interface MeasuredEngine {
  readonly channel: Channel<EngineContract, EngineClientContract>;
  /** From /proc; zeros where there is none. */
  memory(): Promise<Memory>;
  stop(): Promise<void>;
}

/** Starts the built engine as the extension does. */
export function startEngine(): MeasuredEngine {
  const child = fork(join(root, "dist/engine.js"), [], {
    env: engineEnvironment(process.env),
    execArgv: [...engineArguments],
    stdio: ["ignore", "ignore", 2, "ipc"],
  });
  const channel = new Channel(processPort(child), engineContract, engineClientContract, {});
  const exited = new Promise<void>((done) => child.once("exit", () => done()));
  child.once("exit", (code, signal) => channel.close(`the engine stopped (${signal ?? `code ${code}`})`));
  return {
    channel,
    memory: () => memoryOf(child.pid ?? 0),
    async stop() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

async function memoryOf(engine: number): Promise<Memory> {
  const children = await childrenOf(engine);
  const names = await Promise.all(children.map(programOf));
  const residents = await Promise.all(children.map(resident));
  const sum = (program: string): number =>
    residents.reduce((total, one, i) => total + (names[i] === program ? one : 0), 0);
  const shares = await Promise.all([engine, ...children].map(proportional));
  return {
    engine: await resident(engine),
    parser: sum("parser.js"),
    embedder: sum("embedder.js"),
    together: shares.reduce((total, one) => total + one, 0),
  };
}

/** Seconds of processor time that the children of a process have taken, from /proc; zero where there is none. */
export async function processorSecondsBelow(pid: number): Promise<number> {
  const ticksPerSecond = 100;
  const times = (await childrenOf(pid)).map(async (child) => {
    const stat = await readFile(`/proc/${child}/stat`, "utf8").catch(() => "");
    // The second field, the name, may hold spaces; the time of the program and of the system are the 14th and 15th.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / ticksPerSecond;
  });
  return (await Promise.all(times)).reduce((sum, one) => sum + one, 0);
}

async function childrenOf(pid: number): Promise<number[]> {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  const children = list.trim().split(/\s+/).filter(Boolean).map(Number);
  return [...children, ...(await Promise.all(children.map(childrenOf))).flat()];
}

async function programOf(pid: number): Promise<string> {
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return basename(command.split("\0").find((part) => part.endsWith(".js")) ?? "");
}

async function resident(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

async function proportional(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024;
}
