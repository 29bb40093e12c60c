import * as v from "valibot";
import type { ChatModel, ModelOffer } from "../../../protocol/data.ts";
import type { ModelKeeper } from "../chatClient.ts";
import { cancelled } from "../errors.ts";
import { awayHost } from "../serverAddress.ts";
import type { Catalogue } from "./catalogue.ts";
import { canonicalName, hasCloudName, isModelName, registryOf } from "./models.ts";
import { cloudModel, explain, noModelName } from "./ollamaErrors.ts";
import { gotCloudModel, gotNothing } from "./pullErrors.ts";
import { type PullParts, pullModel } from "./pulling.ts";
import { wellKnown } from "./recommended.ts";
import { psAnswer } from "./schemas.ts";

interface KeeperParts extends PullParts {
  readonly catalogue: Catalogue;
}

/** What Ollama can be told to do with models. It downloads by itself; the only connection of ours is to it. */
export function createKeeper(parts: KeeperParts): ModelKeeper {
  const { api, catalogue } = parts;
  return {
    url: api.url,

    async look(signal) {
      const { models } = await catalogue.list(signal);
      const ps = await api.ask("ps", psAnswer, { signal });
      const away = awayHost(api.url);
      const names = new Set(models.map(({ name }) => canonicalName(name)));
      return {
        ...{ url: api.url, product: "Ollama", models: models.map(withEmbeddingName) },
        ...(away === undefined ? {} : { away }),
        loaded: (ps.models ?? []).map(({ name, size, expires_at }) => ({
          ...{ name, sizeBytes: size },
          ...(expires_at === undefined ? {} : { until: expires_at }),
        })),
        offers: wellKnown
          .filter(({ name }) => !names.has(canonicalName(name)))
          .map(({ name }) => offer(name)),
      };
    },

    offer,

    async pull(name, context) {
      const { name: asked, from } = offer(name);
      try {
        await pullModel({ model: asked, from }, parts, context);
        return await downloaded(asked, catalogue, context.signal);
      } catch (error) {
        if (context.signal.aborted) throw cancelled();
        throw explain(error, api.url);
      }
    },

    async remove(name, signal) {
      const { name: listed } = await catalogue.find(name, signal);
      // What is deleted stays in memory else, for as long as it would have.
      await unload(listed, signal).catch(() => undefined);
      const body = { model: listed };
      await api.ask("delete", v.unknown(), { signal, body, called: name, method: "DELETE" });
    },

    unload,
  };

  async function unload(name: string, signal?: AbortSignal): Promise<void> {
    const ps = await api.ask("ps", psAnswer, { signal });
    const loaded = ps.models?.find((one) => canonicalName(one.name) === canonicalName(name));
    if (!loaded) return;
    const body = { model: loaded.name, keep_alive: 0, stream: false };
    await api.ask("generate", v.unknown(), { signal, body, called: name });
  }
}

function offer(given: string): ModelOffer {
  const name = given.trim();
  if (hasCloudName(name)) throw cloudModel(name);
  if (!isModelName(name)) throw noModelName(name);
  const known = wellKnown.find((one) => canonicalName(one.name) === canonicalName(name));
  return {
    ...{ name, from: registryOf(name), sizeBytes: known?.bytes ?? 0 },
    ...(known?.embeds ? { embeds: true } : {}),
  };
}

/** The model that has come, which must be one that runs where the server does. */
async function downloaded(name: string, catalogue: Catalogue, signal: AbortSignal): Promise<ChatModel> {
  const { models } = await catalogue.list(signal);
  const model = models.find((one) => canonicalName(one.name) === canonicalName(name));
  if (!model) throw gotNothing(name);
  if (model.refused !== undefined && !model.embeds) throw gotCloudModel(name, model.refused);
  return withEmbeddingName(model);
}

/** What the setting of the embedding model calls it. */
function withEmbeddingName(model: ChatModel): ChatModel {
  return model.embeds ? { ...model, embedsAs: `ollama:${model.name}` } : model;
}
