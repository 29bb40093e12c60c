import type { JSX } from "preact";
import { useEffect, useReducer } from "preact/hooks";
import type { Session } from "../session/session.ts";
import { current } from "../session/state.ts";
import { AskBox } from "./AskBox.tsx";
import { Conversation } from "./Conversation.tsx";
import { LanguageHint } from "./LanguageHint.tsx";
import { Notice } from "./Notice.tsx";
import { StatusBar } from "./StatusBar.tsx";

export function App({ session }: { readonly session: Session }): JSX.Element {
  const [, redraw] = useReducer((drawn: number) => drawn + 1, 0);
  useEffect(() => session.onChange(() => redraw(undefined)), [session]);
  const { state } = session;
  const asking = current(state) !== undefined;

  useEffect(() => {
    if (!asking) return;
    const stop = (event: KeyboardEvent): void => {
      // Whoever has a use for Escape of its own has taken the event.
      if (event.key === "Escape" && !event.defaultPrevented) session.stop();
    };
    window.addEventListener("keydown", stop);
    return () => window.removeEventListener("keydown", stop);
  }, [session, asking]);

  return (
    <>
      <StatusBar session={session} />
      <Conversation session={session} />
      <LanguageHint session={session} />
      {state.trouble && (
        <Notice kind="error" message={state.trouble.message} remedy={state.trouble.remedy}>
          <button type="button" class="secondary" onClick={() => session.dismissTrouble()}>
            Dismiss
          </button>
        </Notice>
      )}
      <AskBox session={session} />
      <div class="sr" aria-live="polite" data-testid="announcement">
        {state.announcement}
      </div>
    </>
  );
}
