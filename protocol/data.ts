import * as v from "valibot";
import { place, placeFrom } from "./places.ts";

/** Plain data that crosses processes. Lines and pages count from 1; paths use "/" and are relative to a folder. */

/** A workspace folder: `path` is absolute, `name` is what people call it. */
export const folder = v.object({ path: v.string(), name: v.string() });
export type Folder = v.InferOutput<typeof folder>;

/** A half-open range of characters [start, end) in a text that stands beside it. */
const range = v.tuple([v.number(), v.number()]);
export type Range = v.InferOutput<typeof range>;

export const fileKind = v.picklist(["code", "prose", "document", "data"]);
export type FileKind = v.InferOutput<typeof fileKind>;

/** What `kind:` can ask for: a kind of file, `docs` for prose and documents, `tests` for the code of tests. */
export const filterKind = v.picklist([...fileKind.options, "docs", "tests"]);
export type FilterKind = v.InferOutput<typeof filterKind>;

/** Nobody types more filters, or longer ones, and with these the store's own queries stay small. */
export const filterLimits = { count: 50, length: 300 } as const;
const filters = v.pipe(
  v.array(v.pipe(v.string(), v.maxLength(filterLimits.length))),
  v.maxLength(filterLimits.count),
);

/**
 * Which passages are looked at: of each list that is there one entry must fit, and none of `notPaths`. A path
 * counts from its workspace folder: a file, a folder with all that is in it, or a glob with `*`, `**`, `?` and
 * `{a,b}`, which fits in any folder when it has no "/". Upper and lower case are the same.
 */
export const filter = v.object({
  paths: v.exactOptional(filters),
  notPaths: v.exactOptional(filters),
  /** As in a hit: "python". */
  languages: v.exactOptional(filters),
  kinds: v.exactOptional(v.pipe(v.array(filterKind), v.maxLength(filterLimits.count))),
  /** Workspace folders by their names. */
  folders: v.exactOptional(filters),
});
export type Filter = v.InferOutput<typeof filter>;

/**
 * A chunk that was found, with its score: how well it matches, from 0 to 1, which means the same from one question
 * to the next. Hits stand in the order of their rank, which goes by more than that. What a person or a model is shown
 * is called a passage. For documents the lines are those of the extracted text (see the `document` request). `marks`
 * are the sentences of `text` that match the question best.
 */
export const hit = v.object({
  folder: v.string(),
  /** What people call its folder, where the workspace has several. */
  folderName: v.exactOptional(v.string()),
  path: v.string(),
  kind: fileKind,
  language: v.string(),
  startLine: v.number(),
  endLine: v.number(),
  /** Of a PDF. */
  page: v.optional(v.number()),
  /** Of the other documents that count something. */
  place: v.exactOptional(place),
  heading: v.optional(v.string()),
  score: v.number(),
  text: v.string(),
  marks: v.array(range),
  /** Which of its file's chunks it is, from 0: so neighbours are known. Missing where several were joined. */
  ordinal: v.exactOptional(v.number()),
  /** Other files of the workspace that say the same, word for word. */
  alsoIn: v.exactOptional(v.array(v.string())),
  /** The text of the chunks around it in its file, where a search asked for them. */
  before: v.exactOptional(v.string()),
  after: v.exactOptional(v.string()),
  /**
   * There for what is no chunk of a file: the overview of a folder, made from its index as this filter leaves it. Its
   * path is "."; the `overview` request makes it anew.
   */
  overview: v.exactOptional(filter),
});
export type Hit = v.InferOutput<typeof hit>;

export const searchMode = v.picklist(["hybrid", "vector", "lexical"]);
export type SearchMode = v.InferOutput<typeof searchMode>;

/** A file that is not in the index, and why; or, with `partly`, what of it is not. */
export const skipped = v.object({
  path: v.string(),
  reason: v.string(),
  partly: v.exactOptional(v.literal(true)),
});
export type Skipped = v.InferOutput<typeof skipped>;

/** A secret that was left out of an indexed file. */
export const withheld = v.object({
  path: v.string(),
  line: v.number(),
  /** What it looks like, for people: "GitHub token", "password". */
  kind: v.string(),
  /** What the setting `secretsAllow` takes to let it through. */
  fingerprint: v.exactOptional(v.string()),
});
export type Withheld = v.InferOutput<typeof withheld>;

