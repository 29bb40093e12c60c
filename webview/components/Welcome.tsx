import type { JSX } from "preact";
import type { ChatServer, Example } from "../../protocol/data.ts";
import type { Session } from "../session/session.ts";
import { Icon } from "./Icon.tsx";
import { CommandButton } from "./StatusBar.tsx";

/** What can be asked of any workspace, while its own questions are not known. */
const general: readonly Example[] = [{ question: "What is in this workspace?" }];

/** What the panel shows before the first question. */
export function Welcome({ session }: { readonly session: Session }): JSX.Element {
  const { hasFolder, chat } = session.state;
  const examples = session.state.examples.length > 0 ? session.state.examples : general;
  return (
    <div class="welcome" data-testid="welcome">
      <h2>Ask about your files</h2>
      {hasFolder ? (
        <>
          <p class="quiet-text">
            Carrel reads the code and the documents of this workspace, and shows where each answer comes from.
          </p>
          <ul class="examples" aria-label="Example questions">
            {examples.map(({ question, path }) => (
              <li key={question}>
                <button type="button" class="example" title={path} onClick={() => session.ask(question)}>
                  {question}
                </button>
              </li>
            ))}
          </ul>
          <p class="quiet-text">
            To narrow a question, add path:src, -path:docs, lang:python, kind:tests or in:FOLDER.
          </p>
        </>
      ) : (
        <>
          <p class="quiet-text">Carrel answers from the files of a folder, and none is open.</p>
          <div class="buttons">
            <CommandButton session={session} name="openFolder" label="Open folder" primary />
          </div>
        </>
      )}
      <p class="promise" data-testid="promise">
        <Icon name="lock" />
        <span>{promise(chat)}</span>
      </p>
    </div>
  );
}

/** The promise must stay true where the person has set a model server on another machine. */
function promise(chat: ChatServer | undefined): string {
  const host = chat?.away;
  if (host === undefined || chat?.state === "refused") return "Nothing leaves this machine.";
  return `Questions and passages go to ${host}, the model server that you set, and nowhere else.`;
}
