import { CarrelError } from "../../protocol/channel.ts";
import type { Attempt, DocumentText } from "../../protocol/data.ts";
import { keyOf, type LetThrough } from "../files/letThrough.ts";
import type { KnownScans } from "./contract.ts";
import type { ParseResult } from "./parseFile.ts";
import {
  type ParserChannel,
  ParserProcess,
  type ParserProcessOptions,
  realOf,
  startMs,
} from "./parserProcess.ts";

export type { ParseResult } from "./parseFile.ts";

export interface ParserOptions extends ParserProcessOptions {
  /** How long it may take for one file. */
  readonly timeoutMs: number;
  /** After this long without work the process is ended, to give its memory back: 5 seconds where not set. */
  readonly idleMs?: number;
}

export interface Parser {
  /**
   * Reads and cuts one file (see parseFile). A file that kills or hangs the parser gives a reason too. Rejects
   * with a CarrelError when `signal` is aborted, the parser is closed, or its process can't be started.
   * @param known What was read in the pictures of its pages before.
   */
  parse(
    folder: string,
    path: string,
    maxFileBytes: number,
    signal?: AbortSignal,
    known?: KnownScans,
  ): Promise<ParseResult>;
  /** A document's text, with the same lines as its chunks. Goes before files that wait to be parsed. */
  documentText(folder: string, path: string, known?: KnownScans): Promise<DocumentText>;
  /** From now on these are not masked, and what is masked has fingerprints. */
  letThrough(chosen: LetThrough): void;
  /** Tells what is let through now from what was before (see letThrough.ts). */
  readonly exceptionsKey: string;
  /** Starts the process where it is not running, and tries the walls in it. */
  walls(): Promise<Attempt[]>;
  close(): Promise<void>;
}

/** Files that the process has at once: it never waits for the engine, and few are read in vain when it ends. */
const sentAtOnce = 32;
/** Long enough for a file that is saved again; starting takes some 0.3 s, staying some 100 MB. */
const idleMs = 5_000;
const maxStartFailures = 3;

/** What happened to the process while it read a file. */
interface Mishap {
  /** A sentence for people. */
  readonly reason: string;
  /** A busy machine makes files slow, and the system ends processes: another try may go well. */
  readonly mayPass?: true;
}

interface Job {
  /** The real path of what it reads in; undefined where it reads nothing. */
  readonly folder?: string;
  /** Sends the request, and settles the job when it is answered. False if the process was gone before. */
  readonly run: (channel: ParserChannel) => Promise<boolean>;
  /** The file ended the parser, or hung it. */
  readonly blame: (what: Mishap) => void;
  readonly reject: (error: CarrelError) => void;
  /** When it is aborted nobody waits for an answer any more. */
  readonly signal?: AbortSignal | undefined;
  /** It was being read, or next in turn, when the process ended: it is sent alone, to know for certain. */
  isSuspect: boolean;
}

interface Child {
  readonly process: ParserProcess;
  /** The folders that it may read in. */
  readonly folders: ReadonlySet<string>;
  readonly sent: Job[];
  isReady: boolean;
  /** Set when it is killed for taking too long. */
  timedOut: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** The engine's side of the parser process, which is started when there is work and again when it has died. */
export function createParser(options: ParserOptions): Parser {
  return new ParserPool(options);
}

class ParserPool implements Parser {
  private readonly options: ParserOptions;
  private readonly queue: Job[] = [];
  /** What it was asked to read in so far. */
  private readonly folders = new Set<string>();
  private child: Child | undefined;
  private startFailures = 0;
  private closed = false;
  private chosen: LetThrough | undefined;
  exceptionsKey = keyOf(undefined);

  constructor(options: ParserOptions) {
    this.options = options;
  }

  letThrough(chosen: LetThrough): void {
    this.chosen = chosen;
    this.exceptionsKey = keyOf(chosen);
  }

