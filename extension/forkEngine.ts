import { fork } from "node:child_process";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { engineArguments, engineEnvironment } from "../protocol/launch.ts";
import type { ProcessLike } from "../protocol/port.ts";

/** The part of a forked child process that the engine client needs. */
export interface EngineProcess extends ProcessLike {
  readonly pid?: number | undefined;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  on(event: "message", listener: (message: unknown) => void): unknown;
  on(event: "disconnect", listener: () => void): unknown;
  on(event: "exit", listener: (code: number | null, signal: string | null) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  kill(signal?: NodeJS.Signals): boolean;
}

/**
 * Forks the engine (`entry`: the absolute path of its bundle) with the runtime that runs this process. It
 * starts beside its own code, never in the workspace, and inherits none of the host's debug flags.
 */
export function forkEngine(entry: string): EngineProcess {
  return fork(entry, [], {
    execPath: process.execPath,
    execArgv: [...engineArguments],
    env: engineEnvironment(process.env),
    cwd: dirname(entry),
    silent: true,
  });
}
