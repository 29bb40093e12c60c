import type { Expected, Fit, Footprint, Machine } from "../../protocol/machine.ts";

/** What must be known of a model to reckon what it needs; what is missing makes the result coarser. */
export interface ModelSize {
  /** Of its file; 0 where nobody tells. */
  readonly sizeBytes: number;
  /** Memory in bytes that each token of the context takes. */
  readonly bytesPerToken?: number | undefined;
  /** The share of the weights that is read for one token: less than 1 for a mixture of experts. */
  readonly activeShare?: number | undefined;
  /** Weights, in number; guessed from the size where it is not known. */
  readonly parameters?: number | undefined;
  /** It always thinks before it answers, which takes some times as many tokens as the answer. */
  readonly alwaysThinks?: boolean | undefined;
}

/** What a model server takes beside weights and context: its program, its buffers, the driver's. Measured: 0.5 GB. */
export const serverBytes = 0.6e9;
/** What a person's other programs are left of the memory. */
const comfortablePart = 0.6;
/** What a model can have of the memory when everything else is closed. */
const emptiedPart = 0.85;
const graphicsPart = 0.9;
/** A card that can take less than this of a model makes it no faster. */
const worthwhilePart = 0.2;
/** Less than this is a processor's own graphics with its share of the memory, which is no faster than the rest of it. */
const leastCard = 2e9;
/** The context that a question with its passages usually needs, in tokens. */
export const usualContext = 8_192;

/** Tokens a second, at the least, at which one can read along: about three words. */
const bearablePace = 4;
const thoughtsFactor = 4;
/** Tokens of a prompt a second, at the least: three thousand, a usual question with its passages, in five minutes. */
const bearablePromptPace = 10;

/** Memory that a model can have: on graphics cards, and of the machine's own. */
interface Room {
  readonly graphics: number;
  readonly memory: number;
}

/** What is there at best, which does not depend on what else runs just now. */
function allRoom({ memoryBytes, ...machine }: Machine): Room {
  const graphics = cardsOf(machine);
  return {
    graphics: sum(graphics.map(({ bytes }) => bytes * graphicsPart)),
    memory: memoryBytes * emptiedPart,
  };
}

/** What is free now. What is not told counts as free. */
export function freeRoom(machine: Machine): Room {
  const { memoryBytes, availableBytes } = machine;
  const memory = Math.min(availableBytes ?? Number.POSITIVE_INFINITY, memoryBytes * emptiedPart);
  const cards = cardsOf(machine).map(({ bytes, freeBytes, shared }) => {
    const free = Math.min(freeBytes ?? bytes, bytes * graphicsPart);
    return shared ? Math.min(free, memory) : free;
  });
  return { graphics: sum(cards), memory };
}

/** Graphics that make a model faster. */
function cardsOf({ graphics }: Pick<Machine, "graphics">): Machine["graphics"] {
  return graphics.filter(({ bytes }) => bytes >= leastCard);
}

/** What a model takes with a context of so many tokens, and where that fits. */
export function footprintOf(machine: Machine, model: ModelSize, contextTokens: number): Footprint {
  const sizeBytes = sizeOf(model);
  const bytesPerToken = within(model.bytesPerToken, 1, 1e9);
  const contextBytes = bytesPerToken === undefined ? undefined : bytesPerToken * contextTokens;
  const totalBytes = sizeBytes + (contextBytes ?? 0) + serverBytes;
  return {
    contextTokens,
    weightsBytes: sizeBytes,
    ...(contextBytes === undefined ? {} : { contextBytes }),
    totalBytes,
    fit: fitOf(machine, totalBytes),
  };
}

function fitOf(machine: Machine, bytes: number): Fit {
  const now = placeIn(machine, freeRoom(machine), bytes);
  if (now !== "no") return now;
  return placeIn(machine, allRoom(machine), bytes) === "no" ? "no" : "crowded";
}

function placeIn({ graphics }: Machine, room: Room, bytes: number): Exclude<Fit, "crowded"> {
  if (bytes <= room.graphics) return "graphics";
  const isShared = graphics.some(({ shared }) => shared);
  const isWorthwhile = !isShared && room.graphics >= bytes * worthwhilePart;
  if (isWorthwhile && bytes - room.graphics <= room.memory) return "partly";
  return bytes <= room.memory ? "memory" : "no";
}

/** Rates at which weights go through, in bytes a second. */
interface Rates {
  readonly memory: Expected;
  /** Undefined where there is no card. */
  readonly graphics: Expected | undefined;
}

/** What memory of ordinary machines gives, for one that was not measured: one old module, two fast ones. */
const assumedSpeed: Expected = { least: 20e9, most: 70e9 };

/**
 * A model server's threads come to about half to nine tenths of what memory gives to whoever only reads, and one core
 * gets through 6 to 16 GB of weights in a second: whichever is less. Measured with llama.cpp on a server's processor
 * whose two cores read 52 to 59 GB: 15 GB a second of a core's own time with weights of four bits, 23 with 32 bits.
 */
const memoryUse: Expected = { least: 0.5, most: 0.9 };
export const coreBytes: Expected = { least: 6e9, most: 16e9 };
const graphicsUse: Expected = { least: 0.5, most: 0.85 };
/** Apple's graphics read the common memory up to twice as fast as its cores do. */
const sharedUse: Expected = { least: 0.5, most: 1.7 };

