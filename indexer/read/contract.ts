import * as v from "valibot";
import type { Contract } from "../../protocol/channel.ts";
import { attempt, documentText, fileKind } from "../../protocol/data.ts";
import { place } from "../../protocol/places.ts";
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
      }),
      result: v.variant("ok", [
        v.object({
          ok: v.literal(true),
          hash: v.string(),
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
        }),
      ]),
    },
    documentText: {
      params: v.object({ folder: v.string(), path: v.string(), letThrough: v.exactOptional(letThrough) }),
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
