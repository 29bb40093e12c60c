import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { createInterface } from "node:readline/promises";
import * as v from "valibot";
import { CarrelError } from "../protocol/channel.ts";
import type { Answer, CheckedSentence, Hit, IndexStatus, IndexSummary, ServerKey } from "../protocol/data.ts";
import { machineText } from "../protocol/machineText.ts";
import { type Command, type Common, requireFolder, UsageError } from "./arguments.ts";
import { type EngineChannel, startEngine } from "./childEngine.ts";
import type { AskDocument, HitDocument, QueriesDocument, StatusDocument } from "./documents.ts";
import { printJson, printMessage, printText, streamAnswer } from "./output.ts";
import {
  answerText,
  checksText,
  connectionsText,
  hitsText,
  progressText,
  questionText,
  statusText,
  summaryText,
} from "./render.ts";
import { prepareStore } from "./storePlace.ts";
import { withheldLines } from "./withheldLines.ts";

/** Most often the other process is done, and has been heard of, by then. */
const patienceMs = 4_000;

type WithFolder = Extract<Command, { dir: string }>;

/** Runs one command: its result on stdout, all else on stderr. */
export async function run(command: Exclude<Command, { name: "help" }>): Promise<void> {
  if ("dir" in command) await requireFolder(command.dir);
  const ownFolders = await prepareStore(command, "dir" in command ? command.dir : undefined);
  const settings = {
    ...command.settings,
    exclude: [...command.settings.exclude, ...ownFolders],
    // What a question needs is read by the better model for it, as in VS Code.
    refine: command.settings.refine || command.name === "ask",
  };
  const engine = startEngine();
  const errors = new Set<string>();
  const interrupt = (): void => void engine.stop().then(() => process.exit(130));
  process.once("SIGINT", interrupt);
  try {
    const { channel } = engine;
    channel.on("log", ({ level, message }) => {
      if (level === "error") errors.add(message);
      else if (level === "warn") printMessage(message);
    });
    const folders = "dir" in command ? [{ path: command.dir, name: basename(command.dir) }] : [];
    const serverKeys = keysOf(settings.openaiUrl);
    await channel.request("initialize", { storage: command.store, folders, settings, serverKeys });
    await runWith(channel, command);
  } catch (error) {
    // What has failed says its reason itself, once.
    if (error instanceof Error) errors.delete(error.message);
    throw error;
  } finally {
    for (const message of errors) printMessage(message);
    process.off("SIGINT", interrupt);
    await engine.stop();
  }
}

/** A key comes from the environment: what stands in a command line is seen by all users of the machine. */
function keysOf(url: string): ServerKey[] {
  const key = process.env["CARREL_OPENAI_KEY"]?.trim() ?? "";
  return url === "" || key === "" ? [] : [{ url, key }];
}

async function runWith(channel: EngineChannel, command: Exclude<Command, { name: "help" }>): Promise<void> {
  switch (command.name) {
    case "index": {
      const summary = await update(channel, {
        refine: command.refine,
        ocr: command.ocr,
        rebuild: command.rebuild,
      });
      print(command, summary, summary, summaryText);
      break;
    }
    case "status": {
      const found = await channel.request("status", {});
      const { status, skipped, withheld } = found;
      const document: StatusDocument = { ...status, skipped, withheld };
      print(command, document, found, (one) => [statusText(one), ...withheldLines(one.withheld)].join("\n"));
      break;
    }
    case "search": {
      await updateIfAsked(channel, command);
      const { query, k, mode, filter, neighbours } = command;
      const found = await channel.request("search", { query, k, mode, filter, neighbours });
      print(command, found.hits.map(publicHit), found, hitsText);
      break;
    }
    case "queries":
      await updateIfAsked(channel, command);
      await searchAll(channel, command);
      break;
    case "ask":
      await ask(channel, command);
      break;
    case "doctor": {
      if (command.models) {
        const report = await channel.request("machine", {});
        print(command, report, report, machineText);
        break;
      }
      const { checks } = await channel.request("doctor", {});
      print(command, checks, checks, checksText);
      if (checks.some((check) => check.state === "failed")) process.exitCode = 1;
      break;
    }
    case "privacy": {
      // Opens all that Carrel ever opens, so that the list shows it.
      await channel.request("doctor", {});
      const { kept, keptSince } = await channel.request("privacy", {});
      print(
        command,
        kept,
        { kept, keptSince },
        (one) => `Since ${one.keptSince ?? "now"}:\n${connectionsText(one.kept)}`,
      );
      break;
    }
  }
}

async function ask(channel: EngineChannel, command: Extract<Command, { name: "ask" }>): Promise<void> {
  const summary = await updateIfAsked(channel, command);
  const { question, model, filter } = command;
  const params = { question, history: [], filter, ...(model === undefined ? {} : { model }) };
  if (command.json) {
    const answer = await channel.request("ask", params);
    const { connections } = await channel.request("privacy", {});
    printJson(askDocument(answer, connections), 2);
    judge(answer, command);
    return;
  }
  printText(question, questionText);
  const stream = streamAnswer();
  let answer: Answer;
  try {
    answer = await channel.request("ask", params, { onProgress: (event) => stream.take(event) });
    stream.end(answer.text);
  } finally {
    // A message that follows must not stand in the line of an answer that broke off.
    stream.close();
  }
  const { connections } = await channel.request("privacy", {});
  printText({ question, answer, summary, connections }, (data) => `\n${answerText(data)}`);
  judge(answer, command);
}

