/**
 * The parser process: reads files, parses them and cuts them into chunks. Hostile and broken files do their
 * harm here, where memory and time are limited and nothing else is lost. It ends when the engine does.
 */
import { setFlagsFromString } from "node:v8";
import { CarrelError, Channel } from "../../protocol/channel.ts";
import { processPort } from "../../protocol/port.ts";
import { endProcess } from "../../walls/endProcess.ts";
import { installSeatBelt } from "../../walls/seatBelt.ts";
import { tryBelow, tryBelt } from "../../walls/tryWalls.ts";
import { exceptionsOf } from "../files/letThrough.ts";
import { parserClientContract, parserContract } from "./contract.ts";

// Before any library that reads files is loaded: they come with this import.
installSeatBelt({});
const { documentText, parseFile } = await import("./parseFile.ts");

// Optimising the large functions of some grammars (bash, C++) takes the compiler a third less memory without
// these two, and parsing is no slower.
setFlagsFromString("--no-wasm-loop-unrolling");
setFlagsFromString("--no-wasm-loop-peeling");

// pdf.js forgets promises of its own in broken files. The request that it reads for fails or not by itself.
process.on("unhandledRejection", () => undefined);

let last: Promise<unknown> = Promise.resolve();

/** One file after another: the engine tells by the order of answers which file is being read. */
function inTurn<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T> {
  const result = last.then(() => {
    if (signal.aborted) throw new CarrelError("Cancelled.", "", "cancelled");
    return task();
  });
  last = result.catch(() => undefined);
  return result;
}

const channel = new Channel(processPort(process), parserClientContract, parserContract, {
  parse: ({ folder, path, maxFileBytes, letThrough, known }, { signal }) =>
    inTurn(signal, () => parseFile(folder, path, maxFileBytes, exceptionsOf(letThrough), known)),
  readScan: ({ folder, path, letThrough, ...wanted }, { signal }) =>
    inTurn(signal, async () => {
      // It comes with an engine of its own, which no other file needs.
      const { readScan } = await import("./readScan.ts");
      const scan = await readScan(folder, path, wanted, exceptionsOf(letThrough));
      return scan ? { scan } : {};
    }),
  documentText: ({ folder, path, letThrough, known }, { signal }) =>
    inTurn(signal, async () => {
      try {
        return await documentText(folder, path, exceptionsOf(letThrough), known);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new CarrelError(`The text of "${path}" can't be shown. ${reason}`, "Open the file itself.");
      }
    }),
  walls: (_params, { signal }) => inTurn(signal, async () => [...tryBelt(), ...(await tryBelow())]),
});

channel.onClose(endProcess);
channel.notify("ready", {});
