import type { PDFPageProxy } from "pdfjs-dist";
import { ownText, type TextContent } from "./pageText.ts";
import type { PdfFile } from "./pdfFile.ts";
import { mayBeScan, type ScanOf, wordsOfScan } from "./scanText.ts";

/** What is laid over a page, one after the other. */
interface PageContents {
  readonly contents: readonly TextContent[];
  /** True for a page that may be a picture of text in which nothing has been read yet. */
  readonly lacksWords: boolean;
}

/** The texts of a PDF's pages: their own, and the words that were read in those that are pictures. */
export class PageTexts {
  private readonly file: Pick<PdfFile, "document" | "lib">;
  private readonly scanOf: ScanOf;
  private readonly plain = new Map<number, Promise<string>>();
  /** Of these `plain` lacks the words that may be read in them later. */
  private readonly lacking = new Set<number>();

  constructor(file: Pick<PdfFile, "document" | "lib">, scanOf: ScanOf) {
    this.file = file;
    this.scanOf = scanOf;
  }

  async contentsOf(page: PDFPageProxy): Promise<PageContents> {
    const own = await ownText(page, this.file.lib);
    if (!mayBeScan(own)) return { contents: [own], lacksWords: false };
    const words = await this.wordsOf(page);
    return { contents: words ? [own, words] : [own], lacksWords: !words };
  }

  /** The words that were read in the picture of a page; undefined where none were. */
  async wordsOf(page: PDFPageProxy): Promise<TextContent | undefined> {
    // Without the engine the page is shown as it is.
    const scan = await this.scanOf(page.pageNumber).catch(() => undefined);
    return scan && wordsOfScan(scan, page);
  }

  /** All of a page's text, to be looked through. */
  plainOf(number: number): Promise<string> {
    const known = this.plain.get(number);
    if (known) return known;
    const text = this.file.document
      .getPage(number)
      .then((page) => this.contentsOf(page))
      .then(({ contents, lacksWords }) => {
        if (lacksWords) this.lacking.add(number);
        const items = contents.flatMap((content) => content.items);
        return items.map((item) => ("str" in item ? item.str : "")).join("");
      })
      // What can't be read can't be found.
      .catch(() => "");
    this.plain.set(number, text);
    return text;
  }

  /** Pages may have been read by now: what lacks their words is made anew when it is looked through again. */
  forgetLacking(): void {
    for (const number of this.lacking) this.plain.delete(number);
    this.lacking.clear();
  }
}
