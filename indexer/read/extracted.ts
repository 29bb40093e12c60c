import type { DocumentText } from "../../protocol/data.ts";
import type { Heading } from "../chunk/markdownOutline.ts";
import type { Language } from "../files/languages.ts";

/** Text taken from a file. Its lines are what people are shown and what places count. */
export interface Extracted extends DocumentText {
  /** Rows count from 0. Empty where the text itself shows its headings. */
  readonly headings: readonly Heading[];
  /** What it is, where its content says another thing than its name. */
  readonly as?: Language;
  /** What was left out because there is so much of it, in a sentence for people. */
  readonly partly?: string;
  /** Pages that are pictures of text, whether these were read or not. */
  readonly scans?: readonly number[];
  /** The lines with which pages of attached documents begin that were read in scans, by the pages' numbers. */
  readonly scanStarts?: ReadonlyMap<number, number>;
}

/** What was read in the pictures of a file's pages before. */
export interface ReadScans {
  readonly pages: readonly {
    readonly page: number;
    readonly lines: readonly ReadScanLine[];
  }[];
}

export interface ReadScanLine {
  readonly text: string;
  /** In points. */
  readonly size: number;
  /** How far down the page it stands, from 0 to 1; absent for lines that are not upright. */
  readonly down?: number | undefined;
  /** True for the first line of a paragraph. */
  readonly isFirst?: true | undefined;
}

/** What each reader ("pdfReader.ts") exports: it turns the bytes of a file of its format into text with places. */
export interface Reader {
  /**
   * Throws UnreadableFile when there is nothing to index.
   * @param path The file's path in its folder, for formats whose content alone does not tell what it is.
   * @param scans For the formats that have scans.
   */
  read(bytes: Buffer, path: string, scans?: ReadScans): Promise<Extracted>;
}

/** A file that holds nothing to index; the message is a sentence for people. */
export class UnreadableFile extends Error {
  /** Its pages that are pictures of text. */
  readonly scans: readonly number[];

  constructor(reason: string, scans: readonly number[] = []) {
    super(reason);
    this.name = "UnreadableFile";
    this.scans = scans;
  }
}
