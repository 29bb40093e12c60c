import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import type { Browser, FrameLocator, Locator, Page } from "playwright-core";
import { builtExtension, type CodeServer, startCodeServer } from "../../scripts/codeServer.ts";
import { busyMs, launchBrowser } from "./browser.ts";

/** VS Code's own defaults, each for its kind. */
const themes = {
  light: "Light 2026",
  dark: "Dark 2026",
  "high contrast": "Default High Contrast",
  "high contrast light": "Default High Contrast Light",
} as const;

export interface WorkbenchOptions {
  /** The folder to open. It is copied first: tests may write into `Workbench.folder`. */
  readonly folder: string;
  readonly theme?: keyof typeof themes;
  /** The user's settings, such as { "carrel.ollama.url": "http://127.0.0.1:…" }. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** A folder of installed extensions, instead of Carrel as built in dist/. */
  readonly extensions?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** A real VS Code in a browser, on a copy of a folder. */
export interface Workbench {
  readonly page: Page;
  readonly server: CodeServer;
  /** The copy that is open. */
  readonly folder: string;
  /** The extension's global storage. */
  readonly storage: string;
  /** Carrel's panel: what stands inside the webview. */
  readonly panel: FrameLocator;
  /** The reader's page, while one document is open in it. */
  readonly reader: FrameLocator;
  /** Opens Carrel's panel with its icon, and waits until it is there. */
  openPanel(): Promise<FrameLocator>;
  /** Runs a command by its title in the command palette. */
  command(title: string): Promise<void>;
  /** Begins a new conversation in the panel, with the cursor in its box. */
  newConversation(): Promise<void>;
  /** The editor whose tab has this name, once that is in front. */
  activeEditor(name: string): Promise<Locator>;
  screenshot(file: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens VS Code; resolves when the explorer shows the folder. The caller closes it, also when a test fails. */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const scratch = mkdtempSync(join(tmpdir(), "carrel-workbench-"));
  const folder = join(scratch, basename(resolve(options.folder)));
  const userData = join(scratch, "user");
  let server: CodeServer | undefined;
  let browser: Browser | undefined;
  const close = async (): Promise<void> => {
    await browser?.close();
    await server?.close();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    cpSync(options.folder, folder, { recursive: true });
    server = await startCodeServer({
      userData,
      extensions: options.extensions ?? join(scratch, "extensions"),
      settings: { "workbench.colorTheme": themes[options.theme ?? "dark"], ...options.settings },
      ...(options.extensions === undefined ? { extension: builtExtension() } : {}),
      ...(options.env ? { env: options.env } : {}),
    });
    browser = await launchBrowser();
    const page = await browser.newPage({ viewport: options.viewport ?? { width: 1280, height: 800 } });
    page.setDefaultTimeout(busyMs);
    await page.goto(server.url(folder));
    await page.locator(".explorer-folders-view .monaco-list-row").first().waitFor();
    return workbench(page, server, {
      folder,
      storage: join(userData, "User/globalStorage/carrel.carrel"),
      close,
    });
  } catch (error) {
    await close();
    throw error;
  }
}

function workbench(
  page: Page,
  server: CodeServer,
  rest: Pick<Workbench, "folder" | "storage" | "close">,
): Workbench {
  // The panel's page and the reader's are webviews both; that of a view has it in its address.
  const webview = (which: string): FrameLocator =>
    page.frameLocator(`iframe.webview.ready${which}`).frameLocator("#active-frame");
  const panel = webview('[src*="purpose=webviewView"]');
  const command = async (title: string): Promise<void> => {
    const input = page.locator(".quick-input-widget .quick-input-filter input");
    const row = page.locator(".quick-input-list .monaco-list-row").filter({ hasText: title }).first();
    // The palette closes when something else takes the focus a moment later, so one try may be in vain.
    const soon = { timeout: 5_000 };
    for (let attempt = 1; ; attempt++) {
      try {
        await page.keyboard.press("F1");
        await input.fill(`>${title}`, soon);
        await row.click(soon);
        return;
      } catch (error) {
        if (attempt === 12) throw error;
        await page.keyboard.press("Escape");
      }
    }
  };
  return {
    ...rest,
    page,
    server,
    panel,
    reader: webview(':not([src*="purpose="])'),
    async openPanel() {
      await page.locator('.activitybar .action-label[aria-label^="Carrel"]').click();
      await panel.locator("body").waitFor();
      return panel;
    },
    command,
    async newConversation() {
      await command("Carrel: New Conversation");
      // The palette gives the focus back before the command runs, which would throw away what was asked before it ran.
      await panel.getByTestId("welcome").waitFor();
      await panel.locator('[data-testid="ask-box"]:focus').waitFor();
    },
    async activeEditor(name) {
      await page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
      return page.locator(".editor-instance .monaco-editor").first();
    },
    async screenshot(file) {
      mkdirSync(dirname(file), { recursive: true });
      await page.screenshot({ path: file });
    },
  };
}

/** Waits until a line with this text is on the screen. VS Code draws spaces as no-break spaces. */
export async function lineVisible(editor: Locator, text: string): Promise<void> {
  const pattern = new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll(" ", "\\s"));
  await editor.locator(".view-line").filter({ hasText: pattern }).first().waitFor();
}
