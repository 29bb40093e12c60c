import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createParser } from "../indexer/read/pool.ts";
import type { ChatClient } from "../models/chat/chatClient.ts";
import { createChatClient } from "../models/chatServers.ts";
import { createGate } from "../models/egress/gate.ts";
import { installSeatBelt } from "../models/egress/seatBelt.ts";
import type { EmbeddingModel } from "../models/embedding/embeddingModel.ts";
import { openEmbeddingModel, openRefiningModel } from "../models/embedding/open.ts";
import { defaultSettings, type Settings } from "../protocol/data.ts";
import { answerQuestion } from "./answer/asking.ts";
import { TokenRatios } from "./answer/prompt.ts";
import { ConnectionFile } from "./connectionFile.ts";
import { examine } from "./doctor.ts";
import { createEngine, type EngineParts, type RunningEngine } from "./handlers.ts";

/** A hostile or broken file may not take more than this before its parser is killed. */
const parserMemoryMb = 512;
const parserTimeoutMs = 30_000;

/** How the engine tells its client what nobody asked for. */
type Listener = Pick<EngineParts, "onStatus" | "log">;

/**
 * Builds the engine of this process from its real parts.
 * @param entry The address of the process entry: bundled or source, its neighbours are found from it.
 */
export function startEngine(entry: string, listener: Listener): RunningEngine {
  const kept = new ConnectionFile((message) => listener.log("warn", message));
  const gate = createGate({ allowedHosts: [], record: (connection) => kept.add(connection) });
  installSeatBelt(gate);
  const bundledDir = fileURLToPath(new URL("../models/bundled", entry));
  const parserEntry = new URL(entry.endsWith(".ts") ? "../indexer/read/main.ts" : "./parser.js", entry);
  const parser = createParser({
    entry: fileURLToPath(parserEntry),
    memoryMb: parserMemoryMb,
    timeoutMs: parserTimeoutMs,
  });
  const ratios = new TokenRatios();
  let current: Settings = defaultSettings;
  let chat: ChatClient = newChatClient();

  function newChatClient(): ChatClient {
    return createChatClient({ url: current.modelServerUrl, fetch: gate.fetchFor("chat model") });
  }

  function openEmbedding(settings: Settings): Promise<EmbeddingModel> {
    const fetch = gate.fetchFor("embedding model");
    return openEmbeddingModel(settings.embeddingModel, { bundledDir, url: settings.modelServerUrl, fetch });
  }

  return createEngine({
    version: packageVersion(entry),
    parser,
    openEmbedding,
    openRefining: (embedding) => openRefiningModel(embedding, bundledDir),
    applySettings(settings) {
      gate.setAllowedHosts(settings.allowedHosts);
      current = settings;
      chat = newChatClient();
    },
    answer: (request, asking, context) =>
      answerQuestion(request, { ...asking, chat, chatModel: current.chatModel, ratios }, context),
    chatServer: () => chat.server(current.chatModel),
    connections: () => gate.connections(),
    openStorage: (storage) => kept.open(storage),
    keptConnections: () => kept.read(),
    doctor: (storage) =>
      examine({
        storage,
        openEmbedding: () => openEmbedding(current),
        chatServer: () => chat.server(current.chatModel),
      }),
    ...listener,
  });
}

function packageVersion(entry: string): string {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", entry), "utf8")) as {
    version: string;
  };
  return version;
}
