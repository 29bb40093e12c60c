import type { PDFDataRangeTransport, PDFDocumentProxy } from "pdfjs-dist";
import { CarrelError } from "../../protocol/channel.ts";
import type { FileEnds } from "../../protocol/reader.ts";

/** pdf.js, which the page loads beside the reader's own script. */
type PdfJs = typeof import("pdfjs-dist");

type PartKind = "worker" | "cmap" | "font" | "wasm";

/** What opening a PDF takes from the extension. */
export interface PdfSource {
  /** The two ends of the file. */
  readonly ends: Promise<FileEnds>;
  /** Bytes [begin, end) of that version of the file. */
  range(version: string, begin: number, end: number): Promise<Uint8Array>;
  /** A file of pdf.js. */
  part(kind: PartKind, name: string): Promise<Uint8Array>;
  /** Hears why no more of the file can be had. What pdf.js waits for then never comes. */
  onLost(error: unknown): void;
}

export interface PdfFile {
  readonly lib: PdfJs;
  readonly document: PDFDocumentProxy;
  /** Rejects when no more of the file can be had. */
  readonly lost: Promise<never>;
  close(): void;
}

/** What pdf.js asks for at a time, at least. */
const chunkBytes = 128 << 10;
/** A damaged file is read whole. No message should hold so much. */
const maxRangeBytes = 4 << 20;

/** The kinds of files by pdf.js's own names for the addresses that it would fetch them from. */
const kinds: Readonly<Record<string, PartKind>> = {
  cMapUrl: "cmap",
  standardFontDataUrl: "font",
  wasmUrl: "wasm",
};

const broken = "The part of Carrel that draws PDFs could not be loaded.";

function pdfScript(): HTMLElement | null {
  return document.getElementById("drawing-script");
}

/** Watched from the first: it may have come, or failed, before anybody needs it, and is asked for at each try. */
const scriptEnd = new Promise<void>((resolve) => {
  for (const event of ["load", "error"]) pdfScript()?.addEventListener(event, () => resolve());
});

/** Whether this page was given pdf.js, so that its document is drawn. */
export function drawsPdf(): boolean {
  return pdfScript() !== null;
}

/** pdf.js is larger than the reader and is loaded after it. */
async function library(): Promise<PdfJs> {
  const loaded = (): PdfJs | undefined => (globalThis as { pdfjsLib?: PdfJs }).pdfjsLib;
  if (!loaded()) await scriptEnd;
  const lib = loaded();
  if (!lib) throw new CarrelError(broken, "Reload the window.");
  return lib;
}

/** pdf.js's worker, and the failure that ends it. */
interface DrawingWorker {
  readonly port: Worker;
  /** Rejects when the script can't run: of that it says nothing to pdf.js, which would wait for ever. */
  readonly failure: Promise<never>;
}

/** The worker runs from a blob: the page may load no other. */
async function startWorker(code: Promise<Uint8Array>): Promise<DrawingWorker> {
  const blob = new Blob([(await code) as BlobPart], { type: "text/javascript" });
  const address = URL.createObjectURL(blob);
  const port = new Worker(address, { type: "module" });
  // It may fail before anybody waits for the document.
  const failure = new Promise<never>((_, reject) => {
    port.addEventListener("error", () => reject(new CarrelError(broken, "Reload the window.")));
  });
  failure.catch(() => undefined);
  // It has been fetched when it first speaks.
  port.addEventListener("message", () => URL.revokeObjectURL(address), { once: true });
  return { port, failure };
}

/**
 * Opens a PDF. Nothing is fetched: what pdf.js needs of the file, and beside it, comes from the extension when it is
 * needed. No script of the document runs, no form of XFA is built. Rejects with an error for people.
 */
export async function openPdf(source: PdfSource): Promise<PdfFile> {
  // All three begin at once.
  const started = startWorker(source.part("worker", "worker"));
  const [{ port, failure }, lib, ends] = await Promise.all([started, library(), source.ends]).catch(
    (error: unknown) => {
      void started.then((unused) => unused.port.terminate()).catch(() => undefined);
      throw error;
    },
  );
  const worker = lib.PDFWorker.create({ port, verbosity: 0 });
  const close = (): void => {
    worker.destroy();
    port.terminate();
  };
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(source.onLost);
  try {
    if (ends.size === 0) {
      throw new CarrelError("This PDF is empty: its file has no content.", "Save or copy the file again.");
    }
    const opened = lib.getDocument({
      range: rangesOf(lib, source, ends, lost.reject),
      rangeChunkSize: chunkBytes,
      disableStream: true,
      // What nobody looks at is not read.
      disableAutoFetch: true,
      worker,
      BinaryDataFactory: class {
        fetch({ kind, filename }: { kind: string; filename: string }): Promise<Uint8Array> {
          const known = kinds[kind];
          if (!known) throw new Error(`There is no kind of file ${kind}.`);
          return source.part(known, filename);
        }
      },
      // No address: they only tell pdf.js that there are such files.
      cMapUrl: "cmap/",
      standardFontDataUrl: "font/",
      wasmUrl: "wasm/",
      cMapPacked: true,
      useWorkerFetch: false,
      useSystemFonts: false,
      enableXfa: false,
      stopAtErrors: false,
      verbosity: 0,
    });
    const document = await Promise.race([opened.promise, lost.promise, failure]);
    return { lib, document, lost: lost.promise, close };
  } catch (error) {
    close();
    throw error instanceof CarrelError ? error : openingFailure(error);
  }
}

/** Gives pdf.js the parts of the file that it asks for. */
function rangesOf(
  lib: PdfJs,
  source: PdfSource,
  { size, version, start, end }: FileEnds,
  onLost: (error: unknown) => void,
): PDFDataRangeTransport {
  const endsFrom = size - end.length;
  const read = async (begin: number, until: number): Promise<Uint8Array> =>
    begin >= endsFrom
      ? end.slice(begin - endsFrom, until - endsFrom)
      : await source.range(version, begin, until);
  const readAll = async (begin: number, until: number): Promise<Uint8Array> => {
    const whole = new Uint8Array(until - begin);
    for (let from = begin; from < until; from += maxRangeBytes) {
      whole.set(await read(from, Math.min(from + maxRangeBytes, until)), from - begin);
    }
    return whole;
  };
  const transport = new lib.PDFDataRangeTransport(size, start);
  transport.requestDataRange = (begin, until) => {
    readAll(begin, until)
      .then((bytes) => transport.onDataRange(begin, bytes))
      .catch(onLost);
  };
  return transport;
}

function openingFailure(error: unknown): CarrelError {
  const name = error instanceof Error ? error.name : "";
  if (name === "PasswordException") {
    return new CarrelError(
      "This PDF is protected by a password, so Carrel can't show it.",
      "Open it in a program that asks for the password.",
    );
  }
  return new CarrelError(
    "This PDF is damaged: it can't be opened.",
    "Get the file again from where it came from; a program that repairs PDFs may still read it.",
  );
}
