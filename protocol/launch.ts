/**
 * The environment of the engine and of the processes that it starts: the caller's, with every library's
 * telemetry off, no credentials or addresses of model hubs, and Electron told to run as plain Node.
 */
export function engineEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || /^(HF_|HUGGING|LANCEDB_|ORT_|NODE_OPTIONS$|VSCODE_)/.test(name)) continue;
    result[name] = value;
  }
  return {
    ...result,
    ELECTRON_RUN_AS_NODE: "1",
    ORT_DISABLE_TELEMETRY: "1",
    HF_HUB_DISABLE_TELEMETRY: "1",
    DO_NOT_TRACK: "1",
    LANCEDB_LOG: "error",
  };
}
