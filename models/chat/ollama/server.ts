import { totalmem } from "node:os";
import type { ChatModel, ChatServer } from "../../../protocol/data.ts";
import type { ChatClient, ChatClientOptions } from "../chatClient.ts";
import { cancelled, notReady } from "../errors.ts";
import { answerLimits } from "../patience.ts";
import { dependsOnMachine, pickModel } from "../pickModel.ts";
import { showsThought } from "../thoughts.ts";
import { createApi } from "./api.ts";
import { Catalogue, named } from "./catalogue.ts";
import { createKeeper } from "./keeper.ts";
import { library } from "./library.ts";
import { canonicalName } from "./models.ts";
import { explain, notInstalled } from "./ollamaErrors.ts";
import { pullCommand, recommendedModel } from "./recommended.ts";
import { statusAnswer, versionAnswer } from "./schemas.ts";
import { hasKnownHoles, safeVersion } from "./serverVersion.ts";
import { streamAnswer } from "./stream.ts";

/** A client of Ollama's native API. No prompt goes to a model that is not known to run on that very server. */
export function createOllama(options: ChatClientOptions): ChatClient {
  const api = createApi({ url: options.url, fetch: options.fetch, waitMs: options.lookMs ?? 5_000 });
  const catalogue = new Catalogue(api);
  const { url } = api;
  const memoryBytes = options.memoryBytes ?? totalmem();

  async function readServer(chosen: string, signal: AbortSignal | undefined): Promise<ChatServer> {
    const { version, models } = await catalogue.list(signal);
    const cloud = await api.ask("status", statusAnswer, { signal }).catch(() => undefined);
    const machine = dependsOnMachine(models, chosen) ? await options.machine?.() : undefined;
    const picked = pickModel(models, chosen, machine ?? memoryBytes, canonicalName);
    const advised = advice(models, chosen, picked, version, cloud?.cloud.disabled);
    const usable = models.some((model) => model.refused === undefined);
    return {
      ...{ url, state: "ready", product: "Ollama", version, models, ...advised },
      ...(picked === undefined ? {} : { chosen: picked }),
      ...(usable ? {} : { install }),
    };
  }

  return {
    url,
    library: { models: library, command: pullCommand },
    keeper: createKeeper({ api, fetch: options.fetch, catalogue, limits: answerLimits(options) }),

    async server(chosen, signal) {
      try {
        return await readServer(chosen, signal);
      } catch (error) {
        return notReady(explain(error, url), url);
      }
    },

    inspect: (model, signal) => catalogue.inspect(model, signal),

    async *chat(request) {
      try {
        const isAlive = () => api.ask("version", versionAnswer, { signal: request.signal });
        const access = { url, fetch: options.fetch, ...answerLimits(options), isAlive };
        for await (const event of streamAnswer(request, access)) {
          if (request.facts.thinking !== "always" && showsThought(event))
            catalogue.thinksUnasked(request.facts.name);
          yield event;
        }
      } catch (error) {
        if (request.signal.aborted) throw cancelled();
        throw named(explain(error, url), request.model);
      }
    },
  };
}

const install = { command: pullCommand(), bytes: recommendedModel.bytes };

function advice(
  models: readonly ChatModel[],
  chosen: string,
  picked: string | undefined,
  version: string,
  cloudDisabled: boolean | undefined,
): { detail?: string; remedy?: string } {
  if (picked === undefined) {
    const asked = models.find((model) => canonicalName(model.name) === canonicalName(chosen));
    if (asked?.refused !== undefined) {
      return { detail: `"${chosen}" is not used: ${asked.refused}`, remedy: "Choose another model." };
    }
    if (chosen !== "") {
      const { message, remedy } = notInstalled(chosen);
      return { detail: message, remedy };
    }
    return {
      detail: "Ollama runs, but no model that can answer is installed.",
      remedy: `Run: ${pullCommand()}`,
    };
  }
  if (hasKnownHoles(version)) {
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
