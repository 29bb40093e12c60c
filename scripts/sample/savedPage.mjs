/**
 * Has Chromium save a page as a single file, as its "Save page as" does:
 * `node scripts/sample/savedPage.mjs` makes test/fixtures/files/savedPage.mht. Nothing is loaded from a network.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { findChromium } from "../tools.mjs";

const address = "https://havnevakten.example/tidevann";
const page = readFileSync(new URL("./sources/savedPage.html", import.meta.url), "utf8");
const target = new URL("../../test/fixtures/files/savedPage.mht", import.meta.url);

const browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox"] });
try {
  const tab = await browser.newPage();
  await tab.route("**/*", (route) =>
    route.request().url() === address
      ? route.fulfill({ body: page, contentType: "text/html; charset=utf-8" })
      : route.abort(),
  );
  await tab.goto(address);
  const session = await tab.context().newCDPSession(tab);
  const { data } = await session.send("Page.captureSnapshot", { format: "mhtml" });
  writeFileSync(target, data);
} finally {
  await browser.close();
}
