import type { Expected, Fit, Footprint, Machine } from "../../protocol/machine.ts";
import { bytesRead, freeRoom, type ModelSize, ratesOf, serverBytes, sizeOf } from "./reckoning.ts";

/** How the numbers of one model came about, in sentences that a person can check. */
export function reasoningOf(
  machine: Machine,
  model: ModelSize,
  places: readonly Footprint[],
  usual: Footprint,
  pace: Expected | undefined,
): string {
  if (sizeOf(model) === 0) return "How large it is nobody tells, so nothing can be reckoned.";
  return [
    `${needWords(usual)} ${placeWords(machine, usual)}.`,
    otherWords(places.filter((place) => place !== usual)),
    paceWords(machine, model, usual, pace),
  ]
    .filter(Boolean)
    .join(" ");
}

function needWords({ weightsBytes, contextBytes, contextTokens, totalBytes }: Footprint): string {
  const context =
    contextBytes === undefined
      ? "an unknown amount for the context"
      : `${size(contextBytes)} for ${contextTokens.toLocaleString("en")} tokens of context`;
  const total = `${contextBytes === undefined ? "at least " : ""}${gigabytes(totalBytes)} GB`;
  return `${size(weightsBytes)} of weights + ${context} + ${gigabytes(serverBytes)} GB for the server = ${total},`;
}

function placeWords(machine: Machine, { fit, totalBytes }: Footprint): string {
  const { graphics, memory } = freeRoom(machine);
  const free = `${gigabytes(memory)} GB of free memory`;
  switch (fit) {
    case "graphics":
      return `which fits into the ${gigabytes(graphics)} GB that graphics can have`;
    case "partly":
      return `of which ${gigabytes(graphics)} GB fit into graphics memory and ${gigabytes(totalBytes - graphics)} GB into the ${free}`;
    case "memory":
      return `which fits into the ${free}`;
    case "crowded":
      return `more than the ${free}, but it fits into the machine's ${gigabytes(machine.memoryBytes)} GB when other programs are closed`;
    case "no":
      return `which does not fit into the machine's ${gigabytes(machine.memoryBytes)} GB`;
  }
}

const shortFits: Readonly<Record<Fit, string>> = {
  graphics: "fits into graphics memory",
  partly: "fits partly into graphics memory",
  memory: "fits into memory",
  crowded: "fits when other programs are closed",
  no: "does not fit",
};

function otherWords(places: readonly Footprint[]): string {
  const known = places.filter(({ contextBytes }) => contextBytes !== undefined);
  if (known.length === 0) return "";
  const parts = known.map(
    ({ contextTokens, totalBytes, fit }) =>
      `with ${contextTokens.toLocaleString("en")} tokens ${gigabytes(totalBytes)} GB (${shortFits[fit]})`,
  );
  const text = parts.join(", ");
  return `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}.`;
}

function paceWords(machine: Machine, model: ModelSize, place: Footprint, pace: Expected | undefined): string {
  if (!pace) return "";
  const read = bytesRead(model, place.contextBytes);
  const { memory, graphics } = ratesOf(machine);
  const rate = (one = memory): string => `${range(one, 1e9)} GB a second`;
  const isMixture = (model.activeShare ?? 1) < 1;
  const context = read.most > read.least ? ` and up to ${size(read.most - read.least)} of the context` : "";
  const bytes = `${size(read.least)}${isMixture ? " (the part of the weights that is active)" : ""}${context}`;
  const at =
    place.fit === "graphics"
      ? rate(graphics)
      : place.fit === "partly"
        ? `${rate(graphics)} on the card and ${rate(memory)} in memory`
        : rate(memory);
  return `For each token it reads ${bytes}, at ${at}: about ${paceText(pace)}.`;
}

/** "5 to 14 tokens a second, 4 to 10 words". */
export function paceText(pace: Expected): string {
  return `${range(pace, 1)} tokens a second, ${range(pace, 1 / wordsPerToken)} words`;
}

/** English; other languages have fewer. */
const wordsPerToken = 0.75;

function range({ least, most }: Expected, unit: number): string {
  const [from, to] = [amount(least / unit), amount(most / unit)];
  return from === to ? from : `${from} to ${to}`;
}

/** Two digits say all that such a number knows. */
function amount(value: number): string {
  if (value >= 10) return Number(value.toPrecision(2)).toLocaleString("en");
  return value >= 1 ? value.toFixed(0) : value.toFixed(1);
}

function size(bytes: number): string {
  return bytes < 0.1e9 ? `${Math.round(bytes / 1e6)} MB` : `${gigabytes(bytes)} GB`;
}

export function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
