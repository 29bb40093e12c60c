import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import { Readable } from "node:stream";
import { CarrelError } from "../../protocol/channel.ts";
import type { Connection } from "../../protocol/data.ts";
import { createConnectionLog } from "./connectionLog.ts";

/** Opens connections for one purpose only, after asking the egress policy. Same shape as the global fetch. */
export type Fetch = typeof globalThis.fetch;

export interface Gate {
  /** A fetch for one purpose ("answer a question"), which is recorded with every connection that it tries. */
  fetchFor(purpose: string): Fetch;
  /** What was tried since the start, oldest first: allowed or refused, and why. */
  connections(): Connection[];
  setAllowedHosts(allowedHosts: readonly string[]): void;
  /** Records an attempt that something other than `fetchFor` made (see seatBelt.ts). */
  refused(attempt: { readonly host: string; readonly port: number; readonly purpose: string }): void;
  /** True while this gate itself is opening a connection. */
  isOpening(): boolean;
}

interface GateOptions {
  readonly allowedHosts: readonly string[];
  /** Called with every attempt, repeats too. */
  readonly record?: (connection: Connection) => void;
}

interface Verdict {
  readonly allowed: boolean;
  readonly reason: string;
}

/**
 * The only code of the product that opens a connection. It reaches this machine (127.0.0.0/8 and ::1) and the
 * hosts that the user put on the allow-list ("host" or "host:port"), by http or https. It follows no redirect
 * and uses no proxy. Everything else is refused with a CarrelError that says how to allow it.
 */
export function createGate(options: GateOptions): Gate {
  let allowed = normalise(options.allowedHosts);
  let opening = 0;
  const log = createConnectionLog();
  const record = (attempt: Omit<Connection, "time">): void => {
    const connection = { time: new Date().toISOString(), ...attempt };
    log.add(connection);
    options.record?.(connection);
  };

  const send = async (purpose: string, target: URL, request: Request): Promise<Response> => {
    const { host, port } = address(target);
    const verdict = judge(target, allowed);
    if (!verdict.allowed) {
      record({ host, port, purpose, ...verdict, opened: false });
      throw refusal(host, port, verdict.reason);
    }
    return await open(target, request, {
      ended(opened) {
        const reason = opened ? verdict.reason : `${verdict.reason}, where nothing answered`;
        record({ host, port, purpose, allowed: true, opened, reason });
      },
      opening: (work) => {
        opening++;
        try {
          return work();
        } finally {
          opening--;
        }
      },
      redirected: (location) => {
        // Of the address the host alone: a server could put what it was sent into the rest.
        const reason = `a redirect to ${URL.parse(location)?.host ?? "nowhere"} was not followed`;
        record({ host, port, purpose, allowed: false, opened: false, reason });
        return new CarrelError(
          `The server at ${host}:${port} wanted to send Carrel to ${location}, which is not followed.`,
          "Set the address of the model server itself, without anything that redirects.",
        );
      },
    });
  };

  return {
    fetchFor(purpose) {
      return async (input, init) => {
        const request = new Request(input, { ...init, redirect: "manual" });
        request.signal.throwIfAborted();
        return await send(purpose, loopbackName(new URL(request.url)), request);
      };
    },
    connections: () => log.list(),
    setAllowedHosts(hosts) {
      allowed = normalise(hosts);
    },
    refused(attempt) {
      record({ ...attempt, allowed: false, opened: false, reason: "not opened by Carrel's gate" });
    },
    isOpening: () => opening > 0,
  };
}

/** True for the literal addresses of this machine. Names are not looked up: a name may change its meaning. */
export function isLoopback(host: string): boolean {
  const bare = unbracket(host);
  return bare === "::1" || (isIP(bare) === 4 && bare.startsWith("127."));
}

/** "localhost" may be pointed elsewhere by the hosts file or by DNS; 127.0.0.1 may not. */
function loopbackName(url: URL): URL {
  if (url.hostname === "localhost" || url.hostname === "localhost.") url.hostname = "127.0.0.1";
  return url;
}

