import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { CarrelError, Channel } from "../../protocol/channel.ts";
import type { Attempt } from "../../protocol/data.ts";
import { engineArguments, engineEnvironment } from "../../protocol/launch.ts";
import { processPort } from "../../protocol/port.ts";
import type { Confinement, Launch } from "../../walls/confine.ts";
import { embedderClientContract, embedderContract, type ModelSource } from "./embedderContract.ts";
import type { EmbeddingInput, EmbeddingModel } from "./embeddingModel.ts";

export interface EmbedderOptions {
  readonly source: ModelSource;
  /** So long after it embedded a text of this kind the process is ended, to give its memory back. */
  readonly idleMs: Readonly<Record<EmbeddingInput, number>>;
  /** The process's program; the one beside this file if not given. */
  readonly entry?: string;
  /** Starts the process behind walls; without it only the process's own seat belt stands. */
  readonly confinement?: Confinement;
}

/** A model is read from this machine's disk; one that is not there by then will not come. */
const loadMs = 120_000;

type Described = Pick<EmbeddingModel, "id" | "dimension">;
type EmbedderChannel = Channel<typeof embedderContract, typeof embedderClientContract>;

interface Child {
  readonly process: ChildProcess;
  readonly channel: EmbedderChannel;
  readonly loaded: Promise<Described>;
  readonly launch: Launch | undefined;
  /** Resolves when the process is gone, some time after its channel is closed. */
  readonly ended: Promise<void>;
  isReady: boolean;
}

/**
 * The engine's side of the process that runs a transformer. The process is started when there is something to
 * embed, ended when there was nothing for a while, and started once more when it dies at its work.
 */
export class Embedder {
  private readonly options: EmbedderOptions;
  private child: Child | undefined;
  private working = 0;
  private idle: NodeJS.Timeout | undefined;
  /** By performance.now(): what the kinds of text so far ask for. */
  private keepUntil = 0;
  private closed = false;
  /** What the first load found: the index was made with it. */
  private described: Described | undefined;

  constructor(options: EmbedderOptions) {
    this.options = options;
  }

  /** Loads the model. Rejects with the CarrelError that loading ends with. */
  describe(): Promise<Described> {
    return this.work("passage", (child) => child.loaded);
  }

  /** See EmbeddingModel.embed. Loads the model first if it is not in memory. */
  readonly embed: EmbeddingModel["embed"] = (texts, input, signal) =>
    this.work(input, ({ channel }) => channel.request("embed", { texts, input }, signal ? { signal } : {}));

  /** Starts the process where it is not running, loads the model, and tries the walls in it. */
  walls(): Promise<Attempt[]> {
    return this.work("passage", ({ channel }) => channel.request("walls", {}));
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.idle);
    await this.end();
  }

  private async work<T>(input: EmbeddingInput, task: (child: Child) => Promise<T>): Promise<T> {
    this.working += 1;
    clearTimeout(this.idle);
    try {
      return await this.attempt(task).catch((error: unknown) => {
        if (this.closed || !isGone(error)) throw error;
        return this.attempt(task);
      });
    } catch (error) {
      throw isGone(error) && !this.closed ? endedError(error) : error;
    } finally {
      this.working -= 1;
      this.keepUntil = Math.max(this.keepUntil, performance.now() + this.options.idleMs[input]);
      if (this.working === 0 && !this.closed) this.endLater();
    }
  }

  private async attempt<T>(task: (child: Child) => Promise<T>): Promise<T> {
    if (this.closed) throw new CarrelError("The embedding model was closed.", "", "gone");
    this.child ??= this.start();
    const { child } = this;
    try {
      const { id, dimension } = await child.loaded;
      this.described ??= { id, dimension };
      if (id !== this.described.id) throw changedError(this.options.source.dir);
    } catch (error) {
      // Without its model it is of no use; the next attempt looks at the files again.
      if (this.child === child) await this.end();
      if (isGone(error) && (await this.hasFewerWalls(child))) return this.attempt(task);
      throw error;
    }
    return task(child);
  }

  /** Whether one that has ended did not even come up, and can be tried behind fewer walls. */
  private async hasFewerWalls({ launch, ended, isReady }: Child): Promise<boolean> {
    // Its channel closes a moment before it is gone.
    await ended;
    if (isReady || this.closed || !launch) return false;
    return this.options.confinement?.failed(launch) ?? false;
  }

  private start(): Child {
    const { source, confinement } = this.options;
    const entry = this.options.entry ?? neighbour();
    const program = {
      entry,
      nodeArguments: engineArguments,
      readable: [source.dir],
      hasNativeCode: true,
    };
    const launch = confinement?.launch(program);
    const child = fork(entry, [], {
      execPath: launch?.execPath ?? process.execPath,
      execArgv: launch?.execArgv ?? [...engineArguments],
      env: engineEnvironment(process.env),
      serialization: "advanced",
      stdio: ["ignore", "ignore", 2, "ipc"],
    });
    const channel: EmbedderChannel = new Channel(
      processPort(child),
      embedderContract,
      embedderClientContract,
      {},
    );
    const limit = setTimeout(() => child.kill("SIGKILL"), loadMs);
    const loaded = channel.request("load", source).finally(() => clearTimeout(limit));
    const ended = new Promise<string>((resolve) => {
      // "error" comes when it can't be started; then there may be no "exit".
      child.once("error", (error) => resolve(error.message));
      child.once("exit", (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
    }).then((how) => channel.close(how));
    const started: Child = { process: child, channel, loaded, launch, ended, isReady: false };
    channel.on("ready", () => {
      started.isReady = true;
    });
    channel.onClose(() => {
      if (this.child === started) this.child = undefined;
    });
    return started;
  }

  private endLater(): void {
    this.idle = setTimeout(() => void this.end(), this.keepUntil - performance.now());
    this.idle.unref();
  }

  private async end(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (!child) return;
    const { process: running } = child;
    if (running.pid === undefined || running.exitCode !== null || running.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      running.once("exit", () => resolve());
      running.kill("SIGKILL");
    });
  }
}

/** The program as source beside this file, or the bundle beside this one. */
function neighbour(): string {
  const here = import.meta.url;
  return fileURLToPath(new URL(here.endsWith(".ts") ? "./embedderMain.ts" : "./embedder.js", here));
}

function isGone(error: unknown): error is CarrelError {
  return error instanceof CarrelError && error.code === "gone";
}

function changedError(dir: string): CarrelError {
  return new CarrelError(
    `The embedding model in ${dir} is not the one that was there before: its files have changed.`,
    "Reload the window, so that the index is made again with the new model.",
  );
}

function endedError(error: CarrelError): CarrelError {
  return new CarrelError(
    `The process that runs the embedding model ended while it was needed. ${error.message}`,
    "Close programs that need much memory. If that does not help, choose another embedding model.",
  );
}
