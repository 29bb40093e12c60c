import { CarrelError } from "../../protocol/channel.ts";
import type { ChatServer } from "../../protocol/data.ts";

const longestQuote = 300;

/** The states of a server that does not answer as it should, as in the protocol's `chatServer`. */
type ServerProblem = "down" | "unknown-server" | "busy";

/** An error that says what state the whole server is in, not only one request. */
export class ServerStateError extends CarrelError {
  readonly state: ServerProblem;

  constructor(state: ServerProblem, message: string, remedy: string) {
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

/** A server that could not be looked at, for the reason that was thrown. Throws when that was a cancellation. */
export function notReady(problem: CarrelError, url: string): ChatServer {
  if (problem.code === "cancelled") throw cancelled();
  const state = problem instanceof ServerStateError ? problem.state : "refused";
  return { url, state, models: [], detail: problem.message, remedy: problem.remedy };
}

export function serverBusy(url: string): CarrelError {
  return new ServerStateError(
    "busy",
    `The model server at ${url} is too busy to answer.`,
    "Wait until it has finished what it is doing, then try again.",
  );
}

export function noMemory(model: string, text: string): CarrelError {
  return new CarrelError(
    `The model server has not enough memory for "${model}": ${ended(text)}`,
    "Close other programs, or choose a smaller model.",
  );
}

/**
 * The words of an error body, kept short: {"error": "…"}, {"error": {"message": "…"}}, plain text, or such JSON in
 * a string of such JSON, as a server gives it that passes on what its own runner said.
 */
export function errorText(body: string): string {
  // A web page says nothing to a person.
  const words = /^\s*</.test(body) ? "" : unpacked(body, 3);
  const line = words.replaceAll(/\s+/g, " ").trim();
  return line.length > longestQuote ? `${line.slice(0, longestQuote)}…` : line;
}

function unpacked(text: string, depth: number): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return text;
  }
  const inner = fieldOf(parsed, "error") ?? fieldOf(parsed, "message");
  const words = typeof inner === "string" ? inner : fieldOf(inner, "message");
  return typeof words === "string" && depth > 0 ? unpacked(words, depth - 1) : text;
}

function fieldOf(value: unknown, name: "error" | "message"): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Partial<Record<typeof name, unknown>>)[name];
}

/** Somebody else's words as the end of a sentence, so that another one can follow. */
export function ended(text: string): string {
  return /[.!?…]["')\]]*$/.test(text) ? text : `${text}.`;
}

/** The code that Node gave to an error or to what caused it ("ECONNREFUSED"), or "". */
export function errorCode(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string") return at.code;
  }
  return "";
}
