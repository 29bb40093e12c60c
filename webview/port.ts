import type { Port } from "../protocol/channel.ts";

/** What VS Code gives a webview's script, once. */
export interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare const acquireVsCodeApi: () => VsCodeApi;

export function vsCodeApi(): VsCodeApi {
  return acquireVsCodeApi();
}

/** The panel's end of its channel to the extension. It ends with the page. */
export function webviewPort(api: VsCodeApi): Port {
  return {
    send: (message) => api.postMessage(message),
    listen: (onMessage) => window.addEventListener("message", (event) => onMessage(event.data)),
  };
}
