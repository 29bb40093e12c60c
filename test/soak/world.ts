import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type EngineProcess, startEngine } from "../../cli/childEngine.ts";
import {
  defaultSettings,
  type Folder,
  type IndexStatus,
  type SearchMode,
  type Settings,
} from "../../protocol/data.ts";
import { type FakeEmbedding, startFakeEmbedding } from "../support/fakeEmbedding.ts";
import type { Action, Notify, Plan, SlotNumber, WishedSettings } from "./actions.ts";
import { Disk } from "./disk.ts";
import { checkHits } from "./hits.ts";
import { Model } from "./model.ts";
import { descendants, waitForEnd } from "./processes.ts";
import { type Excuse, Requests } from "./requests.ts";

export const serverModels = [
  { name: "embedder-a", dimension: 24 },
  { name: "embedder-b", dimension: 32 },
];
const tinyModel = fileURLToPath(new URL("../fixtures/tinyModel", import.meta.url));
const lateMs = 300;
const twiceMs = 60;
const sleptSeconds = 600;
/** More than there are, so that what must be found is among them, whatever the vectors say. */
const manyHits = 3_000;

export interface Engine {
  readonly process: EngineProcess;
  readonly slot: SlotNumber;
  /** The last status that it told by itself. */
  told: IndexStatus | undefined;
  /** True once it has been told its folders: before that, a client has nothing to say to it. */
  ready: boolean;
  /** True from when the soak ends it. */
  ended: boolean;
  /** Open files at its first rest. */
  firstFiles: number | undefined;
}

/** Real folders, engines and a model server, with the model that says what they should show. */
export class World {
  readonly model: Model;
  readonly disk: Disk;
  readonly storage: string;
  readonly requests = new Requests();
  readonly log: string[] = [];
  readonly engines: [Engine | undefined, Engine | undefined] = [undefined, undefined];
  /** Folders that were there and searched since the last rest: their anchors must be found at every moment. */
  readonly calm: [Set<string>, Set<string>] = [new Set(), new Set()];
  /** False once something has happened by which an index of an earlier model may stay behind. */
  isTidy = true;
  private readonly base: string;
  private readonly server: FakeEmbedding;
  private readonly started = performance.now();
  private readonly pending = new Set<Promise<unknown>>();
  private lastTrouble = Number.NEGATIVE_INFINITY;

  private constructor(base: string, server: FakeEmbedding, plan: Plan) {
    this.base = base;
    this.server = server;
    this.storage = join(base, "storage");
    mkdirSync(join(base, "folders"));
    this.disk = new Disk(join(base, "folders"), plan.files);
    this.model = new Model(plan.settings, plan.server, plan.files);
  }

  static async create(plan: Plan): Promise<World> {
    const server = await startFakeEmbedding(serverModels, plan.server);
    return new World(mkdtempSync(join(tmpdir(), "carrel-soak-")), server, plan);
  }

  /** Does one action. The promise ends when what it asked for has ended. */
  perform(action: Action): Promise<void> {
    this.note(`→ ${action.do}${"slot" in action ? ` on engine ${action.slot}` : ""}`);
    const before = this.isTroubled();
    const changed = this.disk.perform(action);
    this.model.apply(action);
    if (before || this.isTroubled()) this.lastTrouble = performance.now();
    this.endCalm(action);
    this.judgeTidiness(action);
    if ("notify" in action) return this.tellChanges(changed, action.notify);
    return this.ask(action);
  }

  engineSettings(wished: WishedSettings = this.model.settings): Settings {
    const embeddingModel = wished.embeddingModel === "tiny" ? tinyModel : wished.embeddingModel;
    return {
      ...defaultSettings,
      ...wished,
      exclude: [...wished.exclude],
      embeddingModel,
      modelServerUrl: this.server.url,
    };
  }

  folders(paths: readonly string[]): Folder[] {
    return paths.map((path) => ({ path: this.disk.at(path), name: basename(path) }));
  }

  newFolder(name: string): string {
    return join(this.base, name);
  }

  /** The running engines. */
  running(): Engine[] {
    return this.engines.filter((engine) => engine !== undefined);
  }

  /** Waits for all requests, and for what was set to happen later. */
  async allEnded(): Promise<void> {
    while (this.pending.size > 0) await Promise.all(this.pending);
    await this.requests.allEnded();
  }

  note(text: string): void {
    this.log.push(`${((performance.now() - this.started) / 1000).toFixed(3).padStart(7)} ${text}`);
  }

  async close(keep: boolean): Promise<void> {
    await Promise.allSettled(this.running().map((engine) => this.stop(engine)));
    await this.server.close();
    if (!keep) rmSync(this.base, { recursive: true, force: true });
  }

