import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import * as v from "valibot";
import { CarrelError } from "../../protocol/channel.ts";
import type { GreyPage } from "./greyPage.ts";
import { languageData } from "./tesseractData.ts";

/** WebAssembly's memory comes in pages of 64 KiB: a page of A3 takes some 200 MB. */
const maxMemoryPages = 12_288;
/** Finds columns, paragraphs and lines by itself; the engine's own default takes the page for one block. */
const findLayout = "3";
const lstmOnly = 1;

/** The part of tesseract.js-core that is used. Its own wrapper, tesseract.js, starts threads and downloads data. */
interface Core {
  readonly FS: { writeFile(path: string, data: Uint8Array): void };
  readonly TessBaseAPI: new () => Api;
}
interface Api {
  Init(path: null, languages: string, mode: number, config: null): number;
  SetVariable(name: string, value: string): boolean;
  SetImageFile(orientation: number, angle: number): number;
  SetSourceResolution(dotsPerInch: number): void;
  Recognize(monitor: null): number;
  GetJSONText(page: number): string | null;
  Clear(): void;
}

const box = v.object({ x0: v.number(), y0: v.number(), x1: v.number(), y1: v.number() });
export type Box = v.InferOutput<typeof box>;

/** What tesseract tells of a page, as far as it is used. */
const readPage = v.object({
  blocks: v.array(
    v.object({
      paragraphs: v.array(
        v.object({
          lines: v.array(
            v.object({
              rowAttributes: v.object({ rowHeight: v.number() }),
              words: v.array(v.object({ text: v.string(), confidence: v.number(), bbox: box })),
            }),
          ),
        }),
      ),
    }),
  ),
});
export type ReadPage = v.InferOutput<typeof readPage>;

let core: Promise<Core> | undefined;

/** Reads pictures of text, in the languages that it was opened with. */
export class Tesseract {
  private readonly core: Core;
  private readonly api: Api;

  private constructor(core: Core, api: Api) {
    this.core = core;
    this.api = api;
  }

  /** Throws a CarrelError when the data of a language is missing or damaged. */
  static async open(languages: readonly string[], folder: string): Promise<Tesseract> {
    core ??= loadCore();
    const loaded = await core;
    for (const language of languages) {
      loaded.FS.writeFile(`${language}.traineddata`, languageData(language, folder));
    }
    const api = new loaded.TessBaseAPI();
    if (api.Init(null, languages.join("+"), lstmOnly, null) !== 0) {
      throw new CarrelError(
        `The data to read scans in ${languages.join(", ")} can't be used.`,
        "Carrel takes tesseract's data for its LSTM engine (tessdata_fast, tessdata_best or 4.0.0).",
      );
    }
    api.SetVariable("tessedit_pageseg_mode", findLayout);
    return new Tesseract(loaded, api);
  }

  /** @param dotsPerInch What the size of its letters is told by. */
  read(page: GreyPage, dotsPerInch: number): ReadPage {
    const { api } = this;
    this.core.FS.writeFile("/input", graymap(page));
    if (api.SetImageFile(1, 0) !== 0) throw new Error("The picture of the page was refused.");
    try {
      api.SetSourceResolution(Math.round(dotsPerInch));
      api.Recognize(null);
      const text = api.GetJSONText(0);
      return text ? v.parse(readPage, { blocks: [], ...JSON.parse(text) }) : { blocks: [] };
    } finally {
      api.Clear();
    }
  }
}

async function loadCore(): Promise<Core> {
  setFlagsFromString(`--wasm-max-mem-pages=${maxMemoryPages}`);
  const wasm = createRequire(import.meta.url).resolve(
    "tesseract.js-core/tesseract-core-relaxedsimd-lstm.wasm",
  );
  const wasmBinary = readFileSync(wasm);
  const { default: start } = (await import(
    "tesseract.js-core/tesseract-core-relaxedsimd-lstm.js" as string
  )) as { default: (options: object) => Promise<Core> };
  const quiet = (): void => undefined;
  return start({ wasmBinary, print: quiet, printErr: quiet, TesseractProgress: quiet });
}

/** The simplest format of pictures that there is: a header, then a byte for each pixel. */
function graymap({ width, height, pixels }: GreyPage): Uint8Array {
  return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`, "latin1"), pixels]);
}
