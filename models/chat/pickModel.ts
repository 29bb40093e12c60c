import type { ChatModel } from "../../protocol/data.ts";
import type { Machine } from "../../protocol/machine.ts";
import { isComfortable, type ModelSize } from "../machine/reckoning.ts";

/** Made for other jobs than answering: completing code, guarding, reading images, embedding, ranking. */
const specialised =
  /embed|rerank|guard|shield|-ocr|ocr[:-]|starcoder|[:-](?:base|text|code)(?:-|$)|bge-|minilm|moondream|functiongemma|translate/i;

/** Models of nearly the same size are equals: then the one goes first that was made to answer at once. */
const equalPart = 0.85;

const byThinking = { never: 0, optional: 1, always: 2 } as const;

/**
 * The model that a question goes to: the user's choice if it is installed and usable, else the largest model made
 * for conversation that runs comfortably on this machine, by the same reckoning that people are shown; among models
 * of nearly that size one that does not think first, then one that says that it was made to answer. If none runs
 * comfortably, the smallest. Equals go by name, so that the answer is always the same.
 * @param machine What is known of it; or its memory in bytes, where nothing else is.
 * @param wholeName What a name that a person wrote stands for ("qwen3" may mean "qwen3:latest").
 */
export function pickModel(
  models: readonly ChatModel[],
  chosen: string,
  machine: Machine | number,
  wholeName: (name: string) => string,
): string | undefined {
  const usable = models.filter((model) => model.refused === undefined);
  if (chosen !== "") return usable.find((model) => wholeName(model.name) === wholeName(chosen))?.name;
  const general = usable.filter((model) => !specialised.test(model.name));
  const candidates = (general.length > 0 ? general : usable).toSorted(bySize);
  const known = typeof machine === "number" ? onlyMemory(machine) : machine;
  const comfortable = candidates.filter((model) => isComfortable(known, modelSize(model)));
  const [largest] = comfortable;
  if (!largest) return candidates.at(-1)?.name;
  const equals = comfortable.filter((model) => model.sizeBytes >= largest.sizeBytes * equalPart);
  return equals.toSorted((a, b) => readiness(a) - readiness(b) || bySize(a, b))[0]?.name;
}

/** Whether the machine decides which model it is: with one model, or a chosen one, it need not be looked at. */
export function dependsOnMachine(models: readonly ChatModel[], chosen: string): boolean {
  return chosen === "" && models.filter((model) => model.refused === undefined).length > 1;
}

/** A model as far as the reckoning goes by it. */
export function modelSize(model: ChatModel): ModelSize {
  const { sizeBytes, bytesPerToken, activeShare, thinking } = model;
  const parameters = numberOf(model.parameters);
  return { sizeBytes, bytesPerToken, activeShare, parameters, alwaysThinks: thinking === "always" };
}

/** "4.0B" and "751.63M" as servers write them. */
function numberOf(parameters = ""): number | undefined {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([MB])$/i.exec(parameters.trim()) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * (unit?.toUpperCase() === "M" ? 1e6 : 1e9);
}

function readiness({ name, thinking = "never" }: ChatModel): number {
  return byThinking[thinking] * 2 + (/instruct|chat|[:-]it(?:[:-]|$)/i.test(name) ? 0 : 1);
}

function bySize(a: ChatModel, b: ChatModel): number {
  return b.sizeBytes - a.sizeBytes || (a.name < b.name ? -1 : 1);
}

/** Of what is not known an ordinary machine is assumed. */
function onlyMemory(memoryBytes: number): Machine {
  return { processor: "", cores: 8, memoryBytes, isContainer: false, graphics: [], notes: [] };
}
