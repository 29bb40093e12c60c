import dgram from "node:dgram";
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import { CarrelError } from "../../protocol/channel.ts";
import type { Gate } from "./gate.ts";

type Callable = (this: unknown, ...args: unknown[]) => unknown;

const refusedPurpose = "a library of this process";

/**
 * A seat belt, not a wall: a library of this thread that opens a connection with Node's modules, past the gate,
 * is refused, and the attempt is listed with the gate's own. It sees TCP, TLS, fetch, UDP and name look-ups; it
 * can't see worker threads, child processes, native code or Node's own bindings, nor what runs in the moment in
 * which the gate opens a connection. Local pipes and sockets of the file system go on working.
 * Returns a function that takes it off again, for tests.
 */
export function installSeatBelt(gate: Gate): () => void {
  const undo: (() => void)[] = [];
  const guard = (owner: object, name: string, attempt: (args: unknown[]) => Target | undefined): void => {
    const original: unknown = Reflect.get(owner, name);
    if (typeof original !== "function") return;
    const guarded: Callable = function (...args) {
      const target = gate.isOpening() ? undefined : attempt(args);
      if (target) {
        gate.refused({ ...target, purpose: refusedPurpose });
        throw new CarrelError(
          `A library tried to connect to ${target.host}${target.port > 0 ? `:${target.port}` : ""}, which was refused.`,
          "Nothing was sent. Please report this: Carrel opens connections to your model server alone.",
        );
      }
      return Reflect.apply(original, this, args);
    };
    // Keeps what hangs on the function, such as the promise form of dns.lookup for util.promisify.
    Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(original));
    const own = Object.getOwnPropertyDescriptor(owner, name);
    Object.defineProperty(owner, name, { value: guarded, configurable: true, writable: true });
    undo.push(() => {
      if (own) Object.defineProperty(owner, name, own);
      else Reflect.deleteProperty(owner, name);
    });
  };

  guard(net.Socket.prototype, "connect", tcpTarget);
  guard(dgram.Socket.prototype, "send", () => ({ host: "a UDP address", port: 0 }));
  guard(dgram.Socket.prototype, "connect", udpTarget);
  for (const owner of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) {
    for (const name of lookUps) guard(owner, name, nameTarget);
  }
  syncBuiltinESMExports();
  return () => {
    for (const step of undo.reverse()) step();
    syncBuiltinESMExports();
  };
}

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
