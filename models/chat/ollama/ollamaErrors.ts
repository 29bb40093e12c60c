import { CarrelError } from "../../../protocol/channel.ts";
import { ContextOverflowError, ended, errorText, noMemory, ServerStateError, serverBusy } from "../errors.ts";
import { faultsOf } from "../serverFaults.ts";
import { hasCloudName, isModelName } from "./models.ts";
import { pullCommand, recommendedEmbedding } from "./recommended.ts";

function serverDown(url: string): CarrelError {
  return new ServerStateError(
    "down",
    `No model server answers at ${url}.`,
    `Start Ollama, or install it from ollama.com and run: ${pullCommand()}`,
  );
}

export function notOllama(url: string): CarrelError {
  return new ServerStateError(
    "unknown-server",
    `Something answers at ${url}, but it is not Ollama.`,
    "Stop the other program, or set the address of Ollama in carrel.ollama.url.",
  );
}

const faults = faultsOf({
  name: "Ollama",
  protocol: "Ollama's",
  setting: "carrel.ollama.url",
  example: "http://127.0.0.1:11434",
  down: serverDown,
  unknown: notOllama,
});
export const { badAddress, brokenOff, stalled, endless, garbled } = faults;
const { reported, connectionFault } = faults;

export function cloudModel(model: string): CarrelError {
  return new CarrelError(
    `The model "${model}" does not run on this machine but in a cloud, so Carrel does not use it.`,
    "Choose a model that is installed locally. To turn cloud models off in Ollama, set OLLAMA_NO_CLOUD=1 for it.",
  );
}

export function noModelName(name: string): CarrelError {
  return new CarrelError(
    `"${name}" is not the name of a model.`,
    'A name looks like "name:tag", for example as listed at ollama.com/library.',
  );
}

export function cannotChat(model: string): CarrelError {
  return new CarrelError(
    `The model "${model}" can't write answers: it is made for something else, such as embeddings.`,
    `Choose another model, or install one: ${pullCommand()}`,
  );
}

export function cannotEmbed(model: string): CarrelError {
  return new CarrelError(
    `The model "${model}" can't be used for search: it does not embed text.`,
    `Choose an embedding model, for example: ${pullCommand(recommendedEmbedding)}`,
  );
}

export function notInstalled(model: string): CarrelError {
  // Nobody is to be told to get a model that is then refused.
  if (hasCloudName(model)) return cloudModel(model);
  return new CarrelError(
    `The model "${model}" is not installed on the model server.`,
    isModelName(model)
      ? `Run: ${pullCommand(model)} — or choose a model that is installed.`
      : "Choose a model that is installed.",
  );
}

/** What an answer with a bad status, or an error line within a stream, means to a person. */
export function serverError(status: number, body: string, model: string, url: string): CarrelError {
  const text = errorText(body);
  const overflow = /request \((\d+) tokens\) exceeds|context (length|size|window)|available context/i.exec(
    text,
  );
  if (overflow) return new ContextOverflowError(overflow[1] === undefined ? undefined : Number(overflow[1]));
  if (status === 404) return notInstalled(model);
  if (status === 503) return serverBusy(url);
  if (/does not support embed/i.test(text)) return cannotEmbed(model);
  if (/does not support (chat|generate|completion)/i.test(text)) return cannotChat(model);
  if (status === 401 || status === 403 || /cloud is disabled|unauthorized/i.test(text))
    return cloudModel(model);
  if (/memory|alloc|cuda error|\boom\b/i.test(text)) return noMemory(model, text);
  if (/unexpected EOF|has terminated/i.test(text)) {
    return new CarrelError(
      `The process that runs "${model}" for the model server ended: ${ended(text)}`,
      "Try again. If it happens every time, choose a smaller model, update Ollama, or look into its log: memory may have run out, or this processor be too old for it.",
    );
  }
  return reported(status, text);
}

/** Turns what fetch threw into a sentence. Errors that are one already pass through. */
export function explain(error: unknown, url: string): CarrelError {
  if (error instanceof CarrelError) return error;
  const fault = connectionFault(error, url);
  if (fault) return fault;
  if (error instanceof Error && error.name === "TimeoutError") return serverBusy(url);
  if (error instanceof SyntaxError) return garbled();
  return brokenOff();
}
