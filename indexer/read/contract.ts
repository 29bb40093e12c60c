import * as v from "valibot";
import type { Contract } from "../../protocol/channel.ts";
import { attempt, documentText, fileKind } from "../../protocol/data.ts";
import { place } from "../../protocol/places.ts";
import { scannedPage } from "../../protocol/scans.ts";
import { letThrough } from "../files/letThrough.ts";
import { withheld } from "../files/withheld.ts";

const chunk = v.object({
  text: v.string(),
  startLine: v.number(),
  endLine: v.number(),
  page: v.exactOptional(v.number()),
  place: v.exactOptional(place),
  heading: v.exactOptional(v.string()),
});

/** What became of one page: what was read in it, or why it can't be read. */
export const readScan = v.union([
  v.object({
    ...scannedPage.entries,
    /** What was held back of it as secret; lines count from 1 on the page. */
    secrets: v.exactOptional(v.object({ withheld: v.array(withheld), letThrough: v.number() })),
  }),
  v.object({ page: v.number(), failed: v.string() }),
]);
export type ReadScan = v.InferOutput<typeof readScan>;

/** What was read in the pictures of a file's pages before: it goes with this version of the file alone. */
const readScans = v.object({
  hash: v.string(),
  pages: v.pipe(
    v.array(
      v.object({
        page: v.number(),
        lines: v.array(
          v.object({
            text: v.string(),
            size: v.number(),
            down: v.exactOptional(v.number()),
            isFirst: v.exactOptional(v.literal(true)),
          }),
        ),
        secrets: v.exactOptional(v.object({ withheld: v.array(withheld), letThrough: v.number() })),
      }),
    ),
    v.readonly(),
  ),
});
export type KnownScans = v.InferOutput<typeof readScans>;

const scans = v.exactOptional(v.pipe(v.array(v.number()), v.readonly()));

/** What the parser process understands. It answers requests in the order in which they come. */
export const parserContract = {
  requests: {
    /** A file that can't be indexed is an answer with a reason, not an error. */
    parse: {
      params: v.object({
        folder: v.string(),
        path: v.string(),
        maxFileBytes: v.number(),
        letThrough: v.exactOptional(letThrough),
        known: v.exactOptional(readScans),
      }),
      result: v.variant("ok", [
        v.object({
          ok: v.literal(true),
          hash: v.string(),
          scans,
          parsed: v.object({
            kind: fileKind,
            language: v.string(),
            chunks: v.pipe(v.array(chunk), v.readonly()),
            withheld: v.pipe(v.array(withheld), v.readonly()),
            letThrough: v.number(),
            partly: v.exactOptional(v.string()),
          }),
        }),
        v.object({
          ok: v.literal(false),
          reason: v.string(),
          hash: v.exactOptional(v.string()),
          mayPass: v.exactOptional(v.literal(true)),
          scans,
        }),
      ]),
    },
    /** Reads the picture of one page; no scan when the file is no longer what it was. */
    readScan: {
      params: v.object({
        folder: v.string(),
        path: v.string(),
        hash: v.string(),
        page: v.number(),
        languages: v.pipe(v.array(v.string()), v.readonly()),
        /** Where the data of those languages is that do not come with Carrel; "" for nowhere. */
        languageFolder: v.string(),
        letThrough: v.exactOptional(letThrough),
      }),
      result: v.object({ scan: v.exactOptional(readScan) }),
    },
    documentText: {
      params: v.object({
        folder: v.string(),
        path: v.string(),
        letThrough: v.exactOptional(letThrough),
        known: v.exactOptional(readScans),
      }),
      result: documentText,
    },
    /** Tries in the process itself the walls that it stands behind. */
    walls: { params: v.object({}), result: v.array(attempt) },
  },
  notifications: {
    /** Sent once, when requests can be answered. */
    ready: v.object({}),
  },
} as const satisfies Contract;

/** The parser asks nothing of the engine. */
export const parserClientContract = { requests: {}, notifications: {} } as const satisfies Contract;