  /** Starts an engine, with its log in this one's. */
  launch(slot: SlotNumber): Engine {
    const process = startEngine();
    const engine: Engine = {
      process,
      slot,
      told: undefined,
      ready: false,
      ended: false,
      firstFiles: undefined,
    };
    process.channel.on("status", (status) => {
      engine.told = status;
    });
    process.channel.on("log", ({ level, message }) => this.note(`  engine ${slot} ${level}: ${message}`));
    process.channel.onClose((reason) => {
      this.note(`  engine ${slot} closed: ${reason}`);
      if (!engine.ended) this.requests.problems.push(`engine ${slot} died: ${reason}`);
    });
    return engine;
  }

  /** Ends an engine as its client does, and sees that its processes end with it. */
  async stop(engine: Engine): Promise<void> {
    const family = descendants(engine.process.pid);
    engine.ended = true;
    if (this.engines[engine.slot] === engine) this.engines[engine.slot] = undefined;
    signal(engine, "SIGCONT");
    void engine.process.stop();
    await this.seeEnd(engine, family);
  }

  private async kill(engine: Engine): Promise<void> {
    const family = descendants(engine.process.pid);
    engine.ended = true;
    this.engines[engine.slot] = undefined;
    signal(engine, "SIGKILL");
    await this.seeEnd(engine, family);
  }

  private async seeEnd(engine: Engine, family: readonly number[]): Promise<void> {
    const left = await waitForEnd([engine.process.pid, ...family]);
    if (left.length > 0) this.requests.problems.push(`processes ${left} outlive engine ${engine.slot}`);
    for (const pid of left) process.kill(pid, "SIGKILL");
  }

  private async ask(action: Action): Promise<void> {
    switch (action.do) {
      case "server":
        return this.server.set(action.state);
      case "setSettings":
        await Promise.all(
          this.running().map((engine) =>
            this.send(engine, "setSettings", { settings: this.engineSettings(action.settings) }),
          ),
        );
        return;
      case "start":
        return this.start(action.slot, action.folders);
      default:
        if (!("slot" in action)) return;
    }
    const engine = this.engines[action.slot];
    if (!engine) return;
    await this.askEngine(engine, action);
  }

  private askEngine(engine: Engine, action: Action): Promise<void> {
    switch (action.do) {
      case "setFolders":
        return this.send(engine, "setFolders", { folders: this.folders(action.folders) });
      case "pause":
      case "resume":
      case "deleteIndex":
      case "status":
        return this.send(engine, action.do, {});
      case "index":
        return this.index(engine, action.refine, action.cancelMs);
      case "search":
        return this.search(engine, action.query, action.mode, action.cancelMs);
      case "ask":
        return this.question(engine, action.query, action.cancelMs);
      case "document":
        return this.document(engine, action.folder, action.path);
      case "stop":
        return this.later(this.stop(engine));
      case "kill":
        return this.later(this.kill(engine));
      case "freeze":
        return this.freeze(engine, action.ms, action.aged);
      default:
        return Promise.resolve();
    }
  }

  private async start(slot: SlotNumber, folders: readonly string[]): Promise<void> {
    const engine = this.launch(slot);
    this.engines[slot] = engine;
    await this.send(engine, "initialize", {
      storage: this.storage,
      folders: this.folders(folders),
      settings: this.engineSettings(),
    });
    engine.ready = true;
  }

  private send<
    M extends "initialize" | "setSettings" | "setFolders" | "pause" | "resume" | "deleteIndex" | "status",
  >(engine: Engine, method: M, params: Parameters<EngineProcess["channel"]["request"]>[1]): Promise<void> {
    const request: Promise<unknown> = engine.process.channel.request(method, params as never);
    return this.requests.follow(`${method} on engine ${engine.slot}`, request, this.excuse(engine));
  }

  private index(engine: Engine, refine: boolean, cancelMs: number | undefined): Promise<void> {
    const request = engine.process.channel.request("index", { refine }, this.cancelling(cancelMs));
    const excuse = this.excuse(engine, cancelMs);
    return this.requests.follow(`index on engine ${engine.slot}`, request, excuse);
  }

  private search(
    engine: Engine,
    query: string,
    mode: SearchMode,
    cancelMs: number | undefined,
  ): Promise<void> {
    const calm = new Set(this.calm[engine.slot]);
    const params = { query, k: manyHits, mode };
    const request = engine.process.channel.request("search", params, this.cancelling(cancelMs));
    const name = `search “${query}” on engine ${engine.slot}`;
    return this.requests.follow(name, request, this.excuse(engine, cancelMs), ({ hits }) => {
      return checkHits(this, engine.slot, hits, query, calm);
    });
  }

