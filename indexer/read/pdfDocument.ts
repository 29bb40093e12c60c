import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import type { PDFDocumentLoadingTask, PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import { UnreadableFile } from "./extracted.ts";

type PdfJs = typeof import("pdfjs-dist/legacy/build/pdf.mjs");

let loading: Promise<{ library: PdfJs; data: string }> | undefined;

/** pdf.js is large and loaded when the first PDF comes. Its worker runs here: this process is the fence. */
export function loadPdfJs(): Promise<{ library: PdfJs; data: string }> {
  loading ??= (async () => {
    const data = dirname(createRequire(import.meta.url).resolve("pdfjs-dist/package.json"));
    const library = await import("pdfjs-dist/legacy/build/pdf.mjs");
    // The worker's module registers itself, so that pdf.js does not look for a file by an address.
    await import("pdfjs-dist/legacy/build/pdf.worker.mjs" as string);
    return { library, data };
  })();
  return loading;
}

export interface PdfOptions {
  /** Images of more pixels are not decoded. */
  readonly maxImagePixels: number;
  /** A page with such an image, or with an error, fails. */
  readonly isStrict?: boolean;
}

export interface OpenPdf {
  readonly document: PDFDocumentProxy;
  close(): Promise<void>;
}

/** Opens a PDF: no script runs, nothing is fetched. Throws UnreadableFile when it is protected or damaged. */
export async function openPdf(
  bytes: Uint8Array,
  { maxImagePixels, isStrict = false }: PdfOptions,
): Promise<OpenPdf> {
  const { library, data } = await loadPdfJs();
  const folder = (name: string): string => join(data, name) + sep;
  const task: PDFDocumentLoadingTask = library.getDocument({
    // pdf.js takes the memory over, so it gets its own.
    data: new Uint8Array(bytes),
    cMapUrl: folder("cmaps"),
    cMapPacked: true,
    standardFontDataUrl: folder("standard_fonts"),
    wasmUrl: folder("wasm"),
    // Text needs no fonts or scripts; old readers of these options ran code from the document.
    isEvalSupported: false,
    enableXfa: false,
    disableFontFace: true,
    useSystemFonts: false,
    useWorkerFetch: false,
    isOffscreenCanvasSupported: false,
    isImageDecoderSupported: false,
    maxImageSize: maxImagePixels,
    stopAtErrors: isStrict,
    verbosity: 0,
  } as Parameters<PdfJs["getDocument"]>[0]);
  const close = (): Promise<void> => task.destroy().catch(() => undefined);
  try {
    return { document: await task.promise, close };
  } catch (error) {
    await close();
    throw new UnreadableFile(openingFailure(error));
  }
}

function openingFailure(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  if (name === "PasswordException") return "The PDF is protected by a password.";
  return "The PDF is damaged: it can't be opened.";
}