export const indexStatus = v.object({
  state: v.picklist(["empty", "indexing", "ready", "paused", "problem"]),
  /** Files looked at so far and in all, while indexing. */
  done: v.number(),
  total: v.number(),
  files: v.number(),
  chunks: v.number(),
  /** Chunks that have a vector of the bundled transformer, which reads them after the index is there. */
  refined: v.number(),
  skipped: v.number(),
  /** Pages that are pictures of text, and how many of them were read; absent when there are none. */
  scans: v.exactOptional(v.object({ read: v.number(), pages: v.number() })),
  /** False when another process holds the index's lock; this one reads. */
  writer: v.boolean(),
  /** The embedding model's identity. */
  embedding: v.string(),
  problem: v.optional(v.string()),
  remedy: v.optional(v.string()),
  /** What a person should know though nothing is wrong: which rule leaves every file out, for instance. */
  notice: v.optional(v.string()),
  /**
   * Languages other than English in which a considerable part of the texts seems to be ("de"; a script's name, "Han",
   * where that alone is known), the most frequent first; only while the bundled model, which knows English, is wanted.
   */
  languages: v.exactOptional(v.array(v.string())),
});
export type IndexStatus = v.InferOutput<typeof indexStatus>;

export const indexSummary = v.object({
  files: v.number(),
  chunks: v.number(),
  /** Files whose chunks were written, and removed, by this run. */
  changed: v.number(),
  removed: v.number(),
  skipped: v.array(skipped),
  bytes: v.number(),
  seconds: v.number(),
  /** What a person should know of the result: that another process writes the index, for instance. */
  notice: v.optional(v.string()),
});
export type IndexSummary = v.InferOutput<typeof indexSummary>;

/** Something that a sentence says otherwise than the sentence of its source that is nearest. */
export const difference = v.object({
  kind: v.picklist(["number", "unit", "date", "name", "quote", "negation", "opposite", "swapped"]),
  /** The words of the answer, and those of the source; "" where one of them has none ("not"). */
  said: v.string(),
  source: v.string(),
});

/** Where a passage bears a sentence of an answer or contradicts it: the passage's number, from 1, and characters of its text. */
const evidence = v.object({ passage: v.number(), range });

/**
 * What holding a sentence against the passages that it cites gave: they bear it; one of them says something else
 * (see `differences`); they could not be seen to bear it, which does not make it wrong; it names no source.
 */
export const verdict = v.picklist(["supported", "contradicted", "unconfirmed", "uncited"]);

/** One sentence of an answer, or one row of a table in it, held against the passages that it cites. */
const checkedSentence = v.object({
  range,
  /** Numbers of the cited passages, from 1. */
  cites: v.array(v.number()),
  verdict,
  /** What was not found in the cited passages, for "unconfirmed". */
  missing: v.array(v.string()),
  /** For "contradicted", at least one. */
  differences: v.array(difference),
  /** The sentence of a cited passage that is nearest, where there is one. */
  nearest: v.exactOptional(evidence),
  /** The words that the second reader gave for it, which do stand there. */
  confirmed: v.exactOptional(evidence),
});
export type CheckedSentence = v.InferOutput<typeof checkedSentence>;

/** What the model was given, in tokens: counted, never guessed. */
const contextUse = v.object({
  promptTokens: v.number(),
  contextWindow: v.number(),
  passagesUsed: v.number(),
  passagesLeftOut: v.number(),
  turnsLeftOut: v.number(),
});
export type ContextUse = v.InferOutput<typeof contextUse>;

/**
 * Each counts from the question on, or from where it no longer waited for the first index: to the passages, the first
 * written token, the checked answer.
 */
const timings = v.object({
  searchMs: v.number(),
  firstTokenMs: v.optional(v.number()),
  answerMs: v.number(),
});

/**
 * The answer to a question. `written` is false when no chat model is there: then `text` is empty, the
 * passages are the answer and `notice` says why and how to get a written one.
 */
