import { counted } from "./counted.ts";
import type { Expected, Machine, MachineReport, ModelOutlook } from "./machine.ts";

/** What this machine can run, as Markdown that reads well as plain text: an editor and a terminal show it. */
export function machineText(report: MachineReport): string {
  const { machine, models, basis, serverProblem, recommended } = report;
  const installed = models.filter(({ isInstalled }) => isInstalled);
  const others = models.filter(({ isInstalled }) => !isInstalled);
  const none = serverProblem === undefined ? "None that can write answers." : serverProblem;
  return [
    "# What this machine can run",
    `## This machine\n\n${machineLines(machine).join("\n")}`,
    recommended && recommendedText(recommended, models),
    `## Installed models\n\n${installed.map(modelLines).join("\n\n") || none}`,
    others.length > 0 && `## Well-known models\n\n${others.map(modelLines).join("\n\n")}`,
    `## How this was reckoned\n\n${basis.map((line) => `- ${line}`).join("\n")}`,
  ]
    .filter(Boolean)
    .join("\n\n");
}

function recommendedText(
  { name, reason, command }: NonNullable<MachineReport["recommended"]>,
  models: readonly ModelOutlook[],
): string {
  const isThere = models.some((model) => model.isInstalled && model.name === name);
  return `## Recommended\n\n${name}. ${reason}\n\n${isThere ? "It is installed." : `    ${command}`}`;
}

function machineLines(machine: Machine): string[] {
  const { processor, cores, memoryBytes, isContainer, availableBytes, graphics, bytesPerSecond } = machine;
  const free = availableBytes === undefined ? "" : `, ${gigabytes(availableBytes)} GB free`;
  const cards = graphics.map((card) => {
    const left = card.freeBytes === undefined ? "" : `, ${gigabytes(card.freeBytes)} GB free`;
    return `${card.name}, ${gigabytes(card.bytes)} GB${card.shared ? " of the machine's memory" : left}`;
  });
  const speed =
    bytesPerSecond === undefined ? "not measured" : `${gigabytes(bytesPerSecond)} GB read in a second`;
  return [
    `- Processor: ${processor}, ${counted(cores, "core")}`,
    `- Memory: ${gigabytes(memoryBytes)} GB${free}${isContainer ? ", by a container's limit" : ""}`,
    `- Speed of memory: ${speed}`,
    `- Graphics memory: ${cards.join("; ") || "none was found"}`,
    ...machine.notes.map((note) => `- Note: ${note}`),
  ];
}

function modelLines(model: ModelOutlook): string {
  const facts = [model.parameters, model.quantization, model.licence, thinking(model), verdict(model)];
  const prompt = model.promptTokensPerSecond;
  const reads = prompt && promptText(prompt);
  return [
    `### ${[model.name, ...facts].filter(Boolean).join(" · ")}`,
    [model.reasoning, reads].filter(Boolean).join(" "),
  ].join("\n\n");
}

/** What a question with its passages usually has, in tokens. */
const usualPrompt = 3_000;

function promptText({ least, most }: Expected): string {
  const [soonest, latest] = [usualPrompt / most, usualPrompt / least];
  return `Before that it reads the question and its passages, ${round(least)} to ${round(most)} tokens a second: ${timeText(soonest, latest)} for ${usualPrompt.toLocaleString("en")}.`;
}

function timeText(soonest: number, latest: number): string {
  if (latest < 90) return `about ${round(soonest)} to ${round(latest)} seconds`;
  if (soonest < 60) return `up to ${round(latest / 60)} minutes`;
  return `about ${round(soonest / 60)} to ${round(latest / 60)} minutes`;
}

function thinking({ answersAtOnce }: ModelOutlook): string {
  return answersAtOnce === false ? "thinks first, or may" : "";
}

function verdict({ isComfortable, footprints }: ModelOutlook): string {
  if (isComfortable) return "runs comfortably";
  if (footprints.length === 0) return "";
  const isTooLarge = footprints.every(({ fit }) => fit === "no");
  return isTooLarge ? "does not fit" : "does not run comfortably";
}

/** Two digits say all that such a number knows. */
function round(value: number): string {
  return Number(value.toPrecision(2)).toLocaleString("en", { maximumFractionDigits: 1 });
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
