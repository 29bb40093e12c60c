import * as vscode from "vscode";
import { CarrelError, type Handlers } from "../protocol/channel.ts";
import type { Selection } from "../protocol/data.ts";
import type { EngineState, PanelHostContract } from "../protocol/panel.ts";
import { askCommands } from "./askCommands.ts";
import { provideCodeActions } from "./codeActions.ts";
import { type CommandHandlers, commandId } from "./commandTable.ts";
import { EngineClient } from "./engineClient.ts";
import { engineDownRemedy, type SupervisedState } from "./engineSupervisor.ts";
import { forkEngine } from "./forkEngine.ts";
import { createIndexKeeper, type IndexKeeper } from "./indexKeeper.ts";
import { manageModels } from "./modelManage.ts";
import { chooseChatModel, chooseEmbeddingModel } from "./modelPick.ts";
import { setUpOllama } from "./ollamaSetup.ts";
import { hasDesktop } from "./originals.ts";
import { provideOverviews } from "./overviewText.ts";
import { createPanelView, type PanelView } from "./panelView.ts";
import { createPassages, type Passages } from "./passages.ts";
import { createReader } from "./readerView.ts";
import { registerCommands } from "./registerCommands.ts";
import { createReporter, type Reporter } from "./reporter.ts";
import { createReports } from "./reports.ts";
import { askForServerKey, watchServerKeys } from "./serverKeyInput.ts";
import { ServerKeys } from "./serverKeys.ts";
import { engineSettings, indexesAtOnce } from "./settings.ts";
import { createStatusItem } from "./statusItem.ts";
import { watchWorkspace } from "./watcher.ts";
import { workspaceFolders } from "./workspaceFolders.ts";

/** After startup the window has better things to do; an index that is kept up to date can wait so long. */
const startupPauseMs = 3_000;

/** What tests in VS Code look at; given out in test mode alone. */
export interface TestApi {
  readonly activationMs: number;
  readonly engine: EngineClient;
  readonly passages: Passages;
  readonly statusText: () => string;
}

/** Puts Carrel together, and reports its own failure. The engine starts when it is first needed. */
export function activate(context: vscode.ExtensionContext): TestApi | undefined {
  const started = performance.now();
  const channel = vscode.window.createOutputChannel("Carrel", { log: true });
  context.subscriptions.push(channel);
  const reporter = createReporter(channel);
  try {
    const parts = compose(context, channel, reporter);
    const activationMs = performance.now() - started;
    reporter.log("info", `Activated in ${activationMs.toFixed(1)} ms.`);
    return context.extensionMode === vscode.ExtensionMode.Test ? { activationMs, ...parts } : undefined;
  } catch (error) {
    reporter.show(error);
    throw error;
  }
}

// VS Code disposes the context's subscriptions, the engine among them.
export function deactivate(): void {}

