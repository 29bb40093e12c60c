import { defaultSettings, isOcrLanguage, type Settings } from "../protocol/data.ts";
import { localOllama } from "../protocol/ollamaHost.ts";

/**
 * The one reader of settings. To add a setting:
 * 1. declare it in package.json under `contributes.configuration`, described in package.nls.json, with
 *    `"scope": "machine"`, and in `restrictedConfigurations`: no workspace may set anything;
 * 2. add it to `settingNames` here (test/unit/manifest.test.ts compares the two);
 * 3. read it below. If the engine needs it, add it to `settings` in protocol/data.ts and to
 *    `engineSettings`, and give the terminal a flag.
 * Changes reach the engine by themselves.
 */
export const settingNames = [
  "ollama.url",
  "openai.url",
  "allowedHosts",
  "answers.secondReader",
  "chatModel",
  "embeddingModel",
  "indexing.auto",
  "indexing.exclude",
  "indexing.maxFileSizeMB",
  "indexing.refine",
  "ocr.enabled",
  "ocr.languages",
  "ocr.languageFolder",
  "secrets.allow",
] as const;

export type SettingName = (typeof settingNames)[number];

/** The part of VS Code's `WorkspaceConfiguration` (of the section "carrel") that is read. */
export interface Configuration {
  inspect(name: string): { readonly defaultValue?: unknown; readonly globalValue?: unknown } | undefined;
}

const megabyte = 1_000_000;
const largestFileMB = 100;

/**
 * What the engine is told. A value of the wrong type counts as not set.
 * @param env Where the model server may be named that is used when the user has set none.
 */
export function engineSettings(
  configuration: Configuration,
  env: Readonly<Record<string, string | undefined>> = {},
): Settings {
  const text = (name: SettingName, fallback: string): string => {
    const value = read(configuration, name);
    return typeof value === "string" ? value.trim() : fallback;
  };
  const list = (name: SettingName): string[] => {
    const value = read(configuration, name);
    return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
  };
  const chosenServer = configuration.inspect("ollama.url")?.globalValue;
  const isChosen = typeof chosenServer === "string" && chosenServer.trim() !== "";
  const ownServer = isChosen ? undefined : localOllama(env);
  const size = read(configuration, "indexing.maxFileSizeMB");
  return {
    modelServerUrl: ownServer ?? (text("ollama.url", "") || defaultSettings.modelServerUrl),
    openaiUrl: text("openai.url", ""),
    allowedHosts: list("allowedHosts"),
    chatModel: text("chatModel", ""),
    secondReader: read(configuration, "answers.secondReader") === true,
    embeddingModel: text("embeddingModel", "") || defaultSettings.embeddingModel,
    maxFileBytes:
      typeof size === "number" && size > 0
        ? Math.round(Math.min(size, largestFileMB) * megabyte)
        : defaultSettings.maxFileBytes,
    exclude: list("indexing.exclude"),
    refine: read(configuration, "indexing.refine") !== false,
    ocr: read(configuration, "ocr.enabled") !== false,
    ocrLanguages: ocrLanguages(list("ocr.languages")),
    ocrLanguageFolder: text("ocr.languageFolder", ""),
    secretsAllow: list("secrets.allow"),
  };
}

/** Names of languages are part of the names of files: what can't be one is left out. */
function ocrLanguages(wanted: readonly string[]): string[] {
  const named = wanted.map((one) => one.trim()).filter((one) => isOcrLanguage(one));
  return named.length > 0 ? [...new Set(named)] : defaultSettings.ocrLanguages;
}

/** Whether a workspace is indexed as soon as it is opened. */
export function indexesAtOnce(configuration: Configuration): boolean {
  return read(configuration, "indexing.auto") === true;
}

/**
 * A setting is taken from the user alone. VS Code does not let a workspace override one of machine scope either;
 * asking for the user's value keeps it so if a declaration is ever wrong.
 */
function read(configuration: Configuration, name: SettingName): unknown {
  const values = configuration.inspect(name);
  return values?.globalValue ?? values?.defaultValue;
}
