import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Page } from "playwright-core";
import { CarrelError, Channel, type Handlers, type Port } from "../../protocol/channel.ts";
import {
  type ReaderContract,
  type ReaderHostContract,
  readerContract,
  readerHostContract,
} from "../../protocol/reader.ts";
import { readerPage } from "../../protocol/readerPage.ts";
import { busyMs } from "../support/browser.ts";
import { pageBundle } from "../support/pageBundle.ts";
import type { Pages } from "../support/testBrowser.ts";
import { type ThemeName, themeClasses, themeVariables } from "../webview/themes.ts";

/** The reader alone in a browser: its real page and policy, and an extension that the test plays. */

const pdfHome = dirname(createRequire(import.meta.url).resolve("pdfjs-dist/package.json"));
const origin = "http://reader.test";

export interface ReaderTest {
  readonly isDrawn: boolean;
  readonly theme?: ThemeName;
  /** Stands in for pdf.js itself. */
  readonly pdfScript?: string;
  readonly handlers: Partial<Handlers<ReaderHostContract>>;
}

export interface OpenReader {
  readonly page: Page;
  /** The extension's end of the channel. */
  readonly host: Channel<ReaderContract, ReaderHostContract>;
  /** Addresses that the page tried to load, beside its own files. */
  readonly requests: string[];
  /** What the page's policy had to refuse. */
  violations(): Promise<string[]>;
  /** The texts that are marked as the passage, and as what a search has found. */
  marked(): Promise<{ passage: string[]; found: string[] }>;
}

const folders = { cmap: "cmaps", font: "standard_fonts", wasm: "wasm" } as const;

/** What VS Code puts into a webview before its script runs. Bytes travel as text here, which VS Code does better. */
function pagePrelude(theme: ThemeName): string {
  const given = { variables: themeVariables(theme), bodyClass: themeClasses[theme] };
  return `(() => {
    const given = ${JSON.stringify(given)};
    window.violations = [];
    addEventListener("securitypolicyviolation", (event) => {
      window.violations.push(event.violatedDirective + " " + event.blockedURI);
    });
    const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    window.fromHost = (text) => {
      const message = JSON.parse(text, (key, value) => value?.isBytes ? bytesOf(value.base64) : value);
      window.postMessage(message, "*");
    };
    let state;
    window.acquireVsCodeApi = () => ({
      postMessage: (message) => window.sendToHost(message),
      getState: () => state,
      setState: (value) => { state = value; },
    });
    addEventListener("DOMContentLoaded", () => {
      for (const [name, value] of Object.entries(given.variables)) {
        document.documentElement.style.setProperty(name, value);
      }
      document.body.classList.add(given.bodyClass);
    });
  })()`;
}

/** Opens the reader in a page of its own. Closing the page ends it. */
export async function openReader(browser: Pages, test: ReaderTest): Promise<OpenReader> {
  const { script, style } = await pageBundle("webview/reader/main.tsx");
  const page = await browser.newPage({ viewport: { width: 900, height: 700 }, reducedMotion: "reduce" });
  page.setDefaultTimeout(busyMs);
  const pdf = test.isDrawn ? { pdfScript: "/pdf.mjs" } : {};
  const html = readerPage({ nonce: "test", script, style, ...pdf });
  const files: Record<string, { body: string; contentType: string }> = {
    "/": { body: html, contentType: "text/html" },
    "/pdf.mjs": {
      body: test.pdfScript ?? readFileSync(join(pdfHome, "legacy/build/pdf.min.mjs"), "utf8"),
      contentType: "text/javascript",
    },
  };
  const requests: string[] = [];
  await page.route("**/*", async (route) => {
    const url = new URL(route.request().url());
    const file = url.origin === origin ? files[url.pathname] : undefined;
    if (!file && url.protocol !== "blob:") requests.push(url.href);
    await (file ? route.fulfill(file) : route.abort());
  });
  let receive: (message: unknown) => void = () => undefined;
  await page.exposeFunction("sendToHost", (message: unknown) => receive(message));
  const port: Port = {
    send(message) {
      const plain = JSON.stringify(message, (_, value) =>
        value instanceof Uint8Array
          ? { isBytes: true, base64: Buffer.from(value).toString("base64") }
          : value,
      );
      page.evaluate(`window.fromHost(${JSON.stringify(plain)})`).catch(() => undefined);
    },
    listen(onMessage, onClose) {
      receive = onMessage;
      page.on("close", () => onClose("the page was closed"));
    },
  };
  const host = new Channel(port, readerContract, readerHostContract, {
    ...handlersFor(test),
    ...test.handlers,
  });
  await page.addInitScript(pagePrelude(test.theme ?? "dark"));
  await page.goto(`${origin}/`);
  return {
    page,
    host,
    requests,
    violations: () => page.evaluate<string[]>("window.violations"),
    marked: () =>
      page.evaluate<{ passage: string[]; found: string[] }>(`(() => {
        const texts = (name) => [...(CSS.highlights.get(name) ?? [])].map(String);
        return { passage: texts("carrel-passage"), found: texts("carrel-found") };
      })()`),
  };
}

/** Answers for a file with these bytes, as the extension does. They may change, and then are another version. */
export function fileHandlers(
  bytes: () => Buffer,
  ends = { start: 131_072, end: 524_288 },
): Pick<Handlers<ReaderHostContract>, "file" | "range"> {
  const whole = (): Uint8Array<ArrayBuffer> => new Uint8Array(bytes());
  const version = (): string => createHash("sha256").update(bytes()).digest("hex");
  return {
    file() {
      const all = whole();
      const isSmall = all.length <= ends.start + ends.end;
      const start = isSmall ? all : all.slice(0, ends.start);
      const end = isSmall ? new Uint8Array() : all.slice(-ends.end);
      return { size: all.length, version: version(), start, end };
    },
    range({ version: wanted, begin, end }) {
      if (wanted !== version())
        throw new CarrelError("The file was changed while it was shown.", "Try again.");
      return { bytes: whole().slice(begin, end) };
    },
  };
}

/** A file of pdf.js, as the extension gives it. */
export function pdfPartOf(kind: "worker" | keyof typeof folders, name: string): Uint8Array<ArrayBuffer> {
  const path = kind === "worker" ? "legacy/build/pdf.worker.min.mjs" : join(folders[kind], name);
  return new Uint8Array(readFileSync(join(pdfHome, path)));
}

function handlersFor({ isDrawn }: ReaderTest): Handlers<ReaderHostContract> {
  const unexpected = (): never => {
    throw new Error("This was not expected to be asked.");
  };
  return {
    ready: () => ({ name: "document", isDrawn, opensOutside: false }),
    file: unexpected,
    range: unexpected,
    part: ({ kind, name }) => ({ bytes: pdfPartOf(kind, name) }),
    scan: () => ({}),
    text: unexpected,
    copy: unexpected,
    ask: unexpected,
    openLink: unexpected,
    openOriginal: unexpected,
  };
}
