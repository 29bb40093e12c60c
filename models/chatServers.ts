import type { ServerKey, Settings } from "../protocol/data.ts";
import type { ChatClient, ChatClientOptions } from "./chat/chatClient.ts";
import { createOllama } from "./chat/ollama/server.ts";
import { createOpenai } from "./chat/openai/openaiServer.ts";
import { baseUrl } from "./chat/serverAddress.ts";
import { joinServers, type Member } from "./chat/severalServers.ts";

type Kind = Member & {
  readonly urlOf: (settings: ServerSettings) => string;
  readonly create: (options: ChatClientOptions) => ChatClient;
};

/** What decides which servers there are. */
export type ServerSettings = Pick<Settings, "modelServerUrl" | "openaiUrl">;

/** Every kind of model server that can write answers. A new kind is a folder in chat/, and a row here. */
const kinds = [
  {
    prefix: "",
    embeddingPrefix: "ollama:",
    setting: "carrel.ollama.url",
    urlOf: (set) => set.modelServerUrl,
    create: createOllama,
  },
  {
    prefix: "openai:",
    embeddingPrefix: "openai:",
    setting: "carrel.openai.url",
    urlOf: (set) => set.openaiUrl,
    create: createOpenai,
  },
] as const satisfies readonly Omit<Kind, "client">[];

/** A client of all model servers that are set up. Nothing is asked of them yet. */
export function createChatClient(
  settings: ServerSettings,
  options: Pick<ChatClientOptions, "fetch" | "machine">,
  keys: readonly ServerKey[] = [],
): ChatClient {
  const [first, ...others] = kinds;
  const open = ({ urlOf, create }: Omit<Kind, "client">): ChatClient =>
    create({ ...options, url: urlOf(settings), key: keyFor(urlOf(settings), keys) });
  return joinServers([
    { ...first, client: open(first) },
    ...others.map((kind) => ({ ...kind, client: kind.urlOf(settings) === "" ? undefined : open(kind) })),
  ]);
}

/** The key of the server at this address; no other server's. */
export function keyFor(url: string, keys: readonly ServerKey[]): string | undefined {
  const origin = originOf(url);
  return origin === undefined ? undefined : keys.find((one) => originOf(one.url) === origin)?.key;
}

function originOf(url: string): string | undefined {
  return URL.parse(baseUrl(url) ?? "")?.origin;
}
