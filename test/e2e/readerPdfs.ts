import type { Hit } from "../../protocol/data.ts";
import { hitOf } from "../support/hits.ts";
import { makePdf } from "../support/makePdf.ts";
import type { Pages } from "../support/testBrowser.ts";
import type { ThemeName } from "../webview/themes.ts";
import { fileHandlers, type OpenReader, openReader, type ReaderTest } from "./readerPageHarness.ts";

/** PDFs in the reader's page. */

/** A passage of a document, for a reader that is on it. */
export function documentHit(rest: Partial<Hit>): Hit {
  const document = { folder: "/office", path: "register.pdf", kind: "document", language: "pdf" } as const;
  return hitOf("", { ...document, ...rest });
}

/** A reader on a PDF, whose bytes may change while it is open, at a passage of it. */
export async function openPdf(
  browser: Pages,
  bytes: () => Buffer,
  at?: Partial<Hit>,
  handlers: ReaderTest["handlers"] = {},
  theme?: ThemeName,
): Promise<OpenReader> {
  const passage = at && documentHit(at);
  let isFirst = true;
  return await openReader(browser, {
    isDrawn: true,
    ...(theme && { theme }),
    handlers: {
      ready: () => {
        // As the extension does: a passage is given once.
        const given = isFirst && passage ? { passage } : {};
        isFirst = false;
        return { name: passage?.path ?? "register.pdf", isDrawn: true, opensOutside: false, ...given };
      },
      ...fileHandlers(bytes),
      ...handlers,
    },
  });
}

/** A PDF of so many pages, each of which says its sentence, with so many lines in all. */
export function register(count: number, says: (page: number) => string, lines = 2): Buffer {
  const filler = "Nothing else was counted in this bay, and the warden wrote so into the ledger.";
  return makePdf(
    Array.from({ length: count }, (_, index) => ({
      lines: [
        `Record ${index + 1}`,
        says(index + 1),
        ...Array.from({ length: lines - 2 }, (_line, line) => `${line} ${filler}`),
      ],
    })),
  );
}

export const plain = (page: number): string => `This is what page ${page} says.`;
