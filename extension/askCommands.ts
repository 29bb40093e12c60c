import * as vscode from "vscode";
import type { Hit } from "../protocol/data.ts";
import type { CommandHandlers } from "./commandTable.ts";
import type { EngineClient } from "./engineClient.ts";
import type { PanelView } from "./panelView.ts";
import type { Passages } from "./passages.ts";
import type { Reporter } from "./reporter.ts";
import { pickPassage } from "./searchPick.ts";
import { subjectOf } from "./subject.ts";

const pickedHits = 30;
/** The text that is searched for, when related passages are sought, is no longer than a passage. */
const longestQuery = 2_000;

type AskCommands = "ask" | "askSelection" | "explain" | "findRelated" | "search";

/** The commands that ask and search: the panel answers, a list shows what is found. */
export function askCommands(
  engine: EngineClient,
  panel: PanelView,
  passages: Passages,
  reporter: Reporter,
): Pick<CommandHandlers, AskCommands> {
  return {
    async ask(question) {
      if (typeof question === "string") await panel.prefill({ question, send: true });
      else await panel.focus();
    },
    async askSelection() {
      const { selection } = await subjectOf(vscode.window.activeTextEditor);
      await panel.prefill({ question: "", selection, send: false });
    },
    async explain() {
      const { selection } = await subjectOf(vscode.window.activeTextEditor);
      const question = vscode.l10n.t("Explain this: what it says or does, and what it depends on.");
      await panel.prefill({ question, selection, send: true });
    },
    async findRelated() {
      const { selection, file } = await subjectOf(vscode.window.activeTextEditor);
      const { startLine, endLine } = selection;
      await pickPassage(passages, reporter, {
        title: vscode.l10n.t("Related to {0}:{1}", selection.path, startLine),
        placeholder: vscode.l10n.t("Type to look for something else"),
        related: async (signal) => {
          const query = selection.text.slice(0, longestQuery);
          const except = { path: file, startLine, endLine };
          return (await engine.search({ query, k: pickedHits, mode: "hybrid", except }, signal)).hits;
        },
        search: (query, signal) => searchAll(engine, query, signal),
      });
    },
    async search() {
      await pickPassage(passages, reporter, {
        title: vscode.l10n.t("Search by meaning"),
        placeholder: vscode.l10n.t("What are you looking for? In your own words"),
        search: (query, signal) => searchAll(engine, query, signal),
      });
    },
  };
}

async function searchAll(engine: EngineClient, query: string, signal: AbortSignal): Promise<Hit[]> {
  return (await engine.search({ query, k: pickedHits, mode: "hybrid" }, signal)).hits;
}
