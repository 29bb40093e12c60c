import type { ChatClient, ChatClientOptions } from "./chatClient.ts";
import { createOllama } from "./ollama/server.ts";

/** Every kind of model server that can write answers. A new kind is a folder here, and a row. */
const kinds = {
  ollama: createOllama,
} as const satisfies Record<string, (options: ChatClientOptions) => ChatClient>;

export type ChatServerKind = keyof typeof kinds;

/** A client of a model server. Nothing is asked of the server yet. */
export function createChatClient(options: ChatClientOptions, kind: ChatServerKind = "ollama"): ChatClient {
  return kinds[kind](options);
}
