import { type ChildProcess, fork } from "node:child_process";
import { realpathSync } from "node:fs";
import { CarrelError, Channel } from "../../protocol/channel.ts";
import { engineEnvironment } from "../../protocol/launch.ts";
import { processPort } from "../../protocol/port.ts";
import type { Confinement, Launch } from "../../walls/confine.ts";
import { parserClientContract, parserContract } from "./contract.ts";

export interface ParserProcessOptions {
  /** The parser process's program: indexer/read/main.ts, or dist/parser.js. */
  readonly entry: string;
  /** The limit of its JavaScript memory. */
  readonly memoryMb: number;
  /** Starts the process behind walls; without it only the process's own seat belt stands. */
  readonly confinement?: Confinement;
}

export type ParserChannel = Channel<typeof parserContract, typeof parserClientContract>;

/** How long it may take until the process says that it is ready, in milliseconds. */
export const startMs = 30_000;
const stderrKept = 4_000;
/** Room for Node itself (some 600 MB, little of it used), for files, pictures and WebAssembly's memory. */
const besideHeapMb = 2_000;

/** A process that reads files, from its start to its end. It may read `readable` (real paths) and itself. */
export class ParserProcess {
  readonly channel: ParserChannel;
  readonly launch: Launch | undefined;
  /** Resolves with how the process ended, also when it could not be started. */
  readonly ended: Promise<string>;
  private readonly process: ChildProcess;
  /** The end of what it wrote about its troubles. */
  private stderr = "";

  constructor({ entry, memoryMb, confinement }: ParserProcessOptions, readable: readonly string[]) {
    const nodeArguments = [`--max-old-space-size=${memoryMb}`];
    const mostMemoryMb = memoryMb + besideHeapMb;
    this.launch = confinement?.launch({ entry, nodeArguments, readable, hasNativeCode: false, mostMemoryMb });
    this.process = fork(entry, [], {
      execPath: this.launch?.execPath ?? process.execPath,
      execArgv: this.launch?.execArgv ?? nodeArguments,
      env: engineEnvironment(process.env),
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.channel = new Channel(processPort(this.process), parserContract, parserClientContract, {});
    this.process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr = (this.stderr + text).slice(-stderrKept);
    });
    this.ended = new Promise((resolve) => {
      // "error" comes when it can't be started; then there may be no "exit".
      this.process.on("error", (error) => resolve(error.message));
      this.process.once("exit", (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
    });
    void this.ended.then((how) => this.channel.close(how));
  }

  /** Whether it ended for want of memory. */
  get wasFull(): boolean {
    return /out of memory|Array buffer allocation failed|bad_alloc/.test(this.stderr);
  }

  /** Ends the process at once. Resolves when it has ended. */
  async kill(): Promise<void> {
    this.process.kill("SIGKILL");
    await this.ended;
  }

  /** What to tell people when it ended before it was ready. `task` says what it is for, as in "reads files". */
  startError(task: string, how: string): CarrelError {
    const detail = /^\w*Error.*$/m.exec(this.stderr)?.[0] ?? how;
    return new CarrelError(
      `The process that ${task} can't be started: ${detail}`,
      "Reload the window. If that does not help, install Carrel again.",
    );
  }
}

/** A folder's real path; one that is not there has none yet, and nothing in it to read. */
export function realOf(folder: string): string {
  try {
    return realpathSync.native(folder);
  } catch {
    return folder;
  }
}
