import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import {
  answerFromPassages,
  countTokens,
  endless,
  type FakeMessage,
  json,
  pieces,
  sleep,
  wordVector,
} from "./fakeAnswers.ts";
import {
  answerBadly,
  breakInStream,
  type FakeDialect,
  failed,
  type OpenaiFault,
  overflow,
} from "./fakeOpenaiFaults.ts";

/**
 * A stand-in for servers that speak OpenAI's protocol, in the dialects of llama.cpp's server (as a real one was seen
 * to answer), vLLM and LM Studio, with faults on demand. Its default answer quotes the passages.
 */

interface FakeOpenaiModel {
  readonly id: string;
  readonly embeds?: boolean;
  readonly loaded?: boolean;
  readonly pricing?: object;
}

export interface FakeOpenaiOptions {
  readonly port?: number;
  readonly dialect?: FakeDialect;
  readonly models?: readonly FakeOpenaiModel[];
  /** The key that is wanted, if one is. */
  readonly key?: string;
  readonly fault?: OpenaiFault;
  readonly answer?: string | ((messages: readonly FakeMessage[]) => string);
  readonly thinking?: string;
  /** Where thoughts stand: in a field of their own, or in the text with both tags or the closing one alone. */
  readonly thoughtsIn?: "reasoning_content" | "reasoning" | "tags" | "lone-tag";
  /** llama.cpp gives it away in /props. */
  readonly template?: string;
  /** Tokens for one question. */
  readonly context?: number;
  /** Fields of a request that this server has never heard of; "system" for that role. */
  readonly refuses?: readonly string[];
  /** llama.cpp loads one of several models when it is asked for it. */
  readonly router?: boolean;
  /** Writes comments, "\r\n", and cuts its bytes wherever that hurts. */
  readonly odd?: boolean;
  readonly tokenDelayMs?: number;
  /** How long the prompt is read: after the headers, as llama.cpp does it. */
  readonly promptDelayMs?: number;
}

interface FakeBody {
  readonly model?: string;
  readonly messages?: readonly FakeMessage[];
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly chat_template_kwargs?: { readonly enable_thinking?: boolean };
  readonly input?: readonly string[];
}

interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly key: string | undefined;
  readonly body: FakeBody;
  /** True when the client went away before the answer was complete. */
  aborted: boolean;
}

export interface FakeOpenai {
  readonly url: string;
  readonly port: number;
  readonly requests: FakeRequest[];
  set(options: Partial<FakeOpenaiOptions>): void;
  close(): Promise<void>;
}

const defaultModels: readonly FakeOpenaiModel[] = [{ id: "smollm2-instruct" }];
const owners = { "llama.cpp": "llamacpp", vllm: "vllm", lmstudio: "organization_owner", plain: "me" };

