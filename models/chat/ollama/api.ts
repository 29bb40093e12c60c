import * as v from "valibot";
import type { Fetch } from "../../egress/gate.ts";
import { boundedText } from "../boundedText.ts";
import { cancelled, serverBusy } from "../errors.ts";
import { baseUrl } from "../serverAddress.ts";
import { badAddress, explain, notOllama, serverError } from "./ollamaErrors.ts";

/** Far above what a list of models or a batch of vectors takes. */
const maxAnswerBytes = 16_000_000;

interface ApiOptions {
  /** Address of the server, such as http://127.0.0.1:11434. */
  readonly url: string;
  /** A fetch of the egress gate. */
  readonly fetch: Fetch;
  /** Milliseconds that one question may take. */
  readonly waitMs: number;
}

interface ApiQuestion {
  readonly signal?: AbortSignal | undefined;
  /** Sent as JSON; without it the question is a GET. */
  readonly body?: { readonly model: string; readonly [field: string]: unknown } | undefined;
  /** What errors call the model; the body's name by default. */
  readonly called?: string;
  /** POST by default, where there is a body. */
  readonly method?: "DELETE";
}

/** Ollama's own API as far as it answers at once, not in a stream. */
export interface Api {
  /** The address without credentials, query or a closing slash; what was given when that is no address. */
  readonly url: string;
  /** One question to /api/`path`. Throws a CarrelError that says what is wrong with server or model. */
  ask<S extends v.GenericSchema>(path: string, answer: S, question?: ApiQuestion): Promise<v.InferOutput<S>>;
}

export function createApi(options: ApiOptions): Api {
  const address = baseUrl(options.url);
  const url = address ?? options.url;
  return {
    url,
    async ask(path, answer, { signal, body, called = body?.model ?? "", method = "POST" } = {}) {
      if (address === undefined) throw badAddress(url);
      const timeout = AbortSignal.timeout(options.waitMs);
      try {
        const response = await options.fetch(`${url}/api/${path}`, {
          ...(body ? { method, body: JSON.stringify(body) } : {}),
          headers: { "content-type": "application/json" },
          signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        });
        const text = await boundedText(response, maxAnswerBytes, () => notOllama(url));
        if (!response.ok && path === "version" && response.status !== 503) throw notOllama(url);
        if (!response.ok) throw serverError(response.status, text, called, url);
        const parsed = v.safeParse(answer, parseJson(text));
        if (!parsed.success) throw notOllama(url);
        return parsed.output;
      } catch (error) {
        if (signal?.aborted) throw cancelled();
        if (timeout.aborted) throw serverBusy(url);
        throw explain(error, url);
      }
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
