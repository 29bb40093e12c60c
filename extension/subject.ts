import { basename } from "node:path";
import * as vscode from "vscode";
import { CarrelError } from "../protocol/channel.ts";
import type { Selection } from "../protocol/data.ts";
import { cutText } from "./cutText.ts";
import type { SearchParams } from "./engineClient.ts";
import { placeInWorkspace } from "./workspaceFolders.ts";

/** What a question in an editor or in the reader is about: the text as the engine takes it. */
export interface Subject {
  readonly selection: Selection;
  /** Where it stands, for a search that is to find other passages. */
  readonly origin: NonNullable<SearchParams["except"]>;
}

const namedThings: ReadonlySet<vscode.SymbolKind> = new Set([
  vscode.SymbolKind.Function,
  vscode.SymbolKind.Method,
  vscode.SymbolKind.Constructor,
  vscode.SymbolKind.Class,
  vscode.SymbolKind.Interface,
  vscode.SymbolKind.Enum,
  vscode.SymbolKind.Struct,
  vscode.SymbolKind.Module,
  vscode.SymbolKind.Namespace,
  vscode.SymbolKind.String,
]);

/**
 * What the person means in the active editor: the selected text; without one the innermost symbol around the
 * cursor; without symbols the paragraph. Throws a CarrelError when there is no editor or no text.
 */
export async function subjectOf(editor: vscode.TextEditor | undefined): Promise<Subject> {
  if (!editor) {
    if (vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputCustom) {
      throw new CarrelError(
        "What is selected in this kind of editor can't be seen.",
        "Open the file as text, or a document with “Reopen Editor With…” in Carrel's reader.",
      );
    }
    throw new CarrelError(
      "No editor is open, so there is nothing to ask about.",
      "Open a file and select some text.",
    );
  }
  const { document, selection } = editor;
  const range = selection.isEmpty ? await around(document, selection.active) : selection;
  const text = cutText(document.getText(range));
  if (text.trim() === "") {
    throw new CarrelError("There is no text at the cursor.", "Select the text that you mean.");
  }
  const [startLine, endLine] = [range.start.line + 1, lastLine(range) + 1];
  return {
    origin: { path: document.uri.fsPath, startLine, endLine },
    selection: {
      path: placeInWorkspace(document.uri)?.path ?? basename(document.uri.path),
      language: document.languageId,
      startLine,
      endLine,
      text,
    },
  };
}

async function around(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Range> {
  const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[] | undefined>(
    "vscode.executeDocumentSymbolProvider",
    document.uri,
  );
  return innermost(symbols ?? [], position) ?? paragraph(document, position.line);
}

function innermost(
  symbols: readonly vscode.DocumentSymbol[],
  position: vscode.Position,
): vscode.Range | undefined {
  for (const symbol of symbols) {
    // Some providers give flat symbols, which have a location in place of a range.
    if (!symbol.range?.contains(position)) continue;
    const inner = innermost(symbol.children ?? [], position);
    if (inner) return inner;
    if (namedThings.has(symbol.kind)) return symbol.range;
  }
  return undefined;
}

function paragraph(document: vscode.TextDocument, line: number): vscode.Range {
  const isBlank = (at: number): boolean => document.lineAt(at).isEmptyOrWhitespace;
  let first = line;
  let last = line;
  while (first > 0 && !isBlank(first - 1)) first--;
  while (last < document.lineCount - 1 && !isBlank(last + 1)) last++;
  return new vscode.Range(first, 0, last, document.lineAt(last).text.length);
}

/** A selection of whole lines ends before the first character of the next line, which is not meant. */
function lastLine(range: vscode.Range): number {
  return range.end.character === 0 && range.end.line > range.start.line ? range.end.line - 1 : range.end.line;
}