  private question(engine: Engine, question: string, cancelMs: number | undefined): Promise<void> {
    const params = { question, history: [], model: "" };
    const request = engine.process.channel.request("ask", params, this.cancelling(cancelMs));
    const name = `ask “${question}” on engine ${engine.slot}`;
    return this.requests.follow(name, request, this.excuse(engine, cancelMs), ({ passages }) => {
      return checkHits(this, engine.slot, passages, question, new Set());
    });
  }

  private document(engine: Engine, folder: string, path: string): Promise<void> {
    const request = engine.process.channel.request("document", { folder: this.disk.at(folder), path });
    const name = `document ${folder}/${path} on engine ${engine.slot}`;
    // The file may be gone, refused or in a folder that is not open; the answer must say so in words.
    const excuse = (): Excuse => ({ ...this.excuse(engine)(), trouble: true });
    return this.requests.follow(name, request, excuse);
  }

  private freeze(engine: Engine, ms: number, aged: boolean): Promise<void> {
    signal(engine, "SIGSTOP");
    if (aged) this.ageLocks();
    const over = new Promise<void>((resolve) => {
      setTimeout(() => {
        signal(engine, "SIGCONT");
        resolve();
      }, ms);
    });
    return this.later(over);
  }

  /** As if the machine had slept: a process that wakes first finds locks that nobody has touched for long. */
  private ageLocks(): void {
    const then = new Date(Date.now() - sleptSeconds * 1000);
    for (const name of listAll(this.storage)) {
      if (/lock/.test(name)) tryTo(() => utimesSync(join(this.storage, name), then, then));
    }
  }

  private async tellChanges(paths: readonly string[], notify: Notify): Promise<void> {
    if (notify === "none") return;
    if (notify !== "late") return this.tellAll(paths, notify === "twice");
    const wait = new Promise<void>((resolve) => setTimeout(resolve, lateMs));
    await this.later(wait.then(() => this.tellAll(paths, false)));
  }

  private async tellAll(paths: readonly string[], twice: boolean): Promise<void> {
    const absolute = paths.map((path) => this.disk.at(path));
    const tell = (): Promise<void>[] =>
      this.running().map((engine) => {
        if (!engine.ready) return Promise.resolve();
        const request = engine.process.channel.request("filesChanged", { paths: absolute });
        return this.requests.follow(`filesChanged on engine ${engine.slot}`, request, this.excuse(engine));
      });
    const first = tell();
    if (twice) await this.later(new Promise((resolve) => setTimeout(resolve, twiceMs)));
    await Promise.all([...first, ...(twice ? tell() : [])]);
  }

  private later<T>(work: Promise<T>): Promise<T> {
    const tracked: Promise<unknown> = work.finally(() => this.pending.delete(tracked));
    this.pending.add(tracked);
    return work;
  }

  private cancelling(cancelMs: number | undefined): { signal?: AbortSignal } {
    return cancelMs === undefined ? {} : { signal: AbortSignal.timeout(cancelMs) };
  }

  private excuse(engine: Engine, cancelMs?: number): () => Excuse {
    const began = performance.now();
    return () => ({
      cancelled: cancelMs !== undefined,
      gone: engine.ended,
      trouble: this.isTroubled() || this.lastTrouble >= began,
    });
  }

  private isTroubled(): boolean {
    const { model } = this;
    const usesServer = model.settings.embeddingModel.startsWith("ollama:");
    if (usesServer && model.server !== "up" && model.server !== "slow") return true;
    return model.running.length > 1 || model.running.some((slot) => this.isSlotTroubled(slot));
  }

  private isSlotTroubled(slot: SlotNumber): boolean {
    const { folders, paused } = this.model.slots[slot];
    return paused || folders.length === 0 || folders.some((folder) => this.model.isAway(folder));
  }

  private judgeTidiness(action: Action): void {
    const first = action.do === "start" && this.requests.isUnused;
    const untidy = [
      "start",
      "stop",
      "kill",
      "freeze",
      "setFolders",
      "folder-gone",
      "folder-renamed",
      "server",
    ];
    if (this.isTroubled() || (untidy.includes(action.do) && !first)) this.isTidy = false;
  }

  /** An anchor may be missing for a time when its folder, its index or the engine changes. */
  private endCalm(action: Action): void {
    if (action.do === "setFolders" || action.do === "start") this.calm[action.slot].clear();
    if (["deleteIndex", "folder-gone", "folder-renamed"].includes(action.do) || this.isTroubled()) {
      for (const calm of this.calm) calm.clear();
    }
  }
}

function signal(engine: Engine, name: NodeJS.Signals): void {
  tryTo(() => process.kill(engine.process.pid, name));
}

function listAll(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true }).map(String);
  } catch {
    // Files come and go while the list is made.
    return [];
  }
}

function tryTo(work: () => void): void {
  try {
    work();
  } catch {
    // What was there a moment ago may be gone.
  }
}
