/**
 * npm run vscode -- [DIR] [--port N]
 *
 * Opens VS Code with Carrel on DIR (the sample workspace if none is named): the desktop's where there is one, else
 * in the browser on 127.0.0.1. What it keeps lies in .vscode-test/, apart from the person's own VS Code.
 */
import { spawnSync } from "node:child_process";
import { realpathSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { builtExtension, startCodeServer } from "./codeServer.ts";
import { onPath, provideCodeServer, root, SetupError } from "./tools.mjs";

/** A mistake in the command line. */
class UsageError extends Error {}

function readArguments() {
  let parsed;
  try {
    parsed = parseArgs({ options: { port: { type: "string" } }, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error.message);
  }
  const { positionals, values } = parsed;
  if (positionals.length > 1) throw new UsageError("More than one folder was named.");
  // npm runs scripts in the repository; the person may have started it elsewhere.
  const folder = resolve(process.env.INIT_CWD ?? ".", positionals[0] ?? join(root, "sample"));
  const info = statSync(folder, { throwIfNoEntry: false });
  if (!info) throw new UsageError(`There is no folder ${folder}.`);
  if (!info.isDirectory()) throw new UsageError(`${folder} is not a folder.`);
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 1024 && port <= 65535)) {
    throw new UsageError(`${values.port} is not a port from 1024 to 65535.`);
  }
  return { folder: realpathSync(folder), port };
}

/** The desktop's VS Code, where it can show a window. */
function desktop() {
  if (process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return undefined;
  return onPath("code", "codium", "code-insiders");
}

async function openInBrowser(folder, port) {
  provideCodeServer();
  const home = join(root, ".vscode-test", "browser");
  const server = await startCodeServer({
    userData: join(home, "user"),
    extensions: join(home, "extensions"),
    extension: builtExtension(),
    ...(port === undefined ? {} : { port }),
  });
  console.log(`VS Code with Carrel on ${folder}:\n\n  ${server.url(folder)}\n`);
  console.log(
    "It takes no password: who can log in to this machine can open it while it runs. Ctrl+C ends it.",
  );
  const stopped = new Promise((done) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => done("asked"));
  });
  const reason = await Promise.race([stopped, server.exited.then(() => "died")]);
  const output = server.output();
  await server.close();
  if (reason === "died")
    throw new SetupError(`VS Code's server ended by itself:\n${output}`, "Start it again.");
}

try {
  const { folder, port } = readArguments();
  const code = desktop();
  if (code) {
    console.log(`Opening ${code} with Carrel on ${folder}.`);
    const args = ["--new-window", `--extensionDevelopmentPath=${root}`, folder];
    const result = spawnSync(code, args, { stdio: "inherit", shell: process.platform === "win32" });
    process.exitCode = result.status ?? 1;
  } else {
    await openInBrowser(folder, port);
  }
} catch (error) {
  if (error instanceof UsageError) {
    console.error(`${error.message}\n  Use: npm run vscode -- [DIR] [--port N]`);
    process.exitCode = 2;
  } else if (error instanceof SetupError) {
    console.error(`${error.message}\n  ${error.remedy}`);
    process.exitCode = 1;
  } else throw error;
}
