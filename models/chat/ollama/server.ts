import { totalmem } from "node:os";
import * as v from "valibot";
import { CarrelError } from "../../../protocol/channel.ts";
import type { ChatModel, ChatServer } from "../../../protocol/data.ts";
import type { Fetch } from "../../egress/gate.ts";
import type { ChatEvent } from "../chatClient.ts";
import {
  badAddress,
  cancelled,
  cannotChat,
  cloudModel,
  explain,
  notInstalled,
  notOllama,
  ServerStateError,
  serverBusy,
  serverError,
} from "./errors.ts";
import {
  compareVersions,
  hasCloudName,
  type ListedModel,
  makesEmbeddings,
  modelNumbers,
  pickModel,
  psAnswer,
  refusalOf,
  type ShownModel,
  showAnswer,
  statusAnswer,
  tagsAnswer,
  versionAnswer,
  withTag,
} from "./models.ts";
import { type ChatRequest, type ModelFacts, streamAnswer } from "./stream.ts";

/** Below this, known holes of the server let a web page or a hostile model file do harm. */
const safeVersion = "0.35.0";
/** From here on "name:tag:local" answers 404 when the model is a cloud's. */
const localSuffixVersion = "0.17.6";
/** Builds from source call themselves this; they are taken for new. */
const developmentVersion = "0.0.0";

export type { ChatRequest, ModelFacts } from "./stream.ts";

export interface OllamaOptions {
  /** Address of the server, such as http://127.0.0.1:11434. */
  readonly url: string;
  /** A fetch of the egress gate. */
  readonly fetch: Fetch;
  /** This machine's memory in bytes, for choosing a model; the real one by default. */
  readonly memoryBytes?: number;
  /** Milliseconds that a look at the server may take. */
  readonly lookMs?: number;
  /** Milliseconds without a byte after which a begun answer counts as dead. */
  readonly idleMs?: number;
  /** How often, in milliseconds, a server that prepares an answer is asked whether it is alive. */
  readonly aliveMs?: number;
}

export interface Ollama {
  readonly url: string;
  /** The server's state and models. Never throws but when cancelled; `chosen` is the user's model, or "". */
  server(chosen: string, signal?: AbortSignal): Promise<ChatServer>;
  /** Asks for one model. Throws a CarrelError for one that is not installed, can't chat or runs in a cloud. */
  inspect(model: string, signal?: AbortSignal): Promise<ModelFacts>;
  /** Streams an answer. Ends with "done", or throws a CarrelError; leaving the loop closes the connection. */
  chat(request: ChatRequest): AsyncGenerator<ChatEvent>;
}

