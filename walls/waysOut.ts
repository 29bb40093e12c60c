import childProcess from "node:child_process";
import inspector from "node:inspector";
import nodeModule from "node:module";
import workerThreads from "node:worker_threads";
import type { Guards } from "./guards.ts";

/**
 * Guards what leads out of the reach of the seat belt: other threads and processes, Node's own bindings, the
 * debugger's port. `programs` are the absolute paths of our own programs, and `commands` a program of the system
 * with all its arguments each: nothing else may be started.
 */
export function guardWaysOut(
  guards: Guards,
  programs: ReadonlySet<string>,
  commands: readonly (readonly string[])[],
  refuse: (what: string) => never,
): void {
  const never = (owner: object, name: string, what: string): void =>
    guards.add(owner, name, () => refuse(what));

  never(workerThreads, "Worker", "start a thread");
  // It runs hooks in a thread that this belt can't reach.
  never(nodeModule, "register", "start a thread of module hooks");
  // Every asynchronous way to start a process ends here, those included that were fetched before.
  guards.add(childProcess.ChildProcess.prototype, "spawn", (args) => {
    if (!isOwn(args[0], programs) && !isCommand(args[0], commands)) refuse("start a process");
  });
  for (const name of ["spawnSync", "execSync", "execFileSync"]) never(childProcess, name, "start a process");
  never(process, "execve", "become another program");
  for (const name of ["binding", "_linkedBinding"]) never(process, name, "use Node's own bindings");
  never(process, "_debugProcess", "debug a process");
  never(inspector, "open", "open a port for a debugger");
}

/** `fork` puts the program last. A library could imitate that, which is why this is no wall. */
function isOwn(options: unknown, programs: ReadonlySet<string>): boolean {
  const { args } = options as { args?: unknown };
  const last: unknown = Array.isArray(args) ? args.at(-1) : undefined;
  return typeof last === "string" && programs.has(last);
}

/** With a shell the program would be another one, so that this tells it too. */
function isCommand(options: unknown, commands: readonly (readonly string[])[]): boolean {
  const { file, args } = options as { file?: unknown; args?: unknown };
  if (!Array.isArray(args) || args[0] !== file) return false;
  return commands.some(
    (command) => command.length === args.length && command.every((part, i) => part === args[i]),
  );
}
