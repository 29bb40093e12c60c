import type { PDFDocumentProxy } from "pdfjs-dist";

/** pdf.js, which the page loads before the reader's own script. */
type PdfJs = typeof import("pdfjs-dist");

type PartKind = "worker" | "cmap" | "font" | "wasm";

/** Asks the extension for a file of pdf.js. */
export type GetPart = (kind: PartKind, name: string) => Promise<Uint8Array>;

export interface PdfFile {
  readonly lib: PdfJs;
  readonly document: PDFDocumentProxy;
}

/** The kinds of files by pdf.js's own names for the addresses that it would fetch them from. */
const kinds: Readonly<Record<string, PartKind>> = {
  cMapUrl: "cmap",
  standardFontDataUrl: "font",
  wasmUrl: "wasm",
};

/**
 * Opens a PDF. Nothing is fetched: the worker runs from a blob, and what pdf.js needs beside it comes from the
 * extension. No script of the document runs, no form of XFA is built. Rejects with an error for people.
 */
export async function openPdf(given: Promise<Uint8Array>, getPart: GetPart): Promise<PdfFile> {
  const lib = (globalThis as { pdfjsLib?: PdfJs }).pdfjsLib;
  if (!lib) throw new Error("The part of Carrel that draws PDFs could not be loaded. Reload the window.");
  const [bytes, code] = await Promise.all([given, getPart("worker", "worker")]);
  const address = URL.createObjectURL(new Blob([code as BlobPart], { type: "text/javascript" }));
  const port = new Worker(address, { type: "module" });
  const worker = lib.PDFWorker.create({ port, verbosity: 0 });
  const task = lib.getDocument({
    data: bytes,
    worker,
    BinaryDataFactory: class {
      fetch({ kind, filename }: { kind: string; filename: string }): Promise<Uint8Array> {
        const known = kinds[kind];
        if (!known) throw new Error(`There is no kind of file ${kind}.`);
        return getPart(known, filename);
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
  try {
    return { lib, document: await task.promise };
  } catch (error) {
    worker.destroy();
    port.terminate();
    throw new Error(openingFailure(error), { cause: error });
  } finally {
    URL.revokeObjectURL(address);
  }
}

function openingFailure(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  if (name === "PasswordException") {
    return "This PDF is protected by a password, so Carrel can't show it. Open it in a program that asks for it.";
  }
  return "This PDF is damaged: it can't be opened. A program that repairs PDFs may still read it.";
}
