import type { ChatModel } from "../../../protocol/data.ts";
import type { ChatMessage, ModelFacts } from "../chatClient.ts";
import { hasEmbeddingName, hasThinkingName } from "../modelNames.ts";
import { type Dialect, type ModelNote, recognise } from "./dialects.ts";
import type { OpenaiApi } from "./openaiApi.ts";
import { notListed, notUsed } from "./openaiErrors.ts";
import { type ListedModel, modelsAnswer } from "./openaiSchemas.ts";
import { refusalOf } from "./refusals.ts";

/** What a server was seen to have, and when (milliseconds of `performance.now`). */
interface Look {
  readonly dialect: Dialect;
  readonly listed: readonly ListedModel[];
  readonly at: number;
}

/** A question looks at the server, and right after that at its model: that is one look, not two. */
const oneLookMs = 5_000;

/** What is known of the models that a server has. */
export class OpenaiCatalogue {
  private readonly api: OpenaiApi;
  private readonly thinkers = new Set<string>();
  private last: Look | undefined;

  constructor(api: OpenaiApi) {
    this.api = api;
  }

  /** The program that answers, and every listed model, with why it is not used where it is not. */
  async list(signal?: AbortSignal): Promise<{ dialect: Dialect; models: ChatModel[]; loaded: ChatModel[] }> {
    const { dialect, listed } = await this.look(signal);
    const rows = listed.map((one) => ({ note: dialect.note(one), model: describe(one, dialect.note(one)) }));
    return {
      dialect,
      models: rows.map(({ model }) => model),
      loaded: rows.filter(({ note }) => note.isLoaded !== false).map(({ model }) => model),
    };
  }

  /** One model. Throws a CarrelError for one that is not there, can't chat or runs elsewhere. */
  async inspect(model: string, signal?: AbortSignal): Promise<ModelFacts> {
    const { dialect, listed } = await this.fresh(signal);
    const found = listed.find(({ id }) => id === model);
    if (!found) throw notListed(model, this.api.url);
    const note = dialect.note(found);
    const refused = refusal(found, note);
    if (refused !== undefined) throw notUsed(model, refused);
    return {
      name: found.id,
      sizeBytes: note.sizeBytes ?? 0,
      // Where nothing is told the smallest usual one: what is longer might be cut without a word.
      contextLength: note.context,
      bytesPerToken: undefined,
      thinking: this.thinkers.has(model) ? "always" : thinkingOf(model, note, dialect),
      loadedContext: note.context,
      isContextFixed: note.context !== undefined,
    };
  }

  /** What is told of an embedding model. Throws a CarrelError for one that is not there or runs elsewhere. */
  async embedding(model: string): Promise<{ sizeBytes: number; context: number | undefined }> {
    const { dialect, listed } = await this.fresh(undefined);
    const found = listed.find(({ id }) => id === model);
    if (!found) throw notListed(model, this.api.url);
    const refused = refusalOf(found);
    if (refused !== undefined) throw notUsed(model, refused);
    const { sizeBytes = 0, context } = dialect.note(found);
    return { sizeBytes, context };
  }

  /** The tokens of a prompt as the server counts them; undefined where it does not. */
  async count(
    model: string,
    messages: readonly ChatMessage[],
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const { dialect } = await this.fresh(signal);
    if (!dialect.count) return undefined;
    // An older version may not count, which is no reason to fail.
    return await dialect.count(model, messages, signal).catch(() => undefined);
  }

  /** Whether thoughts may stand in a model's text, where only a closing tag tells them. */
  mayThinkAloud(model: string): boolean {
    const found = this.last?.listed.find(({ id }) => id === model);
    const template = found && this.last?.dialect.note(found).template;
    if (!template || this.thinkers.has(model)) return true;
    // A person may have started the server with a template that knows less than the model.
    return thinksByTemplate(template) || hasThinkingName(model);
  }

  /** Whether a model's prompt may be told not to think. */
  takesTemplateArguments(): boolean {
    return this.last?.dialect.takesTemplateArguments ?? false;
  }

  /** Notes that a model thought though that was not expected, so that it gets room for it the next time. */
  alwaysThinks(model: string): void {
    this.thinkers.add(model);
  }

  private async fresh(signal: AbortSignal | undefined): Promise<Look> {
    const isFresh = this.last !== undefined && performance.now() - this.last.at < oneLookMs;
    return isFresh && this.last ? this.last : await this.look(signal);
  }

  private async look(signal: AbortSignal | undefined): Promise<Look> {
    this.last = undefined;
    const { data } = await this.api.ask("/v1/models", modelsAnswer, { signal });
    const listed = data ?? [];
    const dialect = await recognise(this.api, listed, signal);
    this.last = { dialect, listed, at: performance.now() };
    return this.last;
  }
}

function refusal(listed: ListedModel, note: ModelNote): string | undefined {
  if (note.embeds) return "Can't write answers: it is made for embeddings.";
  return refusalOf(listed);
}

function thinkingOf(model: string, { template }: ModelNote, dialect: Dialect): ModelFacts["thinking"] {
  const thinks = template ? thinksByTemplate(template) : hasThinkingName(model);
  if (!thinks) return "never";
  const canLeaveIt = template ? /enable_thinking/.test(template) : /qwen-?3/i.test(model);
  return canLeaveIt && dialect.takesTemplateArguments ? "optional" : "always";
}

function thinksByTemplate(template: string): boolean {
  return /<think>|enable_thinking|reasoning_content|<\|channel\|>/.test(template);
}

function describe(listed: ListedModel, note: ModelNote): ChatModel {
  const contextLength = note.context ?? note.trained;
  const refused = refusal(listed, note);
  return {
    name: listed.id,
    sizeBytes: note.sizeBytes ?? 0,
    ...(note.quantization ? { quantization: note.quantization } : {}),
    ...(contextLength === undefined ? {} : { contextLength }),
    ...(refused === undefined ? {} : { refused }),
    ...((note.embeds ?? hasEmbeddingName(listed.id)) && refusalOf(listed) === undefined
      ? { embeds: true }
      : {}),
  };
}