  parse(
    folder: string,
    path: string,
    maxFileBytes: number,
    signal?: AbortSignal,
    known?: KnownScans,
  ): Promise<ParseResult> {
    return new Promise((resolve, reject) => {
      const cancelled = (): CarrelError => new CarrelError("Cancelled.", "", "cancelled");
      if (signal?.aborted) return reject(cancelled());
      const settle = <T>(done: (value: T) => void): ((value: T) => void) => {
        return (value) => {
          signal?.removeEventListener("abort", abort);
          done(value);
        };
      };
      const real = realOf(folder);
      const job: Job = {
        folder: real,
        isSuspect: false,
        run: (channel) =>
          answered(
            channel.request("parse", {
              folder: real,
              path,
              maxFileBytes,
              ...this.exceptions(),
              ...(known && { known }),
            }),
            settle(resolve),
            ({ message }) => settle(resolve)({ ok: false, reason: `It can't be read: ${message}` }),
          ),
        blame: (mishap) => settle(resolve)({ ok: false, ...mishap }),
        reject: settle(reject),
        signal,
      };
      // What was sent already is read in vain; the process knows nothing of it.
      const abort = (): void => {
        const at = this.queue.indexOf(job);
        if (at >= 0) this.queue.splice(at, 1);
        reject(cancelled());
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.enqueue(job, false);
    });
  }

  documentText(folder: string, path: string, known?: KnownScans): Promise<DocumentText> {
    const real = realOf(folder);
    return new Promise((resolve, reject) => {
      this.enqueue(
        {
          folder: real,
          isSuspect: false,
          run: (channel) =>
            answered(
              channel.request("documentText", {
                folder: real,
                path,
                ...this.exceptions(),
                ...(known && { known }),
              }),
              resolve,
              reject,
            ),
          blame: ({ reason }) =>
            reject(
              new CarrelError(`The text of "${path}" can't be shown. ${reason}`, "Open the file itself."),
            ),
          reject,
        },
        true,
      );
    });
  }

  walls(): Promise<Attempt[]> {
    return new Promise((resolve, reject) => {
      this.enqueue(
        {
          isSuspect: false,
          run: (channel) => answered(channel.request("walls", {}), resolve, reject),
          blame: ({ reason }) => reject(new CarrelError(reason, "Reload the window.")),
          reject,
        },
        true,
      );
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    const { child } = this;
    this.rejectAll(closedError(), [...(child?.sent ?? []), ...this.queue]);
    if (!child) return;
    child.sent.length = 0;
    await this.end(child);
  }

  private exceptions(): { letThrough?: LetThrough } {
    return this.chosen === undefined ? {} : { letThrough: this.chosen };
  }

  private enqueue(job: Job, isUrgent: boolean): void {
    if (this.closed) {
      job.reject(closedError());
      return;
    }
    if (isUrgent) this.queue.unshift(job);
    else this.queue.push(job);
    this.pump();
  }

  /** Keeps the process supplied: as many files as it may have, or one alone when that one is suspect. */
  private pump(): void {
    if (this.queue.length > 0 && !this.child && !this.closed) this.start();
    const { child } = this;
    if (!child?.isReady) return;
    for (let job = this.queue[0]; job; job = this.queue[0]) {
      if (!mayRead(child, job)) {
        // Each folder costs one start more: the process may read in those that it was started for.
        if (child.sent.length === 0) this.replace(child);
        break;
      }
      const suspectInside = child.sent.some((sent) => sent.isSuspect);
      const room = job.isSuspect || suspectInside ? 1 : sentAtOnce;
      if (child.sent.length >= room) break;
      this.queue.shift();
      this.send(child, job);
    }
    if (this.child === child) this.restartTimer(child);
  }

  private replace(child: Child): void {
    void this.end(child);
    this.start();
  }

  private send(child: Child, job: Job): void {
    child.sent.push(job);
    void job.run(child.process.channel).then((isAnswered) => {
      // The channel closes before the process is known to have ended: what it had is dealt with then.
      if (!isAnswered || this.child !== child) return;
      const at = child.sent.indexOf(job);
      if (at < 0) return;
      child.sent.splice(at, 1);
      this.pump();
    });
  }

  /**
   * Answers come in the order of requests, so each one means that the next file is begun: the time runs for
   * the first that has none. Without work it runs until the process is ended.
   */
  private restartTimer(child: Child): void {
    clearTimeout(child.timer);
    if (!child.isReady) {
      child.timer = setTimeout(() => void child.process.kill(), startMs);
    } else if (child.sent.length > 0) {
      child.timer = setTimeout(() => {
        child.timedOut = true;
        void child.process.kill();
      }, this.options.timeoutMs);
    } else {
      child.timer = setTimeout(() => void this.end(child), this.options.idleMs ?? idleMs);
      child.timer.unref();
    }
  }

  private start(): void {
    for (const { folder } of this.queue) if (folder !== undefined) this.folders.add(folder);
    const folders = new Set(this.folders);
    const process = new ParserProcess(this.options, [...folders]);
    const child: Child = {
      process,
      folders,
      sent: [],
      isReady: false,
      timedOut: false,
      timer: undefined,
    };
    this.child = child;
    process.channel.on("ready", () => {
      child.isReady = true;
      this.startFailures = 0;
      this.pump();
    });
    void process.ended.then((how) => {
      const { launch } = process;
      // A wall that this machine does not have ends the process by itself, before it is ready.
      const hasFewer = !child.isReady && !this.closed && launch && this.options.confinement?.failed(launch);
      if (hasFewer && this.child === child) this.startFailures -= 1;
      this.ended(child, how);
    });
    this.restartTimer(child);
  }

  private ended(child: Child, how: string): void {
    clearTimeout(child.timer);
    if (this.child !== child) return;
    this.child = undefined;
    const { sent } = child;
    const [only] = sent;
    const waiting = sent.filter(({ signal }) => !signal?.aborted);
    if (only && sent.length === 1) only.blame(this.whatHappened(child, how));
    else this.queue.unshift(...waiting.map((job) => Object.assign(job, { isSuspect: true })));
    if (!child.isReady) {
      this.startFailures += 1;
      if (this.startFailures >= maxStartFailures) {
        this.rejectAll(child.process.startError("reads files", how), this.queue);
      }
    }
    this.pump();
  }

  private whatHappened(child: Child, how: string): Mishap {
    if (child.timedOut) {
      const seconds = this.options.timeoutMs / 1000;
      return { reason: `Reading it took longer than ${seconds} s, so it was given up.`, mayPass: true };
    }
    if (child.process.wasFull) {
      return {
        reason: `Reading it needed more than ${this.options.memoryMb} MB of memory, so it was given up.`,
      };
    }
    return { reason: `Reading it made the parser end unexpectedly (${how}).`, mayPass: true };
  }

  private rejectAll(error: CarrelError, jobs: readonly Job[]): void {
    const all = [...jobs];
    this.queue.length = 0;
    for (const job of all) job.reject(error);
  }

  private end(child: Child): Promise<void> {
    clearTimeout(child.timer);
    if (this.child === child) this.child = undefined;
    return child.process.kill();
  }
}

function mayRead({ process, folders }: Child, { folder }: Job): boolean {
  return !process.launch?.hasPermissions || folder === undefined || folders.has(folder);
}

/** Settles with the answer. When the process has gone, nothing is settled: another try or blame will do that. */
function answered<T>(
  answer: Promise<T>,
  resolve: (value: T) => void,
  reject: (error: CarrelError) => void,
): Promise<boolean> {
  return answer.then(
    (value) => {
      resolve(value);
      return true;
    },
    (error: CarrelError) => {
      if (error.code === "gone") return false;
      reject(error);
      return true;
    },
  );
}

function closedError(): CarrelError {
  return new CarrelError("The parser was closed.", "", "gone");
}
