import { type Browser, chromium } from "playwright-core";
import { findChromium, SetupError } from "../../scripts/tools.mjs";

/** How long a page is waited for: longer than a busy machine takes, since who waits in vain has failed anyway. */
export const busyMs = 90_000;

/** Starts the machine's Chromium without a window and without traffic of its own. The caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new SetupError("Chromium was not found.", "Run npm run setup -- --tests.");
  return await chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
