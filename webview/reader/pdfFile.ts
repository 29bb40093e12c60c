import type { PDFDataRangeTransport, PDFDocumentProxy } from "pdfjs-dist";
import { CarrelError } from "../../protocol/channel.ts";
import type { FileEnds } from "../../protocol/reader.ts";
import { FileBytes, partBytes } from "./fileBytes.ts";

/** pdf.js, which the page loads beside the reader's own script. */
type PdfJs = typeof import("pdfjs-dist");

type PartKind = "worker" | "cmap" | "font" | "wasm";

/** What opening a PDF takes from the extension. */
export interface PdfSource {
  /** The script of pdf.js's worker. */
  readonly worker: Promise<Uint8Array>;
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
  /** Reads no more than what is asked for. */
  stopReadingAhead(): void;
  close(): void;
}

/** The kinds of files by pdf.js's own names for the addresses that it would fetch them from. */
const kinds: Readonly<Record<string, PartKind>> = {
  cMapUrl: "cmap",
  standardFontDataUrl: "font",
  wasmUrl: "wasm",
};

const broken = "The part of Carrel that draws PDFs could not be loaded.";

/** What may run here bears the same nonce as this script. VS Code puts one of its own before it. */
const nonce = document.currentScript?.nonce ?? "";

/** The address of pdf.js, in a page whose document is drawn. */
function pdfScript(): string | undefined {
  return document.getElementById("reader")?.dataset["pdfScript"];
}

/** Whether this page was given pdf.js, so that its document is drawn. */
export function drawsPdf(): boolean {
  return pdfScript() !== undefined;
}

/** pdf.js is larger than the reader and is loaded after it: a page hears nothing before what it loads at first is there. */
async function library(): Promise<PdfJs> {
  if (document.readyState !== "complete") {
    await new Promise((resolve) => window.addEventListener("load", resolve, { once: true }));
  }
  const loaded = (): PdfJs | undefined => (globalThis as { pdfjsLib?: PdfJs }).pdfjsLib;
  if (!loaded()) {
    const script = document.createElement("script");
    script.nonce = nonce;
    script.type = "module";
    script.src = pdfScript() ?? "";
    await new Promise((resolve) => {
      for (const event of ["load", "error"]) script.addEventListener(event, resolve);
      document.body.append(script);
    });
  }
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
  const started = startWorker(source.worker);
  const begun = source.ends.then((ends) => beginReading(source, ends));
  const [{ port, failure }, lib, { ends, bytes }] = await Promise.all([started, library(), begun]).catch(
    (error: unknown) => {
      void started.then((unused) => unused.port.terminate()).catch(() => undefined);
      void begun.then((unused) => unused.bytes.stop()).catch(() => undefined);
      throw error;
    },
  );
  const worker = lib.PDFWorker.create({ port, verbosity: 0 });
  const close = (): void => {
    bytes.stop();
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
      range: rangesOf(lib, ends, bytes, lost.reject),
      rangeChunkSize: partBytes,
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
    return { lib, document, lost: lost.promise, stopReadingAhead: () => bytes.stop(), close };
  } catch (error) {
    close();
    throw error instanceof CarrelError ? error : openingFailure(error);
  }
}

function beginReading(source: PdfSource, ends: FileEnds): { ends: FileEnds; bytes: FileBytes } {
  const bytes = new FileBytes(ends, (begin, end) => source.range(ends.version, begin, end));
  bytes.readAhead();
  return { ends, bytes };
}

/** Gives pdf.js the parts of the file that it asks for. */
function rangesOf(
  lib: PdfJs,
  { size, start }: FileEnds,
  bytes: FileBytes,
  onLost: (error: unknown) => void,
): PDFDataRangeTransport {
  const transport = new lib.PDFDataRangeTransport(size, start);
  transport.requestDataRange = (begin, end) => {
    bytes
      .read(begin, end)
      .then((part) => transport.onDataRange(begin, part))
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
