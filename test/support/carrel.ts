import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is started: with more in its environment, by another user, or with a command before it. */
export interface How {
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly before?: readonly string[];
}

/** Runs `carrel ARGS` as a person does in a terminal, and resolves with all that it printed. */
export function carrel(args: readonly string[], { env = {}, uid, before = [] }: How = {}): Promise<Run> {
  const [command = "", ...rest] = [...before, process.execPath, cli, ...args];
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

/**
 * What a person must never see of an error: LanceDB's files and sources, a stack, a system's code without words.
 * Undefined when there is nothing of the kind.
 */
export function rawPart(output: string): string | undefined {
  const raw =
    /\S*\.lance\b\S*|\blance\w*::|LanceError|\S+\.rs:\d+|\bpanicked\b|^\s+at .*:\d+:\d+\)?$|\b(?:Type|Reference|Range)Error\b|node:internal/im;
  return raw.exec(output)?.[0];
}
