import type { FileKind } from "../../protocol/data.ts";
import { formatOf, formats } from "../../protocol/formats.ts";

/** What a file is: VS Code's language id, and the kind that decides how it is cut up. */
export interface Language {
  readonly id: string;
  readonly kind: FileKind;
}

/** The language of a file by its name. What is not known counts as plain text. */
export function languageOf(path: string): Language {
  const { language, kind } = formatOf(path);
  return { id: language, kind };
}

/** The language by the name and, for a script without a known ending, by its first line ("#!…"). */
export function languageOfText(path: string, text: string): Language {
  const language = languageOf(path);
  if (language.id !== "plaintext" || !text.startsWith("#!") || /\.(txt|text)$/i.test(path)) return language;
  const first = text.slice(0, Math.min(200, text.indexOf("\n") >>> 0));
  const script = formats.find(({ interpreter }) => interpreter?.test(first));
  return script ? { id: script.language, kind: script.kind } : language;
}