/** A client of Ollama's native API. No prompt goes to a model that is not known to run on that very server. */
export function createOllama(options: OllamaOptions): Ollama {
  const address = baseUrl(options.url);
  const url = address ?? options.url;
  const memoryBytes = options.memoryBytes ?? totalmem();
  const lookMs = options.lookMs ?? 5_000;
  const idleMs = options.idleMs ?? 30_000;
  const aliveMs = options.aliveMs ?? 10_000;
  /** /api/show by digest: a model with the same digest is the same model. */
  const shown = new Map<string, ShownModel>();

  async function look<S extends v.GenericSchema>(
    path: string,
    schema: S,
    signal: AbortSignal | undefined,
    body?: { model: string },
  ): Promise<v.InferOutput<S>> {
    if (address === undefined) throw badAddress(url);
    const timeout = AbortSignal.timeout(lookMs);
    try {
      const response = await options.fetch(`${url}/api/${path}`, {
        ...(body ? { method: "POST", body: JSON.stringify(body) } : {}),
        headers: { "content-type": "application/json" },
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      const text = await response.text();
      if (!response.ok && path === "version" && response.status !== 503) throw notOllama(url);
      if (!response.ok) throw serverError(response.status, text, body?.model ?? "", url);
      const parsed = v.safeParse(schema, parseJson(text));
      if (!parsed.success) throw notOllama(url);
      return parsed.output;
    } catch (error) {
      if (signal?.aborted) throw cancelled();
      if (timeout.aborted) throw serverBusy(url);
      throw explain(error, url);
    }
  }

  /** The name that only a model of this server can answer to, where the server knows such names. */
  function localName(name: string, version: string): string {
    const knows = version === developmentVersion || compareVersions(version, localSuffixVersion) >= 0;
    return knows ? `${withTag(name)}:local` : name;
  }

  async function show(listed: ListedModel, version: string, signal?: AbortSignal): Promise<ShownModel> {
    const known = shown.get(listed.digest);
    if (known && listed.digest !== "") return known;
    const answer = await look("show", showAnswer, signal, { model: localName(listed.name, version) });
    shown.set(listed.digest, answer);
    return answer;
  }

  async function describeListed(
    listed: ListedModel,
    version: string,
    signal?: AbortSignal,
  ): Promise<ChatModel> {
    let refused = refusalOf(listed, undefined);
    let info: ShownModel | undefined;
    // Old servers list no capabilities, and new ones were seen to list an embedding model as one that answers,
    // so that each model is asked once; never a cloud's one, for that question would go to the cloud.
    if (refused === undefined) {
      info = await show(listed, version, signal).catch(() => undefined);
      if (signal?.aborted) throw cancelled();
      refused = info ? refusalOf(listed, info) : "Ollama does not say that it runs on this machine.";
    }
    const contextLength = listed.details?.context_length ?? modelNumbers(info?.model_info).contextLength;
    return {
      name: listed.name,
      sizeBytes: listed.size,
      ...(listed.details?.parameter_size ? { parameters: listed.details.parameter_size } : {}),
      ...(listed.details?.quantization_level ? { quantization: listed.details.quantization_level } : {}),
      ...(contextLength === undefined ? {} : { contextLength }),
      ...(refused === undefined ? {} : { refused }),
      ...(makesEmbeddings(listed, info) ? { embeds: true } : {}),
    };
  }

  async function readServer(chosen: string, signal: AbortSignal | undefined): Promise<ChatServer> {
    // The only answer that tells Ollama from other servers, so it comes first and alone.
    const { version } = await look("version", versionAnswer, signal);
    const [cloud, tags] = await Promise.all([
      look("status", statusAnswer, signal).catch(() => undefined),
      look("tags", tagsAnswer, signal),
    ]);
    const models: ChatModel[] = [];
    for (const listed of tags.models ?? []) models.push(await describeListed(listed, version, signal));
    const picked = pickModel(models, chosen, memoryBytes);
    return {
      url,
      state: "ready",
      version,
      models,
      ...(picked === undefined ? {} : { chosen: picked }),
      ...advice(models, chosen, picked, version, cloud?.cloud.disabled),
    };
  }

  const ollama: Ollama = {
    url,

    async server(chosen, signal) {
      try {
        return await readServer(chosen, signal);
      } catch (error) {
        const problem = explain(error, url);
        if (problem.code === "cancelled") throw cancelled();
        const state = problem instanceof ServerStateError ? problem.state : "refused";
        return { url, state, models: [], detail: problem.message, remedy: problem.remedy };
      }
    },

    async inspect(model, signal) {
      if (hasCloudName(model)) throw cloudModel(model);
      const { version } = await look("version", versionAnswer, signal);
      const [tags, ps] = await Promise.all([
        look("tags", tagsAnswer, signal),
        look("ps", psAnswer, signal).catch(() => ({ models: [] })),
      ]);
      const listed = tags.models?.find((one) => withTag(one.name) === withTag(model));
      if (!listed) throw notInstalled(model);
      if (listed.remote_host !== "" || listed.remote_model !== "") throw cloudModel(model);
      const info = await show(listed, version, signal).catch((error: unknown) => {
        throw error instanceof CarrelError && error.code !== "cancelled" ? named(error, model) : error;
      });
      const refused = refusalOf(listed, info);
      if (refused !== undefined)
        throw info.remote_host || info.remote_model ? cloudModel(model) : cannotChat(model);
      const capabilities = info.capabilities ?? listed.capabilities ?? [];
      const loaded = ps.models?.find((one) => withTag(one.name) === withTag(model));
      return {
        name: localName(listed.name, version),
        sizeBytes: listed.size,
        ...modelNumbers(info.model_info),
        thinks: capabilities.includes("thinking"),
        loadedContext: loaded && loaded.context_length > 0 ? loaded.context_length : undefined,
      };
    },

    async *chat(request) {
      try {
        // Asked each time, right before the prompt is sent: a name may have become a cloud's since.
        const facts = await ollama.inspect(request.model, request.signal);
        yield* streamAnswer(facts, request, {
          url,
          fetch: options.fetch,
          idleMs,
          aliveMs,
          isAlive: async () => {
            await look("version", versionAnswer, request.signal);
          },
        });
      } catch (error) {
        if (request.signal.aborted) throw cancelled();
        throw named(explain(error, url), request.model);
      }
    },
  };
  return ollama;
}

function advice(
  models: readonly ChatModel[],
  chosen: string,
  picked: string | undefined,
  version: string,
  cloudDisabled: boolean | undefined,
): { detail?: string; remedy?: string } {
  if (picked === undefined) {
    const asked = models.find((model) => withTag(model.name) === withTag(chosen));
    if (asked?.refused !== undefined) {
      return { detail: `"${chosen}" is not used: ${asked.refused}`, remedy: "Choose another model." };
    }
    if (chosen !== "") {
      const { message, remedy } = notInstalled(chosen);
      return { detail: message, remedy };
    }
    return {
      detail: "Ollama runs, but no model that can answer is installed.",
      remedy: "Run: ollama pull qwen3:4b",
    };
  }
  if (version !== developmentVersion && compareVersions(version, safeVersion) < 0) {
    return {
      detail: `Ollama ${version} has known security holes.`,
      remedy: `Update Ollama to ${safeVersion} or later.`,
    };
  }
  if (cloudDisabled === false) {
    return {
      detail: "Ollama's own cloud features are on. Carrel never uses them.",
      remedy: "To turn them off for every program, set OLLAMA_NO_CLOUD=1 for Ollama and restart it.",
    };
  }
  return {};
}

/** Errors speak of the model by the name that the user knows, without the suffix that only the server needs. */
function named(error: CarrelError, model: string): CarrelError {
  if (!error.message.includes(":local")) return error;
  const clean = (text: string): string => text.replaceAll(`${withTag(model)}:local`, model);
  return new CarrelError(clean(error.message), clean(error.remedy), error.code);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The setting without credentials, query or a closing slash; undefined when it is no address. */
function baseUrl(text: string): string | undefined {
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  return url?.host ? `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, "")}` : undefined;
}
