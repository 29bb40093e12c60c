import type { JSX } from "preact";
import { languageHint } from "../render/labels.ts";
import type { Session } from "../session/session.ts";
import { Notice } from "./Notice.tsx";
import { CommandButton } from "./StatusBar.tsx";

/** Says once, quietly, that another model would find more in this workspace. */
export function LanguageHint({ session }: { readonly session: Session }): JSX.Element | null {
  const { index, hasFolder, isLanguageHintDismissed } = session.state;
  if (!hasFolder || isLanguageHintDismissed || index?.state !== "ready" || !index.languages?.length)
    return null;
  return (
    <Notice kind="info" message={languageHint(index.languages)}>
      <CommandButton session={session} name="chooseEmbeddingModel" label="Choose a multilingual model" />
      <button type="button" class="secondary" onClick={() => session.dismissLanguageHint()}>
        Dismiss
      </button>
    </Notice>
  );
}
