import { CarrelError } from "../../protocol/channel.ts";
import type { LetThrough } from "../files/letThrough.ts";
import type { ReadScan } from "../read/contract.ts";
import { ParserProcess, type ParserProcessOptions, realOf, startMs } from "../read/parserProcess.ts";

/** `memoryMb` is for JavaScript: pictures and the engine have limits of their own. */
export interface RecogniserOptions extends ParserProcessOptions {
  /** How long it may take for one page. */
  readonly timeoutMs: number;
  /** After this long without work the process is ended: 5 seconds where not set. */
  readonly idleMs?: number;
}

/** A page of a file whose picture is to be read. */
interface ScanPlace {
  /** The folder's real path. */
  readonly folder: string;
  readonly path: string;
  readonly hash: string;
  readonly page: number;
  readonly languages: readonly string[];
  /** "" for none. */
  readonly languageFolder: string;
}

/** Reads the pictures of pages in a process of its own, so that no file that was saved waits for it. */
export interface Recogniser {
  /**
   * Reads one page; the next call waits for it. A page that ends or hangs the process gives a reason too; undefined
   * when the file is no longer what it was. Rejects with a CarrelError when `signal` is aborted, which ends the
   * process, when the process can't be started, and when the data of a language is missing.
   */
  read(place: ScanPlace, signal: AbortSignal): Promise<ReadScan | undefined>;
  /** From now on these are not masked, and what is masked has fingerprints. */
  letThrough(chosen: LetThrough): void;
  close(): Promise<void>;
}

const idleMs = 5_000;
/** The system may end a process for another one's sake; twice at the same page is the page's. */
const tries = 2;

interface Child {
  readonly process: ParserProcess;
  /** What it may read, beside itself. */
  readonly readable: string;
  idle: NodeJS.Timeout | undefined;
}

export function createRecogniser(options: RecogniserOptions): Recogniser {
  return new RecogniserProcess(options);
}

class RecogniserProcess implements Recogniser {
  private readonly options: RecogniserOptions;
  private child: Child | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private isClosed = false;
  private chosen: LetThrough | undefined;

  constructor(options: RecogniserOptions) {
    this.options = options;
  }

  read(place: ScanPlace, signal: AbortSignal): Promise<ReadScan | undefined> {
    const result = this.last.then(() => this.readNow(place, signal));
    this.last = result.catch(() => undefined);
    return result;
  }

  letThrough(chosen: LetThrough): void {
    this.chosen = chosen;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.end();
    await this.last;
  }

  private async readNow(place: ScanPlace, signal: AbortSignal): Promise<ReadScan | undefined> {
    const abort = (): void => void this.end();
    signal.addEventListener("abort", abort, { once: true });
    try {
      let reason = "";
      for (let attempt = 1; attempt <= tries; attempt++) {
        const child = await this.started(place, signal);
        const outcome = await this.ask(child, place);
        if (!("reason" in outcome)) return outcome.scan;
        this.throwIfEnded(signal);
        reason = outcome.reason;
        if (outcome.isFinal) break;
      }
      return { page: place.page, failed: reason };
    } catch (error) {
      // Ending the process makes whatever was going on fail in its own way.
      this.throwIfEnded(signal);
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
      this.restIn(this.options.idleMs ?? idleMs);
    }
  }

  private throwIfEnded(signal: AbortSignal): void {
    if (signal.aborted) throw new CarrelError("Cancelled.", "", "cancelled");
    if (this.isClosed) throw new CarrelError("The process that reads scans was closed.", "", "gone");
  }

  /** One try; with a reason when it ended the process. A page that takes too long would do so again. */
  private async ask(
    child: Child,
    place: ScanPlace,
  ): Promise<
    { readonly scan: ReadScan | undefined } | { readonly reason: string; readonly isFinal: boolean }
  > {
    const { timeoutMs, memoryMb } = this.options;
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      void child.process.kill();
    }, timeoutMs);
    try {
      const letThrough = this.chosen ? { letThrough: this.chosen } : {};
      const { scan } = await child.process.channel.request("readScan", { ...place, ...letThrough });
      return { scan };
    } catch (error) {
      if (!(error instanceof CarrelError) || error.code !== "gone") throw error;
      const how = await child.process.ended;
      if (isLate) return { reason: `It took longer than ${timeoutMs / 1000} s.`, isFinal: true };
      if (child.process.wasFull)
        return { reason: `It needed more than ${memoryMb} MB of memory.`, isFinal: true };
      return { reason: `It made its process end unexpectedly (${how}).`, isFinal: false };
    } finally {
      clearTimeout(timer);
    }
  }

  /** The process, started for what is to be read where it does not run or may not read that. */
  private async started({ folder, languageFolder }: ScanPlace, signal: AbortSignal): Promise<Child> {
    const wanted = [folder, ...(languageFolder === "" ? [] : [realOf(languageFolder)])];
    const readable = JSON.stringify(wanted);
    if (this.child && this.child.readable !== readable) await this.end();
    clearTimeout(this.child?.idle);
    for (let left = 6; !this.child; left--) {
      // Who cancels is heard once: what is started after that would read its page to the end.
      this.throwIfEnded(signal);
      const { child, isReady } = this.start(wanted);
      this.child = child;
      const how = await isReady;
      if (how === undefined) break;
      this.child = undefined;
      // A process that was ended from here says nothing of its walls.
      this.throwIfEnded(signal);
      const { launch } = child.process;
      const mayTryAgain = left > 1 && launch && this.options.confinement?.failed(launch);
      if (!mayTryAgain) throw child.process.startError("reads scans", how);
    }
    this.throwIfEnded(signal);
    return this.child;
  }

  private start(readable: readonly string[]): { child: Child; isReady: Promise<string | undefined> } {
    const process = new ParserProcess(this.options, readable);
    const child: Child = { process, readable: JSON.stringify(readable), idle: undefined };
    void process.ended.then(() => {
      if (this.child === child) this.child = undefined;
    });
    const isReady = new Promise<string | undefined>((resolve) => {
      const timer = setTimeout(() => void process.kill(), startMs);
      const settle = (how: string | undefined): void => {
        clearTimeout(timer);
        resolve(how);
      };
      process.channel.on("ready", () => settle(undefined));
      void process.ended.then(settle);
    });
    return { child, isReady };
  }

  private restIn(ms: number): void {
    const { child } = this;
    if (!child) return;
    clearTimeout(child.idle);
    child.idle = setTimeout(() => void this.end(), ms);
    child.idle.unref();
  }

  private async end(): Promise<void> {
    const { child } = this;
    if (!child) return;
    this.child = undefined;
    clearTimeout(child.idle);
    await child.process.kill();
  }
}
