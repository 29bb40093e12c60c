import { spawn } from "node:child_process";
import dgram from "node:dgram";
import dns from "node:dns";
import { closeSync, openSync, rmSync } from "node:fs";
import inspector from "node:inspector";
import net from "node:net";
import { tmpdir } from "node:os";
import { join, parse } from "node:path";
import { Worker } from "node:worker_threads";
import { CarrelError } from "../protocol/channel.ts";
import type { Attempt } from "../protocol/data.ts";
import { asTest, beneathBelt } from "./seatBelt.ts";

/** An address that is reserved for documentation: nobody has it. */
const nobody = "192.0.2.1";

/** What a library could do; each gives how to undo it where it was not refused. */
const ways: readonly [what: string, attempt: () => () => unknown][] = [
  [
    `a connection to ${nobody}`,
    () => {
      const socket = net.connect(9, nobody).on("error", () => undefined);
      return () => socket.destroy();
    },
  ],
  [
    "a UDP packet",
    () => {
      const socket = dgram.createSocket("udp4").on("error", () => undefined);
      // Closed whether it is sent or refused: an open one would keep the process.
      setImmediate(() => socket.close());
      socket.send("", 9, nobody);
      return () => undefined;
    },
  ],
  [
    "a name look-up",
    () => {
      dns.lookup("carrel.invalid", () => undefined);
      return () => undefined;
    },
  ],
  [
    "a thread",
    () => {
      const worker = new Worker("", { eval: true });
      return () => void worker.terminate();
    },
  ],
  [
    "a process",
    () => {
      const child = spawn(process.execPath, ["--version"]).on("error", () => undefined);
      return () => child.kill();
    },
  ],
  [
    "Node's bindings",
    () => {
      Reflect.apply(Reflect.get(process, "binding") as () => unknown, process, ["tcp_wrap"]);
      return () => undefined;
    },
  ],
  [
    "the debugger's port",
    () => {
      inspector.open(0, "127.0.0.1");
      return () => inspector.close();
    },
  ],
];

/** Tries in this process what its seat belt must refuse. Nothing leaves while it does. */
export function tryBelt(): Attempt[] {
  return ways.map(([what, attempt]) => ({ what, wall: "seat belt", isStopped: isRefused(attempt) }));
}

function isRefused(attempt: () => () => unknown): boolean {
  try {
    const undo = asTest(attempt);
    undo();
    return false;
  } catch (error) {
    return error instanceof CarrelError;
  }
}

/** Tries in this process what stands below the seat belt. Nothing is sent, and no file stays. */
export async function tryBelow(): Promise<Attempt[]> {
  const written = join(tmpdir(), `carrel-walls-${process.pid}`);
  return [
    { what: "any network, this machine's own included", wall: "network", isStopped: !(await hasNetwork()) },
    { what: "reading a file outside", wall: "files", isStopped: isDenied(parse(process.execPath).root, "r") },
    { what: "writing a file", wall: "files", isStopped: isDenied(written, "wx") },
  ];
}

const noNetwork = new Set([
  "ENETUNREACH",
  "EHOSTUNREACH",
  "EADDRNOTAVAIL",
  "EPERM",
  "EACCES",
  "ERR_ACCESS_DENIED",
]);

/**
 * Connects, past the belt, to this machine itself, which can be reached wherever there is a network, plugged in
 * or not. Whether somebody listens there does not matter.
 */
function hasNetwork(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new net.Socket();
    const settle = (found: boolean): void => {
      socket.destroy();
      resolve(found);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", (error: NodeJS.ErrnoException) => settle(!noNetwork.has(error.code ?? "")));
    try {
      beneathBelt(() => socket.connect(9, "127.0.0.1"));
    } catch (error) {
      settle(!(error instanceof Error && "code" in error && noNetwork.has(String(error.code))));
    }
  });
}

function isDenied(path: string, flags: "r" | "wx"): boolean {
  try {
    closeSync(openSync(path, flags));
    if (flags === "wx") rmSync(path);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ERR_ACCESS_DENIED";
  }
}
