import type { Page } from "playwright-core";
import { Channel, type Port } from "../../protocol/channel.ts";
import {
  type PanelContract,
  type PanelHostContract,
  panelContract,
  panelHostContract,
} from "../../protocol/panel.ts";
import { panelPage } from "../../protocol/panelPage.ts";
import { busyMs } from "../support/browser.ts";
import { pageBundle } from "../support/pageBundle.ts";
import type { PanelHandlers } from "../support/panelHandlers.ts";
import type { Pages } from "../support/testBrowser.ts";
import { defaultHandlers } from "../webview/conversations.ts";
import { type ThemeName, themeClasses, themeVariables } from "../webview/themes.ts";

/** The panel alone in a browser: its real page and policy, and an extension that the test plays. */

const origin = "http://panel.test";

export interface PanelOptions {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** What the extension answers, where it differs from `defaultHandlers`. */
  readonly handlers?: Partial<PanelHandlers>;
  /** What an earlier page has saved. */
  readonly saved?: unknown;
  /** False takes the page's policy away, to test what stands before it. */
  readonly policy?: boolean;
}

export interface OpenPanel {
  readonly page: Page;
  /** The extension's end of the channel. */
  readonly host: Channel<PanelContract, PanelHostContract>;
  /** Addresses that the page tried to load, beside its own three files; the policy may have refused them. */
  readonly requests: string[];
  /** Those of them that would have gone out. */
  readonly sent: string[];
  /** What the page's policy had to refuse. */
  violations(): Promise<string[]>;
  /** What the page has saved last. */
  saved(): Promise<unknown>;
}

/** What VS Code puts into a webview before its script runs. */
function pagePrelude(options: PanelOptions): string {
  const theme = options.theme ?? "dark";
  const given = { variables: themeVariables(theme), bodyClass: themeClasses[theme], saved: options.saved };
  return `(() => {
    const given = ${JSON.stringify(given)};
    let state = given.saved;
    window.savedState = () => state;
    window.violations = [];
    addEventListener("securitypolicyviolation", (event) => {
      window.violations.push(event.violatedDirective + " " + event.blockedURI);
    });
    window.acquireVsCodeApi = () => ({
      postMessage: (message) => window.sendToHost(message),
      getState: () => state,
      setState: (value) => { state = JSON.parse(JSON.stringify(value)); },
    });
    addEventListener("DOMContentLoaded", () => {
      for (const [name, value] of Object.entries(given.variables)) {
        document.documentElement.style.setProperty(name, value);
      }
      document.body.classList.add(given.bodyClass);
      document.body.style.backgroundColor = "var(--vscode-sideBar-background)";
    });
  })()`;
}

/** Opens the panel in a page of its own. Closing the page ends it. */
export async function openPanel(browser: Pages, options: PanelOptions = {}): Promise<OpenPanel> {
  const { script, style } = await pageBundle("webview/main.tsx");
  const page = await browser.newPage({
    viewport: { width: options.width ?? 340, height: options.height ?? 720 },
    reducedMotion: "reduce",
  });
  page.setDefaultTimeout(busyMs);
  const html = panelPage({ cspSource: origin, nonce: "test", script: "/webview.js", style: "/webview.css" });
  const files: Record<string, { body: string; contentType: string }> = {
    "/": {
      body: options.policy === false ? html.replace(/<meta http-equiv[^>]*>/, "") : html,
      contentType: "text/html",
    },
    "/webview.js": { body: script, contentType: "text/javascript" },
    "/webview.css": { body: style, contentType: "text/css" },
  };
  const requests: string[] = [];
  const sent: string[] = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin || !(url.pathname in files)) requests.push(request.url());
  });
  await page.route("**/*", async (route) => {
    const url = new URL(route.request().url());
    const file = url.origin === origin ? files[url.pathname] : undefined;
    if (!file) sent.push(url.href);
    await (file ? route.fulfill(file) : route.abort());
  });

  let receive: (message: unknown) => void = () => undefined;
  await page.exposeFunction("sendToHost", (message: unknown) => receive(message));
  const port: Port = {
    send(message) {
      const plain = JSON.stringify(message);
      page.evaluate(`window.postMessage(${plain}, "*")`).catch(() => undefined);
    },
    listen(onMessage, onClose) {
      receive = onMessage;
      page.on("close", () => onClose("the page was closed"));
    },
  };
  const host = new Channel(port, panelContract, panelHostContract, {
    ...defaultHandlers,
    ...options.handlers,
  });
  await page.addInitScript(pagePrelude(options));
  await page.goto(`${origin}/`);
  await page.getByTestId("ask-box").waitFor();
  return {
    page,
    host,
    requests,
    sent,
    violations: () => page.evaluate<string[]>("window.violations"),
    saved: () => page.evaluate("window.savedState()"),
  };
}

/** Types a question and sends it, as a person does. */
export async function ask(page: Page, question: string): Promise<void> {
  await page.getByTestId("ask-box").fill(question);
  await page.keyboard.press("Enter");
}
