import assert from "node:assert/strict";
import type { OpenReader } from "./readerPageHarness.ts";

/** What the tests of the reader's page look at. */

/** The share of a page's picture that is not white, when the page is drawn. */
export async function inkOf({ page }: OpenReader, number: number): Promise<number> {
  return await page.evaluate<number>(`(() => {
    const canvas = document.querySelector('[data-page="${number}"] canvas');
    if (!canvas) return 0;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let dark = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i] < 200 && data[i + 3] > 0) dark++;
    return dark / (data.length / 4);
  })()`);
}

export async function said({ page }: OpenReader): Promise<string> {
  return (await page.getByTestId("said").textContent()) ?? "";
}

export async function pageNumber({ page }: OpenReader): Promise<string> {
  return await page.getByTestId("page-number").inputValue();
}

/** Nothing was loaded but the page's own files, and its policy had nothing to refuse. */
export async function assertQuiet(reader: OpenReader): Promise<void> {
  assert.deepEqual(reader.requests, []);
  assert.deepEqual(await reader.violations(), []);
}
