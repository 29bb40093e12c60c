import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { mayBeConfirmed, readAgainText } from "../../protocol/answerLabels.ts";
import { counted } from "../../protocol/counted.ts";
import type { ChatServer } from "../../protocol/data.ts";
import type { Session } from "../session/session.ts";
import { current, type Exchange, type PanelState, readingOf } from "../session/state.ts";
import { Icon } from "./Icon.tsx";
import { Notice } from "./Notice.tsx";

interface Props {
  readonly session: Session;
  readonly exchange: Exchange;
}

/**
 * The offer to let the chat model read again what the check could not confirm, what that does at the moment, and what
 * it came to. Offered once for each model, and again after one that did not come to its end.
 */
export function SecondReading({ session, exchange }: Props): JSX.Element | null {
  const { id, answer, rereading } = exchange;
  if (!answer) return null;
  if (rereading && "of" in rereading) {
    return (
      <div class="answer-foot" data-testid="reading">
        <p class="stage">
          <span class="pulse" aria-hidden="true" />
          Reading the sources again… <span class="quiet-text">{`${rereading.done} of ${rereading.of}`}</span>
        </p>
        <button
          type="button"
          class="secondary"
          data-testid="stop-reading"
          onClick={() => session.stopReading()}
        >
          Stop
        </button>
      </div>
    );
  }
  const found = readAgainText(answer);
  return (
    <>
      {found !== undefined && (
        <p class="context" data-testid="read-again-result">
          {found}
        </p>
      )}
      {rereading && <Notice kind="warning" message={rereading.notice} />}
      <Offer session={session} exchange={exchange} key={id} />
    </>
  );
}

/** The model server, while its model can be asked: one thing at a time. */
function freeServer(state: PanelState): ChatServer | undefined {
  return current(state) || readingOf(state) || state.chat?.state !== "ready" ? undefined : state.chat;
}

function Offer({ session, exchange }: Props): JSX.Element | null {
  const { id, answer, rereading } = exchange;
  // An exchange is drawn again only when it changes itself.
  const [chat, setChat] = useState(freeServer(session.state));
  useEffect(() => {
    const look = (): void => setChat(freeServer(session.state));
    // What has changed before this is heard of by nobody else.
    look();
    return session.onChange(look);
  }, [session]);
  const open = answer?.sentences.filter(mayBeConfirmed).length ?? 0;
  if (open === 0 || chat?.chosen === undefined) return null;
  if (chat.chosen === answer?.reader && !rereading) return null;
  const server = chat.url.replace(/^https?:\/\//, "");
  return (
    <button
      type="button"
      class="quiet"
      data-testid="read-again"
      title={`${counted(open, "sentence")} and the passages that ${open === 1 ? "it cites" : "they cite"} go to ${chat.chosen} on ${server}. Only words that stand in a passage count.`}
      onClick={() => session.readAgain(id)}
    >
      <Icon name="retry" />
      Ask {chat.chosen} on {server} to read {open === 1 ? "the sentence" : `the ${open} sentences`} again
    </button>
  );
}
