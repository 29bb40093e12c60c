import dgram from "node:dgram";
import dns from "node:dns";
import net from "node:net";
import { CarrelError } from "../protocol/channel.ts";
import { Guards } from "./guards.ts";
import { guardWaysOut } from "./waysOut.ts";

/** What the belt asks and tells the gate of the process, where there is one (see models/egress/gate.ts). */
interface BeltGate {
  /** True while the gate itself is opening a connection. */
  isOpening(): boolean;
  refused(attempt: Target & { readonly purpose: string }): void;
}

interface BeltOptions {
  /** Without one no connection is opened at all, local pipes included. */
  readonly gate?: BeltGate;
  /** Absolute paths of our own programs, which this process may start with `fork`. */
  readonly programs?: readonly string[];
  /** Programs of the system that this process may start, each with exactly these arguments: [path, ...arguments]. */
  readonly commands?: readonly (readonly string[])[];
}

const libraryPurpose = "a library of this process";
const doctorPurpose = "test of the walls";

let isTrying = false;
let isLifted = false;

/** Runs `attempt`, what is refused meanwhile being listed as a test and not as a library's doing. */
export function asTest<T>(attempt: () => T): T {
  isTrying = true;
  try {
    return attempt();
  } finally {
    isTrying = false;
  }
}

/** Runs `attempt` without the belt, to learn what stands below it. */
export function beneathBelt<T>(attempt: () => T): T {
  isLifted = true;
  try {
    return attempt();
  } finally {
    isLifted = false;
  }
}

/**
 * A seat belt, not a wall: a library of this thread that uses Node's modules to open a connection past the gate,
 * or to leave the belt's reach (a thread, a process, Node's bindings, the debugger), is refused, and attempts to
 * connect are listed with the gate's own. It sees TCP, TLS, fetch, UDP and name look-ups; it can't see native
 * code, nor what runs in the moment in which the gate opens a connection. It must be on before any library is
 * loaded, which could keep a function as it was. Returns a function that takes it off again, for tests.
 */
export function installSeatBelt({ gate, programs = [], commands = [] }: BeltOptions): () => void {
  const guards = new Guards();
  const connecting = (owner: object, name: string, targetOf: (args: unknown[]) => Target | undefined): void =>
    guards.add(owner, name, (args) => {
      if (isLifted || gate?.isOpening()) return;
      const target = targetOf(args) ?? (gate ? undefined : localPipe);
      if (!target) return;
      gate?.refused({ ...target, purpose: isTrying ? doctorPurpose : libraryPurpose });
      throw refusal(`connect to ${target.host}${target.port > 0 ? `:${target.port}` : ""}`);
    });

  connecting(net.Socket.prototype, "connect", tcpTarget);
  connecting(dgram.Socket.prototype, "send", () => ({ host: "a UDP address", port: 0 }));
  connecting(dgram.Socket.prototype, "connect", udpTarget);
  for (const owner of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) {
    for (const name of lookUps) connecting(owner, name, nameTarget);
  }
  guards.add(net.Server.prototype, "listen", () => {
    throw refusal("listen for connections");
  });
  guardWaysOut(guards, new Set(programs), commands, (what) => {
    throw refusal(what);
  });
  guards.publish();
  return () => guards.takeOff();
}

function refusal(what: string): CarrelError {
  return new CarrelError(
    `A library tried to ${what}, which was refused.`,
    "Nothing was sent. Please report this: Carrel opens connections to your model server alone.",
  );
}

const localPipe: Target = { host: "a local pipe", port: 0 };

interface Target {
  readonly host: string;
  readonly port: number;
}

const lookUps = [
  "lookup",
  "lookupService",
  "resolve",
  "resolve4",
  "resolve6",
  "resolveAny",
  "resolveCaa",
  "resolveCname",
  "resolveMx",
  "resolveNaptr",
  "resolveNs",
  "resolvePtr",
  "resolveSoa",
  "resolveSrv",
  "resolveTlsa",
  "resolveTxt",
  "reverse",
];

/**
 * socket.connect takes (options), (path), (port, host), or what net.connect and fetch pass: one array that
 * was normalised before, [options, callback]. Undefined for a local pipe, which is not a connection.
 */
function tcpTarget(args: unknown[]): Target | undefined {
  const first = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (typeof first === "object" && first !== null) {
    const { path, host, port } = first as { path?: unknown; host?: unknown; port?: unknown };
    if (typeof path === "string" && port === undefined) return undefined;
    return { host: typeof host === "string" ? host : "localhost", port: Number(port) || 0 };
  }
  const port = Number(first);
  if (typeof first === "string" && !Number.isInteger(port)) return undefined;
  return { host: typeof args[1] === "string" ? args[1] : "localhost", port: port || 0 };
}

function udpTarget(args: unknown[]): Target {
  return { host: typeof args[1] === "string" ? args[1] : "localhost", port: Number(args[0]) || 0 };
}

function nameTarget(args: unknown[]): Target {
  return { host: typeof args[0] === "string" ? args[0] : "an unknown name", port: 0 };
}
