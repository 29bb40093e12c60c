import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { Channel, type Handlers } from "../protocol/channel.ts";
import type { Selection } from "../protocol/data.ts";
import {
  type PanelContract,
  type PanelHostContract,
  panelContract,
  panelHostContract,
} from "../protocol/panel.ts";
import { panelPage } from "../protocol/panelPage.ts";
import { webviewPort } from "./webviewPort.ts";

const panelViewId = "carrel.panel";

type PanelHandlers = Handlers<PanelHostContract>;
type PanelChannel = Channel<PanelContract, PanelHostContract>;
type Notify = PanelChannel["notify"];

/** A question that is put into the panel; `send` asks it at once. */
interface Prefill {
  readonly question: string;
  readonly selection?: Selection;
  readonly send: boolean;
}

/** The panel's page, and how far it is. */
interface Session {
  readonly channel: PanelChannel;
  readonly port: vscode.Disposable;
  stage: "loading" | "answered" | "ready";
  /** What it is told between its question for the state of things and the answer. */
  readonly missed: ((notify: Notify) => void)[];
}

/** The chat panel in the side bar. */
export interface PanelView extends vscode.Disposable {
  /** Opens the panel and puts the cursor into its input. */
  focus(): Promise<void>;
  prefill(prefill: Prefill): Promise<void>;
  newConversation(): Promise<void>;
  /** Tells the panel, if it is there; it asks for the state of things whenever it comes back. */
  readonly notify: Notify;
}

/**
 * Serves the panel. Its page is kept while the view is hidden, so that an answer goes on streaming. What is to
 * be put into the panel waits until the page says that it is ready.
 */
export function createPanelView(extensionUri: vscode.Uri, handlers: PanelHandlers): PanelView {
  let session: Session | undefined;
  const waiting: ((notify: Notify) => void)[] = [];

  const notify: Notify = (method, params) => {
    if (session?.stage === "ready") session.channel.notify(method, params);
    else if (session?.stage === "answered") session.missed.push((send) => send(method, params));
  };

  const whenReady = async (send: (notify: Notify) => void): Promise<void> => {
    await vscode.commands.executeCommand(`${panelViewId}.focus`);
    if (session?.stage === "ready") send(notify);
    else waiting.push(send);
  };

  const onReady = (page: Session): void => {
    // Another one has taken its place.
    if (session !== page) return;
    page.stage = "ready";
    for (const send of [...page.missed.splice(0), ...waiting.splice(0)]) send(notify);
  };

  const close = (): void => {
    session?.channel.close("the panel was closed");
    session?.port.dispose();
    session = undefined;
  };

  const provider: vscode.WebviewViewProvider = {
    resolveWebviewView(view) {
      close();
      const page = openPage(view.webview, extensionUri, handlers, onReady);
      session = page;
      view.onDidDispose(() => {
        if (session === page) close();
      });
    },
  };
  const registration = vscode.window.registerWebviewViewProvider(panelViewId, provider, {
    webviewOptions: { retainContextWhenHidden: true },
  });

  return {
    focus: () => whenReady((send) => send("focus", {})),
    prefill: (prefill) => whenReady((send) => send("prefill", prefill)),
    newConversation: () => whenReady((send) => send("newConversation", {})),
    notify,
    dispose() {
      close();
      registration.dispose();
    },
  };
}

/** Shows the page; `onReady` is called when it has been answered what to show. */
function openPage(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  handlers: PanelHandlers,
  onReady: (page: Session) => void,
): Session {
  webview.options = pageOptions(extensionUri);
  const port = webviewPort(webview);
  const channel: PanelChannel = new Channel(port, panelContract, panelHostContract, {
    ...handlers,
    async ready(params, context) {
      page.stage = "answered";
      const result = await handlers.ready(params, context);
      // The answer goes first, then what waited for the page.
      setImmediate(() => onReady(page));
      return result;
    },
  });
  const page: Session = { port, channel, stage: "loading", missed: [] };
  webview.html = pageFor(webview, extensionUri);
  return page;
}

/** The page may run its script and load what lies in dist/, and nothing more. */
function pageOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return {
    enableScripts: true,
    enableCommandUris: false,
    enableForms: false,
    localResourceRoots: [vscode.Uri.joinPath(extensionUri, "dist")],
  };
}

function pageFor(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const file = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, "dist", name)).toString();
  return panelPage({
    cspSource: webview.cspSource,
    nonce: randomBytes(16).toString("hex"),
    script: file("webview.js"),
    style: file("webview.css"),
  });
}
