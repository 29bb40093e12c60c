import * as vscode from "vscode";
import { filterLabels, readQuestion } from "../protocol/filters.ts";
import { selectionLabel } from "../protocol/places.ts";
import type { CommandHandlers } from "./commandTable.ts";
import type { EngineClient } from "./engineClient.ts";
import type { PanelView } from "./panelView.ts";
import type { Passages } from "./passages.ts";
import type { Reader } from "./readerView.ts";
import type { Reporter } from "./reporter.ts";
import { type FoundHits, pickPassage } from "./searchPick.ts";
import { type Subject, subjectOf } from "./subject.ts";

const pickedHits = 30;
/** The text that is searched for, when related passages are sought, is no longer than a passage. */
const longestQuery = 2_000;

type AskCommands = "ask" | "askSelection" | "explain" | "findRelated" | "search";

interface AskParts {
  readonly engine: EngineClient;
  readonly panel: PanelView;
  readonly passages: Passages;
  readonly reader: Reader;
  readonly reporter: Reporter;
}

/** The commands that ask and search: the panel answers, a list shows what is found. */
export function askCommands(parts: AskParts): Pick<CommandHandlers, AskCommands> {
  const { engine, panel, passages, reader, reporter } = parts;
  // A document's tab is no text editor: its page knows what is selected in it.
  const subject = async (): Promise<Subject> =>
    (await reader.subject()) ?? (await subjectOf(vscode.window.activeTextEditor));
  return {
    async ask(question) {
      if (typeof question === "string") await panel.prefill({ question, send: true });
      else await panel.focus();
    },
    async askSelection() {
      const { selection } = await subject();
      await panel.prefill({ question: "", selection, send: false });
    },
    async explain() {
      const { selection } = await subject();
      const question = vscode.l10n.t("Explain this: what it says or does, and what it depends on.");
      await panel.prefill({ question, selection, send: true });
    },
    async findRelated() {
      const { selection, origin } = await subject();
      await pickPassage(passages, reporter, {
        title: vscode.l10n.t("Related to {0}", selectionLabel(selection)),
        placeholder: vscode.l10n.t("Type to look for something else"),
        related: async (signal) => {
          const query = selection.text.slice(0, longestQuery);
          return engine.search({ query, k: pickedHits, mode: "hybrid", except: origin }, signal);
        },
        search: (typed, signal) => searchAll(engine, typed, signal),
      });
    },
    async search() {
      await pickPassage(passages, reporter, {
        title: vscode.l10n.t("Search by meaning"),
        placeholder: vscode.l10n.t(
          "What are you looking for? In your own words; path: lang: kind: in: narrow it",
        ),
        search: (typed, signal) => searchAll(engine, typed, signal),
      });
    },
  };
}

/** Searches for what was typed, with its filters. @throws CarrelError "invalid" for filters that can't be understood. */
async function searchAll(engine: EngineClient, typed: string, signal: AbortSignal): Promise<FoundHits> {
  const { text: query, filter } = readQuestion(typed);
  const { hits, nearest } = await engine.search({ query, k: pickedHits, mode: "hybrid", filter }, signal);
  return { hits, nearest, filters: filterLabels(filter) };
}
