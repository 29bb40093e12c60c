import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { findCodeServer, root, SetupError } from "./tools.mjs";

/** Settings that make VS Code quiet: no welcome page, no chat of its own, no updates, nothing sent anywhere. */
const quietSettings = {
  "workbench.startupEditor": "none",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.tips.enabled": false,
  "chat.disableAIFeatures": true,
  "extensions.autoUpdate": "off",
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "update.mode": "none",
  "telemetry.telemetryLevel": "off",
  "security.workspace.trust.enabled": false,
  "git.openRepositoryInParentFolders": "never",
};

export interface CodeServerOptions {
  /** Folder for VS Code's user data. Settings that it has already are left as they are. */
  readonly userData: string;
  /** Folder for installed extensions. */
  readonly extensions: string;
  /** The port on 127.0.0.1; a free one if not given. */
  readonly port?: number;
  /** The user's settings, beside the quiet ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** A folder with an extension to load from where it is, as if it were installed. */
  readonly extension?: { readonly path: string; readonly id: string; readonly version: string };
  /** Options for VS Code itself, such as "enable-smoke-test-driver". */
  readonly vscodeOptions?: readonly string[];
  /** Added to the environment, the extensions' included. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface CodeServer {
  readonly port: number;
  /** The process group of the server, its extension hosts and what they start. */
  readonly group: number;
  /** Address of a workbench on a folder; `payload` are pairs that VS Code's web workbench understands. */
  url(folder: string, payload?: readonly (readonly [string, string])[]): string;
  /** What the server has printed. */
  output(): string;
  /** Resolves when the server ends by itself. */
  readonly exited: Promise<void>;
  /** Ends the server and everything that it started. */
  close(): Promise<void>;
}

/** Carrel as it stands in this repository, for `startCodeServer`. */
export function builtExtension(): { path: string; id: string; version: string } {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, string>;
  return {
    path: root.replace(/\/$/, ""),
    id: `${manifest["publisher"]}.${manifest["name"]}`,
    version: manifest["version"] ?? "0.0.0",
  };
}

/** VS Code's server as installed by the set-up, with what it takes to run a command of it. */
export function codeServerCommand(): { command: string; args: string[]; env: NodeJS.ProcessEnv } {
  const installed = findCodeServer();
  if (!installed)
    throw new SetupError("VS Code for the browser is not installed.", "Run npm run setup -- --tests.");
  const env: NodeJS.ProcessEnv = { ...process.env, EXTENSIONS_GALLERY: "{}" };
  // A terminal inside VS Code has variables that would connect the new server to that VS Code.
  for (const name of Object.keys(env)) if (name.startsWith("VSCODE_")) delete env[name];
  return { command: installed.node, args: [installed.entry], env };
}

/** Starts VS Code as a server on a free port of 127.0.0.1. Fails with what it printed when it does not come up. */
export async function startCodeServer(options: CodeServerOptions): Promise<CodeServer> {
  prepare(options);
  const { command, args, env } = codeServerCommand();
  const config = join(options.userData, "code-server.yaml");
  writeFileSync(config, "{}\n");
  const child = spawn(command, [...args, ...flagsFor(options, config)], {
    // Its own process group: closing it takes the extension host and the engine along.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...env, ...options.env },
  });
  const stopWithUs = (): void => killGroup(child, "SIGKILL");
  process.once("exit", stopWithUs);
  const exited = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });

  let output = "";
  const close = async (): Promise<void> => {
    killGroup(child, "SIGTERM");
    await Promise.race([exited, sleep(3000, undefined, { ref: false })]);
    // What did not end with the server: an extension host waits three hours for its window to come back.
    killGroup(child, "SIGKILL");
    await exited;
    process.removeListener("exit", stopWithUs);
  };
  const streams = [child.stdout, child.stderr];
  for (const stream of streams) {
    stream.on("data", (data: Buffer) => {
      output = `${output}${data}`.slice(-200_000);
    });
  }
  const port = await portOf(streams, () => output, exited).catch(async (error: unknown) => {
    await close();
    throw error;
  });

  return {
    port,
    group: child.pid ?? 0,
    exited,
    close,
    output: () => output,
    url(folder, payload) {
      const query = new URLSearchParams({ folder });
      if (payload) query.set("payload", JSON.stringify(payload));
      return `http://127.0.0.1:${port}/?${query}`;
    },
  };
}

function flagsFor(options: CodeServerOptions, config: string): string[] {
  return [
    "--auth=none",
    `--bind-addr=127.0.0.1:${options.port ?? 0}`,
    "--disable-telemetry",
    "--disable-update-check",
    "--disable-workspace-trust",
    "--disable-getting-started-override",
    `--config=${config}`,
    `--user-data-dir=${options.userData}`,
    `--extensions-dir=${options.extensions}`,
    ...(options.vscodeOptions ?? []).flatMap((option) => ["--vscode-option", option]),
  ];
}

/** The port that the server says it listens on. Rejects when it ends, or says nothing for a minute. */
function portOf(streams: readonly Readable[], output: () => string, exited: Promise<void>): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => reject(new Error(`VS Code's server ${what}:\n${output()}`));
    const timer = setTimeout(() => fail("did not start in 60 s"), 60_000);
    const read = (): void => {
      const match = /HTTP server listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(output());
      if (!match) return;
      clearTimeout(timer);
      resolve(Number(match[1]));
    };
    for (const stream of streams) stream.on("data", read);
    void exited.then(() => {
      clearTimeout(timer);
      fail("ended at once");
    });
  });
}

function prepare(options: CodeServerOptions): void {
  const settings = `${JSON.stringify({ ...quietSettings, ...options.settings }, null, 2)}\n`;
  // Settings of machine scope count only in the second place, all others in both.
  for (const place of ["User", "Machine"]) {
    const file = join(options.userData, place, "settings.json");
    mkdirSync(dirname(file), { recursive: true });
    if (!existsSync(file)) writeFileSync(file, settings);
  }
  mkdirSync(options.extensions, { recursive: true });
  if (!options.extension) return;
  const { path, id, version } = options.extension;
  const location = { $mid: 1, path, scheme: "file" };
  const metadata = { isApplicationScoped: false, isMachineScoped: false, isBuiltin: false, source: "vsix" };
  const list = [{ identifier: { id }, version, location, metadata }];
  writeFileSync(join(options.extensions, "extensions.json"), JSON.stringify(list));
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone.
  }
}
