import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import * as vscode from "vscode";
import { CarrelError, Channel, type Handlers } from "../protocol/channel.ts";
import type { Hit, Selection } from "../protocol/data.ts";
import { formatOf } from "../protocol/formats.ts";
import {
  type ReaderContract,
  type ReaderHostContract,
  readerContract,
  readerHostContract,
  type Selected,
} from "../protocol/reader.ts";
import { readerPage } from "../protocol/readerPage.ts";
import { cutText } from "./cutText.ts";
import { readEnds, readRange } from "./documentBytes.ts";
import type { EngineClient } from "./engineClient.ts";
import { canOpenOutside } from "./originals.ts";
import { pdfPart, pdfScript } from "./pdfParts.ts";
import { sendAhead } from "./sendAhead.ts";
import type { Subject } from "./subject.ts";
import { webviewPort } from "./webviewPort.ts";
import { workspaceFile } from "./workspaceFiles.ts";
import { placeInWorkspace, workspaceFolders } from "./workspaceFolders.ts";

const viewType = "carrel.reader";

/** Programs write a file in several steps: it is read again when it has been left alone for so long. */
const settleMs = 300;

/** A page that is there answers at once. */
const answerMs = 10_000;

type ReaderChannel = Channel<ReaderContract, ReaderHostContract>;

/** Shows documents in tabs of their own. */
export interface Reader extends vscode.Disposable {
  /** Opens a document of the workspace at a passage of it, in the tab that it has or a new one. */
  open(file: vscode.Uri, passage: Hit, how: vscode.TextDocumentShowOptions): Promise<void>;
  /** Keeps in mind what is seen of the document whose tab is in front; what it returns goes back to that. */
  remember(): () => void;
  /**
   * What is selected in the document whose tab is in front; undefined when no document's is. Throws a CarrelError when
   * nothing is selected in it.
   */
  subject(): Promise<Subject | undefined>;
}

export interface ReaderOptions {
  readonly extensionUri: vscode.Uri;
  readonly engine: Pick<EngineClient, "document" | "scannedPage" | "onStatus">;
  readonly ask: (selection: Selection) => Promise<void>;
}

interface Tab {
  readonly uri: vscode.Uri;
  readonly panel: vscode.WebviewPanel;
  readonly channel: ReaderChannel;
  /** Whether its page has asked for what to show; before that it hears nothing. */
  isReady: boolean;
}

/** The read-only editor of documents. */
export function createReader(options: ReaderOptions): Reader {
  const tabs = new ReaderTabs(options);
  const registration = vscode.window.registerCustomEditorProvider(viewType, tabs, {
    webviewOptions: { retainContextWhenHidden: true },
    supportsMultipleEditorsPerDocument: false,
  });
  const stopHearing = options.engine.onStatus(() => tabs.indexed());
  return {
    async open(uri, passage, how) {
      tabs.expect(uri, passage);
      await vscode.commands.executeCommand("vscode.openWith", uri, viewType, {
        viewColumn: vscode.ViewColumn.Active,
        ...how,
      });
      tabs.tell(uri);
    },
    remember: () => tabs.remember(),
    subject: () => tabs.subject(),
    dispose() {
      stopHearing();
      registration.dispose();
      tabs.close();
    },
  };
}

/** The tabs that are open, and the passages that wait for theirs. */
class ReaderTabs implements vscode.CustomReadonlyEditorProvider {
  private readonly options: ReaderOptions;
  private readonly tabs = new Map<string, Tab>();
  private readonly waiting = new Map<string, Hit>();

  constructor(options: ReaderOptions) {
    this.options = options;
  }

  /** A passage that is to be shown waits until its tab's page asks for it. */
  expect(uri: vscode.Uri, passage: Hit): void {
    this.waiting.set(uri.toString(), passage);
  }

  /** A page that has asked already is told. One whose tab was closed meanwhile has a new one, which will ask. */
  tell(uri: vscode.Uri): void {
    const key = uri.toString();
    const tab = this.tabs.get(key);
    const passage = this.waiting.get(key);
    if (!tab?.isReady || !passage) return;
    this.waiting.delete(key);
    tab.channel.notify("reveal", { passage });
  }

