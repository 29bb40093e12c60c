import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as vscode from "vscode";
import { CarrelError } from "../protocol/channel.ts";

/** Where pdf.js lies: in the repository while it is developed, beside the bundles in the VSIX. */
function home(extensionUri: vscode.Uri): string {
  const bundle = join(extensionUri.fsPath, "dist", "extension.cjs");
  return dirname(createRequire(bundle).resolve("pdfjs-dist/package.json"));
}

/** pdf.js itself, which the page loads as a script. */
export function pdfScript(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.file(join(home(extensionUri), "legacy/build/pdf.min.mjs"));
}

const places = {
  worker: () => "legacy/build/pdf.worker.min.mjs",
  cmap: (name: string) => `cmaps/${name}`,
  font: (name: string) => `standard_fonts/${name}`,
  wasm: (name: string) => `wasm/${name}`,
} as const;

/** A file that pdf.js needs while it draws. The page names it, so the name must be one of a file in its folder. */
export async function pdfPart(
  extensionUri: vscode.Uri,
  kind: keyof typeof places,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!/^[\w-]+(?:\.[\w-]+)*$/.test(name)) {
    throw new CarrelError(`There is no file "${name}" of the PDF drawer.`, "", "invalid");
  }
  // A Buffer may be a window on memory that it shares with others; what is sent is a copy of its own.
  return new Uint8Array(await readFile(join(home(extensionUri), places[kind](name))));
}
