/** Which of the last layer's vectors stand for the text: the first token's, all tokens' mean, the last's. */
export type Pooling = "cls" | "mean" | "last";

/** What must be known of an embedding model to run it right. A changed row changes the model's id. */
export interface ModelRow {
  readonly name: string;
  /** Other names of the same model: folders, and names on Ollama (with a tag only where tags are different models). */
  readonly aliases?: readonly string[];
  readonly dimension: number;
  /** Tokens that the model reads at once. */
  readonly context: number;
  readonly pooling: Pooling;
  readonly queryPrefix: string;
  readonly passagePrefix: string;
  /** The numbers to load first, as transformers.js calls them; another one is taken when its file is missing. */
  readonly dtype: "fp32" | "q8";
  readonly licence: string;
  readonly languages: "English" | "many";
}

const searchInstruction = "Represent this sentence for searching relevant passages: ";
const none = { queryPrefix: "", passagePrefix: "" };
const instructed = { queryPrefix: searchInstruction, passagePrefix: "" };

const rows: readonly ModelRow[] = [
  {
    name: "all-MiniLM-L6-v2",
    aliases: ["all-minilm"],
    dimension: 384,
    context: 512,
    pooling: "mean",
    ...none,
    dtype: "q8",
    licence: "Apache-2.0",
    languages: "English",
  },
  {
    name: "snowflake-arctic-embed-xs",
    dimension: 384,
    context: 512,
    pooling: "cls",
    ...instructed,
    dtype: "q8",
    licence: "Apache-2.0",
    languages: "English",
  },
  {
    name: "snowflake-arctic-embed-s",
    dimension: 384,
    context: 512,
    pooling: "cls",
    ...instructed,
    dtype: "q8",
    licence: "Apache-2.0",
    languages: "English",
  },
  {
    name: "snowflake-arctic-embed",
    aliases: ["snowflake-arctic-embed-l"],
    dimension: 1024,
    context: 512,
    pooling: "cls",
    ...instructed,
    dtype: "q8",
    licence: "Apache-2.0",
    languages: "English",
  },
  {
    name: "bge-small-en-v1.5",
    dimension: 384,
    context: 512,
    pooling: "cls",
    ...instructed,
    dtype: "q8",
    licence: "MIT",
    languages: "English",
  },
  {
    name: "bge-base-en-v1.5",
    dimension: 768,
    context: 512,
    pooling: "cls",
    ...instructed,
    dtype: "q8",
    licence: "MIT",
    languages: "English",
  },
  {
    name: "mxbai-embed-large-v1",
    aliases: ["mxbai-embed-large"],
    dimension: 1024,
    context: 512,
    pooling: "cls",
    ...instructed,
    dtype: "q8",
    licence: "Apache-2.0",
    languages: "English",
  },
  {
    name: "granite-embedding-small-english-r2",
    dimension: 384,
    context: 8192,
    pooling: "cls",
    ...none,
    dtype: "fp32",
    licence: "Apache-2.0",
    languages: "English",
  },
  {
    name: "granite-embedding-97m-multilingual-r2",
    aliases: ["granite-97m-multilingual-r2"],
    dimension: 384,
    context: 32768,
    pooling: "cls",
    ...none,
    dtype: "fp32",
    licence: "Apache-2.0",
    languages: "many",
  },
  {
    name: "gte-modernbert-base",
    dimension: 768,
    context: 8192,
    pooling: "cls",
    ...none,
    dtype: "q8",
    licence: "Apache-2.0",
    languages: "English",
  },
  {
    name: "embeddinggemma-300m",
    aliases: ["embeddinggemma", "embeddinggemma-300m-ONNX"],
    dimension: 768,
    context: 2048,
    pooling: "mean",
    queryPrefix: "task: search result | query: ",
    passagePrefix: "title: none | text: ",
    dtype: "q8",
    licence: "Gemma terms",
    languages: "many",
  },
  {
    name: "Qwen3-Embedding-0.6B",
    aliases: ["qwen3-embedding", "Qwen3-Embedding-0.6B-ONNX"],
    dimension: 1024,
    context: 32768,
    pooling: "last",
    queryPrefix:
      "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:",
    passagePrefix: "",
    dtype: "q8",
    licence: "Apache-2.0",
    languages: "many",
  },
  {
    name: "nomic-embed-text-v1.5",
    aliases: ["nomic-embed-text"],
    dimension: 768,
    context: 2048,
    pooling: "mean",
    queryPrefix: "search_query: ",
    passagePrefix: "search_document: ",
    dtype: "q8",
    licence: "Apache-2.0",
    languages: "English",
  },
  {
    name: "multilingual-e5-small",
    dimension: 384,
    context: 512,
    pooling: "mean",
    queryPrefix: "query: ",
    passagePrefix: "passage: ",
    dtype: "q8",
    licence: "MIT",
    languages: "many",
  },
  {
    name: "bge-m3",
    dimension: 1024,
    context: 8192,
    pooling: "cls",
    ...none,
    dtype: "q8",
    licence: "MIT",
    languages: "many",
  },
  {
    name: "granite-embedding-278m-multilingual",
    aliases: ["granite-embedding:278m", "granite-embedding-multilingual"],
    dimension: 768,
    context: 512,
    pooling: "cls",
    ...none,
    dtype: "q8",
    licence: "Apache-2.0",
    languages: "many",
  },
  {
    name: "snowflake-arctic-embed-l-v2.0",
    aliases: ["snowflake-arctic-embed2"],
    dimension: 1024,
    context: 8192,
    pooling: "cls",
    queryPrefix: "query: ",
    passagePrefix: "",
    dtype: "q8",
    licence: "Apache-2.0",
    languages: "many",
  },
  {
    name: "nomic-embed-text-v2-moe",
    dimension: 768,
    context: 512,
    pooling: "mean",
    queryPrefix: "search_query: ",
    passagePrefix: "search_document: ",
    dtype: "fp32",
    licence: "Apache-2.0",
    languages: "many",
  },
  {
    name: "paraphrase-multilingual-mpnet-base-v2",
    aliases: ["paraphrase-multilingual"],
    dimension: 768,
    context: 512,
    pooling: "mean",
    ...none,
    dtype: "q8",
    licence: "Apache-2.0",
    languages: "many",
  },
];

/** All models whose settings are known. */
export const knownModels: readonly ModelRow[] = rows;

/**
 * The row of a model by any of its names: "all-minilm:l6-v2" and "library/all-minilm" are Ollama's,
 * "sentence-transformers/all-MiniLM-L6-v2" is a hub's. Undefined when it is not known.
 */
export function findModelRow(name: string): ModelRow | undefined {
  const base = name.replaceAll("\\", "/").split("/").at(-1) ?? name;
  const tagged = base.toLowerCase();
  const names = [tagged, tagged.replace(/:.*$/, "")];
  return rows.find((row) =>
    [row.name, ...(row.aliases ?? [])].some((one) => names.includes(one.toLowerCase())),
  );
}
