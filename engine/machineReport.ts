import type { ChatClient } from "../models/chat/chatClient.ts";
import { modelSize } from "../models/chat/pickModel.ts";
import type { Library, WellKnownModel } from "../models/chat/wellKnown.ts";
import {
  coreBytes,
  footprintOf,
  isComfortable,
  type ModelSize,
  paceOf,
  promptPaceOf,
  sizeOf,
  usualContext,
} from "../models/machine/reckoning.ts";
import { gigabytes, paceText, reasoningOf } from "../models/machine/reckoningWords.ts";
import type { Survey } from "../models/machine/survey.ts";
import type { ChatModel } from "../protocol/data.ts";
import type { Machine, MachineReport, ModelOutlook } from "../protocol/machine.ts";

interface ReportParts {
  readonly chat: ChatClient;
  /** The user's model, or "". */
  readonly chatModel: string;
  readonly survey: Pick<Survey, "look">;
  readonly signal: AbortSignal;
}

/** In tokens: a short conversation, a question with its passages, many passages at once. */
const contexts = [4_096, usualContext, 32_768];

/** What this machine can run: the models that its server has, and those that many people use. */
export async function reportMachine({
  chat,
  chatModel,
  survey,
  signal,
}: ReportParts): Promise<MachineReport> {
  // One after the other: loading lists takes from what is measured.
  const machine = await survey.look();
  const server = await chat.server(chatModel, signal);
  // What runs elsewhere can't be reckoned for this machine.
  const installed = server.models.filter(({ refused, away }) => refused === undefined && away === undefined);
  const names = new Set(server.models.map(({ name }) => name));
  const files = (chat.library?.models ?? []).flatMap((model) => model.files.map((file) => ({ model, file })));
  const others = files.filter(({ file }) => !names.has(file.name));
  const problem =
    server.state === "ready" ? undefined : [server.detail, server.remedy].filter(Boolean).join(" ");
  const recommended = chat.library && recommend(machine, chat.library);
  return {
    machine,
    basis: basisOf(machine),
    models: [
      ...installed
        .toSorted((a, b) => a.sizeBytes - b.sizeBytes)
        .map((model) => installedOutlook(machine, model)),
      ...others.map(({ model, file }) => wellKnownOutlook(machine, model, file)),
    ],
    ...(problem === undefined ? {} : { serverProblem: problem }),
    ...(recommended ? { recommended } : {}),
  };
}

function installedOutlook(machine: Machine, model: ChatModel): ModelOutlook {
  const { name, parameters, quantization, thinking, contextLength } = model;
  return {
    name,
    isInstalled: true,
    ...(parameters === undefined ? {} : { parameters }),
    ...(quantization === undefined ? {} : { quantization }),
    ...(thinking === undefined ? {} : { answersAtOnce: thinking === "never" }),
    ...outlookOf(machine, modelSize(model), contextLength),
  };
}

type File = WellKnownModel["files"][number];

function wellKnownOutlook(machine: Machine, model: WellKnownModel, file: File): ModelOutlook {
  return {
    name: file.name,
    isInstalled: false,
    parameters: `${(model.parameters / 1e9).toFixed(1)}B`,
    quantization: file.quantization,
    licence: model.licence,
    answersAtOnce: model.instruct,
    ...outlookOf(machine, sizeOfFile(model, file), model.contextLength),
  };
}

function sizeOfFile(model: WellKnownModel, file: File): ModelSize {
  const { parameters, activeParameters = parameters, layers, kvHeads, headSize } = model;
  return {
    sizeBytes: file.bytes,
    // Keys and values, two bytes each.
    bytesPerToken: layers * kvHeads * headSize * 2 * 2,
    activeShare: activeParameters / parameters,
    parameters,
  };
}

function outlookOf(
  machine: Machine,
  size: ModelSize,
  contextLength: number | undefined,
): Pick<
  ModelOutlook,
  "footprints" | "isComfortable" | "tokensPerSecond" | "promptTokensPerSecond" | "reasoning"
> {
  // Less is a server's mistake.
  const longest =
    contextLength !== undefined && contextLength >= 256 ? contextLength : Number.POSITIVE_INFINITY;
  const usual = footprintOf(machine, size, Math.min(usualContext, longest));
  const fitting = contexts.filter((tokens) => tokens <= longest);
  const footprints = fitting.map((tokens) =>
    tokens === usual.contextTokens ? usual : footprintOf(machine, size, tokens),
  );
  const pace = paceOf(machine, size, usual);
  const promptPace = promptPaceOf(machine, size, usual);
  return {
    // What is not known of its size is not shown as if it were small.
    footprints: sizeOf(size) > 0 ? (footprints.includes(usual) ? footprints : [usual, ...footprints]) : [],
    isComfortable: isComfortable(machine, size),
    ...(pace === undefined ? {} : { tokensPerSecond: pace }),
    ...(promptPace === undefined ? {} : { promptTokensPerSecond: promptPace }),
    reasoning: reasoningOf(machine, size, footprints, usual, pace),
  };
}

/** The largest model made to answer that runs comfortably; where none does, the smallest. */
function recommend(machine: Machine, { models, command }: Library): MachineReport["recommended"] {
  const candidates = models
    .filter(({ instruct }) => instruct)
    .map((model) => model.files.map((file) => ({ file, size: sizeOfFile(model, file) })));
  const bySize = (a: { file: File }, b: { file: File }): number => b.file.bytes - a.file.bytes;
  const usual = candidates.flatMap((files) => files.slice(0, 1)).toSorted(bySize);
  const comfortable = usual.find(({ size }) => isComfortable(machine, size));
  const chosen = comfortable ?? candidates.flat().toSorted(bySize).at(-1);
  if (!chosen) return undefined;
  const { file, size } = chosen;
  const place = footprintOf(machine, size, usualContext);
  const pace = paceOf(machine, size, place);
  const needs = `it needs ${gigabytes(place.totalBytes)} of ${gigabytes(machine.memoryBytes)} GB`;
  const facts = pace ? `${needs} and writes about ${paceText(pace)}` : needs;
  const reason = comfortable
    ? `The largest well-known model made to answer that runs comfortably here: ${facts}.`
    : `No well-known model made to answer runs comfortably here. This is the smallest: ${facts}.`;
  return { name: file.name, bytes: file.bytes, command: command(file.name), reason };
}

function basisOf({ bytesPerSecond, graphics }: Machine): string[] {
  const read =
    bytesPerSecond === undefined
      ? "How fast memory is could not be measured: that of ordinary machines, 20 to 70 GB a second, is assumed."
      : `Memory was measured: several processes at once read ${gigabytes(bytesPerSecond)} GB a second. A model server reaches half to nine tenths of that, or what its cores get through (${coreBytes.least / 1e9} to ${coreBytes.most / 1e9} GB a second each), whichever is less.`;
  const cards = graphics.filter(({ shared }) => !shared);
  const card =
    "No system tells how fast a graphics card's memory is: the range is that of cards of its size.";
  return [
    "A model takes its weights, keys and values for its context (16 bit), and some 0.6 GB for the server. For each token that it writes it reads the weights that take part, and what is in the context.",
    read,
    ...(cards.length > 0 ? [card] : []),
    "Comfortable means that it leaves two fifths of the memory to other programs, writes some four tokens a second or more (four times as many where it always thinks first), and reads a question with its passages in five minutes or less.",
    "All speeds are estimates; a machine with other work does less.",
  ];
}
