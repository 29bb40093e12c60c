import type { EmbeddingModel } from "../../models/embedding/embeddingModel.ts";
import { defaultSettings, type Settings } from "../../protocol/data.ts";
import { type Problem, problemOf } from "./problem.ts";
import { Retry } from "./retry.ts";

const firstRetryMs = 2_000;
const longestRetryMs = 120_000;

export interface ModelParts {
  /** Opens the embedding model that a setting names. Throws a CarrelError when it can't be had. */
  openEmbedding(settings: Settings): Promise<EmbeddingModel>;
  /** The slower, better model that goes with this one, if any; nothing is loaded yet. */
  openRefining(embedding: EmbeddingModel): Promise<EmbeddingModel | undefined>;
  log(level: "info" | "warn" | "error", message: string): void;
}

/** An embedding model with the one that refines its results. */
export interface Models {
  /** The settings that they were opened for (see `modelKey`). */
  readonly key: string;
  readonly embedding: EmbeddingModel;
  readonly refining: EmbeddingModel | undefined;
}

export async function closeModels({ embedding, refining }: Models): Promise<void> {
  await Promise.allSettled([embedding.close(), refining?.close()]);
}

/** All that decides which model is meant and how it is reached. @param renewals How often servers had other keys. */
function modelKey(settings: Settings, renewals: number): string {
  const { embeddingModel, modelServerUrl, openaiUrl, allowedHosts } = settings;
  return embeddingModel === defaultSettings.embeddingModel
    ? embeddingModel
    : JSON.stringify([embeddingModel, modelServerUrl, openaiUrl, allowedHosts, renewals]);
}

/**
 * Opens the wanted embedding model, beside everything else, and tries again, with growing waits, when it can't
 * be had; the bundled one stands in meanwhile. What was opened for a wish that has changed is closed again.
 */
export class WantedModel {
  private readonly parts: ModelParts;
  private readonly onChange: () => void;
  private readonly retry = new Retry(firstRetryMs, longestRetryMs);
  private settings: Settings = defaultSettings;
  private renewals = 0;
  private wantedKey = "";
  /** The key of the models that are in use or have arrived. */
  private heldKey = "";
  private opening: string | undefined;
  private arrived: Models | undefined;
  private failure: Problem | undefined;
  private fatal: Problem | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  /** @param onChange Called when a model has arrived, or could not be had. */
  constructor(parts: ModelParts, onChange: () => void) {
    this.parts = parts;
    this.onChange = onChange;
  }

  /** Records what is wanted, and begins to open it. */
  want(settings: Settings): void {
    this.settings = settings;
    const key = modelKey(settings, this.renewals);
    if (key === this.wantedKey) return;
    this.wantedKey = key;
    this.failure = undefined;
    this.fatal = undefined;
    this.retry.succeeded();
    this.open();
  }

  /** Model servers have other keys now: what was opened with the old ones is opened anew, if a server has it. */
  renew(): void {
    this.renewals += 1;
    if (this.wantedKey !== "") this.want(this.settings);
  }

  /** Tries at once what is waiting for its next try. */
  hasten(): void {
    if (this.wantedKey === this.heldKey || this.opening !== undefined) return;
    this.retry.hasten();
    this.open();
  }

  /** Why the wanted model is not used. */
  get problem(): Problem | undefined {
    return this.failure;
  }

  /** Whether what is wanted is in use, or known not to be had for now. */
  get isSettled(): boolean {
    if (this.arrived) return false;
    return this.heldKey === this.wantedKey || this.failure !== undefined || this.fatal !== undefined;
  }

  /** Why not even the bundled model can be had. */
  get fatalProblem(): Problem | undefined {
    return this.fatal;
  }

  get hasArrived(): boolean {
    return this.arrived !== undefined;
  }

  /** Models that have been opened since the last call; the caller closes them. */
  take(): Models | undefined {
    const { arrived } = this;
    this.arrived = undefined;
    return arrived;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    if (this.arrived) await closeModels(this.arrived);
    this.arrived = undefined;
  }

  private open(): void {
    clearTimeout(this.timer);
    const key = this.wantedKey;
    if (key === this.heldKey || this.isClosed) return;
    // Whoever waits may hope again.
    this.fatal = undefined;
    this.opening = key;
    void this.load(this.settings, key).then(() => {
      if (this.opening === key) this.opening = undefined;
      if (!this.isClosed) this.onChange();
    });
  }

  private async load(settings: Settings, key: string): Promise<void> {
    let models: Models | undefined;
    try {
      models = await this.openBoth(settings, key);
    } catch (error) {
      if (this.isWanted(key)) await this.failed(settings, key, error);
      return;
    }
    if (!this.isWanted(key)) return closeModels(models);
    this.failure = undefined;
    this.retry.succeeded();
    await this.hand(models);
  }

  private async failed(settings: Settings, key: string, error: unknown): Promise<void> {
    const { embeddingModel } = defaultSettings;
    if (settings.embeddingModel === embeddingModel) {
      this.fatal = problemOf("The bundled embedding model can't be used.", error);
      return;
    }
    const standsIn = this.heldKey === "" || this.heldKey === embeddingModel;
    const instead = standsIn ? "the bundled one stands in" : "the one before it is used until then";
    const what = `The embedding model "${settings.embeddingModel}" can't be used, ${instead}.`;
    if (this.heldKey === "") await this.openStandIn(settings, key);
    // While the stand-in was being opened something else may have been chosen.
    if (!this.isWanted(key)) return;
    this.failure = problemOf(what, error, "Choose another embedding model.");
    this.parts.log("warn", this.failure.message);
    this.retry.failed(Date.now());
    this.timer = setTimeout(() => this.open(), this.retry.at - Date.now());
  }

  private async openStandIn(settings: Settings, key: string): Promise<void> {
    const { embeddingModel } = defaultSettings;
    // Its key says that it is not what was wanted, so that the wish stays open.
    const standIn = { ...settings, embeddingModel };
    try {
      const models = await this.openBoth(standIn, modelKey(standIn, this.renewals));
      if (this.isWanted(key) && this.heldKey === "") await this.hand(models);
      else await closeModels(models);
    } catch (error) {
      if (!this.isWanted(key)) return;
      this.fatal = problemOf("The bundled embedding model can't be used.", error);
    }
  }

  private isWanted(key: string): boolean {
    return key === this.wantedKey && !this.isClosed;
  }

  private async hand(models: Models): Promise<void> {
    const { arrived } = this;
    // First, so that nobody takes what is about to be closed.
    this.arrived = models;
    this.heldKey = models.key;
    if (arrived) await closeModels(arrived);
  }

  private async openBoth(settings: Settings, key: string): Promise<Models> {
    const embedding = await this.parts.openEmbedding(settings);
    const refining = await this.parts.openRefining(embedding).catch((error: unknown) => {
      this.parts.log("warn", String(error));
      return undefined;
    });
    return { key, embedding, refining };
  }
}