  /** Pages that are pictures are read in the background, one by one: what is open may lack words that are known now. */
  indexed(): void {
    for (const { isReady, channel } of this.tabs.values()) if (isReady) channel.notify("indexed", {});
  }

  remember(): () => void {
    const tab = this.inFront();
    if (!tab?.isReady) return () => undefined;
    tab.channel.notify("remember", {});
    return () => tab.channel.notify("restore", {});
  }

  private inFront(): Tab | undefined {
    return [...this.tabs.values()].find(({ panel }) => panel.active);
  }

  async subject(): Promise<Subject | undefined> {
    const tab = this.inFront();
    if (!tab) return undefined;
    const selected = tab.isReady ? await selectedIn(tab.channel) : undefined;
    if (!selected) {
      throw new CarrelError("No text is selected in this document.", "Select the text that you mean.");
    }
    return subjectOf(tab.uri, selected);
  }

  close(): void {
    for (const { channel } of this.tabs.values()) channel.close("the extension ended");
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    const key = uri.toString();
    const passage = this.waiting.get(key);
    const dispose = (): void => {
      // One that came since is for the tab that takes the place of the closed one.
      if (this.waiting.get(key) === passage) this.waiting.delete(key);
    };
    return { uri, dispose };
  }

  resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): void {
    const key = uri.toString();
    const port = webviewPort(panel.webview);
    let sent: Promise<unknown> = Promise.resolve();
    const takePassage = async (): Promise<Hit | undefined> => {
      await sent;
      tab.isReady = true;
      const passage = this.waiting.get(key);
      this.waiting.delete(key);
      return passage;
    };
    const handlers = readerHandlers(uri, takePassage, this.options);
    const channel = new Channel(port, readerContract, readerHostContract, handlers);
    const tab: Tab = { uri, panel, channel, isReady: false };
    this.tabs.set(key, tab);
    const watcher = watchFile(uri, (isGone) => tab.isReady && channel.notify("changed", { isGone }));
    panel.onDidDispose(() => {
      watcher.dispose();
      channel.close("the tab was closed");
      port.dispose();
      if (this.tabs.get(key) === tab) this.tabs.delete(key);
    });
    const isDrawn = formatOf(uri.path).isDrawn ?? false;
    showPage(panel.webview, this.options.extensionUri, isDrawn);
    if (!isDrawn) return;
    const ends = placeOf(uri).then(({ file }) => readEnds(file.fsPath));
    sent = sendAhead(channel, { worker: pdfPart(this.options.extensionUri, "worker", "worker"), ends });
  }
}

/** Tells when a file was written, put back or taken away. */
function watchFile(uri: vscode.Uri, tell: (isGone: boolean) => void): vscode.Disposable {
  // A file's name may hold what a pattern gives a meaning to, so all of its folder is listened to.
  const watcher = vscode.workspace.createFileSystemWatcher(
    new vscode.RelativePattern(vscode.Uri.joinPath(uri, ".."), "*"),
  );
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onEvent = (changed: vscode.Uri): void => {
    if (changed.toString() !== uri.toString()) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      stat(uri.fsPath).then(
        () => tell(false),
        () => tell(true),
      );
    }, settleMs);
  };
  for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) event(onEvent);
  return vscode.Disposable.from(watcher, { dispose: () => clearTimeout(timer) });
}

