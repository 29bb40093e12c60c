import * as v from "valibot";
import type { Fetch } from "../../egress/gate.ts";
import { boundedText } from "../boundedText.ts";
import { cancelled, serverBusy } from "../errors.ts";
import { baseUrl } from "../serverAddress.ts";
import { badAddress, badKey, explain, KeyWantedError, notOpenai, serverError } from "./openaiErrors.ts";

/** Far above what a list of models or a batch of vectors takes. */
const maxAnswerBytes = 16_000_000;

interface ApiOptions {
  /** Address of the server, such as http://127.0.0.1:8080, with or without "/v1". */
  readonly url: string;
  /** A fetch of the egress gate. */
  readonly fetch: Fetch;
  /** Goes to this server alone, with each request. */
  readonly key?: string | undefined;
  /** Milliseconds that one question may take. */
  readonly waitMs: number;
}

interface ApiQuestion {
  readonly signal?: AbortSignal | undefined;
  /** Sent as JSON; without it the question is a GET. */
  readonly body?: object | undefined;
  /** What errors call the model. */
  readonly called?: string;
}

/** An OpenAI-compatible server as far as it answers at once, not in a stream. */
export interface OpenaiApi {
  /** The address without credentials, query, "/v1" or a closing slash; what was given when that is no address. */
  readonly url: string;
  /** Sends one request to `path` ("/v1/models") and gives what comes, whatever it is. */
  send(
    path: string,
    init: { readonly body?: object | undefined; readonly signal: AbortSignal },
  ): Promise<Response>;
  /** One question. Throws a CarrelError that says what is wrong with server or model. */
  ask<S extends v.GenericSchema>(path: string, answer: S, question?: ApiQuestion): Promise<v.InferOutput<S>>;
  /** What a bad answer means; `body` is what the server said. */
  problem(status: number, body: string, model: string): Error;
}

export function createOpenaiApi({ url: given, fetch, key = "", waitMs }: ApiOptions): OpenaiApi {
  const address = baseUrl(given)?.replace(/\/v1$/, "");
  const url = address ?? given;

  const api: OpenaiApi = {
    url,
    async send(path, { body, signal }) {
      if (address === undefined) throw badAddress(url);
      // What is no key would come back in the words of an error about headers.
      if (/[^\x21-\x7e]/.test(key)) throw badKey(url);
      return await fetch(`${url}${path}`, {
        ...(body ? { method: "POST", body: JSON.stringify(body) } : {}),
        headers: {
          ...(body ? { "content-type": "application/json" } : {}),
          ...(key === "" ? {} : { authorization: `Bearer ${key}` }),
        },
        signal,
      });
    },
    async ask(path, answer, { signal, body, called = "" } = {}) {
      const timeout = AbortSignal.timeout(waitMs);
      try {
        const all = signal ? AbortSignal.any([signal, timeout]) : timeout;
        const response = await api.send(path, { body, signal: all });
        const text = await boundedText(response, maxAnswerBytes, () => notOpenai(url));
        if (!response.ok) throw api.problem(response.status, text, called);
        const parsed = v.safeParse(answer, parseJson(text));
        if (!parsed.success) throw notOpenai(url);
        return parsed.output;
      } catch (error) {
        if (signal?.aborted) throw cancelled();
        if (timeout.aborted) throw serverBusy(url);
        throw explain(error, url);
      }
    },
    problem(status, body, model) {
      if (status === 401 || status === 403) return new KeyWantedError(url, key !== "");
      // Some servers repeat the key that they were sent.
      return serverError(status, key === "" ? body : body.replaceAll(key, "…"), model, url);
    },
  };
  return api;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
