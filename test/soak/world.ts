import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type EngineProcess, startEngine } from "../../cli/childEngine.ts";
import { defaultSettings, type Folder, type IndexStatus, type Settings } from "../../protocol/data.ts";
import { type FakeEmbedding, startFakeEmbedding } from "../support/fakeEmbedding.ts";
import type { Action, Plan, SlotNumber, WishedSettings } from "./actions.ts";
import { openDocument, send, sendIndex, sendQuestion, sendSearch, tellChanges } from "./asking.ts";
import { Disk } from "./disk.ts";
import { Excuses } from "./excuses.ts";
import { Model } from "./model.ts";
import { ageLocks, descendants, trySignal, waitForEnd } from "./processes.ts";
import { Requests } from "./requests.ts";

const serverModels = [
  { name: "embedder-a", dimension: 24 },
  { name: "embedder-b", dimension: 32 },
];
const tinyModel = fileURLToPath(new URL("../fixtures/tinyModel", import.meta.url));

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
  readonly excuses: Excuses;
  readonly disk: Disk;
  readonly storage: string;
  readonly requests = new Requests();
  readonly log: string[] = [];
  private readonly engines: [Engine | undefined, Engine | undefined] = [undefined, undefined];
  private readonly base: string;
  private readonly server: FakeEmbedding;
  private readonly started = performance.now();
  private readonly pending = new Set<Promise<unknown>>();

  private constructor(base: string, server: FakeEmbedding, plan: Plan) {
    this.base = base;
    this.server = server;
    this.storage = join(base, "storage");
    mkdirSync(join(base, "folders"));
    this.disk = new Disk(join(base, "folders"), plan.files);
    this.model = new Model(plan.settings, plan.server, plan.files);
    this.excuses = new Excuses(this.model);
  }

  static async create(plan: Plan): Promise<World> {
    const server = await startFakeEmbedding(serverModels, plan.server);
    return new World(mkdtempSync(join(tmpdir(), "carrel-soak-")), server, plan);
  }

  /** Does one action. The promise ends when what it asked for has ended. */
  perform(action: Action): Promise<void> {
    let changed: string[] = [];
    this.excuses.heed(action, () => {
      changed = this.disk.perform(action);
      this.model.apply(action);
    });
    if ("notify" in action) return tellChanges(this, changed, action.notify);
    return this.ask(action);
  }

  engineSettings(wished: WishedSettings = this.model.settings): Settings {
    const embeddingModel = wished.embeddingModel === "tiny" ? tinyModel : wished.embeddingModel;
    const own = { ...wished, exclude: [...wished.exclude], embeddingModel, modelServerUrl: this.server.url };
    return { ...defaultSettings, ...own };
  }

  folders(paths: readonly string[]): Folder[] {
    return paths.map((path) => ({ path: this.disk.at(path), name: basename(path) }));
  }

  newFolder(name: string): string {
    return join(this.base, name);
  }

  running(): Engine[] {
    return this.engines.filter((engine) => engine !== undefined);
  }

  /** Waits for all requests, and for what was set to happen later. */
  async allEnded(): Promise<void> {
    while (this.pending.size > 0) await Promise.all(this.pending);
    await this.requests.allEnded();
  }

  /** Something that must have happened before a rest. */
  later<T>(work: Promise<T>): Promise<T> {
    const tracked: Promise<unknown> = work.finally(() => this.pending.delete(tracked));
    this.pending.add(tracked);
    return work;
  }

  note(text: string): void {
    this.log.push(`${((performance.now() - this.started) / 1000).toFixed(3).padStart(7)} ${text}`);
  }

  async close(keep: boolean): Promise<void> {
    await Promise.allSettled(this.running().map((engine) => this.stop(engine)));
    await this.server.close();
    if (keep) this.note(`kept ${this.base}`);
    else rmSync(this.base, { recursive: true, force: true });
  }

  /** Starts an engine process, whose log goes into the soak's. */
  launch(slot: SlotNumber): Engine {
    const process = startEngine();
    const none = { told: undefined, firstFiles: undefined };
    const engine: Engine = { process, slot, ready: false, ended: false, ...none };
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
  stop(engine: Engine): Promise<void> {
    return this.end(engine, () => {
      trySignal(engine.process.pid, "SIGCONT");
      void engine.process.stop();
    });
  }

  private kill(engine: Engine): Promise<void> {
    return this.end(engine, () => trySignal(engine.process.pid, "SIGKILL"));
  }

  private async end(engine: Engine, how: () => void): Promise<void> {
    const family = descendants(engine.process.pid);
    engine.ended = true;
    if (this.engines[engine.slot] === engine) this.engines[engine.slot] = undefined;
    how();
    const left = await waitForEnd([engine.process.pid, ...family]);
    if (left.length > 0) this.requests.problems.push(`processes ${left} outlive engine ${engine.slot}`);
    for (const pid of left) trySignal(pid, "SIGKILL");
  }

  private async ask(action: Action): Promise<void> {
    if (action.do === "server") return this.server.set(action.state);
    if (action.do === "start") return this.start(action.slot, action.folders);
    if (action.do === "setSettings") {
      const settings = this.engineSettings(action.settings);
      await Promise.all(this.running().map((engine) => send(this, engine, "setSettings", { settings })));
      return;
    }
    const engine = "slot" in action ? this.engines[action.slot] : undefined;
    if (engine) await this.askEngine(engine, action);
  }

  private askEngine(engine: Engine, action: Action): Promise<void> {
    switch (action.do) {
      case "setFolders":
        return send(this, engine, "setFolders", { folders: this.folders(action.folders) });
      case "pause":
      case "resume":
      case "deleteIndex":
      case "status":
        return send(this, engine, action.do, {});
      case "index":
        return sendIndex(this, engine, action);
      case "search":
        return sendSearch(this, engine, action);
      case "ask":
        return sendQuestion(this, engine, action);
      case "document":
        return openDocument(this, engine, action);
      case "stop":
        return this.later(this.stop(engine));
      case "kill":
        return this.later(this.kill(engine));
      case "freeze":
        return this.later(this.freeze(engine, action.ms, action.aged));
      default:
        return Promise.resolve();
    }
  }

  private async start(slot: SlotNumber, folders: readonly string[]): Promise<void> {
    const engine = this.launch(slot);
    this.engines[slot] = engine;
    const place = { storage: this.storage, folders: this.folders(folders) };
    await send(this, engine, "initialize", { ...place, settings: this.engineSettings() });
    engine.ready = true;
  }

  private async freeze(engine: Engine, ms: number, aged: boolean): Promise<void> {
    trySignal(engine.process.pid, "SIGSTOP");
    if (aged) ageLocks(this.storage);
    await new Promise((resolve) => setTimeout(resolve, ms));
    trySignal(engine.process.pid, "SIGCONT");
  }
}
