import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { Session } from "../session/session.ts";
import type { Exchange } from "../session/state.ts";
import { ExchangeView } from "./ExchangeView.tsx";
import { Welcome } from "./Welcome.tsx";

/** Who is this near the end when something arrives reads along, and is taken with it. */
const nearEnd = 60;

export function Conversation({ session }: { readonly session: Session }): JSX.Element {
  const { exchanges } = session.state;
  const scroller = useRef<HTMLElement>(null);
  const following = useRef(true);
  const last = exchanges.at(-1);
  const lastId = last?.id;

  useLayoutEffect(() => {
    following.current = true;
  }, [lastId]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && following.current) follow(element);
  }, [last]);

  return (
    <main
      ref={scroller}
      class="conversation"
      aria-label="Conversation"
      // Scrolled by keyboard.
      tabIndex={exchanges.length > 0 ? 0 : -1}
      onScroll={(event) => {
        const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
        following.current = scrollHeight - scrollTop - clientHeight < nearEnd;
      }}
    >
      {exchanges.length === 0 && <Welcome session={session} />}
      {exchanges.map((exchange) => (
        <KeptExchange key={exchange.id} session={session} exchange={exchange} isLast={exchange === last} />
      ))}
    </main>
  );
}

/**
 * Brings what is new into view, but not past the question: the answer is read from its beginning, and stays
 * where it is while it grows. Who has scrolled on to its end stays at the end.
 */
function follow(scroller: HTMLElement): void {
  const question = scroller.lastElementChild;
  if (!(question instanceof HTMLElement)) return;
  const end = scroller.scrollHeight - scroller.clientHeight;
  const questionAtTop = question.offsetTop - scroller.offsetTop;
  scroller.scrollTop = scroller.scrollTop > questionAtTop + 1 ? end : Math.min(end, questionAtTop);
}

interface KeptProps {
  readonly session: Session;
  readonly exchange: Exchange;
  readonly isLast: boolean;
}

/** Draws an exchange again only when it changed: a long conversation costs no more than its last answer. */
function KeptExchange({ session, exchange, isLast }: KeptProps): JSX.Element {
  // An answer out of half an index says how the other half is going on.
  const indexState = exchange.answer?.read && session.state.index?.state;
  return useMemo(
    () => <ExchangeView session={session} exchange={exchange} isLast={isLast} />,
    [session, exchange, isLast, indexState],
  );
}
