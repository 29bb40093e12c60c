import { counted } from "../protocol/counted.ts";
import type { IndexStatus } from "../protocol/data.ts";
import type { SupervisedState } from "./engineSupervisor.ts";

/** What the status bar shows. `label` is for screen readers, without icons. */
export interface StatusView {
  readonly text: string;
  readonly label: string;
  readonly detail: string;
  readonly severity: "normal" | "warning" | "error";
}

/** The words for the engine's and the index's state; undefined while there is nothing to say. */
export function statusView(engine: SupervisedState, status: IndexStatus | undefined): StatusView | undefined {
  switch (engine.state) {
    case "stopped":
      return undefined;
    case "starting":
      return view("$(loading~spin)", "starting", "The engine is starting.");
    case "restarting":
      return view("$(warning)", "restarting", engine.message ?? "", "warning");
    case "failed":
      return view("$(error)", "stopped", engine.message ?? "", "error");
    case "running":
      return status ? indexView(status) : view("$(loading~spin)", "starting", "The index is being opened.");
  }
}

function indexView(status: IndexStatus): StatusView {
  const { files, chunks, skipped } = status;
  const counts = `${counted(files, "file")}, ${counted(chunks, "passage")}, ${counted(skipped, "file")} left out.`;
  switch (status.state) {
    case "empty":
      return view("$(book)", "", status.notice ?? "Nothing is indexed yet.");
    case "indexing": {
      const progress = `${number(status.done)}/${number(status.total)}`;
      const looked = `${number(status.done)}/${counted(status.total, "file")} looked at`;
      return view("$(sync~spin)", progress, `Indexing: ${looked}. ${counts}`);
    }
    case "paused":
      return view("$(debug-pause)", "paused", `Indexing is paused. ${counts}`);
    case "problem":
      return view(
        "$(warning)",
        "problem",
        `${status.problem ?? ""} ${status.remedy ?? ""}`.trim(),
        "warning",
      );
    case "ready": {
      const reader = status.writer ? "" : " Another window keeps the index up to date.";
      const notice = status.notice === undefined ? "" : ` ${status.notice}`;
      return view("$(book)", "", `Ready: ${counts}${notice}${reader}${refining(status)}${scanning(status)}`);
    }
  }
}

/** The second pass goes on behind a ready index; it is told, and asks for no attention. */
function refining({ refined, chunks }: IndexStatus): string {
  if (refined === 0 || refined >= chunks) return "";
  return ` Reading them a second time, for better search: ${counted(refined, "passage")} so far.`;
}

/** The scans wait until all else is done, also the second pass. */
function scanning({ scans }: IndexStatus): string {
  if (!scans || scans.read >= scans.pages) return "";
  return ` ${number(scans.read)} of ${counted(scans.pages, "scanned page is", "scanned pages are")} read.`;
}

function view(
  icon: string,
  word: string,
  detail: string,
  severity: StatusView["severity"] = "normal",
): StatusView {
  return {
    text: `${icon} Carrel${word && ` ${word}`}`,
    label: `Carrel${word && ` ${word}`}. ${detail}`,
    detail,
    severity,
  };
}

function number(value: number): string {
  return value.toLocaleString("en");
}