function judge(target: URL, allowed: ReadonlySet<string>): Verdict {
  const { host, port } = address(target);
  if (target.protocol !== "http:" && target.protocol !== "https:") {
    return { allowed: false, reason: `${target.protocol} is neither http nor https` };
  }
  if (isLoopback(host)) return { allowed: true, reason: "this machine" };
  if (allowed.has(host) || allowed.has(`${host}:${port}`)) {
    return { allowed: true, reason: "on your list of allowed hosts" };
  }
  return { allowed: false, reason: "neither this machine nor on your list of allowed hosts" };
}

function refusal(host: string, port: number, reason: string): CarrelError {
  return new CarrelError(
    `Carrel refused to connect to ${host}:${port}: ${reason}.`,
    `Use a server on this machine (127.0.0.1), or add "${host}:${port}" to the setting carrel.allowedHosts if you trust it with your files.`,
  );
}

function address(target: URL): { host: string; port: number } {
  const port = target.port === "" ? (target.protocol === "https:" ? 443 : 80) : Number(target.port);
  return { host: unbracket(target.hostname), port };
}

function unbracket(host: string): string {
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}

/** "Host", "host:port", "[::1]:port" and whole addresses ("http://host:port/") in one form. */
function normalise(hosts: readonly string[]): ReadonlySet<string> {
  const result = new Set<string>();
  for (const entry of hosts) {
    const text = entry.trim().toLowerCase();
    if (text === "") continue;
    const bare = isIP(text) === 6 ? `[${text}]` : text;
    const url = URL.parse(bare.includes("://") ? bare : `http://${bare}`);
    if (!url) continue;
    const host = unbracket(url.hostname);
    // URL drops ":80" of http, which the user wrote to mean that port alone.
    const port = url.port !== "" ? url.port : /:(\d+)\/?$/.exec(bare)?.[1];
    result.add(port === undefined ? host : `${host}:${port}`);
  }
  return result;
}

interface Hooks {
  /** Called once: the attempt led to a connection, or to none. */
  ended(opened: boolean): void;
  opening<T>(work: () => T): T;
  redirected(location: string): CarrelError;
}

/**
 * One request over node:http rather than the global fetch: that one follows the proxy of the environment when
 * NODE_USE_ENV_PROXY is set, and gives up after 300 s without headers, which a large model's start can take.
 */
async function open(target: URL, request: Request, hooks: Hooks): Promise<Response> {
  const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer());
  const headers = Object.fromEntries(request.headers);
  if (body) headers["content-length"] = String(body.length);
  const signal = request.signal;
  if (signal.aborted) hooks.ended(false);
  signal.throwIfAborted();
  const make = target.protocol === "https:" ? httpsRequest : httpRequest;
  return await new Promise<Response>((resolve, reject) => {
    // No agent, so no proxy and no kept connection: what was recorded is what was opened.
    const outgoing = hooks.opening(() => make(target, { method: request.method, headers, agent: false }));
    let recorded = false;
    const record = (opened: boolean): void => {
      if (!recorded) hooks.ended(opened);
      recorded = true;
    };
    outgoing.on("socket", (socket) => socket.once("connect", () => record(true)));
    const abort = (): void => {
      record(false);
      outgoing.destroy(signal.reason instanceof Error ? signal.reason : new Error("Aborted"));
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    outgoing.on("close", () => signal.removeEventListener("abort", abort));
    outgoing.on("error", (error) => {
      record(false);
      reject(new TypeError("fetch failed", { cause: error }));
    });
    outgoing.on("response", (incoming) => {
      const status = incoming.statusCode ?? 0;
      const location = incoming.headers.location;
      if (status >= 300 && status < 400 && location !== undefined) {
        outgoing.destroy();
        reject(hooks.redirected(URL.parse(location, target.href)?.href ?? location));
        return;
      }
      resolve(toResponse(incoming, status));
    });
    outgoing.end(body);
  });
}

function toResponse(incoming: IncomingMessage, status: number): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const one of Array.isArray(value) ? value : value === undefined ? [] : [value])
      headers.append(name, one);
  }
  const empty = status === 204 || status === 205 || status === 304;
  if (empty) incoming.resume();
  // The types of node:stream/web and of the global ReadableStream are the same class under two names.
  const body = empty
    ? null
    : (Readable.toWeb(incoming) as unknown as ReadableStream<Uint8Array<ArrayBuffer>>);
  return new Response(body, { status, statusText: incoming.statusMessage ?? "", headers });
}
