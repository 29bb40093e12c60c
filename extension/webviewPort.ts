import type * as vscode from "vscode";
import type { Port } from "../protocol/channel.ts";

/** The extension's end of its channel to a page in a webview. */
export function webviewPort(webview: vscode.Webview): Port & vscode.Disposable {
  let subscription: vscode.Disposable | undefined;
  return {
    send(message) {
      // Of a page that has gone the owner hears otherwise.
      webview.postMessage(message).then(undefined, () => undefined);
    },
    listen(onMessage) {
      subscription = webview.onDidReceiveMessage(onMessage);
    },
    dispose: () => subscription?.dispose(),
  };
}