export const answer = v.object({
  written: v.boolean(),
  text: v.string(),
  /** Empty when nothing in the files matches the question. */
  passages: v.array(hit),
  /** Then, the little that comes nearest. */
  nearest: v.exactOptional(v.array(hit)),
  /**
   * How many files had been read when this was searched, while the first index is built; of how many, which is not
   * more while that is not known.
   */
  read: v.exactOptional(v.object({ files: v.number(), of: v.number() })),
  /** What was searched for: the question, and what it was completed to where it may go on with the one before. */
  searchedFor: v.optional(v.array(v.string())),
  sentences: v.array(checkedSentence),
  model: v.optional(v.string()),
  /** Where the model runs: the program and its address, and the host where that is not this machine. */
  server: v.exactOptional(
    v.object({ product: v.exactOptional(v.string()), url: v.string(), away: v.exactOptional(v.string()) }),
  ),
  context: v.optional(contextUse),
  notice: v.optional(v.string()),
  /** True when the model failed in the middle: `text` is what had been written, `notice` says why it ended. */
  incomplete: v.optional(v.boolean()),
  /** The model that read some sentences again, and may have confirmed them. */
  reader: v.exactOptional(v.string()),
  /** True when its passages hardly match the question, so that being borne by them says little. */
  weak: v.exactOptional(v.boolean()),
  timings,
});
export type Answer = v.InferOutput<typeof answer>;

/** What happens between a question and its answer, in order. */
export const answerEvent = v.variant("type", [
  v.object({
    type: v.literal("stage"),
    stage: v.picklist(["searching", "loading-model", "thinking", "writing", "checking", "reading-again"]),
  }),
  /** The first index is waited for: how many files are read, of how many; of none while they are looked for. */
  v.object({ type: v.literal("reading"), files: v.number(), of: v.number() }),
  /** May come again with more of them, before anything is written. */
  v.object({ type: v.literal("passages"), passages: v.array(hit) }),
  /** The next piece of the answer, to be put after the ones before. */
  v.object({ type: v.literal("text"), text: v.string() }),
  /** The next piece of what the model thinks before it answers: no part of the answer. */
  v.object({ type: v.literal("thought"), text: v.string() }),
  /** All text so far was thought, which only its end told. */
  v.object({ type: v.literal("unsaid") }),
  /** The whole answer as the first check leaves it, where a second reader goes over it then. */
  v.object({ type: v.literal("checked"), answer }),
]);
export type AnswerEvent = v.InferOutput<typeof answerEvent>;

/** What a second reader is given: an answer as it was checked. */
export const readRequest = v.object({
  question: v.string(),
  text: v.string(),
  passages: v.array(hit),
  sentences: v.array(checkedSentence),
});
export type ReadRequest = v.InferOutput<typeof readRequest>;

/** How many sentences have been read again, of how many. */
export const readingProgress = v.object({ done: v.number(), of: v.number() });
export type ReadingProgress = v.InferOutput<typeof readingProgress>;

/** What it came to. */
export const reading = v.object({
  sentences: v.array(checkedSentence),
  /** The model that read; missing when none did. */
  reader: v.exactOptional(v.string()),
  /** Why it did not come to its end. */
  notice: v.exactOptional(v.string()),
});
export type Reading = v.InferOutput<typeof reading>;

/** Text that the user selected in an editor or in the reader, to be asked about. */
export const selection = v.object({
  path: v.string(),
  language: v.string(),
  startLine: v.number(),
  endLine: v.number(),
  /** Of a document, whose lines say nothing: its place in words, "page 4"; "" where it has none. */
  where: v.exactOptional(v.string()),
  text: v.string(),
});
export type Selection = v.InferOutput<typeof selection>;

/** A question that was asked before. `answer` is "" where passages alone were shown. */
export const turn = v.object({
  question: v.string(),
  answer: v.string(),
  /** What it was about. */
  selection: v.optional(selection),
});
export type Turn = v.InferOutput<typeof turn>;

