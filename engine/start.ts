import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createParser, type Parser } from "../indexer/read/pool.ts";
import { createRecogniser } from "../indexer/scans/recogniser.ts";
import type { ChatClient } from "../models/chat/chatClient.ts";
import { createChatClient } from "../models/chatServers.ts";
import type { Gate } from "../models/egress/gate.ts";
import type { EmbeddingModel } from "../models/embedding/embeddingModel.ts";
import { tryEncoderWalls } from "../models/embedding/encoder.ts";
import { markLanguages } from "../models/embedding/manyLanguages.ts";
import { openEmbeddingModel, openRefiningModel } from "../models/embedding/open.ts";
import { Survey } from "../models/machine/survey.ts";
import { type Attempt, defaultSettings, type ServerKey, type Settings } from "../protocol/data.ts";
import { Confinement } from "../walls/confine.ts";
import { tryBelt } from "../walls/tryWalls.ts";
import { answerQuestion } from "./answer/asking.ts";
import { ReadingSpeed } from "./answer/promptPace.ts";
import { readAgain } from "./answer/secondReader.ts";
import { TokenRatios } from "./answer/tokenEstimate.ts";
import type { ConnectionFile } from "./connectionFile.ts";
import { examine } from "./doctor.ts";
import { createEngine, type EngineParts, type RunningEngine } from "./handlers.ts";
import { reportMachine } from "./machineReport.ts";
import type { WalledProcess } from "./wallsCheck.ts";

/** A hostile or broken file may not take more than this before its parser is killed. */
const parserLimits = { memoryMb: 512, timeoutMs: 30_000 };

/** A page of small type takes some 10 seconds on a slow machine, and may have to be turned three times. */
const recogniserLimits = { memoryMb: 512, timeoutMs: 180_000 };

/** How the engine tells its client what nobody asked for. */
type Listener = Pick<EngineParts, "onStatus" | "log">;

interface Process {
  /** The address of the process entry: bundled or source, its neighbours are found from it. */
  readonly entry: string;
  /** Absolute paths of the programs that it starts. */
  readonly programs: { readonly parser: string; readonly survey: string };
  /** The gate that the seat belt of this process reports to. */
  readonly gate: Gate;
  /** Where its connections are kept. */
  readonly connections: ConnectionFile;
}

/** Builds the engine of this process from its real parts. */
export function startEngine(
  { entry, programs, gate, connections: kept }: Process,
  listener: Listener,
): RunningEngine {
  const bundledDir = fileURLToPath(new URL("../models/bundled", entry));
  // Apart, because only one of them loads native code: what stops one from starting need not stop the other.
  const confinement = new Confinement();
  const modelConfinement = new Confinement();
  const readers = fileReaders(programs.parser, confinement);
  const survey = new Survey({ program: programs.survey });
  const ratios = new TokenRatios();
  const speed = new ReadingSpeed();
  let current: Settings = defaultSettings;
  let keys: readonly ServerKey[] = [];
  let chat = chatClient(current, keys, gate, survey);

  function writing() {
    const { chatModel, secondReader } = current;
    return { chat, chatModel, secondReader, ratios, speed };
  }

  function openEmbedding(settings: Settings): Promise<EmbeddingModel> {
    const fetch = gate.fetchFor("embedding model");
    const { modelServerUrl: url, openaiUrl } = settings;
    const places = { bundledDir, url, openaiUrl, keys, fetch, confinement: modelConfinement };
    return openEmbeddingModel(settings.embeddingModel, places);
  }

  return createEngine({
    version: packageVersion(entry),
    ...readers,
    openEmbedding,
    openRefining: (embedding) => openRefiningModel(embedding, bundledDir, modelConfinement),
    applySettings(settings) {
      gate.setAllowedHosts(settings.allowedHosts);
      current = settings;
      chat = chatClient(current, keys, gate, survey);
    },
    applyKeys(given) {
      keys = given;
      chat = chatClient(current, keys, gate, survey);
    },
    answer: (request, asking, context) => answerQuestion(request, { ...asking, ...writing() }, context),
    readAgain: (request, context) => readAgain(request, writing(), context),
    chatServer: async () => markLanguages(await chat.server(current.chatModel)),
    keeper: () => chat.keeper,
    machine: (signal) => reportMachine({ chat, chatModel: current.chatModel, survey, signal }),
    ...recording(gate, kept, survey),
    doctor: (storage) =>
      examine({
        storage,
        openEmbedding: () => openEmbedding(current),
        chatServer: () => chat.server(current.chatModel),
        walls: walledProcesses(readers.parser, () =>
          tryEncoderWalls(join(bundledDir, "encoder"), modelConfinement),
        ),
      }),
    ...listener,
  });
}

/** Two processes of one program: no file that was saved waits for the picture of a page. */
function fileReaders(entry: string, confinement: Confinement): Pick<EngineParts, "parser" | "recogniser"> {
  return {
    parser: createParser({ entry, ...parserLimits, confinement }),
    recogniser: createRecogniser({ entry, ...recogniserLimits, confinement }),
  };
}

function chatClient(settings: Settings, keys: readonly ServerKey[], gate: Gate, survey: Survey): ChatClient {
  const options = { fetch: gate.fetchFor("chat model"), machine: () => survey.known() };
  return createChatClient(settings, options, keys);
}

/** What is told of the connections of this process, and of those of all that are kept. */
function recording(
  gate: Gate,
  kept: ConnectionFile,
  survey: Survey,
): Pick<EngineParts, "connections" | "openStorage" | "keptConnections"> {
  return {
    connections: () => gate.connections(),
    openStorage(storage) {
      kept.open(storage);
      survey.openStorage(storage);
    },
    keptConnections: () => kept.read(),
  };
}

/** Each process of ours, with how its walls are tried in it. */
function walledProcesses(parser: Parser, tryEncoder: () => Promise<Attempt[]>): WalledProcess[] {
  return [
    { process: "engine", kind: "connected", attempts: async () => tryBelt() },
    { process: "file reader", kind: "closed", attempts: () => parser.walls() },
    { process: "model process", kind: "closed", attempts: tryEncoder },
  ];
}

function packageVersion(entry: string): string {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", entry), "utf8")) as {
    version: string;
  };
  return version;
}
