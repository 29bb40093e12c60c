import type { ServerResponse } from "node:http";
import { endless, json, sleep } from "./fakeAnswers.ts";

export type FakeDialect = "llama.cpp" | "vllm" | "lmstudio" | "plain";

/** What goes wrong with the stand-in for servers of OpenAI's protocol. */
export type OpenaiFault =
  | "html"
  | "ollama"
  | "not-json"
  | "no-http"
  | "redirect"
  | "hang-everything"
  | "loading-503"
  | "busy-429"
  | "model-404"
  | "error-500"
  | "echo-key"
  | "no-memory"
  | "json-200"
  | "overflow"
  | "overflow-once"
  | "hang-before-headers"
  | "hang-after-headers"
  | "hang-in-stream"
  | "error-in-stream"
  | "error-field"
  | "cut-stream"
  | "no-finish"
  | "no-done"
  | "abort"
  | "content-filter"
  | "garbage-event"
  | "huge-line"
  | "hang-in-embed"
  | "endless-answer"
  | "endless-comments"
  | "endless-models"
  | "endless-error";

/** Answers that are no stream of an answer. True when one was given. */
export async function answerBadly(
  response: ServerResponse,
  fault: OpenaiFault | undefined,
  key: string,
): Promise<boolean> {
  const piece = { choices: [{ index: 0, delta: { content: "more " }, finish_reason: null }] };
  const streams = { "endless-answer": `data: ${JSON.stringify(piece)}\n\n`, "endless-comments": ": ping\n" };
  switch (fault) {
    case "busy-429":
      failed(response, 429, "Too many requests");
      return true;
    case "error-500":
      failed(response, 500, "Compute error.", "server_error");
      return true;
    case "echo-key":
      failed(response, 500, `Bad upstream for key ${key}`);
      return true;
    case "no-memory":
      failed(response, 500, "ggml_backend_cpu_buffer_type_alloc_buffer: failed to allocate buffer");
      return true;
    case "json-200":
      json(response, 200, { error: "Model is not loaded." });
      return true;
    case "endless-error":
      await endless(response, 500, "no more");
      return true;
    case "endless-answer":
    case "endless-comments":
      await endless(response, 200, streams[fault]);
      return true;
    default:
      return fault === "hang-before-headers";
  }
}

/** What goes wrong in the middle of an answer. True when nothing more is to come. */
export async function breakInStream(
  response: ServerResponse,
  fault: OpenaiFault | undefined,
  send: (value: object) => Promise<void>,
): Promise<boolean> {
  switch (fault) {
    case "hang-in-stream":
      return true;
    case "cut-stream":
      // What was written must be on its way before the connection is torn down.
      await sleep(50);
      response.destroy();
      return true;
    case "error-in-stream":
      await send({ error: { code: 500, message: "Compute error.", type: "server_error" } });
      response.end("data: [DONE]\n\n");
      return true;
    case "error-field":
      response.end('error: {"code":500,"message":"Compute error.","type":"server_error"}\n\n');
      return true;
    case "garbage-event":
      response.write("data: {not json\n\n");
      return false;
    case "huge-line":
      response.write(`data: ${"x".repeat(5_000_000)}`);
      return true;
    default:
      return false;
  }
}

export function overflow(
  response: ServerResponse,
  dialect: FakeDialect,
  prompt: number,
  context: number,
  most: number,
): void {
  const messages = {
    "llama.cpp": `request (${prompt} tokens) exceeds the available context size (${context} tokens), try increasing it`,
    vllm: `This model's maximum context length is ${context} tokens. However, you requested ${prompt + most} tokens (${prompt} in the messages, ${most} in the completion). Please reduce the length of the messages or completion.`,
    lmstudio: `Trying to keep the first ${prompt} tokens when context the overflows. However, the model is loaded with context length of only ${context} tokens, which is not enough.`,
    plain: "The prompt exceeds the context window.",
  };
  failed(response, 400, messages[dialect], "exceed_context_size_error");
}

export function failed(
  response: ServerResponse,
  status: number,
  message: string,
  type = "invalid_request_error",
): void {
  json(response, status, { error: { code: status, message, type } });
}
