import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** A program of ours that needs no network, and reads only what is named here. */
interface Program {
  /** Its absolute path. The package that it belongs to may be read. */
  readonly entry: string;
  readonly nodeArguments: readonly string[];
  /** Absolute paths of folders. */
  readonly readable: readonly string[];
  /** It loads native code (of its own package). */
  readonly hasNativeCode: boolean;
  /**
   * All memory that it may write to, where the system can hold it to that: V8's own limit counts neither what lies in
   * buffers nor what WebAssembly and native code take.
   */
  readonly mostMemoryMb?: number;
}

/** How such a program is started, for `fork`: the program comes after these arguments. */
export interface Launch {
  readonly execPath: string;
  readonly execArgv: string[];
  /** Node's permission model: no file but those named, none to write, no process, no thread. */
  readonly hasPermissions: boolean;
}

/** What decides which walls there are. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly isRoot: boolean;
  readonly execPath: string;
  /** Whether this Node knows the argument. */
  knows(argument: string): boolean;
  /** Whether there is such a file. */
  has(path: string): boolean;
}

interface Walls {
  readonly permissions: boolean;
  readonly memory: boolean;
  /** What runs a command without network; it becomes that command, so process ids and signals are the same. */
  readonly wrapper: readonly string[];
}

/**
 * Starts programs behind as many walls as this machine has. Which of them it has is found out by starting:
 * a program that does not come up is started again behind fewer, and so are all after it.
 */
export class Confinement {
  private readonly machine: Machine;
  private readonly steps: readonly Walls[];
  private step = 0;
  private readonly stepOf = new WeakMap<Launch, number>();

  constructor(machine: Machine = thisMachine()) {
    this.machine = machine;
    const permissions = machine.knows("--permission");
    const wrapper = withoutNetwork(machine);
    const all = [
      { permissions, wrapper, memory: machine.platform === "linux" && machine.has(prlimit) },
      { permissions, wrapper, memory: false },
      { permissions, wrapper: [], memory: false },
      { permissions: false, wrapper, memory: false },
      { permissions: false, wrapper: [], memory: false },
    ];
    this.steps = all.filter(
      (one, index) => all.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === index,
    );
  }

  launch(program: Program): Launch {
    const { permissions = false, wrapper = [], memory = false } = this.steps[this.step] ?? {};
    const { execPath } = this.machine;
    const nodeArguments = [
      ...program.nodeArguments,
      ...(this.machine.knows("--disable-sigusr1") ? ["--disable-sigusr1"] : []),
      ...(permissions ? permissionArguments(program) : []),
    ];
    const limited = memory ? withinMemory(program) : [];
    const [command = execPath, ...rest] = [...wrapper, ...limited, execPath, ...nodeArguments];
    const launch = { execPath: command, execArgv: rest, hasPermissions: permissions };
    this.stepOf.set(launch, this.step);
    return launch;
  }

  /** The launch did not come up. Returns whether there are fewer walls to try it behind. */
  failed(launch: Launch): boolean {
    const step = this.stepOf.get(launch) ?? 0;
    if (step === this.step && step < this.steps.length - 1) this.step += 1;
    return step < this.step;
  }
}

function thisMachine(): Machine {
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    execPath: process.execPath,
    knows: (argument) => process.allowedNodeEnvironmentFlags.has(argument),
    has: existsSync,
  };
}

/**
 * A network of its own, in which there is nothing, not even this machine, whatever the program's code is.
 * Root needs no user namespace for it, in which it could no longer read the files of others; all else that root
 * may do is given up. Windows has nothing like it that needs no installation.
 */
function withoutNetwork({ platform, isRoot, has }: Machine): string[] {
  const unshare = "/usr/bin/unshare";
  const setpriv = "/usr/bin/setpriv";
  const sandbox = "/usr/bin/sandbox-exec";
  if (platform === "linux" && isRoot && has(unshare) && has(setpriv)) {
    const onlyReading = ["--bounding-set=-all,+dac_read_search", "--inh-caps=-all", "--no-new-privs"];
    return [unshare, "--net", "--", setpriv, ...onlyReading, "--"];
  }
  if (platform === "linux" && !isRoot && has(unshare)) {
    return [unshare, "--user", "--map-current-user", "--net", "--"];
  }
  if (platform === "darwin" && has(sandbox)) {
    return [sandbox, "-p", "(version 1)(allow default)(deny network*)"];
  }
  return [];
}

const prlimit = "/usr/bin/prlimit";

/** Address space that is only reserved, as V8 and WebAssembly do by the gigabyte, does not count. */
function withinMemory({ mostMemoryMb }: Program): string[] {
  return mostMemoryMb === undefined ? [] : [prlimit, `--data=${mostMemoryMb * 1_000_000}`, "--"];
}

function permissionArguments({ entry, readable, hasNativeCode }: Program): string[] {
  const own = packageOf(entry);
  // Node adds the asterisk itself, but only to folders that are there: one that is away may come back.
  const paths = [
    ...[own, join(own, "node_modules")].flatMap(spellings),
    ...readable.flatMap(spellings).map((folder) => join(folder, "*")),
  ];
  return [
    "--permission",
    "--disable-warning=SecurityWarning",
    ...[...new Set(paths)].map((path) => `--allow-fs-read=${path}`),
    ...(hasNativeCode ? ["--allow-addons"] : []),
  ];
}

/** The folder of the package.json that the program belongs to; its own folder where there is none. */
function packageOf(entry: string): string {
  for (let dir = dirname(entry); dir !== dirname(dir); dir = dirname(dir)) {
    if (existsSync(join(dir, "package.json"))) return dir;
  }
  return dirname(entry);
}

/** Node compares paths letter by letter: links are followed, and a drive has two spellings. */
function spellings(path: string): string[] {
  const all = [path];
  try {
    all.push(realpathSync.native(path));
  } catch {
    // It is not there, so there is nothing to read.
  }
  return all.flatMap((one) =>
    /^[A-Za-z]:/.test(one)
      ? [(one[0] ?? "").toUpperCase() + one.slice(1), (one[0] ?? "").toLowerCase() + one.slice(1)]
      : [one],
  );
}
