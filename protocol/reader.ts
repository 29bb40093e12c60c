import * as v from "valibot";
import type { Contract } from "./channel.ts";
import * as data from "./data.ts";
import { scannedPage } from "./scans.ts";

const nothing = v.object({});
const bytes = v.object({ bytes: v.instance(Uint8Array) });

const fileEnds = v.object({
  size: v.number(),
  /** Differs when the file has changed. */
  version: v.string(),
  start: v.instance(Uint8Array),
  /** The last bytes, as far as `start` has not got them already. */
  end: v.instance(Uint8Array),
});
export type FileEnds = v.InferOutput<typeof fileEnds>;

/** What a person has selected in a document, and where it stands, as the document counts. */
const selected = v.object({
  text: v.string(),
  /** Lines of the extracted text; of a PDF, which is shown as it is, its pages alone: the first and the last. */
  startLine: v.number(),
  endLine: v.number(),
  pages: v.exactOptional(v.tuple([v.number(), v.number()])),
  /** The place in words: "page 4"; "" where the document has none. */
  where: v.string(),
});
export type Selected = v.InferOutput<typeof selected>;

/** What the reader's page asks of the extension, always about its own document. All of it is checked. */
export const readerHostContract = {
  requests: {
    /** The page has loaded: what it shows, and the passage at which it opens. */
    ready: {
      params: nothing,
      result: v.object({
        name: v.string(),
        /** Whether it is shown as it is, from its bytes; else from its text. */
        isDrawn: v.boolean(),
        /** Whether the system has a program for it that the extension can start. */
        opensOutside: v.boolean(),
        passage: v.exactOptional(data.hit),
      }),
    },
    /** Opens the file: what stands at its two ends, where a PDF says what lies where; a small one is all start. */
    file: { params: nothing, result: fileEnds },
    /** Bytes [begin, end) of the version that `file` has opened; fails when that is not there any more. */
    range: {
      params: v.object({ version: v.string(), begin: v.number(), end: v.number() }),
      result: bytes,
    },
    /** A file of pdf.js: its worker, a character map, a font, a decoder. */
    part: {
      params: v.object({ kind: v.picklist(["worker", "cmap", "font", "wasm"]), name: v.string() }),
      result: bytes,
    },
    /** What was read in the picture of a page, if it is a scan and was read. */
    scan: {
      params: v.object({ page: v.number() }),
      result: v.object({ scan: v.exactOptional(scannedPage) }),
    },
    text: { params: nothing, result: data.documentText },
    copy: { params: v.object({ text: v.string() }), result: nothing },
    ask: { params: selected, result: nothing },
    /** Asks the person first. */
    openLink: { params: v.object({ url: v.string() }), result: nothing },
    openOriginal: { params: nothing, result: nothing },
  },
  notifications: {
    /** What drawing a PDF takes in any case: sent once, before the page asks for it and before `ready` is answered. */
    worker: bytes,
    ends: fileEnds,
    reveal: v.object({ passage: data.hit }),
    /** Keep in mind what is seen, and go back to it: passages are looked through meanwhile. */
    remember: nothing,
    restore: nothing,
    /** The index has changed, in which pages that are pictures of text are read. */
    indexed: nothing,
    /** The document's file was written or is gone. */
    changed: v.object({ isGone: v.boolean() }),
  },
} as const satisfies Contract;
export type ReaderHostContract = typeof readerHostContract;

/** What the extension asks of the reader's page. */
export const readerContract = {
  requests: {
    /** What is selected in its document, if anything is. */
    selected: { params: nothing, result: v.object({ selected: v.exactOptional(selected) }) },
  },
  notifications: {},
} as const satisfies Contract;
export type ReaderContract = typeof readerContract;
