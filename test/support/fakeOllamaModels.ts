import type { ServerResponse } from "node:http";
import { json } from "./fakeAnswers.ts";

/** The models of the stand-in for Ollama, as it lists and shows them. */

export interface FakeModel {
  readonly name: string;
  readonly size?: number;
  readonly family?: string;
  readonly capabilities?: readonly string[];
  /** Where /api/tags says otherwise than /api/show, as Ollama was seen to do for an embedding model. */
  readonly listedCapabilities?: readonly string[];
  /** Thinks whatever it is asked: without `think`, the thoughts stand in the text, with a closing tag alone. */
  readonly onlyThinks?: boolean;
  /** As /api/show gives it; by default one that tells what the model does. */
  readonly template?: string;
  readonly contextLength?: number;
  readonly remoteHost?: string;
  readonly remoteModel?: string;
  /** Listed as an ordinary model, though /api/show and the answers say that it is a cloud's. */
  readonly hiddenRemote?: boolean;
}

export function find(models: readonly FakeModel[], name: unknown): FakeModel | undefined {
  const asked = String(name)
    .toLowerCase()
    .replace(/:local$/, "")
    .replace(/^(?:registry\.ollama\.ai\/)?library\//, "");
  return models.find(({ name }) => [asked, `${asked}:latest`].includes(name.toLowerCase()));
}

export function digest(name: string): string {
  return Buffer.from(name).toString("hex").padEnd(64, "0").slice(0, 64);
}

/** Ollama's templates have a place for thoughts, and for the wish not to have any where the model can do that. */
function templateOf({ capabilities, onlyThinks }: FakeModel): string {
  if (!capabilities?.includes("thinking")) return "{{ .Prompt }}";
  const turn =
    "{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}{{ .Content }}<|im_start|>assistant\n";
  return onlyThinks
    ? `${turn}<think>\n`
    : `${turn}{{ if and $.IsThinkSet (not $.Think) }}<think></think>{{ end }}`;
}

function details(model: FakeModel, old: boolean): object {
  return {
    parent_model: "",
    format: "gguf",
    family: model.family ?? "llama",
    families: [model.family ?? "llama"],
    parameter_size: "4.0B",
    quantization_level: "Q4_K_M",
    ...(old ? {} : { context_length: model.contextLength ?? 40_960 }),
  };
}

export function listed(model: FakeModel, old: boolean): object {
  return {
    name: model.name,
    model: model.name,
    ...(model.remoteHost ? { remote_host: model.remoteHost, remote_model: model.remoteModel } : {}),
    modified_at: "2026-08-01T12:00:00Z",
    size: model.size ?? 2_600_000_000,
    digest: digest(model.name),
    details: details(model, old),
    ...(old ? {} : { capabilities: model.listedCapabilities ?? model.capabilities ?? ["completion"] }),
  };
}

export function show(response: ServerResponse, model: FakeModel | undefined, name: string): void {
  if (!model) {
    json(response, 404, { error: `model '${name.replace(/:local$/, "")}' not found` });
    return;
  }
  const remote = model.remoteHost ?? (model.hiddenRemote ? "https://ollama.com:443" : undefined);
  if (name.endsWith(":local") && remote) {
    json(response, 404, { error: `model '${name}' not found` });
    return;
  }
  const family = model.family ?? "llama";
  json(response, 200, {
    modelfile: `FROM ${model.name}`,
    template: model.template ?? templateOf(model),
    details: details(model, false),
    ...(remote ? { remote_host: remote, remote_model: model.remoteModel ?? "gpt-oss:120b" } : {}),
    model_info: {
      "general.architecture": family,
      "general.parameter_count": 4_022_468_096,
      [`${family}.block_count`]: 36,
      [`${family}.context_length`]: model.contextLength ?? 40_960,
      [`${family}.embedding_length`]: 2560,
      [`${family}.attention.head_count`]: 32,
      [`${family}.attention.head_count_kv`]: 8,
      [`${family}.attention.key_length`]: 128,
      [`${family}.attention.value_length`]: 128,
      "tokenizer.ggml.tokens": null,
    },
    capabilities: model.capabilities ?? ["completion"],
    modified_at: "2026-08-01T12:00:00Z",
  });
}
