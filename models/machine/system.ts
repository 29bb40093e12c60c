import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { join } from "node:path";

/** What is asked of the operating system; tests bring machines of their own. */
export interface System {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly processor: string;
  /** Threads that may run at once. */
  readonly threads: number;
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** A file's text, or undefined where it can't be read. */
  read(path: string): string | undefined;
  /** The names in a folder; none where it can't be read. */
  list(path: string): string[];
  /** What a command prints, or undefined when it is not there, fails or takes too long. */
  run(command: readonly string[]): Promise<string | undefined>;
}

/** Far above what a driver needs that works; one that hangs would hang for ever. */
const commandMs = 3_000;
const longestOutput = 100_000;

const windows = process.env["SystemRoot"] ?? "C:\\Windows";
const nvidiaArguments = ["--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits"];

/** Where drivers of NVIDIA's put their program. PATH is not searched: what is found there could be anything. */
export const nvidiaCommands: readonly (readonly string[])[] = [
  "/usr/bin/nvidia-smi",
  "/usr/lib/wsl/lib/nvidia-smi",
  "/run/current-system/sw/bin/nvidia-smi",
  join(windows, "System32", "nvidia-smi.exe"),
].map((file) => [file, ...nvidiaArguments]);

/** Names that an older macOS does not have are left out of what it prints. */
export const sysctlCommand: readonly string[] = [
  "/usr/sbin/sysctl",
  "hw.physicalcpu",
  "hw.pagesize",
  "vm.page_free_count",
  "vm.page_pageable_external_count",
];

export const commands: readonly (readonly string[])[] = [...nvidiaCommands, sysctlCommand];

/** The machine that this process runs on. */
export function thisSystem(): System {
  return {
    platform: process.platform,
    arch: process.arch,
    processor: cpus()[0]?.model.trim() ?? "",
    threads: availableParallelism(),
    totalBytes: totalmem(),
    freeBytes: freemem(),
    read(path) {
      try {
        return readFileSync(path, "utf8");
      } catch {
        return undefined;
      }
    },
    list(path) {
      try {
        return readdirSync(path);
      } catch {
        return [];
      }
    },
    run: (command) => runCommand(command, commandMs),
  };
}

/**
 * Runs a program without a shell. One that is not there gives undefined, and so does one that has not ended by
 * then: it is killed, and not waited for, since a driver that hangs does not even let itself be killed. What it
 * printed counts whatever its exit code is: sysctl fails when one of several names is unknown.
 */
export function runCommand(
  [file = "", ...rest]: readonly string[],
  limitMs: number,
): Promise<string | undefined> {
  if (!existsSync(file)) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    let output = "";
    const child = spawn(file, rest, { stdio: ["ignore", "pipe", "ignore"], windowsHide: true });
    const settle = (result: string | undefined): void => {
      clearTimeout(limit);
      child.kill("SIGKILL");
      child.stdout.destroy();
      child.unref();
      resolve(result);
    };
    const limit = setTimeout(() => settle(undefined), limitMs);
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.length > longestOutput) settle(undefined);
    });
    child.once("error", () => settle(undefined));
    child.once("close", () => settle(output === "" ? undefined : output));
  });
}
