import type { PlaceFrom } from "../../protocol/places.ts";
import type { Extracted } from "./extracted.ts";
import { read as readText } from "./textReader.ts";

const cue = /^\s*((?:\d{1,2}:)?\d{1,2}:\d{2})[.,]\d{1,3}\s*-->\s*((?:\d{1,2}:)?\d{1,2}:\d{2})[.,]\d{1,3}/;

/** Subtitles as they are, with the times at which they are shown. Throws UnreadableFile. */
export async function read(bytes: Buffer): Promise<Extracted> {
  const extracted = await readText(bytes);
  const places: PlaceFrom[] = [];
  for (const [index, line] of extracted.text.split("\n").entries()) {
    const found = cue.exec(line);
    if (!found) continue;
    const [, from = "", to = ""] = found;
    places.push({ startLine: index + 1, place: { in: "time", from, to } });
  }
  return places.length > 0 ? { ...extracted, places } : extracted;
}