/** An answer that is not what was asked for is a failure, in whichever way it is printed. */
function judge(answer: Answer, { model, json }: Extract<Command, { name: "ask" }>): void {
  // Who names a model wants an answer by it: the passages alone are not that.
  const isMissing = Boolean(model) && !answer.written;
  if (!isMissing && !answer.incomplete) return;
  process.exitCode = 1;
  if (isMissing || json) printMessage(`carrel: ${answer.notice ?? "There is no written answer."}`);
}

function askDocument(answer: Answer, connections: AskDocument["connections"]): AskDocument {
  const { text, passages, nearest, sentences, ...rest } = answer;
  const citations = [...new Set(sentences.flatMap((sentence) => sentence.cites))].sort((a, b) => a - b);
  const wordsAt = (name: "nearest" | "confirmed", at: CheckedSentence["nearest"]) => {
    const passage = at && passages[at.passage - 1];
    return passage ? { [name]: { number: at.passage, text: passage.text.slice(...at.range) } } : {};
  };
  return {
    ...rest,
    answer: text,
    citations: citations.flatMap((number) => {
      const passage = passages[number - 1];
      return passage ? [{ number, ...publicHit(passage) }] : [];
    }),
    checked: sentences.map(({ range, cites, verdict, missing, differences, ...found }) => ({
      sentence: text.slice(...range),
      cites,
      verdict,
      missing,
      differences,
      ...wordsAt("nearest", found.nearest),
      ...wordsAt("confirmed", found.confirmed),
    })),
    passages: passages.map(publicHit),
    ...(nearest ? { nearest: nearest.map(publicHit) } : {}),
    connections,
  };
}

const queryLine = v.object({ id: v.union([v.string(), v.number()]), query: v.string() });

async function searchAll(
  channel: EngineChannel,
  command: Extract<Command, { name: "queries" }>,
): Promise<void> {
  const { file, k, mode, filter, neighbours } = command;
  if (!(await stat(file).catch(() => undefined))) throw new UsageError(`There is no file ${file}.`);
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    number += 1;
    if (line.trim() === "") continue;
    const { id, query } = parseQuery(line, `${file}:${number}`);
    const { hits, nearest } = await channel.request("search", { query, k, mode, filter, neighbours });
    const document: QueriesDocument = { id, hits: hits.map(publicHit), nearest: nearest.map(publicHit) };
    printJson(document);
  }
}

function parseQuery(line: string, where: string): v.InferOutput<typeof queryLine> {
  try {
    return v.parse(queryLine, JSON.parse(line));
  } catch {
    throw new CarrelError(
      `${where} is not a query.`,
      'Each line must be a JSON object {"id": …, "query": "…"}.',
    );
  }
}

/** Brings the index up to date, or says why that can't be done and what is there is asked as it is. */
async function updateIfAsked(channel: EngineChannel, command: WithFolder): Promise<IndexSummary | undefined> {
  if (!command.update) return undefined;
  try {
    const summary = await update(channel, {});
    // What is found is not all that there is, or nothing, and this is why.
    if (summary.notice !== undefined) printMessage(`carrel: ${summary.notice}`);
    return summary;
  } catch (error) {
    const isFailure = error instanceof CarrelError && error.code === "failed";
    if (!isFailure || (await channel.request("status", {})).status.files === 0) throw error;
    printMessage(`carrel: ${error.message}\nThe index is searched as it was left. ${error.remedy}`.trimEnd());
    return undefined;
  }
}

async function update(
  channel: EngineChannel,
  wanted: { readonly refine?: boolean; readonly ocr?: boolean; readonly rebuild?: boolean },
): Promise<IndexSummary> {
  const show = progressLine();
  try {
    return await channel.request("index", wanted, { onProgress: show });
  } finally {
    if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  }
}

/**
 * On a terminal one line that is written over; in a log nothing, since the result says it all. That one waits for
 * another process is said in both, once.
 */
function progressLine(): (status: IndexStatus) => void {
  const started = performance.now();
  let isSaid = false;
  return (status) => {
    if (!status.writer && !isSaid && performance.now() - started > patienceMs) {
      isSaid = true;
      printMessage("carrel: Another Carrel process writes this index; waiting until it has finished.");
    }
    if (!process.stderr.isTTY) return;
    const text = progressText(status);
    if (text !== undefined) process.stderr.write(`\r\u001b[K${text}`);
  };
}

/** What a script sees of a hit. */
function publicHit({
  path,
  startLine,
  endLine,
  page,
  place,
  heading,
  score,
  text,
  before,
  after,
}: Hit): HitDocument {
  return {
    path,
    startLine,
    endLine,
    ...(page === undefined ? {} : { page }),
    ...(place === undefined ? {} : { place }),
    ...(heading === undefined ? {} : { heading }),
    score,
    text,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

function print<T>(command: Common, document: unknown, data: T, render: (data: T) => string): void {
  if (command.json) printJson(document, 2);
  else printText(data, render);
}