export const chatModel = v.object({
  name: v.string(),
  sizeBytes: v.number(),
  parameters: v.optional(v.string()),
  quantization: v.optional(v.string()),
  contextLength: v.optional(v.number()),
  /** Memory in bytes that each token of context takes. */
  bytesPerToken: v.exactOptional(v.number()),
  /** The share of the weights that is read for one token, for a mixture of experts. */
  activeShare: v.exactOptional(v.number()),
  /** Whether it thinks before it answers, where that is known of it. */
  thinking: v.exactOptional(v.picklist(["never", "optional", "always"])),
  /** Why Carrel will not use it: a cloud model, or one that cannot chat. */
  refused: v.optional(v.string()),
  /** True for a model of this machine that makes embeddings, as far as the server tells. */
  embeds: v.optional(v.boolean()),
  /** Then, what the setting of the embedding model is set to for it. */
  embedsAs: v.exactOptional(v.string()),
  /** True for one of those that is known to know many languages. */
  manyLanguages: v.optional(v.boolean()),
  /** The address of the server that it is on, where several are set up. */
  server: v.exactOptional(v.string()),
  /** The host that it runs on, where that is not this machine. */
  away: v.exactOptional(v.string()),
});
export type ChatModel = v.InferOutput<typeof chatModel>;

const serverState = {
  url: v.string(),
  state: v.picklist(["ready", "down", "unknown-server", "refused", "busy"]),
  /** What the server is called ("Ollama"), where that could be told. */
  product: v.optional(v.string()),
  version: v.optional(v.string()),
  /** One sentence for a person: what is wrong and what to do; or a warning when it is ready. */
  detail: v.optional(v.string()),
  remedy: v.optional(v.string()),
  /** Its host, where that is not this machine. */
  away: v.exactOptional(v.string()),
};

/** One of several model servers, without its models. */
const otherServer = v.object(serverState);
export type OtherServer = v.InferOutput<typeof otherServer>;

/**
 * The model server that questions go to, as far as can be told by asking it. Where several are set up, `models` are
 * those of all of them.
 */
export const chatServer = v.object({
  ...serverState,
  models: v.array(chatModel),
  /** For a server without a usable model: the command that installs one, for a person to run, and its size. */
  install: v.optional(v.object({ command: v.string(), bytes: v.number() })),
  /** The model that a question goes to now: the user's choice, or the best that is installed. */
  chosen: v.optional(v.string()),
  others: v.exactOptional(v.array(otherServer)),
});
export type ChatServer = v.InferOutput<typeof chatServer>;

/** What downloading a model means: a model server does it, and only when a person says so. */
export const modelOffer = v.object({
  name: v.string(),
  /** The host that the server downloads it from. */
  from: v.string(),
  /** 0 where that is known only when the download has begun. */
  sizeBytes: v.number(),
  /** True for one that makes embeddings. */
  embeds: v.optional(v.boolean()),
});
export type ModelOffer = v.InferOutput<typeof modelOffer>;

/** A model that a server holds in memory. */
const loadedModel = v.object({
  name: v.string(),
  /** In memory; 0 where the server does not tell. */
  sizeBytes: v.number(),
  /** When the server lets go of it by itself. */
  until: v.optional(v.string()),
});

/** What a server that can get and delete models has, and well-known ones that it has not. */
export const modelStore = v.object({
  url: v.string(),
  product: v.string(),
  /** Its host, where that is not this machine. */
  away: v.optional(v.string()),
  models: v.array(chatModel),
  loaded: v.array(loadedModel),
  offers: v.array(modelOffer),
});
export type ModelStore = v.InferOutput<typeof modelStore>;

/** How far a download is, over all parts that are known of. */
export const pullProgress = v.object({
  stage: v.picklist(["asking", "downloading", "checking"]),
  doneBytes: v.number(),
  /** 0 while it is not known. */
  totalBytes: v.number(),
});
export type PullProgress = v.InferOutput<typeof pullProgress>;

export const connection = v.object({
  time: v.string(),
  host: v.string(),
  port: v.number(),
  purpose: v.string(),
  allowed: v.boolean(),
  /** False for what was refused, and for what was allowed but met nobody. */
  opened: v.boolean(),
  reason: v.string(),
  /** The id of the engine that tried it, where it was read from the storage. */
  process: v.exactOptional(v.number()),
});
export type Connection = v.InferOutput<typeof connection>;

export const connections = v.object({
  /** What this engine tried since it started. */
  connections: v.array(connection),
  /** What all engines with this storage tried, over restarts, and since when that is kept. */
  kept: v.array(connection),
  keptSince: v.exactOptional(v.string()),
});
export type Connections = v.InferOutput<typeof connections>;

export const check = v.object({
  name: v.string(),
  state: v.picklist(["ok", "warning", "failed"]),
  detail: v.string(),
  remedy: v.optional(v.string()),
});
export type Check = v.InferOutput<typeof check>;

