import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { CarrelError } from "../../protocol/channel.ts";

/** The largest that there is unpacks to 50 MB. */
const maxBytes = 100_000_000;

/** What tesseract knows of a language: from the user's folder, or, for English, from Carrel's own package. */
export function languageData(language: string, folder: string): Uint8Array {
  for (const file of filesFor(language, folder)) {
    const bytes = contentOf(file);
    if (bytes) return unpacked(bytes, file);
  }
  const where = folder === "" ? "no folder for it is set" : `${folder} holds no ${language}.traineddata`;
  throw new CarrelError(
    `The data to read scans in the language "${language}" is missing: ${where}.`,
    "Set carrel.ocr.languageFolder to a folder with tesseract's data for it, or take it out of carrel.ocr.languages.",
  );
}

function filesFor(language: string, folder: string): string[] {
  const chosen = [".traineddata", ".traineddata.gz"].map((ending) => join(folder, language + ending));
  const own = language === "eng" ? [bundledEnglish()] : [];
  return [...(folder === "" ? [] : chosen), ...own];
}

function bundledEnglish(): string {
  const about = createRequire(import.meta.url).resolve("@tesseract.js-data/eng/package.json");
  return join(dirname(about), "4.0.0_best_int", "eng.traineddata.gz");
}

function contentOf(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (isMissing) return undefined;
    throw new CarrelError(`${file} can't be read: ${String(error)}`, "Give Carrel the right to read it.");
  }
}

function unpacked(bytes: Buffer, file: string): Uint8Array {
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    return isPacked ? gunzipSync(bytes, { maxOutputLength: maxBytes }) : bytes;
  } catch {
    throw new CarrelError(`${file} is damaged.`, "Put another copy of it there.");
  }
}