/** What a tab's page may ask: always about its own document, and that only while it lies in the workspace. */
function readerHandlers(
  uri: vscode.Uri,
  takePassage: () => Promise<Hit | undefined>,
  { extensionUri, engine, ask }: ReaderOptions,
): Handlers<ReaderHostContract> {
  const place = (): Promise<DocumentPlace> => placeOf(uri);
  return {
    async ready() {
      const passage = await takePassage();
      return {
        name: basename(uri.path),
        isDrawn: formatOf(uri.path).isDrawn ?? false,
        opensOutside: canOpenOutside(uri.path),
        ...(passage && { passage }),
      };
    },
    file: async () => await readEnds((await place()).file.fsPath),
    range: async (range) => ({ bytes: await readRange((await place()).file.fsPath, range) }),
    part: async ({ kind, name }) => ({ bytes: await pdfPart(extensionUri, kind, name) }),
    async scan({ page }, { signal }) {
      const { folder, path } = await place();
      return await engine.scannedPage(folder, path, page, signal);
    },
    async text(_, { signal }) {
      const { folder, path } = await place();
      return await engine.document(folder, path, signal);
    },
    async copy({ text }) {
      await vscode.env.clipboard.writeText(text);
      return {};
    },
    async ask(selected) {
      const { selection } = await subjectOf(uri, selected);
      await ask(selection);
      return {};
    },
    async openLink({ url }) {
      await openLink(url);
      return {};
    },
    async openOriginal() {
      const { file, path } = await place();
      if (canOpenOutside(path)) await vscode.env.openExternal(file);
      return {};
    },
  };
}

/** What is selected in a tab's page. One that is being loaded anew hears nothing. */
async function selectedIn(channel: ReaderChannel): Promise<Selected | undefined> {
  try {
    const signal = AbortSignal.timeout(answerMs);
    return (await channel.request("selected", {}, { signal })).selected;
  } catch (error) {
    if (!(error instanceof CarrelError) || error.code !== "cancelled") throw error;
    throw new CarrelError(
      "The document's tab does not answer.",
      "Wait until the document is shown, or close its tab and open it again.",
    );
  }
}

/** What is selected in a document of the workspace, as the engine takes it. */
async function subjectOf(uri: vscode.Uri, { pages, ...selected }: Selected): Promise<Subject> {
  const { path } = await placeOf(uri);
  const { startLine, endLine } = selected;
  const text = cutText(selected.text);
  const onPages = pages && { from: pages[0], to: pages[1], text };
  return {
    selection: { ...selected, text, path, language: formatOf(path).language },
    origin: { path: uri.fsPath, startLine, endLine, ...(onPages && { onPages }) },
  };
}

interface DocumentPlace {
  readonly folder: string;
  /** In the folder. */
  readonly path: string;
  readonly file: vscode.Uri;
}

/** Where a document lies now. Throws a CarrelError when it is gone or lies outside the workspace. */
async function placeOf(uri: vscode.Uri): Promise<DocumentPlace> {
  const found = placeInWorkspace(uri);
  if (!found) {
    throw new CarrelError(
      `"${basename(uri.path)}" lies outside the workspace.`,
      "Carrel shows files of the workspace alone: open the folder that it lies in.",
      "invalid",
    );
  }
  const { folder, path } = found;
  const file = await workspaceFile(workspaceFolders(), { folder: folder.path, path });
  return { folder: folder.path, path, file: vscode.Uri.file(file) };
}

/** A document may name any address: it is shown to the person in full, and opened when they say so. */
async function openLink(url: string): Promise<void> {
  const target = vscode.Uri.parse(url);
  if (!["http", "https", "mailto"].includes(target.scheme)) {
    throw new CarrelError(
      `A link to "${url}" is not followed.`,
      "Carrel opens web and mail addresses alone.",
    );
  }
  const open = vscode.l10n.t("Open");
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t("Open a link of the document outside of VS Code?"),
    { modal: true, detail: url },
    open,
  );
  if (chosen === open) await vscode.env.openExternal(target);
}

/** The page may run its own script, and load pdf.js where it draws. */
function showPage(webview: vscode.Webview, extensionUri: vscode.Uri, isDrawn: boolean): void {
  const pdfJs = pdfScript(extensionUri);
  webview.options = {
    enableScripts: true,
    enableCommandUris: false,
    enableForms: false,
    localResourceRoots: isDrawn ? [vscode.Uri.joinPath(pdfJs, "..")] : [],
  };
  const built = (name: string): string => readFileSync(join(extensionUri.fsPath, "dist", name), "utf8");
  webview.html = readerPage({
    nonce: randomBytes(16).toString("hex"),
    script: built("reader.js"),
    style: built("reader.css"),
    ...(isDrawn && { pdfScript: webview.asWebviewUri(pdfJs).toString() }),
  });
}
