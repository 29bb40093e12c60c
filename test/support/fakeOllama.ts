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
import { digest, type FakeModel, find, listed, show } from "./fakeOllamaModels.ts";
import { FakeStore, type PullFault } from "./fakeStore.ts";

/**
 * A stand-in for Ollama that speaks its protocol as the server's source (api/types.go, server/routes.go) has
 * it, with faults on demand. Its default answer really answers from the prompt: it finds the numbered
 * passages, and quotes the sentence that shares most words with the question, with its citation.
 */

export { type FakeMessage, passageWith } from "./fakeAnswers.ts";

/** What goes wrong. */
export type Fault =
  | "cut-stream"
  | "error-line"
  | "runner-killed"
  | "runner-cannot-start"
  | "no-done"
  | "model-404"
  | "busy-503"
  | "error-500"
  | "no-memory"
  | "garbage-line"
  | "hang-before-headers"
  | "hang-in-stream"
  | "hang-everything"
  | "hang-in-embed"
  | "endless-answer"
  | "endless-blanks"
  | "endless-error"
  | "endless-version"
  | "remote-in-response"
  | "not-ollama-json"
  | "not-ollama-html"
  | "no-http"
  | "overflow"
  | "overflow-once"
  | "redirect"
  | PullFault;

export interface FakeOllamaOptions {
  readonly port?: number;
  readonly version?: string;
  readonly models?: readonly FakeModel[];
  readonly cloudDisabled?: boolean;
  readonly fault?: Fault;
  /** The answer, or a function of the messages; the default answers from the passages. */
  readonly answer?: string | ((messages: readonly FakeMessage[]) => string);
  /** Sent in `message.thinking` when the request allows thinking. */
  readonly thinking?: string;
  readonly startDelayMs?: number;
  readonly tokenDelayMs?: number;
  /** Runners were seen that do not tell how much memory they take. */
  readonly sizesUnknown?: boolean;
  /** Old servers list no capabilities and no context length in /api/tags. */
  readonly oldTags?: boolean;
}

/** What may stand in the bodies that are understood here. */
interface FakeBody {
  readonly model?: string;
  readonly messages?: readonly FakeMessage[];
  readonly stream?: boolean;
  readonly truncate?: boolean;
  readonly shift?: boolean;
  readonly keep_alive?: string | number;
  readonly think?: boolean | string;
  readonly input?: string | readonly string[];
  readonly options?: { readonly num_ctx?: number; readonly num_predict?: number };
}

interface FakeRequest {
  readonly method: string;
  readonly path: string;
  /** The parsed body of a POST; empty for a GET. */
  readonly body: FakeBody;
  /** True when the client went away before the answer was complete. */
  aborted: boolean;
}

export interface FakeOllama {
  readonly url: string;
  readonly port: number;
  readonly requests: FakeRequest[];
  /** How often a model was loaded: also when a request wants another context, or `shift`, than it was loaded with. */
  loads(): number;
  set(options: Partial<FakeOllamaOptions>): void;
  close(): Promise<void>;
}

const defaultModels: readonly FakeModel[] = [
  {
    name: "qwen3:4b",
    size: 2_600_000_000,
    family: "qwen3",
    capabilities: ["completion", "tools", "thinking"],
  },
  { name: "nomic-embed-text:latest", size: 274_000_000, family: "nomic-bert", capabilities: ["embedding"] },
];

