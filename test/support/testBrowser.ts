import { after, before } from "node:test";
import type { Browser } from "playwright-core";
import { launchBrowser } from "./browser.ts";

/** What opens pages: all that a test needs of a browser. */
export type Pages = Pick<Browser, "newPage">;

/** One browser for all tests of a file: started before the first of them, closed after the last. */
export function browserForTests(): Pages {
  let browser: Browser | undefined;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());
  return {
    newPage(options) {
      if (!browser) throw new Error("There is a browser only while tests run.");
      return browser.newPage(options);
    },
  };
}
