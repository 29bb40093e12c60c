import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { CarrelError } from "../protocol/channel.ts";
import {
  defaultSettings,
  type Filter,
  filterKind,
  isOcrLanguage,
  type SearchMode,
  type Settings,
} from "../protocol/data.ts";
import { addFilter, type Filtered, readQuestion } from "../protocol/filters.ts";
import { localOllama } from "../protocol/ollamaHost.ts";

export const usage = `Usage: carrel COMMAND [OPTIONS]

  carrel index  DIR                      build or update the index of a folder
  carrel search DIR QUERY                find passages
  carrel search DIR --queries FILE.jsonl --json   {"id","query"} a line in, {"id","hits":[…]} a line out
  carrel ask    DIR QUESTION             answer from the folder's files, with sources
  carrel status DIR                      what is in the index, and what is not, with reasons
  carrel doctor                          this machine, its models and its model server
  carrel doctor --models                 which models this machine can run, how fast, and why
  carrel privacy                         connections that were made and refused

A query or question may hold filters: path:src/api path:*.test.ts -path:docs lang:python kind:code in:FOLDER
(kinds: ${filterKind.options.join(", ")}). Those of one name widen, those of several narrow.

  --scope PATH          only this folder, file or glob of DIR, as path: does; may be repeated
  --lang L              only this language; may be repeated
  --kind K              only this kind; may be repeated
  --in FOLDER           only the workspace folder of this name; may be repeated
  -k N                  how many passages (default 10)
  --neighbours N        with search: the N chunks before and after each passage, too
  --mode MODE           hybrid (default), vector or lexical
  --second-reader       with ask: let the chat model read again what could not be confirmed
  --model NAME          the chat model (openai:NAME on --server); "none" for passages alone
  --embedding NAME      bundled (default), ollama:NAME, openai:NAME, or a transformers.js model's folder
  --ollama URL          the model server (default ${defaultSettings.modelServerUrl}, or OLLAMA_HOST on this machine)
  --server URL          another model server, which speaks OpenAI's protocol (llama.cpp, vLLM, LM Studio): its models
                        are called openai:NAME; its key, if it wants one, is taken from CARREL_OPENAI_KEY
  --allow-host HOST     let --ollama or --server be this host, which is not this machine; may be repeated
  --exclude PATTERN     leave out what matches, as in .gitignore; may be repeated
  --allow-secret CODE   leave in what status lists as held back with this code; may be repeated
  --store DIR           where indexes are kept (default: the user's data folder; never in DIR)
  --rebuild             with index: delete the index first and build it from nothing
  --refine              with index: read all chunks a second time with the larger model, for better search
  --ocr                 with index: read the pictures of scanned pages, too; some seconds a page
  --ocr-language CODE   a language of scanned pages, as tesseract names it (default: eng); may be repeated
  --ocr-data DIR        a folder with tesseract's data for it (CODE.traineddata); English comes with Carrel
  --no-update           search the index as it is, without looking for changed files
  --json                one JSON document on stdout; progress and messages on stderr
Exit status: 0 done, 1 failed, 2 wrong use.`;

/** Wrong use of the command line: exit status 2. */
export class UsageError extends Error {}

export interface Common {
  readonly store: string;
  /** Whether the store is where it is when nobody names another place. */
  readonly isDefaultStore: boolean;
  readonly json: boolean;
  readonly settings: Settings;
}

interface FolderCommand extends Common {
  readonly dir: string;
  readonly update: boolean;
}

/** What the commands that look for something have in common. */
interface SearchOptions {
  /** How many chunks around each hit are wanted, too. */
  readonly neighbours: number;
  readonly k: number;
  readonly mode: SearchMode;
  readonly filter: Filter;
}

interface IndexOptions {
  readonly refine: boolean;
  readonly ocr: boolean;
  readonly rebuild: boolean;
}

