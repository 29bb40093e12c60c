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
  let session: { readonly channel: PanelChannel; readonly port: vscode.Disposable } | undefined;
  let ready = false;
  const waiting: ((notify: Notify) => void)[] = [];

  const notify: Notify = (method, params) => {
    if (ready) session?.channel.notify(method, params);
  };

  const whenReady = async (send: (notify: Notify) => void): Promise<void> => {
    await vscode.commands.executeCommand(`${panelViewId}.focus`);
    if (ready) send(notify);
    else waiting.push(send);
  };

  const withReady: PanelHandlers = {
    ...handlers,
    async ready(params, context) {
      const result = await handlers.ready(params, context);
      // The answer goes first, then what waited for the page.
      setImmediate(() => {
        ready = true;
        for (const send of waiting.splice(0)) send(notify);
      });
      return result;
    },
  };

  const close = (): void => {
    ready = false;
    session?.channel.close("the panel was closed");
    session?.port.dispose();
    session = undefined;
  };

  const provider: vscode.WebviewViewProvider = {
    resolveWebviewView(view) {
      view.webview.options = pageOptions(extensionUri);
      close();
      const port = webviewPort(view.webview);
      session = { port, channel: new Channel(port, panelContract, panelHostContract, withReady) };
      view.onDidDispose(close);
      view.webview.html = pageFor(view.webview, extensionUri);
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
