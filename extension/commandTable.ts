/**
 * What a command needs before it runs. Without it the command says what is missing and offers the remedy:
 * - "nothing": it always works;
 * - "folder": a folder is open. The engine is started by what the command does;
 * - "engine": a folder is open and the engine answers; until then the status bar says that it is starting.
 */
type Need = "nothing" | "folder" | "engine";

export interface CommandSpec {
  /** The key of its title in package.nls.json. */
  readonly title: string;
  readonly needs: Need;
}

/**
 * Every command, by the part of its id after "carrel.". To add one: a row here, its handler in main.ts (the
 * compiler asks for it), `contributes.commands` in package.json and its title in package.nls.json;
 * test/unit/manifest.test.ts compares them.
 */
export const commandTable = {
  ask: { title: "command.ask", needs: "folder" },
  askSelection: { title: "command.askSelection", needs: "folder" },
  explain: { title: "command.explain", needs: "folder" },
  findRelated: { title: "command.findRelated", needs: "engine" },
  search: { title: "command.search", needs: "folder" },
  newConversation: { title: "command.newConversation", needs: "nothing" },
  indexNow: { title: "command.indexNow", needs: "engine" },
  rebuildIndex: { title: "command.rebuildIndex", needs: "engine" },
  pauseIndexing: { title: "command.pauseIndexing", needs: "folder" },
  resumeIndexing: { title: "command.resumeIndexing", needs: "folder" },
  chooseModel: { title: "command.chooseModel", needs: "engine" },
  chooseEmbeddingModel: { title: "command.chooseEmbeddingModel", needs: "engine" },
  showMachine: { title: "command.showMachine", needs: "engine" },
  manageModels: { title: "command.manageModels", needs: "engine" },
  setUpOllama: { title: "command.setUpOllama", needs: "nothing" },
  setServerKey: { title: "command.setServerKey", needs: "nothing" },
  showStatus: { title: "command.showStatus", needs: "nothing" },
  showConnections: { title: "command.showConnections", needs: "nothing" },
  deleteIndex: { title: "command.deleteIndex", needs: "engine" },
  restartEngine: { title: "command.restartEngine", needs: "nothing" },
  showLog: { title: "command.showLog", needs: "nothing" },
} as const satisfies Record<string, CommandSpec>;

export type CommandName = keyof typeof commandTable;

/** A handler for each command; arguments come from key bindings and code actions, so they are not trusted. */
export type CommandHandlers = Record<CommandName, (...args: unknown[]) => Promise<unknown>>;

export function commandId(name: CommandName): string {
  return `carrel.${name}`;
}
