import { CarrelError } from "../../protocol/channel.ts";

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

export function serverBusy(url: string): CarrelError {
  return new ServerStateError(
    "busy",
    `The model server at ${url} is too busy to answer.`,
    "Wait until it has finished what it is doing, then try again.",
  );
}

/** The words of an error body: {"error": "…"}, {"error": {"message": "…"}} or plain text, kept short. */
export function errorText(body: string): string {
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

/** The code that Node gave to an error or to what caused it ("ECONNREFUSED"), or "". */
export function errorCode(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string") return at.code;
  }
  return "";
}
