import { mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { freemem, totalmem } from "node:os";
import { join } from "node:path";
import type { EmbeddingModel } from "../models/embedding/embeddingModel.ts";
import { CarrelError } from "../protocol/channel.ts";
import { counted } from "../protocol/counted.ts";
import type { ChatServer, Check, OtherServer } from "../protocol/data.ts";
import { lookForOpen } from "./privateStorage.ts";
import { type WalledProcess, wallsCheck } from "./wallsCheck.ts";

interface DoctorParts {
  readonly storage: string;
  openEmbedding(): Promise<EmbeddingModel>;
  chatServer(): Promise<ChatServer>;
  readonly walls: readonly WalledProcess[];
}

/** Looks at everything that Carrel needs, and says of each what is there, what is not, and what to do. */
export async function examine({ storage, openEmbedding, chatServer, walls }: DoctorParts): Promise<Check[]> {
  return [
    {
      name: "Runtime",
      state: "ok",
      detail: `Node ${process.versions.node}, ${process.platform}-${process.arch}`,
    },
    memoryCheck(),
    await storageCheck(storage),
    await embeddingCheck(openEmbedding),
    ...chatChecks(await chatServer()),
    ...(await Promise.all(walls.map(wallsCheck))),
  ];
}

function memoryCheck(): Check {
  const detail = `${gigabytes(freemem())} of ${gigabytes(totalmem())} GB free`;
  return { name: "Memory", state: "ok", detail };
}

async function storageCheck(storage: string): Promise<Check> {
  const name = "Storage";
  const probe = join(storage, `.probe-${process.pid}`);
  try {
    await mkdir(storage, { recursive: true });
    await writeFile(probe, "");
    await rm(probe);
    const { bavail, bsize } = await statfs(storage);
    const free = bavail * bsize;
    const { open } = await lookForOpen(storage);
    const detail = `${storage}, ${gigabytes(free)} GB free, ${privacyText(open)}`;
    if (open.length > 0) {
      const remedy = "Make it private (chmod), or choose a folder that is yours on a disk with permissions.";
      return { name, state: "warning", detail, remedy };
    }
    if (free > 1e9) return { name, state: "ok", detail };
    return {
      name,
      state: "warning",
      detail,
      remedy: "Free some space: an index is about as large as its files.",
    };
  } catch (error) {
    const detail = `${storage} can't be written: ${error instanceof Error ? error.message : String(error)}`;
    return {
      name,
      state: "failed",
      detail,
      remedy: "Make it writable, or choose another folder for indexes.",
    };
  }
}

function privacyText(open: readonly string[]): string {
  if (process.platform === "win32") return "private to you where it lies in your Windows profile";
  const [first] = open;
  if (first === undefined) return "private to you";
  return `open to others: ${first}${open.length > 1 ? ` and ${open.length - 1} more` : ""}`;
}

async function embeddingCheck(openEmbedding: () => Promise<EmbeddingModel>): Promise<Check> {
  const name = "Embedding model";
  let model: EmbeddingModel | undefined;
  try {
    const started = performance.now();
    model = await openEmbedding();
    await model.embed(["Where is the notice period?"], "query");
    const tried = `loaded and tried in ${(performance.now() - started).toFixed(0)} ms`;
    const detail = `${model.id}, ${model.dimension} dimensions, ${tried}${model.note ? `. ${model.note}` : ""}`;
    return { name, state: "ok", detail };
  } catch (error) {
    const remedy = error instanceof CarrelError ? error.remedy : "";
    const detail = error instanceof Error ? error.message : String(error);
    return { name, state: "failed", detail, ...(remedy ? { remedy } : {}) };
  } finally {
    await model?.close();
  }
}

/** The server that questions go to, and after it those that are set up beside it. */
function chatChecks(server: ChatServer): Check[] {
  const others = (server.others ?? []).map((other): Check => {
    const { state, detail = "", remedy } = other;
    const isWanting = state !== "ready" && server.chosen === undefined;
    return {
      name: "Other model server",
      // Without it Carrel works as long as one of them answers.
      state: isWanting ? "warning" : "ok",
      detail: [aboutServer(other), detail].filter(Boolean).join(": "),
      ...(isWanting && remedy ? { remedy } : {}),
    };
  });
  return [chatCheck(server), ...others];
}

function aboutServer({ url, product, version, away }: OtherServer): string {
  const program = product ? `, ${product} ${version ?? ""}`.trimEnd() : "";
  return `${url}${program}${away === undefined ? "" : ", not this machine"}`;
}

function chatCheck(server: ChatServer): Check {
  const { state, detail, remedy, chosen, models } = server;
  const about = aboutServer(server);
  const answers = chosen ? `${counted(models.length, "model")}, answers come from ${chosen}` : undefined;
  const check = {
    name: "Model server",
    // What a remedy is for stands before it, also where questions are answered.
    detail: [about, [answers, detail].filter(Boolean).join(". ")].filter(Boolean).join(": "),
    ...(remedy ? { remedy } : {}),
  };
  // Without a server Carrel works, so this is no failure.
  return { ...check, state: state === "ready" && chosen ? "ok" : "warning" };
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
