import { CarrelError } from "../../../protocol/channel.ts";

const longestQuote = 300;

/** An error that says what state the whole server is in, not only one request. */
export class ServerStateError extends CarrelError {
  readonly state: "down" | "not-ollama" | "busy";

  constructor(state: "down" | "not-ollama" | "busy", message: string, remedy: string) {
    super(message, remedy);
    this.state = state;
  }
}

/** The prompt does not fit into the context that was asked for. Nothing was answered. */
export class ContextOverflowError extends CarrelError {
  /** The prompt's real length in tokens, where the server told it. */
  readonly promptTokens: number | undefined;

  constructor(promptTokens: number | undefined) {
    super(
      "The question and its passages are longer than the model can read at once.",
      "Ask about fewer things at once, or choose a model with a longer context.",
    );
    this.promptTokens = promptTokens;
  }
}

export function cancelled(): CarrelError {
  return new CarrelError("Cancelled.", "", "cancelled");
}

export function serverDown(url: string): CarrelError {
  return new ServerStateError(
    "down",
    `No model server answers at ${url}.`,
    "Start Ollama, or install it from ollama.com and run: ollama pull qwen3:4b",
  );
}

export function badAddress(url: string): CarrelError {
  return new ServerStateError(
    "down",
    `"${url}" is not the address of a model server.`,
    "Set carrel.ollama.url to something like http://127.0.0.1:11434.",
  );
}

export function notOllama(url: string): CarrelError {
  return new ServerStateError(
    "not-ollama",
    `Something answers at ${url}, but it is not Ollama.`,
    "Stop the other program, or set the address of Ollama in carrel.ollama.url.",
  );
}

export function serverBusy(url: string): CarrelError {
  return new ServerStateError(
    "busy",
    `The model server at ${url} is too busy to answer.`,
    "Wait until it has finished what it is doing, then try again.",
  );
}

export function brokenOff(): CarrelError {
  return new CarrelError(
    "The model server broke off in the middle of the answer.",
    "Try again. If it happens every time, look into Ollama's log: the model may have run out of memory.",
  );
}

export function stalled(seconds: number): CarrelError {
  return new CarrelError(
    `The model server sent nothing for ${seconds} seconds and was given up.`,
    "Try again. If it happens every time, restart Ollama or choose a smaller model.",
  );
}

export function garbled(): CarrelError {
  return new CarrelError(
    "The model server sent something that is not Ollama's protocol.",
    "Check that carrel.ollama.url is the address of Ollama itself, and update Ollama.",
  );
}

export function cloudModel(model: string): CarrelError {
  return new CarrelError(
    `The model "${model}" does not run on this machine but in a cloud, so Carrel does not use it.`,
    "Choose a model that is installed locally. To turn cloud models off in Ollama, set OLLAMA_NO_CLOUD=1 for it.",
  );
}

export function cannotChat(model: string): CarrelError {
  return new CarrelError(
    `The model "${model}" can't write answers: it is made for something else, such as embeddings.`,
    "Choose another model, or install one: ollama pull qwen3:4b",
  );
}

export function notInstalled(model: string): CarrelError {
  return new CarrelError(
    `The model "${model}" is not installed on the model server.`,
    `Run: ollama pull ${model} — or choose a model that is installed.`,
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
  if (/does not support (chat|generate|completion)/i.test(text)) return cannotChat(model);
  if (status === 401 || status === 403 || /cloud is disabled|unauthorized/i.test(text))
    return cloudModel(model);
  if (/memory|alloc|cuda error|oom/i.test(text)) {
    return new CarrelError(
      `The model server has not enough memory for "${model}": ${text}`,
      "Close other programs, or choose a smaller model.",
    );
  }
  return new CarrelError(
    text === "" ? `The model server answered with error ${status}.` : `The model server reported: ${text}`,
    "Try again. If it happens every time, look into Ollama's log or choose another model.",
  );
}

/** The words of an error body: {"error": "…"}, {"error": {"message": "…"}} or plain text, kept short. */
function errorText(body: string): string {
  let text = body;
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null && "error" in parsed) {
      const inner: unknown = parsed.error;
      if (typeof inner === "string") text = inner;
      else if (typeof inner === "object" && inner !== null && "message" in inner)
        text = String(inner.message);
    }
  } catch {
    // Not JSON: the text itself, unless it is a web page.
    if (/^\s*</.test(body)) text = "";
  }
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > longestQuote ? `${line.slice(0, longestQuote)}…` : line;
}

/** Turns what fetch threw into a sentence. Errors that are one already pass through. */
export function explain(error: unknown, url: string): CarrelError {
  if (error instanceof CarrelError) return error;
  const code = errorCode(error);
  if (code === "ECONNRESET" || code === "EPIPE" || code === "ECONNABORTED") return brokenOff();
  if (code.startsWith("HPE_") || code === "EPROTO") return notOllama(url);
  if (code !== "") return serverDown(url);
  if (error instanceof Error && error.name === "TimeoutError") return serverBusy(url);
  if (error instanceof SyntaxError) return garbled();
  return brokenOff();
}

function errorCode(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string") return at.code;
  }
  return "";
}