export type Command =
  | { readonly name: "help" }
  | (FolderCommand & { readonly name: "index" } & IndexOptions)
  | (FolderCommand & { readonly name: "status" })
  | (FolderCommand & SearchOptions & { readonly name: "search"; readonly query: string })
  | (FolderCommand & SearchOptions & { readonly name: "queries"; readonly file: string })
  | (FolderCommand & {
      readonly name: "ask";
      readonly question: string;
      readonly filter: Filter;
      readonly model: string | undefined;
    })
  | (Common & { readonly name: "doctor"; readonly models: boolean })
  | (Common & { readonly name: "privacy" });

/** Reads the command line. Throws a UsageError that says what is wrong with it. */
export function parseArguments(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  const [name, ...rest] = positionals;
  if (values.help || name === "help" || args.length === 0) return { name: "help" };
  const common = commonOf(values);
  const folder = (count: number, what: string): FolderCommand => {
    const [dir] = rest;
    if (dir === undefined) throw new UsageError(`"${name}" needs a folder.`);
    if (rest.length > count) throw new UsageError(`"${name}" takes ${what}; quote text that has spaces.`);
    return { ...common, dir: resolve(dir), update: !values["no-update"] };
  };
  switch (name) {
    case "index":
      return {
        name,
        ...folder(1, "one folder"),
        refine: values.refine ?? false,
        ocr: values.ocr ?? false,
        rebuild: values.rebuild ?? false,
      };
    case "status":
      return { name, ...folder(1, "one folder") };
    case "search":
      return searchCommand(folder(2, "a folder and a query"), rest[1], values);
    case "ask": {
      const options = folder(2, "a folder and a question");
      const { text: question, filter } = filtered(
        required(rest[1], '"ask" needs a question.'),
        options,
        values,
      );
      return { name, ...options, question, filter, model: values.model === "none" ? "" : values.model };
    }
    case "doctor":
    case "privacy":
      if (rest.length > 0) throw new UsageError(`"${name}" takes no arguments.`);
      return name === "doctor" ? { name, ...common, models: values.models ?? false } : { name, ...common };
    default:
      throw new UsageError(`Unknown command "${name ?? ""}".`);
  }
}

type Values = ReturnType<typeof parse>["values"];

function searchCommand(folder: FolderCommand, query: string | undefined, values: Values): Command {
  const options = {
    ...folder,
    k: wholeNumber("-k", values.k ?? "10", 1, 1000),
    mode: searchMode(values.mode),
    neighbours: wholeNumber("--neighbours", values.neighbours ?? "0", 0, 100),
  };
  if (values.queries !== undefined) {
    if (!options.json) throw new UsageError("--queries writes JSON lines: add --json.");
    // A program's queries are taken as they are: they may be code.
    return { name: "queries", ...options, filter: filtered("", folder, values).filter, file: values.queries };
  }
  const typed = required(query, '"search" needs a query, or --queries FILE.jsonl.');
  const { text, filter } = filtered(typed, folder, values);
  return { name: "search", ...options, query: text, filter };
}

/** What was typed without its filters, and these together with those that are options. */
function filtered(typed: string, { dir }: FolderCommand, values: Values): Filtered {
  try {
    const { text, filter } = readQuestion(typed);
    const all = { ...filter };
    for (const path of values.scope ?? []) addFilter(all, "path", inFolder(dir, path));
    for (const language of values.lang ?? []) addFilter(all, "lang", language);
    for (const kind of values.kind ?? []) addFilter(all, "kind", kind);
    for (const folder of values.in ?? []) addFilter(all, "in", folder);
    return { text, filter: all };
  } catch (error) {
    if (!(error instanceof CarrelError)) throw error;
    throw new UsageError(`${error.message} ${error.remedy}`.trim());
  }
}

/** A path as the shell completes it may be absolute; the filter's counts from the folder. */
function inFolder(dir: string, path: string): string {
  return isAbsolute(path) ? relative(dir, path) || "." : path;
}

