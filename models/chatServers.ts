import type { ChatClient, ChatClientOptions } from "./chat/chatClient.ts";
import { createOllama } from "./chat/ollama/server.ts";

/** Every kind of model server that can write answers. A new kind is a folder in chat/, and a row here. */
const kinds = {
  ollama: createOllama,
} as const satisfies Record<string, (options: ChatClientOptions) => ChatClient>;

/** A client of a model server. Nothing is asked of the server yet. */
export function createChatClient(
  options: ChatClientOptions,
  kind: keyof typeof kinds = "ollama",
): ChatClient {
  return kinds[kind](options);
}
