import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { CarrelError, Channel } from "../protocol/channel.ts";
import type { Folder, IndexStatus, ServerKey, Settings } from "../protocol/data.ts";
import {
  type EngineClientContract,
  type EngineContract,
  engineClientContract,
  engineContract,
} from "../protocol/engine.ts";
import type { EngineState } from "../protocol/panel.ts";
import { processPort } from "../protocol/port.ts";
import type { EngineProcess } from "./forkEngine.ts";

export type EngineChannel = Channel<EngineContract, EngineClientContract>;
export type LogLevel = "info" | "warn" | "error";

/** The engine as the extension sees it; "stopped" until it is first needed, and after `dispose`. */
export type SupervisedState = { readonly state: "stopped"; readonly message?: string } | EngineState;

/** What the engine is told when it starts. */
export interface EngineStart {
  readonly storage: string;
  readonly folders: Folder[];
  readonly settings: Settings;
  readonly serverKeys?: ServerKey[];
}

/** When a dead engine is started again. All times in milliseconds. */
export interface RestartPolicy {
  /** The wait before the first, second, … restart; the last one repeats. */
  readonly waits: readonly number[];
  /** After this many deaths within `window` it stays down. */
  readonly deaths: number;
  readonly window: number;
  /** How long the engine may take to answer its first request. */
  readonly startLimit: number;
}

const defaultRestarts: RestartPolicy = {
  waits: [1_000, 2_000, 5_000, 15_000],
  deaths: 5,
  window: 5 * 60_000,
  startLimit: 60_000,
};

export interface SupervisorOptions {
  readonly fork: () => EngineProcess;
  /** Read anew at each start. */
  readonly start: () => EngineStart;
  readonly log: (level: LogLevel, message: string) => void;
  readonly restarts?: RestartPolicy;
}

export const engineDownRemedy = 'Run "Carrel: Restart Engine"; "Carrel: Show Log" says more.';
const killAfter = 2_000;

/**
 * Keeps one engine process alive from its first use on: starts it, starts it again with growing waits when
 * it dies, and gives up, with a message, when it dies too often.
 */
export class EngineSupervisor {
  private current: SupervisedState = { state: "stopped" };
  private session: Promise<EngineChannel> | undefined;
  /** Aborted when the current process, and whatever waits for its restart, is let go. */
  private life = new AbortController();
  private deaths: number[] = [];
  private disposed = false;
  private readonly stateListeners = new Set<(state: SupervisedState) => void>();
  private readonly statusListeners = new Set<(status: IndexStatus) => void>();
  private readonly options: SupervisorOptions;
  private readonly restarts: RestartPolicy;

  constructor(options: SupervisorOptions) {
    this.options = options;
    this.restarts = options.restarts ?? defaultRestarts;
  }

  get state(): SupervisedState {
    return this.current;
  }

  onState(listener: (state: SupervisedState) => void): () => void {
    this.stateListeners.add(listener);
    return () => this.stateListeners.delete(listener);
  }

  onStatus(listener: (status: IndexStatus) => void): () => void {
    this.statusListeners.add(listener);
    return () => this.statusListeners.delete(listener);
  }

  /**
   * The channel to an engine that is up: starts it, or waits for its restart. Rejects with a CarrelError
   * when the engine stays down.
   */
  async channel(): Promise<EngineChannel> {
    if (this.disposed) throw new CarrelError("Carrel is closing.", "", "gone");
    if (this.current.state === "failed") {
      throw new CarrelError(this.current.message ?? "Carrel's engine is down.", engineDownRemedy, "gone");
    }
    this.session ??= this.supervise(this.bringUp(this.life.signal));
    return this.session;
  }

  /** Ends the running engine, forgets its past deaths and starts a new one. */
  async restart(): Promise<void> {
    this.letGo();
    await this.channel();
  }

  dispose(): void {
    this.disposed = true;
    this.letGo();
  }

  private letGo(): void {
    this.life.abort();
    this.life = new AbortController();
    this.deaths = [];
    this.session = undefined;
    this.setState({ state: "stopped" });
  }

  /** Whoever waits for a session hears of its failure; without a waiter it is in the state and in the log. */
  private supervise(session: Promise<EngineChannel>): Promise<EngineChannel> {
    session.catch(() => undefined);
    return session;
  }

  private async bringUp(life: AbortSignal): Promise<EngineChannel> {
    this.setState({ state: "starting" });
    for (;;) {
      const attempt = await this.startOnce(life);
      if (attempt.channel) return attempt.channel;
      await this.backOff(attempt.died, life);
    }
  }