function commonOf(values: Values): Common {
  return {
    store: resolve(values.store ?? (process.env["CARREL_STORE"] || defaultStore())),
    isDefaultStore: values.store === undefined && !process.env["CARREL_STORE"],
    json: values.json ?? false,
    settings: {
      ...defaultSettings,
      modelServerUrl: values.ollama ?? localOllama(process.env) ?? defaultSettings.modelServerUrl,
      openaiUrl: values.server ?? "",
      allowedHosts: values["allow-host"] ?? [],
      secondReader: values["second-reader"] ?? false,
      embeddingModel: embeddingSetting(values.embedding),
      exclude: values.exclude ?? [],
      // A command ends when it is done; only `index --refine` waits for the second pass, and `--ocr` for scans.
      refine: false,
      ocr: false,
      ocrLanguages: ocrLanguages(values["ocr-language"]),
      ocrLanguageFolder: values["ocr-data"] === undefined ? "" : resolve(values["ocr-data"]),
      secretsAllow: fingerprints(values["allow-secret"]),
    },
  };
}

function ocrLanguages(values: readonly string[] = defaultSettings.ocrLanguages): string[] {
  const wrong = values.find((value) => !isOcrLanguage(value));
  if (wrong !== undefined) throw new UsageError(`--ocr-language takes a code such as "deu", not "${wrong}".`);
  return [...new Set(values)];
}

function fingerprints(values: readonly string[] = []): string[] {
  const wrong = values.find((value) => !/^[0-9a-f]{12}$/.test(value));
  if (wrong !== undefined)
    throw new UsageError(`--allow-secret takes a code that "status" lists, not "${wrong}".`);
  return [...values];
}

/** Throws a UsageError when `dir` is not a folder that can be read. */
export async function requireFolder(dir: string): Promise<void> {
  const stats = await stat(dir).catch(() => undefined);
  if (!stats) throw new UsageError(`There is no folder ${dir}.`);
  if (!stats.isDirectory()) throw new UsageError(`${dir} is a file; name the folder that it is in.`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      // A question may begin with a filter that begins as options do.
      args: args.map((arg) => (/^-path:/i.test(arg) ? ` ${arg}` : arg)),
      allowPositionals: true,
      options: {
        k: { type: "string", short: "k" },
        mode: { type: "string" },
        model: { type: "string" },
        "second-reader": { type: "boolean" },
        embedding: { type: "string" },
        ollama: { type: "string" },
        server: { type: "string" },
        "allow-host": { type: "string", multiple: true },
        exclude: { type: "string", multiple: true },
        "allow-secret": { type: "string", multiple: true },
        store: { type: "string" },
        queries: { type: "string" },
        neighbours: { type: "string" },
        scope: { type: "string", multiple: true },
        lang: { type: "string", multiple: true },
        kind: { type: "string", multiple: true },
        in: { type: "string", multiple: true },
        rebuild: { type: "boolean" },
        refine: { type: "boolean" },
        ocr: { type: "boolean" },
        "ocr-language": { type: "string", multiple: true },
        "ocr-data": { type: "string" },
        "no-update": { type: "boolean" },
        models: { type: "boolean" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function required(value: string | undefined, message: string): string {
  if (value === undefined || value.trim() === "") throw new UsageError(message);
  return value;
}

function wholeNumber(option: string, value: string, least: number, most: number): number {
  const number = Number(value);
  if (value.trim() === "" || !Number.isInteger(number) || number < least || number > most) {
    throw new UsageError(`${option} takes a number from ${least} to ${most}, not "${value}".`);
  }
  return number;
}

function searchMode(value = "hybrid"): SearchMode {
  if (value === "hybrid" || value === "vector" || value === "lexical") return value;
  throw new UsageError(`--mode takes hybrid, vector or lexical, not "${value}".`);
}

/** A folder may be named relative to where the command runs; the engine wants it absolute. */
function embeddingSetting(value = defaultSettings.embeddingModel): string {
  return value === "bundled" || /^(?:ollama|openai):/.test(value) ? value : resolve(value);
}

/** The user's data folder, as each platform has it. */
function defaultStore(): string {
  const { env, platform } = process;
  if (platform === "win32") return join(env["LOCALAPPDATA"] ?? join(homedir(), "AppData", "Local"), "carrel");
  if (platform === "darwin") return join(homedir(), "Library", "Application Support", "carrel");
  return join(env["XDG_DATA_HOME"] ?? join(homedir(), ".local", "share"), "carrel");
}