export async function startFakeOpenai(initial: FakeOpenaiOptions = {}): Promise<FakeOpenai> {
  let options = initial;
  let overflowed = false;
  const requests: FakeRequest[] = [];
  const server = createServer((request, response) => {
    void serve(request, response).catch(() => response.destroy());
  });
  server.on("connection", (socket) => {
    if (options.fault === "no-http") socket.end("SSH-2.0-OpenSSH_9.6\r\n");
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  const port = (server.address() as AddressInfo).port;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString("utf8");
    const record: FakeRequest = {
      method: request.method ?? "GET",
      path: request.url ?? "/",
      key: request.headers.authorization?.replace(/^Bearer /, ""),
      body: text === "" ? {} : (JSON.parse(text) as FakeBody),
      aborted: false,
    };
    requests.push(record);
    response.on("close", () => {
      record.aborted = !response.writableFinished;
    });
    if (serveBrokenly(response, record)) return;
    const isPublic = (options.dialect ?? "llama.cpp") === "llama.cpp" && record.path === "/v1/models";
    if (options.key !== undefined && record.key !== options.key && !isPublic)
      return failed(response, 401, "Invalid API Key", "authentication_error");
    await route(response, record);
  }

  /** Servers that are broken as a whole, or something else. True when that was the answer. */
  function serveBrokenly(response: ServerResponse, { path }: FakeRequest): boolean {
    switch (options.fault) {
      case "hang-everything":
        return true;
      case "html":
        response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><h1>It works!</h1>");
        return true;
      case "not-json":
        json(response, 200, { status: "ok", name: "grafana" });
        return true;
      case "redirect":
        response.writeHead(307, { location: `http://203.0.113.9${path}` }).end();
        return true;
      case "loading-503":
        failed(response, 503, "Loading model", "unavailable_error");
        return true;
      case "endless-models":
        void endless(response, 200, '{"data":[');
        return true;
      default:
        return false;
    }
  }

  async function route(response: ServerResponse, record: FakeRequest): Promise<void> {
    const { dialect = "llama.cpp", context = 4096, models = defaultModels, fault } = options;
    const { body } = record;
    switch (
      `${dialect} ${record.method} ${record.path}`.replace(
        /^\S+ (?=\S+ \/v1\/(?:models|chat\/completions)$)/,
        "",
      )
    ) {
      case "GET /v1/models":
        return json(response, 200, {
          object: "list",
          data:
            fault === "ollama" && models.length === 0 ? null : models.map((model) => listed(model, options)),
        });
      case "POST /v1/chat/completions":
        return await complete(response, record);
      case "llama.cpp GET /props":
        if (options.router)
          return json(response, 200, {
            role: "router",
            default_generation_settings: { n_ctx: 0 },
            build_info: "b1-7e4c0a9",
          });
        return json(response, 200, {
          default_generation_settings: { n_ctx: context, params: { temperature: 0.8 } },
          total_slots: 2,
          chat_template:
            options.template ?? "{% for message in messages %}<|im_start|>{{ message['role'] }}{% endfor %}",
          build_info: "b1-7e4c0a9",
        });
      case "llama.cpp POST /v1/chat/completions/input_tokens":
        return json(response, 200, {
          input_tokens: countTokens(body.messages ?? []),
          object: "response.input_tokens",
        });
      case `${dialect} POST /v1/embeddings`:
        if (fault === "hang-in-embed") return;
        return embed(response, body.input ?? [], dialect, context);
      case "vllm GET /version":
        return json(response, 200, { version: "0.11.0" });
      case "vllm POST /tokenize":
        return json(response, 200, {
          count: countTokens(body.messages ?? []),
          max_model_len: context,
          tokens: [],
        });
      case "lmstudio GET /api/v0/models":
        return json(response, 200, {
          object: "list",
          data: models.map((model) => studioModel(model, context)),
        });
      default:
        if (fault === "ollama" && record.path === "/api/version")
          return json(response, 200, { version: "0.35.2" });
        // LM Studio answers every path with 200.
        if (dialect === "lmstudio")
          return json(response, 200, {
            error: `Unexpected endpoint or method. (${record.method} ${record.path})`,
          });
        return failed(response, 404, dialect === "vllm" ? "Not Found" : "File Not Found", "not_found_error");
    }
  }

  async function complete(response: ServerResponse, record: FakeRequest): Promise<void> {
    const { body } = record;
    const { models = defaultModels, dialect = "llama.cpp", context = 4096, fault, refuses = [] } = options;
    const messages = body.messages ?? [];
    const unknown = refuses.find((field) => field in body);
    if (unknown !== undefined)
      return failed(response, 400, `Unrecognized request argument supplied: ${unknown}`);
    if (refuses.includes("system") && messages.some(({ role }) => role === "system"))
      return failed(response, 500, "System role not supported");
    // llama.cpp answers with the model that it has, whatever it is asked for.
    if (fault === "model-404" || (dialect !== "llama.cpp" && !models.some(({ id }) => id === body.model)))
      return failed(response, 404, `The model \`${body.model}\` does not exist.`, "NotFoundError");
    const most = body.max_completion_tokens ?? body.max_tokens ?? Number.POSITIVE_INFINITY;
    const prompt = countTokens(messages);
    const forced = fault === "overflow" || (fault === "overflow-once" && !overflowed);
    if (forced || prompt > context || (dialect === "vllm" && prompt + most > context)) {
      overflowed = true;
      return overflow(response, dialect, forced ? context + 200 : prompt, context, most);
    }
    if (await answerBadly(response, fault, options.key ?? "")) return;
    await stream(response, record, { prompt, most });
  }

  async function stream(
    response: ServerResponse,
    { body }: FakeRequest,
    { prompt, most }: { prompt: number; most: number },
  ): Promise<void> {
    const { answer, fault } = options;
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    if (fault === "hang-after-headers") return;
    await sleep(options.promptDelayMs ?? 0);
    const send = writer(response, options.odd ?? false);
    const part = (choice: object, rest: object = {}): Promise<void> =>
      send({
        id: "chatcmpl-1",
        object: "chat.completion.chunk",
        model: body.model,
        choices: [{ index: 0, finish_reason: null, ...choice }],
        ...rest,
      });
    const messages = body.messages ?? [];
    const said = typeof answer === "function" ? answer(messages) : (answer ?? answerFromPassages(messages));
    const all = [...thoughtDeltas(options, body), ...pieces(said).map((content) => ({ content }))];
    const deltas = all.slice(0, most);
    await part({ delta: { role: "assistant", content: null } });
    for (const [i, delta] of deltas.entries()) {
      if (i === Math.floor(deltas.length / 2) && (await breakInStream(response, fault, send))) return;
      await part({ delta });
      if (options.tokenDelayMs !== undefined) await sleep(options.tokenDelayMs);
      if (response.destroyed) return;
    }
    if (fault === "no-finish") return void response.end();
    const ends = { abort: "abort", "content-filter": "content_filter" } as const;
    const ending = fault === "abort" || fault === "content-filter" ? ends[fault] : undefined;
    await part({ delta: {}, finish_reason: ending ?? (all.length > deltas.length ? "length" : "stop") });
    if (fault === "no-done") return;
    const usage = {
      prompt_tokens: prompt,
      completion_tokens: deltas.length,
      total_tokens: prompt + deltas.length,
    };
    if (body.stream_options?.include_usage) await send({ id: "chatcmpl-1", choices: [], usage });
    response.end("data: [DONE]\n\n");
  }

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    set(changes) {
      options = { ...options, ...changes };
      overflowed = false;
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** How the events of a stream are written. */
function writer(response: ServerResponse, odd: boolean): (value: object) => Promise<void> {
  if (!odd) return async (value) => void response.write(`data: ${JSON.stringify(value)}\n\n`);
  let count = 0;
  return async (value) => {
    count++;
    const event = `: keep-alive\r\nevent: message\r\nid: ${count}\r\ndata:${JSON.stringify(value)}\r\n\r\n`;
    const bytes = Buffer.from(event);
    // In the middle of a letter of several bytes where there is one.
    const inside = bytes.findIndex((byte) => byte >= 0xc0) + 1 || Math.floor(bytes.length / 2);
    response.write(bytes.subarray(0, inside));
    await sleep(2);
    response.write(bytes.subarray(inside));
  };
}

function thoughtDeltas(options: FakeOpenaiOptions, body: FakeBody): object[] {
  const { thinking = "", thoughtsIn = "reasoning_content" } = options;
  if (thinking === "" || body.chat_template_kwargs?.enable_thinking === false) return [];
  if (thoughtsIn === "reasoning" || thoughtsIn === "reasoning_content")
    return pieces(thinking).map((thought) => ({ [thoughtsIn]: thought, content: null }));
  const open = thoughtsIn === "tags" ? ["<think>", "\n"] : [];
  return [...open, ...pieces(thinking), "\n", "</think>", "\n\n"].map((content) => ({ content }));
}

function listed(model: FakeOpenaiModel, options: FakeOpenaiOptions): object {
  const { dialect = "llama.cpp", context = 4096, fault, router = false } = options;
  const owned_by = fault === "ollama" ? "library" : owners[dialect];
  const price = model.pricing ? { pricing: model.pricing } : {};
  const base = { id: model.id, object: "model", created: 1, owned_by, ...price };
  if (dialect === "vllm") return { ...base, root: model.id, parent: null, max_model_len: context };
  if (dialect !== "llama.cpp" || fault === "ollama") return base;
  const isLoaded = model.loaded ?? true;
  const meta = { vocab_type: 2, n_ctx: context, n_ctx_train: 8192, n_params: 134_515_008, size: 538_060_032 };
  return {
    ...base,
    ...{ aliases: [model.id], tags: [] },
    ...(router ? { status: { value: isLoaded ? "loaded" : "unloaded", args: [] } } : {}),
    ...(isLoaded ? { meta } : {}),
  };
}

function studioModel({ id, embeds = false, loaded = true }: FakeOpenaiModel, context: number): object {
  return {
    id,
    object: "model",
    type: embeds ? "embeddings" : "llm",
    publisher: "somebody",
    arch: "llama",
    compatibility_type: "gguf",
    quantization: "Q4_K_M",
    state: loaded ? "loaded" : "not-loaded",
    max_context_length: 131_072,
    ...(loaded ? { loaded_context_length: context } : {}),
  };
}

/** Words are tokens. What is over the context is refused, in words of its own, or cut off without any. */
function embed(
  response: ServerResponse,
  input: readonly string[],
  dialect: FakeDialect,
  context: number,
): void {
  const longest = Math.max(0, ...input.map((text) => pieces(text).length));
  const isTooLong = longest > context;
  if (isTooLong && dialect === "llama.cpp") {
    const words = `input (${longest} tokens) is too large to process. increase the physical batch size (current batch size: ${context})`;
    failed(response, 500, words, "server_error");
  } else if (isTooLong && dialect === "vllm") {
    const words = `This model's maximum context length is ${context} tokens. However, you requested ${longest} tokens in the input for embedding generation.`;
    failed(response, 400, words);
  } else {
    const data = input.map((text, index) => ({
      object: "embedding",
      index,
      embedding: wordVector(pieces(text).slice(0, context).join("")),
    }));
    // Nobody promises an order.
    json(response, 200, { object: "list", data: data.reverse() });
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "8080" },
      dialect: { type: "string", default: "llama.cpp" },
      fault: { type: "string" },
    },
  });
  const fake = await startFakeOpenai({
    port: Number(values.port),
    dialect: values.dialect as FakeDialect,
    tokenDelayMs: 30,
    ...(values.fault === undefined ? {} : { fault: values.fault as OpenaiFault }),
  });
  console.log(`A stand-in for ${values.dialect} listens at ${fake.url}. Ctrl+C ends it.`);
}
