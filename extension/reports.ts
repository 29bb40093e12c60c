import * as vscode from "vscode";
import { CarrelError } from "../protocol/channel.ts";
import type { Settings } from "../protocol/data.ts";
import { machineText } from "../protocol/machineText.ts";
import type { EngineClient } from "./engineClient.ts";
import type { Reporter } from "./reporter.ts";
import { connectionsReport, type Report, statusReport } from "./reportText.ts";
import { workspaceFolders } from "./workspaceFolders.ts";

const scheme = "carrel-report";

/** Read-only editors that say how things stand; they follow the engine while they are open. */
export interface Reports extends vscode.Disposable {
  showStatus(): Promise<void>;
  showConnections(): Promise<void>;
  showMachine(): Promise<void>;
}

export interface ReportSources {
  readonly engine: EngineClient;
  readonly reporter: Reporter;
  readonly storage: string;
  readonly settings: () => Settings;
}

export function createReports(sources: ReportSources): Reports {
  const { engine, reporter } = sources;
  const statusUri = vscode.Uri.from({ scheme, path: "/Carrel index status.md" });
  const connectionsUri = vscode.Uri.from({ scheme, path: "/Carrel connections.md" });
  const machineUri = vscode.Uri.from({ scheme, path: "/Carrel on this machine.md" });
  const changed = new vscode.EventEmitter<vscode.Uri>();

  const registration = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    onDidChange: changed.event,
    async provideTextDocumentContent(uri) {
      if (uri.path === machineUri.path) return machineReport(engine);
      const report = await gather(sources);
      return uri.path === statusUri.path ? statusReport(report) : connectionsReport(report);
    },
  });

  // A report is made anew when the state changes, not with each file: it asks the model server too.
  let lastState = "";
  const refresh = (): void => {
    const state = `${engine.state.state} ${engine.status?.state}`;
    if (state === lastState) return;
    lastState = state;
    for (const { uri } of vscode.workspace.textDocuments) {
      // The machine stays the same whatever the index does, and is measured when somebody asks.
      if (uri.scheme === scheme && uri.path !== machineUri.path) changed.fire(uri);
    }
  };
  const stops = [engine.onState(refresh), engine.onStatus(refresh)];

  const show = async (uri: vscode.Uri): Promise<void> => {
    if (engine.state.state === "stopped" && workspaceFolders().length) reporter.background(engine.start());
    changed.fire(uri);
    await vscode.window.showTextDocument(uri, { preview: true });
  };

  return {
    showStatus: () => show(statusUri),
    showConnections: () => show(connectionsUri),
    showMachine: () => show(machineUri),
    dispose() {
      for (const stop of stops) stop();
      vscode.Disposable.from(registration, changed).dispose();
    },
  };
}

/** An editor shows what a provider returns, and nothing of what it throws. */
async function machineReport(engine: EngineClient): Promise<string> {
  // A window that is opened again with the report in it is no reason to start the engine and to measure.
  if (engine.state.state !== "running")
    return "The engine does not run. Carrel: What Can This Machine Run? starts it.\n";
  try {
    return `${machineText(await engine.machine())}\n`;
  } catch (error) {
    const remedy = error instanceof CarrelError ? ` ${error.remedy}` : "";
    return `This machine could not be looked at: ${error instanceof Error ? error.message : String(error)}${remedy}\n`;
  }
}

/** Everything that can be had now. An engine that is not up is not waited for: the report follows it. */
async function gather({ engine, reporter, storage, settings }: ReportSources): Promise<Report> {
  const known = async <T>(ask: () => Promise<T>): Promise<T | undefined> => {
    if (engine.state.state !== "running") return undefined;
    try {
      return await ask();
    } catch (error) {
      reporter.log("warn", `The report lacks a part: ${String(error)}`);
      return undefined;
    }
  };
  const [index, server] = await Promise.all([
    known(() => engine.readStatus()),
    known(() => engine.chatServer()),
  ]);
  // Asked last, so that the look at the model server is among them.
  const connections = await known(() => engine.connections());
  return {
    engine: engine.state,
    folders: workspaceFolders(),
    storage,
    settings: settings(),
    status: index?.status ?? engine.status,
    skipped: index?.skipped ?? [],
    withheld: index?.withheld ?? [],
    server,
    connections: connections?.connections ?? [],
    kept: connections?.kept ?? [],
    keptSince: connections?.keptSince,
  };
}
