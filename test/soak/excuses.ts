import type { Action, SlotNumber } from "./actions.ts";
import type { Model } from "./model.ts";
import type { Excuse } from "./requests.ts";

/** Actions by which an index of an earlier model may rightly stay behind until it is a fortnight old. */
const untidy = new Set([
  "start",
  "stop",
  "kill",
  "freeze",
  "setFolders",
  "folder-gone",
  "folder-renamed",
  "server",
]);

/** What may rightly fail, be missing or be left at a moment, judged by what has been done until then. */
export class Excuses {
  /** Folders that were there and searched since the last rest: their anchors must be found at every moment. */
  readonly calm: [Set<string>, Set<string>] = [new Set(), new Set()];
  /** False once an index of an earlier model may have stayed behind. */
  isTidy = true;
  private readonly model: Model;
  private lastTrouble = Number.NEGATIVE_INFINITY;
  private started = false;
  /** Engines that nobody has asked for an index since they started: where there is none, a search says so. */
  private readonly unasked = new Set<SlotNumber>();
  /** Models that were wanted since the last rest: the index of an earlier one serves until that of the new one is whole. */
  private readonly mayServe = new Set<string>();
  private modelChanges = 0;
  /** Engines whose index was deleted and that nobody has asked for one since: a search says so. */
  private readonly without = new Set<SlotNumber>();

  constructor(model: Model) {
    this.model = model;
  }

  /** Called around each action, since trouble that an action ends was there until then. */
  heed(action: Action, apply: () => void): void {
    const before = this.isTroubled();
    const { embeddingModel } = this.model.settings;
    this.mayServe.add(embeddingModel);
    apply();
    if (action.do === "deleteIndex") this.without.add(action.slot);
    if (["index", "resume", "start", "kill", "stop"].includes(action.do) && "slot" in action) {
      this.without.delete(action.slot);
      this.unasked.delete(action.slot);
    }
    if (action.do === "start") this.unasked.add(action.slot);
    if (this.model.settings.embeddingModel !== embeddingModel) this.modelChanges += 1;
    // An index that was begun for a model and never served may be kept, for when that model is chosen again.
    if (this.modelChanges > 1) this.isTidy = false;
    if (before || this.isTroubled()) this.lastTrouble = performance.now();
    const first = action.do === "start" && !this.started;
    this.started ||= first;
    if (this.isTroubled() || (untidy.has(action.do) && !first)) this.isTidy = false;
    this.endCalm(action);
  }

  /** Why a request that begins now may fail, to be asked when it has. */
  forRequest(isGone: () => boolean, isCancelled: boolean): () => Excuse {
    const began = performance.now();
    const mayBeWithout = this.unasked.size > 0;
    return () => ({
      cancelled: isCancelled,
      gone: isGone(),
      trouble: mayBeWithout || this.isTroubled() || this.lastTrouble >= began,
    });
  }

  /** The world is at rest: what is served now must be found until something excuses it. */
  beCalm(slot: SlotNumber): void {
    this.modelChanges = 0;
    this.mayServe.clear();
    this.calm[slot].clear();
    for (const folder of this.model.expected(slot).folders) {
      if (!folder.includes("/")) this.calm[slot].add(folder);
    }
  }

  /** An anchor may be missing for a time when its folder, its index or the engine changes. */
  private endCalm(action: Action): void {
    if (action.do === "setFolders" || action.do === "start") this.calm[action.slot].clear();
    if (!["deleteIndex", "folder-gone", "folder-renamed"].includes(action.do) && !this.isTroubled()) return;
    for (const calm of this.calm) calm.clear();
  }

  private isTroubled(): boolean {
    const { settings, server, running } = this.model;
    const usesServer = [settings.embeddingModel, ...this.mayServe].some((model) =>
      model.startsWith("ollama:"),
    );
    if (usesServer && server !== "up" && server !== "slow") return true;
    if (running.some((slot) => this.without.has(slot))) return true;
    return running.length > 1 || running.some((slot) => this.isSlotTroubled(slot));
  }

  private isSlotTroubled(slot: SlotNumber): boolean {
    const { folders, paused } = this.model.slots[slot];
    return paused || folders.length === 0 || folders.some((folder) => this.model.isAway(folder));
  }
}