export async function startFakeOllama(initial: FakeOllamaOptions = {}): Promise<FakeOllama> {
  let options = initial;
  const requests: FakeRequest[] = [];
  /** The context of each loaded model, and all that belongs to the launch of its runner. */
  const loaded = new Map<string, { context: number; launch: string }>();
  let loads = 0;
  let overflowed = false;
  let store = new FakeStore();

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
    const path = request.url ?? "/";
    const record: FakeRequest = {
      method: request.method ?? "GET",
      path,
      body: text === "" ? {} : (JSON.parse(text) as FakeBody),
      aborted: false,
    };
    requests.push(record);
    response.on("close", () => {
      record.aborted = !response.writableFinished;
    });

    if (options.fault === "hang-everything") return;
    if (options.fault === "endless-version") return await endless(response, 200, '{"version":"');
    if (options.fault === "not-ollama-json") return json(response, 200, { status: "ok", name: "grafana" });
    if (options.fault === "not-ollama-html") {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><h1>It works!</h1>");
      return;
    }
    if (options.fault === "redirect") {
      response.writeHead(307, { location: `http://203.0.113.9${path}` }).end();
      return;
    }
    const models = store.models(options.models ?? defaultModels);
    switch (`${record.method} ${path}`) {
      case "GET /":
        response.end("Ollama is running");
        return;
      case "GET /api/version":
        return json(response, 200, { version: options.version ?? "0.35.2" });
      case "GET /api/status":
        return json(response, 200, {
          cloud: {
            disabled: options.cloudDisabled ?? true,
            source: options.cloudDisabled === false ? "none" : "env",
          },
        });
      case "GET /api/tags":
        return json(response, 200, {
          models: models.map((model) => listed(model, options.oldTags ?? false)),
        });
      case "GET /api/ps":
        return json(response, 200, {
          models: [...loaded].map(([name, { context }]) => ({
            name,
            model: name,
            size: options.sizesUnknown ? 0 : 3_000_000_000,
            digest: digest(name),
            details: {},
            expires_at: new Date(Date.now() + 300_000).toISOString(),
            size_vram: 0,
            context_length: context,
          })),
        });
      case "POST /api/show":
        return show(response, find(models, record.body.model), record.body.model ?? "");
      case "POST /api/chat":
        return await chat(response, record, models);
      case "POST /api/pull":
        return await store.pull(response, record.body.model ?? "", options.fault, () =>
          sleep(options.tokenDelayMs ?? 0),
        );
      case "DELETE /api/delete": {
        const model = find(models, record.body.model);
        if (!model) return json(response, 404, { error: `model '${record.body.model}' not found` });
        store.remove(model);
        return void response.end();
      }
      case "POST /api/generate": {
        const model = find(models, record.body.model);
        if (!model) return json(response, 404, { error: `model '${record.body.model}' not found` });
        if (record.body.keep_alive === 0) loaded.delete(model.name);
        return json(response, 200, { model: model.name, response: "", done: true, done_reason: "unload" });
      }
      case "POST /api/embed":
        if (options.fault === "hang-in-embed") return;
        return embed(response, record.body, find(models, record.body.model));
      default:
        response.writeHead(404, { "content-type": "text/plain" }).end("404 page not found");
    }
  }

  async function chat(
    response: ServerResponse,
    record: FakeRequest,
    models: readonly FakeModel[],
  ): Promise<void> {
    const { body } = record;
    const messages = body.messages ?? [];
    const model = find(models, body.model);
    if (options.fault === "model-404" || !model) {
      return json(response, 404, { error: `model '${body.model}' not found` });
    }
    if (options.fault === "busy-503") {
      return json(response, 503, {
        error: "server busy, please try again.  maximum pending requests exceeded",
      });
    }
    if (options.fault === "error-500")
      return json(response, 500, { error: "llama runner process has terminated: exit status 2" });
    if (options.fault === "runner-cannot-start") {
      const error = "llama-server process has terminated: signal: illegal instruction";
      return json(response, 500, { error });
    }
    if (options.fault === "no-memory") {
      return json(response, 500, {
        error: "model requires more system memory (9.1 GiB) than is available (3.2 GiB)",
      });
    }
    if (body.think === true && !model.capabilities?.includes("thinking")) {
      return json(response, 400, { error: `"${body.model}" does not support thinking` });
    }
    if (model.capabilities && !model.capabilities.includes("completion")) {
      return json(response, 400, { error: `"${body.model}" does not support chat` });
    }
    const promptTokens = countTokens(messages);
    const context = body.options?.num_ctx ?? 4096;
    const forced = options.fault === "overflow" || (options.fault === "overflow-once" && !overflowed);
    if (forced || (promptTokens > context && body.truncate === false)) {
      overflowed = true;
      const tokens = forced ? context + 200 : promptTokens;
      // Its runner is a server of its own, whose answer is passed on as it is.
      const message = `request (${tokens} tokens) exceeds the available context size (${context} tokens), try increasing it`;
      const error = {
        ...{ code: 400, message, type: "exceed_context_size_error" },
        ...{ n_prompt_tokens: tokens, n_ctx: context },
      };
      return json(response, 400, { error: JSON.stringify({ error }) });
    }
    if (options.fault === "hang-before-headers") return;
    if (options.fault === "endless-error") return await endless(response, 500, "no more");
    if (options.fault === "endless-blanks") return await endless(response, 200, "\n");
    if (options.fault === "endless-answer") {
      const message = { role: "assistant", content: "more " };
      return await endless(response, 200, `${JSON.stringify({ model: body.model, message, done: false })}\n`);
    }
    await sleep(options.startDelayMs ?? 0);
    const launch = `${context} ${body.shift ?? true}`;
    if (loaded.get(model.name)?.launch !== launch) loads++;
    loaded.set(model.name, { context, launch });

    const remote =
      options.fault === "remote-in-response" || model.hiddenRemote
        ? { remote_model: "gpt-oss:120b", remote_host: "https://ollama.com:443" }
        : {};
    const line = (value: object): void => {
      const base = { model: body.model, ...remote, created_at: new Date().toISOString() };
      response.write(`${JSON.stringify({ ...base, ...value })}\n`);
    };
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    const limit = body.options?.num_predict ?? -1;
    const most = limit > 0 ? limit : Number.POSITIVE_INFINITY;
    const thinks = model.capabilities?.includes("thinking") && body.think !== false;
    const thoughts = (thinks ? pieces(options.thinking ?? "") : []).slice(0, most);
    for (const piece of thoughts) {
      line({ message: { role: "assistant", content: "", thinking: piece }, done: false });
    }
    const answer =
      typeof options.answer === "function"
        ? options.answer(messages)
        : (options.answer ?? answerFromPassages(messages));
    const loud =
      !thinks && model.onlyThinks ? [...pieces(options.thinking ?? ""), "\n", "</think>", "\n\n"] : [];
    const tokens = [...loud, ...pieces(answer)].slice(0, most - thoughts.length);
    for (const [i, piece] of tokens.entries()) {
      if (i === Math.floor(tokens.length / 2)) {
        if (options.fault === "cut-stream") {
          // What was written must be on its way before the connection is torn down.
          await sleep(50);
          return void response.destroy();
        }
        if (options.fault === "no-done") return void response.end();
        if (options.fault === "hang-in-stream") return;
        if (options.fault === "runner-killed") {
          const error = "an error was encountered while running the model: unexpected EOF";
          return void response.end(`${JSON.stringify({ error })}\n`);
        }
        if (options.fault === "error-line") {
          return void response.end(
            `${JSON.stringify({ error: "an error was encountered while running the model" })}\n`,
          );
        }
        if (options.fault === "garbage-line") response.write("<html>502 Bad Gateway</html>\n");
      }
      line({ message: { role: "assistant", content: piece }, done: false });
      if (options.tokenDelayMs !== undefined) await sleep(options.tokenDelayMs);
      if (response.destroyed) return;
    }
    line({
      message: { role: "assistant", content: "" },
      done: true,
      done_reason: thoughts.length + tokens.length >= most ? "length" : "stop",
      total_duration: 1_000_000_000,
      load_duration: 100_000_000,
      prompt_eval_count: promptTokens,
      prompt_eval_duration: 300_000_000,
      eval_count: thoughts.length + tokens.length,
      eval_duration: 600_000_000,
    });
    response.end();
  }

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    loads: () => loads,
    set(changes) {
      options = { ...options, ...changes };
      overflowed = false;
      if (changes.models || "models" in changes) store = new FakeStore();
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function embed(response: ServerResponse, body: FakeBody, model: FakeModel | undefined): void {
  const context = Math.min(model?.contextLength ?? 2048, body.options?.num_ctx ?? 4096);
  const given = typeof body.input === "string" ? [body.input] : (body.input ?? []);
  const refuse = (status: number, error: string): void => json(response, status, { error });
  if (!model) refuse(404, `model "${body.model}" not found, try pulling it first`);
  else if (model.capabilities && !model.capabilities.includes("embedding"))
    refuse(501, "this model does not support embeddings");
  // A token is a word here. What is over the context is cut off, unless that is forbidden.
  else if (body.truncate === false && given.some((text) => pieces(text).length > context))
    refuse(400, "the input length exceeds the context length");
  else json(response, 200, embedded(body, given, context));
}

function embedded(body: FakeBody, given: readonly string[], context: number): object {
  const inputs = given.map((text) => pieces(text).slice(0, context).join(""));
  return {
    model: body.model,
    embeddings: inputs.map(wordVector),
    total_duration: 1_000_000,
    prompt_eval_count: inputs.length * 8,
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "11434" },
      fault: { type: "string" },
      "token-delay": { type: "string", default: "30" },
    },
  });
  const fake = await startFakeOllama({
    port: Number(values.port),
    tokenDelayMs: Number(values["token-delay"]),
    ...(values.fault === undefined ? {} : { fault: values.fault as Fault }),
  });
  console.log(`A stand-in for Ollama listens at ${fake.url}. Ctrl+C ends it.`);
}
