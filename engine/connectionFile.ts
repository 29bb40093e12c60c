import { closeSync, constants, fstatSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { createConnectionLog } from "../models/egress/connectionLog.ts";
import { type Connection, connection as connectionSchema } from "../protocol/data.ts";

/** Two files of this size at most: some 4,000 attempts. */
const largestFile = 512_000;
/** Attempts before the storage is known; there are none as yet. */
const mostWaiting = 100;
/** Each part of a line is cut to this, so that a line is one write, which the system does as a whole. */
const longest = { host: 200, purpose: 100, reason: 300 };

export interface KeptConnections {
  /** The newest last. */
  readonly connections: Connection[];
  /** The time of the oldest attempt that is kept. */
  readonly since?: string;
}

/**
 * The connections that any process of Carrel tried with this storage, over restarts: one JSON object a line, in
 * `connections.jsonl` and, older, `connections.old.jsonl`. It says where to, what for, when and what came of it;
 * nothing of what was sent. All processes append to the same file. When two of them put it aside at the same
 * moment, the older half may be lost.
 */
export class ConnectionFile {
  private readonly log: (message: string) => void;
  private storage: string | undefined;
  private waiting: Connection[] = [];
  private hasFailed = false;

  /** @param log Told once when attempts can't be kept. */
  constructor(log: (message: string) => void) {
    this.log = log;
  }

  /** From now on attempts are kept in this folder (an absolute path), those from before too. */
  open(storage: string): void {
    this.storage = storage;
    const { waiting } = this;
    this.waiting = [];
    for (const connection of waiting) this.add(connection);
  }

  /** Keeps an attempt; when that fails, the connection goes on all the same, and the failure is logged. */
  add(connection: Connection): void {
    if (this.storage === undefined) {
      if (this.waiting.length < mostWaiting) this.waiting.push(connection);
      return;
    }
    try {
      append(this.storage, lineOf(connection));
    } catch (error) {
      if (!this.hasFailed) this.log(`Connections can't be kept in ${this.storage}: ${String(error)}`);
      this.hasFailed = true;
    }
  }

  /** What is kept; repeats are counted, and lines that are damaged are passed over. */
  async read(): Promise<KeptConnections> {
    if (this.storage === undefined) return { connections: [] };
    const log = createConnectionLog();
    let since: string | undefined;
    for (const file of [oldFile(this.storage), currentFile(this.storage)]) {
      const text = await readFile(file, "utf8").catch(() => "");
      for (const line of text.split("\n")) {
        const connection = parse(line);
        if (!connection) continue;
        since ??= connection.time;
        log.add(connection);
      }
    }
    return { connections: log.list(), ...(since === undefined ? {} : { since }) };
  }
}

function currentFile(storage: string): string {
  return join(storage, "connections.jsonl");
}

function oldFile(storage: string): string {
  return join(storage, "connections.old.jsonl");
}

/** The line break comes first: a line that a killed process left half written does no harm to the next. */
function lineOf(connection: Connection): string {
  const { host, purpose, reason } = connection;
  return `\n${JSON.stringify({
    ...connection,
    host: short(host, longest.host),
    purpose: short(purpose, longest.purpose),
    reason: short(reason, longest.reason),
    process: process.pid,
  })}`;
}

/** Control characters would take six characters each in JSON, and say nothing. */
function short(text: string, length: number): string {
  return text.replace(/\p{Cc}/gu, " ").slice(0, length);
}

function append(storage: string, line: string): void {
  mkdirSync(storage, { recursive: true, mode: 0o700 });
  const path = currentFile(storage);
  const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW } = constants;
  const file = openSync(path, O_APPEND | O_CREAT | O_WRONLY | (O_NOFOLLOW ?? 0), 0o600);
  let size: number;
  try {
    writeSync(file, line);
    size = fstatSync(file).size;
  } finally {
    closeSync(file);
  }
  if (size > largestFile) renameSync(path, oldFile(storage));
}

function parse(line: string): Connection | undefined {
  if (line === "") return undefined;
  try {
    return v.parse(connectionSchema, JSON.parse(line));
  } catch {
    return undefined;
  }
}
