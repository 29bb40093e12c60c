import { CarrelError } from "../../../protocol/channel.ts";
import { ContextOverflowError, errorText, noMemory, ServerStateError, serverBusy } from "../errors.ts";
import { faultsOf } from "../serverFaults.ts";

function serverDown(url: string): CarrelError {
  return new ServerStateError(
    "down",
    `No model server answers at ${url}.`,
    "Start it, or set its address in carrel.openai.url.",
  );
}

export function notOpenai(url: string): CarrelError {
  return new ServerStateError(
    "unknown-server",
    `Something answers at ${url}, but it does not speak OpenAI's protocol (GET /v1/models).`,
    "Set carrel.openai.url to the address of llama.cpp's server, vLLM, LM Studio or another such server, without a path after it.",
  );
}

const faults = faultsOf({
  name: "the server",
  protocol: "OpenAI's",
  setting: "carrel.openai.url",
  example: "http://127.0.0.1:8080",
  down: serverDown,
  unknown: notOpenai,
});
export const { badAddress, brokenOff, stalled, endless, garbled } = faults;
const { reported, connectionFault } = faults;

/** Ollama speaks this protocol too, but so that long prompts lose their beginning and cloud models look local. */
export function isOllama(url: string): CarrelError {
  return new ServerStateError(
    "unknown-server",
    `Ollama answers at ${url}. Carrel speaks to it in its own protocol, which cuts nothing off silently.`,
    "Set carrel.ollama.url to this address, and leave carrel.openai.url empty.",
  );
}

/** A server that wants a key, or another one. */
export class KeyWantedError extends CarrelError {
  constructor(url: string, isSent: boolean) {
    const [message, what] = isSent
      ? [`The model server at ${url} does not accept the key that is set for it.`, "Set another one"]
      : [`The model server at ${url} wants a key.`, "Set it"];
    super(
      message,
      `${what} with the command "Carrel: Set Server Key…", or in a terminal with the environment variable CARREL_OPENAI_KEY.`,
    );
  }
}

export function badKey(url: string): CarrelError {
  return new CarrelError(
    `The key that is set for the model server at ${url} has characters that no key has.`,
    "Set it anew, without spaces or line breaks.",
  );
}

export function filtered(): CarrelError {
  return new CarrelError(
    "The model server's own filter ended the answer.",
    "Ask in other words, or choose a model or server without a filter.",
  );
}

export function notListed(model: string, url: string): CarrelError {
  return new CarrelError(
    `The model "${model}" is not on the model server at ${url}.`,
    "Choose one that it has, or start the server with this one.",
  );
}

export function notUsed(model: string, why: string): CarrelError {
  return new CarrelError(`The model "${model}" is not used: ${why}`, "Choose another model.");
}

const overflows =
  /context[ _](?:length|size|window)|available context|maximum model length|exceeds? (?:the )?context|keep (?:the first|from the initial)|too many tokens|tokens\) is too large/i;
/** How servers tell the prompt's real length, in the words of llama.cpp, vLLM (three ages of it), others. */
const lengths = [
  /(?:request|input) \((\d+) tokens\)/i,
  /\((\d+) in the messages/i,
  /(?:has|contains?)(?: at least)? (\d+) input tokens/i,
  /prompt \(length (\d+)\)/i,
  /requested tokens \((\d+)\)/i,
  /keep the first (\d+) tokens/i,
];

/** What an answer with a bad status, or an error within a stream, means to a person. */
export function serverError(status: number, body: string, model: string, url: string): CarrelError {
  const text = errorText(body);
  if (overflows.test(text)) {
    const told = lengths.map((pattern) => pattern.exec(text)?.[1]).find((one) => one !== undefined);
    return new ContextOverflowError(told === undefined ? undefined : Number(told));
  }
  if (status === 404) return notListed(model, url);
  if (status === 503 && /loading/i.test(text)) return stillLoading(url);
  if (status === 503 || status === 429) return serverBusy(url);
  if (/out of memory|not enough memory|alloc|cuda error|\boom\b/i.test(text)) return noMemory(model, text);
  return reported(status, text);
}

function stillLoading(url: string): CarrelError {
  return new ServerStateError(
    "busy",
    `The model server at ${url} is still loading its model.`,
    "Try again in a moment.",
  );
}

/** Turns what fetch threw into a sentence. Errors that are one already pass through. */
export function explain(error: unknown, url: string): CarrelError {
  if (error instanceof CarrelError) return error;
  return connectionFault(error, url) ?? brokenOff();
}