  private async recover(ended: Promise<string>, life: AbortSignal): Promise<EngineChannel> {
    await this.backOff(await ended, life);
    return this.bringUp(life);
  }

  private async startOnce(
    life: AbortSignal,
  ): Promise<{ channel: EngineChannel } | { channel?: never; died: string }> {
    const started = Date.now();
    const { child, start } = this.spawn();
    const ended = endOf(child);
    const channel: EngineChannel = new Channel(
      processPort(child),
      engineContract,
      engineClientContract,
      {},
      (error) => this.options.log("error", describe(error)),
    );
    void ended.then((how) => channel.close(how));
    this.listen(child, channel, life);
    const kill = killerOf(child, ended);
    life.addEventListener("abort", kill, { once: true });
    // Without its connection an engine is of no use, so it is not left behind.
    child.on("disconnect", kill);
    const limit = setTimeout(() => {
      this.options.log("error", `The engine did not answer within ${this.restarts.startLimit} ms.`);
      kill();
    }, this.restarts.startLimit);
    try {
      const { version, status } = await channel.request("initialize", { ...start });
      if (life.aborted) throw restartedError();
      this.options.log("info", `Engine ${version} is up after ${Date.now() - started} ms.`);
      this.setState({ state: "running" });
      this.setStatus(status);
      // At once, so that a request that comes now waits for the next engine.
      channel.onClose(() => {
        if (!life.aborted) this.session = this.supervise(this.recover(ended, life));
      });
      return { channel };
    } catch (error) {
      if (life.aborted) throw restartedError();
      if (error instanceof CarrelError && error.code === "gone") return { died: await ended };
      // An engine that answers but can't start would say the same again, so it is not retried.
      this.life.abort();
      this.life = new AbortController();
      throw this.fail(`Carrel's engine could not start: ${describe(error)}`);
    } finally {
      clearTimeout(limit);
    }
  }

  private spawn(): { child: EngineProcess; start: EngineStart } {
    try {
      return { start: this.options.start(), child: this.options.fork() };
    } catch (error) {
      throw this.fail(`Carrel's engine could not be started: ${describe(error)}`);
    }
  }

  private listen(child: EngineProcess, channel: EngineChannel, life: AbortSignal): void {
    channel.on("status", (status) => {
      if (!life.aborted) this.setStatus(status);
    });
    channel.on("log", ({ level, message }) => this.options.log(level, message));
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", (line) => this.options.log("warn", line));
    }
  }

  /** Waits before a restart; throws when the engine has died too often, or when it was let go. */
  private async backOff(died: string, life: AbortSignal): Promise<void> {
    const now = Date.now();
    this.deaths = [...this.deaths.filter((time) => now - time < this.restarts.window), now];
    this.options.log("error", `The engine stopped: ${died}.`);
    const count = this.deaths.length;
    if (count >= this.restarts.deaths) {
      throw this.fail(
        `Carrel's engine stopped ${count} times within minutes (last: ${died}), so it stays down.`,
      );
    }
    const { waits } = this.restarts;
    const pause = waits[Math.min(count, waits.length) - 1] ?? 0;
    const seconds = Math.ceil(pause / 1_000);
    const message = `Carrel's engine stopped (${died}). It is started again in ${seconds} s.`;
    this.setState({ state: "restarting", message });
    try {
      await wait(pause, undefined, { signal: life });
    } catch {
      throw restartedError();
    }
  }

  private fail(message: string): CarrelError {
    this.options.log("error", message);
    this.session = undefined;
    this.setState({ state: "failed", message });
    return new CarrelError(message, engineDownRemedy, "gone");
  }

  private setState(state: SupervisedState): void {
    this.current = state;
    for (const listener of this.stateListeners) listener(state);
  }

  private setStatus(status: IndexStatus): void {
    for (const listener of this.statusListeners) listener(status);
  }
}

/** Resolves, with a phrase for a person, when the process has ended or could not be started. */
function endOf(child: EngineProcess): Promise<string> {
  return new Promise((resolve) => {
    child.on("exit", (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
    child.on("error", (error) => resolve(error.message));
  });
}

/** Ends the process, and by force when it does not go. */
function killerOf(child: EngineProcess, ended: Promise<string>): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), killAfter);
    timer.unref();
    void ended.then(() => clearTimeout(timer));
  };
}

function restartedError(): CarrelError {
  return new CarrelError("Carrel's engine was ended before it had finished this.", "Try again.", "gone");
}

function describe(error: unknown): string {
  if (error instanceof CarrelError) return `${error.message} ${error.remedy}`.trim();
  return error instanceof Error ? error.message : String(error);
}
