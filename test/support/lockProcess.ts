import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("lockHolder.ts", import.meta.url));

export interface Answer {
  readonly state: string;
  readonly message?: string;
  readonly remedy?: string;
  readonly pid?: number;
  /** When each lock was asked for, got, still held, and released. */
  readonly taken?: [number, number, number, number][];
  /** When each attempt that failed began and ended. */
  readonly refused?: [number, number][];
}

/** How to start a process: a command to put before it, Node's arguments, a user's number. */
export interface Start {
  readonly before?: readonly string[];
  readonly nodeArguments?: readonly string[];
  readonly uid?: number;
}

/** A process of its own that takes the lock of an index when told to. */
export class LockProcess {
  readonly child: ChildProcess;

  constructor(dir: string, { before = [], nodeArguments = [], uid }: Start = {}, more: string[] = []) {
    const line = [...before, process.execPath, ...nodeArguments, script, dir, ...more];
    this.child = spawn(line[0] ?? "", line.slice(1), {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
  }

  /** A process that takes and releases for ever, as `witnessed` says. */
  static competing(dir: string, log: string): LockProcess {
    return new LockProcess(dir, {}, ["--compete", log]);
  }

  async ask(command: "take" | "drop" | "release" | "spawn" | "contend"): Promise<Answer> {
    const answered = new AbortController();
    const { signal } = answered;
    const ended = once(this.child, "exit", { signal }).then(([code]) => {
      throw new Error(`The process ended with ${code} before it answered.`);
    });
    const message = once(this.child, "message", { signal }) as Promise<[Answer]>;
    try {
      this.child.send(command);
      return (await Promise.race([message, ended]))[0];
    } finally {
      answered.abort();
      await Promise.allSettled([message, ended]);
    }
  }

  async take(): Promise<string> {
    return (await this.ask("take")).state;
  }

  /** Kills it, and waits until it is gone. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await exit;
  }
}