/** Something that must not succeed in a process of ours, and whether it was stopped. */
export const attempt = v.object({
  /** To stand in a list: "a UDP packet". */
  what: v.string(),
  wall: v.picklist(["seat belt", "network", "files"]),
  isStopped: v.boolean(),
});
export type Attempt = v.InferOutput<typeof attempt>;

/** The text taken from a document, with the lines on which its pages begin, or its places of another kind. */
export const documentText = v.object({
  text: v.string(),
  pages: v.array(
    v.object({
      page: v.number(),
      startLine: v.number(),
      /** The page's text was read in a picture of it. */
      isScan: v.exactOptional(v.literal(true)),
    }),
  ),
  places: v.exactOptional(v.pipe(v.array(placeFrom), v.readonly())),
  /** The lines that head a section; rows count from 0, levels from 1, the highest. */
  headings: v.exactOptional(
    v.pipe(v.array(v.object({ name: v.string(), level: v.number(), row: v.number() })), v.readonly()),
  ),
});
export type DocumentText = v.InferOutput<typeof documentText>;

/** A page of text about what a folder holds, and where it names which files. */
export const overviewText = v.object({
  text: v.string(),
  files: v.array(v.object({ path: v.string(), range })),
});
export type OverviewText = v.InferOutput<typeof overviewText>;

/** A question that can be asked of the workspace, and the file that it was made from. */
export const example = v.object({
  question: v.string(),
  folder: v.exactOptional(v.string()),
  path: v.exactOptional(v.string()),
});
export type Example = v.InferOutput<typeof example>;

/** What one server wants to be shown. It is told to the engine in a message, and is no setting. */
export const serverKey = v.object({
  /** The server's address as it is set; the key is sent to its scheme, host and port alone. */
  url: v.string(),
  key: v.string(),
});
export type ServerKey = v.InferOutput<typeof serverKey>;

/** Whether tesseract may call a language so: "eng", "deu_latf", "chi_sim". */
export function isOcrLanguage(name: string): boolean {
  return /^[A-Za-z]{2,10}(_[A-Za-z]{2,10}){0,3}$/.test(name);
}

/** Every setting that the engine knows. The extension reads them from VS Code, the terminal from its flags. */
export const settings = v.object({
  /** The model server; anything but loopback must also stand in `allowedHosts`. */
  modelServerUrl: v.string(),
  /** Another one, which speaks OpenAI's protocol; "" for none. */
  openaiUrl: v.string(),
  allowedHosts: v.array(v.string()),
  /** A chat model's name ("openai:NAME" on the server at `openaiUrl`), or "" for the best installed one. */
  chatModel: v.string(),
  /** Let the chat model read what could not be confirmed of each answer again. */
  secondReader: v.boolean(),
  /** "bundled", "ollama:NAME", "openai:NAME", or the absolute path of a transformers.js model's folder. */
  embeddingModel: v.string(),
  maxFileBytes: v.number(),
  /** Extra patterns to leave out, as in .gitignore. */
  exclude: v.array(v.string()),
  /** Give all passages vectors of the bundled transformer, in the background, after they were indexed. */
  refine: v.boolean(),
  /** Read pages that are pictures of text, in the background, after all else. */
  ocr: v.boolean(),
  /** Languages of such pages, as tesseract names them ("eng"); with more of them reading takes longer. */
  ocrLanguages: v.array(v.pipe(v.string(), v.check(isOcrLanguage))),
  /** The absolute path of a folder with tesseract's data of languages; "" for none. */
  ocrLanguageFolder: v.string(),
  /** Fingerprints of values that look like secrets and are none. */
  secretsAllow: v.array(v.string()),
});
export type Settings = v.InferOutput<typeof settings>;

export const defaultSettings: Settings = {
  modelServerUrl: "http://127.0.0.1:11434",
  openaiUrl: "",
  allowedHosts: [],
  chatModel: "",
  secondReader: false,
  embeddingModel: "bundled",
  maxFileBytes: 2_000_000,
  exclude: [],
  refine: true,
  ocr: true,
  ocrLanguages: ["eng"],
  ocrLanguageFolder: "",
  secretsAllow: [],
};