function compose(
  context: vscode.ExtensionContext,
  channel: vscode.LogOutputChannel,
  reporter: Reporter,
): Omit<TestApi, "activationMs"> {
  const keep = <T extends vscode.Disposable>(part: T): T => {
    context.subscriptions.push(part);
    return part;
  };
  const configuration = () => vscode.workspace.getConfiguration("carrel");
  const settings = () => engineSettings(configuration(), process.env);
  const storage = context.globalStorageUri.fsPath;
  const entry = vscode.Uri.joinPath(context.extensionUri, "dist", "engine.js").fsPath;

  const serverKeys = new ServerKeys(context.secrets, () => settings().openaiUrl);
  const engine = keep(
    new EngineClient({
      fork: () => forkEngine(entry),
      start() {
        return { storage, folders: workspaceFolders(), settings: settings(), serverKeys: serverKeys.now() };
      },
      log: reporter.log,
    }),
  );
  keep(watchServerKeys(serverKeys, engine, context.secrets, reporter));
  const ask = (selection: Selection): Promise<void> =>
    panel.prefill({ question: "", selection, send: false });
  const reader = keep(createReader({ extensionUri: context.extensionUri, engine, ask }));
  const passages = keep(createPassages(reader));
  const keeper = keep(createIndexKeeper(engine, context.workspaceState, reporter));
  const reports = keep(createReports({ engine, reporter, storage, settings }));
  const panel = keep(createPanelView(context.extensionUri, panelHandlers(engine, passages, reporter)));
  const statusItem = keep(createStatusItem(engine));
  for (const part of [provideOverviews(engine), provideCodeActions()]) keep(part);
  keep(watchWorkspace(engine, keeper, reporter, () => panel.notify("models", {})));
  keep(tellPanel(engine, panel, reporter));

  const handlers: CommandHandlers = {
    ...askCommands({ engine, panel, passages, reader, reporter }),
    newConversation: () => panel.newConversation(),
    indexNow: () => keeper.indexNow(),
    pauseIndexing: () => keeper.pause(),
    resumeIndexing: () => keeper.resume(),
    rebuildIndex: () => keeper.rebuild(),
    deleteIndex: () => keeper.deleteIndex(),
    chooseModel: () => chooseChatModel(engine),
    chooseEmbeddingModel: () => chooseEmbeddingModel(engine, settings().embeddingModel),
    setServerKey: () => askForServerKey(serverKeys),
    manageModels: () => manageModels(engine, settings),
    setUpOllama: () => setUpOllama(engine, context.extension.id),
    showMachine: () => reports.showMachine(),
    showStatus: () => reports.showStatus(),
    showConnections: () => reports.showConnections(),
    restartEngine: () => engine.restart(),
    showLog: async () => channel.show(),
  };
  keep(registerCommands(handlers, engine, reporter));
  keep(startLater(engine, keeper, () => indexesAtOnce(configuration()), reporter));
  return { engine, passages, statusText: () => statusItem.text };
}

function panelHandlers(
  engine: EngineClient,
  passages: Passages,
  reporter: Reporter,
): Handlers<PanelHostContract> {
  return {
    ready() {
      reporter.background(engine.start());
      return {
        engine: stateForPanel(engine.state),
        folders: workspaceFolders(),
        opensOutside: hasDesktop(),
        ...(engine.status ? { status: engine.status } : {}),
      };
    },
    ask: (params, { signal, progress }) => engine.ask(params, { signal, onProgress: progress }),
    readAgain: (params, { signal, progress }) => engine.readAgain(params, { signal, onProgress: progress }),
    async openPassage({ passage, original }) {
      if (original) await passages.openOriginal(passage);
      else await passages.open(passage);
      return {};
    },
    examples: (_, { signal }) => engine.examples(signal),
    chatServer: () => engine.chatServer(),
    async command({ name }) {
      await vscode.commands.executeCommand(name === "openFolder" ? "vscode.openFolder" : commandId(name));
      return {};
    },
    async copy({ text }) {
      await vscode.env.clipboard.writeText(text);
      return {};
    },
  };
}

/** The panel follows the engine; an engine that gave up is told to the person even without the panel. */
function tellPanel(engine: EngineClient, panel: PanelView, reporter: Reporter): vscode.Disposable {
  const stops = [
    engine.onState((state) => {
      panel.notify("engine", stateForPanel(state));
      if (state.state === "failed")
        reporter.show(new CarrelError(state.message ?? "", engineDownRemedy, "gone"));
    }),
    engine.onStatus((status) => panel.notify("status", status)),
  ];
  return { dispose: () => stops.forEach((stop) => void stop()) };
}

/** The panel starts the engine when it opens, so for the panel a stopped engine is one that starts. */
function stateForPanel(state: SupervisedState): EngineState {
  return state.state === "stopped" ? { state: "starting" } : state;
}

/** An index that is there is kept up to date from the window's start on, unless the workspace is not trusted. */
function startLater(
  engine: EngineClient,
  keeper: IndexKeeper,
  indexAtOnce: () => boolean,
  reporter: Reporter,
): vscode.Disposable {
  const timer = setTimeout(() => {
    const wanted = keeper.wasIndexed || indexAtOnce();
    if (wanted && vscode.workspace.isTrusted && workspaceFolders().length)
      reporter.background(engine.start());
  }, startupPauseMs);
  return { dispose: () => clearTimeout(timer) };
}