/** How fast this machine reads weights. */
export function ratesOf({ bytesPerSecond, cores, ...machine }: Machine): Rates {
  const graphics = cardsOf(machine);
  const measured = within(bytesPerSecond, 1e6, 1e14);
  const speed = measured === undefined ? assumedSpeed : { least: measured, most: measured };
  const isShared = graphics.some(({ shared }) => shared);
  const card = graphics.length > 0 ? cardSpeed(Math.max(...graphics.map(({ bytes }) => bytes))) : undefined;
  const memory = times(speed, memoryUse);
  return {
    memory: {
      least: Math.min(memory.least, cores * coreBytes.least),
      most: Math.min(memory.most, cores * coreBytes.most),
    },
    graphics: isShared ? times(speed, sharedUse) : card && times(card, graphicsUse),
  };
}

/**
 * What cards of a size read in a second, since no system tells it of the one that is there. From the makers' data
 * sheets, slowest and fastest: under 7 GB GTX 1650 (128) and RTX 2060 (336), under 13 RTX 3050 8 GB (224) and RTX
 * 3080 (760), under 20 RTX 4060 Ti (288) and RTX 5080 (960), above L4 (300) and H100 (3,350).
 */
function cardSpeed(bytes: number): Expected {
  if (bytes < 7e9) return { least: 128e9, most: 336e9 };
  if (bytes < 13.5e9) return { least: 224e9, most: 760e9 };
  if (bytes < 20e9) return { least: 288e9, most: 960e9 };
  return { least: 300e9, most: 3_350e9 };
}

/** What is read for each token: the weights that take part, and at most the whole context. */
export function bytesRead(model: ModelSize, contextBytes = 0): Expected {
  const weights = sizeOf(model) * shareOf(model);
  return { least: weights, most: weights + contextBytes };
}

/** Tokens that a model writes in a second where it fits so; undefined where its size is not known, or it fits nowhere. */
export function paceOf(machine: Machine, model: ModelSize, place: Footprint): Expected | undefined {
  if (sizeOf(model) === 0 || place.fit === "no") return undefined;
  const { memory, graphics } = ratesOf(machine);
  const room = place.fit === "crowded" ? allRoom(machine) : freeRoom(machine);
  const fit = placeIn(machine, room, place.totalBytes);
  const onCard = fit === "graphics" ? 1 : fit === "partly" ? room.graphics / place.totalBytes : 0;
  const seconds = (read: number, side: keyof Expected): number => {
    const card = graphics && onCard > 0 ? (read * onCard) / graphics[side] : 0;
    return card + (read * (1 - onCard)) / memory[side] + perToken;
  };
  const read = bytesRead(model, place.contextBytes);
  return { least: 1 / seconds(read.most, "least"), most: 1 / seconds(read.least, "most") };
}

/** What a token takes however small the model is, in seconds. */
const perToken = 0.002;

/**
 * Tokens of a prompt that the cores read in a second. Each takes two operations a weight, of which a core does 20
 * (older laptops) to 120 (measured on a server's) billion a second. Undefined on a graphics card, which nothing
 * tells of but that it is many times faster.
 */
export function promptPaceOf({ cores }: Machine, model: ModelSize, { fit }: Footprint): Expected | undefined {
  if (sizeOf(model) === 0 || fit === "graphics" || fit === "partly" || fit === "no") return undefined;
  const parameters = within(model.parameters, 1e5, 1e14) ?? sizeOf(model) / bytesPerWeight;
  const operations = 2 * parameters * shareOf(model);
  return { least: (cores * 20e9) / operations, most: (cores * 120e9) / operations };
}

/** Of the quantization that most models are installed with (Q4_K_M). */
const bytesPerWeight = 0.61;

/**
 * Whether a model fits with room to spare, and writes at a pace that one can bear. It goes by what the machine has,
 * not by what is free just now, so that the answer is the same tomorrow.
 */
export function isComfortable(machine: Machine, model: ModelSize): boolean {
  if (sizeOf(model) === 0) return false;
  const graphics = machine.graphics.map(({ freeBytes: _, ...card }) => card);
  const calm: Machine = { ...machine, graphics, availableBytes: machine.memoryBytes * comfortablePart };
  const place = footprintOf(calm, model, usualContext);
  if (place.fit === "crowded" || place.fit === "no") return false;
  const pace = paceOf(calm, model, place);
  if (pace === undefined) return false;
  const promptPace = promptPaceOf(calm, model, place);
  if (promptPace !== undefined && middle(promptPace) < bearablePromptPace) return false;
  return middle(pace) >= bearablePace * (model.alwaysThinks ? thoughtsFactor : 1);
}

/** As factors go. */
function middle({ least, most }: Expected): number {
  return Math.sqrt(least * most);
}

/** A file of less than a kilobyte, or of more than there is, is a server's mistake: its size counts as unknown, 0. */
export function sizeOf({ sizeBytes }: ModelSize): number {
  return within(sizeBytes, 1e3, 1e14) ?? 0;
}

function shareOf({ activeShare }: ModelSize): number {
  return within(activeShare, 1e-3, 1) ?? 1;
}

/** A number that can be reckoned with, whatever a server says. */
function within(value: number | undefined, least: number, most: number): number | undefined {
  return value !== undefined && value >= least && value <= most ? value : undefined;
}

function times(a: Expected, b: Expected): Expected {
  return { least: a.least * b.least, most: a.most * b.most };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
