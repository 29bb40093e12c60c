/**
 * On a large workspace these halve the engine's memory: glibc keeps freed blocks for two threads, not for each,
 * and gives back what is large, and LanceDB builds its text index in parts of 64 MB, one at a time. Smaller parts
 * save 40 MB while indexing, and each search must then look into more of them.
 */
const lowMemory = {
  MALLOC_ARENA_MAX: "2",
  MALLOC_MMAP_THRESHOLD_: String(4 * 1024 * 1024),
  MALLOC_TRIM_THRESHOLD_: String(4 * 1024 * 1024),
  LANCE_FTS_NUM_SHARDS: "1",
  LANCE_FTS_PARTITION_SIZE: "64",
};

/**
 * Node's own arguments for the engine: new objects get 8 MB before they are collected, old ones are when they have
 * grown by 30 % (by themselves they may triple, which took 60 MB more while indexing and no less time), and it says
 * nothing about `node:sqlite`, which holds the write lock and which Node.js 22 calls experimental.
 */
export const engineArguments: readonly string[] = [
  "--max-semi-space-size=8",
  "--heap-growing-percent=30",
  "--disable-warning=ExperimentalWarning",
];

/**
 * The environment of the engine and of the processes that it starts: the caller's, with every library's
 * telemetry off, no credentials (those of model servers go in a message) or addresses of model hubs, and Electron told to run as plain Node.
 */
export function engineEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (
      value === undefined ||
      /^(HF_|HUGGING|CARREL_OPENAI_KEY$|LANCEDB_|ORT_|NODE_OPTIONS$|VSCODE_)/.test(name)
    )
      continue;
    result[name] = value;
  }
  return {
    ...result,
    ELECTRON_RUN_AS_NODE: "1",
    ORT_DISABLE_TELEMETRY: "1",
    HF_HUB_DISABLE_TELEMETRY: "1",
    DO_NOT_TRACK: "1",
    LANCEDB_LOG: "error",
    ...lowMemory,
  };
}
