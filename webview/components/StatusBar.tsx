import type { JSX } from "preact";
import { counted } from "../../protocol/counted.ts";
import type { IndexStatus } from "../../protocol/data.ts";
import { indexSummary } from "../render/labels.ts";
import type { CommandName, Session } from "../session/session.ts";
import { Notice } from "./Notice.tsx";

/** The top of the panel: the engine if it is not running, else the index. */
export function StatusBar({ session }: { readonly session: Session }): JSX.Element {
  const { engine, hasFolder } = session.state;
  // Without a folder there is nothing to be indexed, and nothing to say about it.
  const index = hasFolder ? session.state.index : undefined;
  const running = engine.state === "running";
  return (
    <header class="status" data-testid="status">
      <h1 class="sr">Carrel</h1>
      <div class="status-line">
        <span class="status-text" data-testid="status-text">
          {running ? index && <IndexLine session={session} index={index} /> : engineLabels[engine.state]}
        </span>
      </div>
      {running ? (
        index && <IndexDetail session={session} index={index} />
      ) : (
        <EngineDetail session={session} />
      )}
    </header>
  );
}

const engineLabels = {
  starting: "Starting…",
  running: "",
  restarting: "Restarting…",
  failed: "Carrel's engine is not running",
};

function EngineDetail({ session }: { readonly session: Session }): JSX.Element | null {
  const { state, message } = session.state.engine;
  if (state === "failed") {
    return (
      <Notice kind="error" message={message ?? "The engine did not start."}>
        <CommandButton session={session} name="restartEngine" label="Restart" />
        <CommandButton session={session} name="showLog" label="Show log" />
      </Notice>
    );
  }
  if (state === "restarting" && message) return <Notice kind="warning" message={message} />;
  return <progress class="bar" aria-label="Starting" />;
}

interface IndexProps {
  readonly session: Session;
  readonly index: IndexStatus;
}

function IndexLine({ session, index }: IndexProps): JSX.Element {
  const skipped = index.skipped > 0 && index.state === "ready" ? `, ${index.skipped} left out` : "";
  return (
    <button
      type="button"
      class="quiet"
      title={`${counted(index.chunks, "passage")}, ${counted(index.skipped, "file")} left out. Show details`}
      onClick={() => void session.command("showStatus")}
    >
      {indexSummary(index)}
      {skipped}
    </button>
  );
}

function IndexDetail({ session, index }: IndexProps): JSX.Element | null {
  switch (index.state) {
    case "indexing":
      return (
        <>
          <progress
            class="bar"
            aria-label="Indexing"
            {...(index.total > 0 ? { value: index.done, max: index.total } : {})}
          />
          <p class="quiet-text hint">
            {index.files > 0
              ? "Questions wait for it if it takes seconds, else answers use what is there."
              : "The first answers are possible in a moment."}
          </p>
        </>
      );
    case "paused":
      return (
        <div class="buttons">
          <CommandButton session={session} name="resumeIndexing" label="Resume" />
        </div>
      );
    case "problem":
      return (
        <Notice kind="warning" message={index.remedy ?? "Indexing again may help."}>
          <CommandButton session={session} name="indexNow" label="Index again" />
          <CommandButton session={session} name="showLog" label="Show log" />
        </Notice>
      );
    case "empty":
      return (
        <div class="buttons">
          <CommandButton session={session} name="indexNow" label="Index now" />
        </div>
      );
    case "ready":
      return null;
  }
}

interface CommandButtonProps {
  readonly session: Session;
  readonly name: CommandName;
  readonly label: string;
  readonly primary?: boolean;
}

export function CommandButton({ session, name, label, primary }: CommandButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class={primary ? "primary" : "secondary"}
      data-command={name}
      onClick={() => void session.command(name)}
    >
      {label}
    </button>
  );
}
