import { fileURLToPath } from "node:url";
import { createGate } from "../models/egress/gate.ts";
import { CarrelError, Channel, type Handlers } from "../protocol/channel.ts";
import {
  type EngineClientContract,
  type EngineContract,
  engineClientContract,
  engineContract,
} from "../protocol/engine.ts";
import { processPort } from "../protocol/port.ts";
import { endProcess } from "../walls/endProcess.ts";
import { installSeatBelt } from "../walls/seatBelt.ts";
import { ConnectionFile } from "./connectionFile.ts";
import type { RunningEngine } from "./handlers.ts";
import { processorProblem } from "./processor.ts";
import { useOwnTemporaryFolder } from "./temporaryFolder.ts";

// Nobody else may read what is written from here on: not by this process, nor by native code and processes of its
// own. Windows knows no such mask; there the user's profile is private.
process.umask(0o077);

const isSource = import.meta.url.endsWith(".ts");
const programs = {
  parser: program(isSource ? "../indexer/read/main.ts" : "./parser.js"),
  embedder: program(isSource ? "../models/embedding/embedderMain.ts" : "./embedder.js"),
  survey: program(isSource ? "../models/machine/surveyMain.ts" : "./survey.js"),
};

function program(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

// Before any library is loaded: they come with the import of start.ts.
const connections = new ConnectionFile((message) => channel.notify("log", { level: "warn", message }));
const gate = createGate({ allowedHosts: [], record: (connection) => connections.add(connection) });
installSeatBelt({ gate, programs: Object.values(programs) });

/**
 * The engine process. It listens at once and loads the rest, native code included, when the processor can run
 * it: what can't is told as the answer to every request, not as a crash.
 */
const engine: Promise<RunningEngine> = (async () => {
  const problem = processorProblem();
  if (problem) throw new CarrelError(problem.message, problem.remedy);
  useOwnTemporaryFolder();
  const { startEngine } = await import("./start.ts");
  return startEngine(
    { entry: import.meta.url, programs, gate, connections },
    {
      onStatus: (status) => channel.notify("status", status),
      log: (level, message) => channel.notify("log", { level, message }),
    },
  );
})();
// Each request meets a failure to load; until the first one comes it must not count as unhandled.
engine.catch(() => undefined);

const methods = Object.keys(engineContract.requests) as (keyof Handlers<EngineContract>)[];
const handlers = Object.fromEntries(
  methods.map((method) => [
    method,
    async (params: never, context: never) => {
      const { handlers } = await engine;
      return handlers[method](params, context);
    },
  ]),
) as unknown as Handlers<EngineContract>;

const channel: Channel<EngineClientContract, EngineContract> = new Channel(
  processPort(process),
  engineClientContract,
  engineContract,
  handlers,
  (error) => channel.notify("log", { level: "error", message: String(error) }),
);

let ending = false;
function end(): void {
  if (ending) return;
  ending = true;
  // What hangs while closing must not keep the process; the index is whole at every moment.
  setTimeout(endProcess, 5_000).unref();
  void engine
    .then((running) => running.close())
    .catch(() => undefined)
    .finally(endProcess);
}
channel.onClose(end);
process.on("SIGTERM", end);
process.on("SIGINT", end);
