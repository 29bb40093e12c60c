import type { ModelKeeper } from "../models/chat/chatClient.ts";
import { CarrelError, type Handlers } from "../protocol/channel.ts";
import type { EngineContract } from "../protocol/engine.ts";

type Requests = "modelStore" | "modelOffer" | "pullModel" | "deleteModel" | "unloadModel";

/**
 * The requests that get, delete and unload models.
 * @param keeper That of the server that is set up now; undefined where it can't be told to.
 */
export function keepingModels(
  keeper: () => ModelKeeper | undefined,
): Pick<Handlers<EngineContract>, Requests> {
  const present = (): ModelKeeper => {
    const found = keeper();
    if (found) return found;
    throw new CarrelError(
      "The model server can't be told to get or delete models.",
      "Do that with the server's own program.",
    );
  };
  /** A person agreed to what one server does; the settings may name another by now. */
  const shown = (url: string): ModelKeeper => {
    const found = present();
    if (found.url === url) return found;
    throw new CarrelError(
      `The model server is ${found.url} now, and no longer ${url}. Nothing was done.`,
      "Look at the models again, and decide for that one.",
    );
  };
  return {
    modelStore: (_, { signal }) => present().look(signal),
    modelOffer: ({ name }) => present().offer(name),
    pullModel: ({ name, url }, context) => shown(url).pull(name, context),
    async deleteModel({ name, url }, { signal }) {
      await shown(url).remove(name, signal);
      return {};
    },
    async unloadModel({ name, url }, { signal }) {
      await shown(url).unload(name, signal);
      return {};
    },
  };
}
