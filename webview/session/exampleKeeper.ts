import type { Example } from "../../protocol/data.ts";
import type { PanelState } from "./state.ts";

/** The index is changed by many small steps; examples are made when it has come to rest. */
const restMs = 500;

/**
 * Keeps the offered examples what the index is: asks for them when they are to be seen and the index has changed since
 * they were made, not while somebody types. A change of the index ends a request that is under way.
 */
export class ExampleKeeper {
  private readonly request: (signal: AbortSignal) => Promise<readonly Example[]>;
  private readonly show: (examples: readonly Example[]) => void;
  private made = "";
  private wanted = "";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking: AbortController | undefined;

  constructor(
    request: (signal: AbortSignal) => Promise<readonly Example[]>,
    show: (examples: readonly Example[]) => void,
  ) {
    this.request = request;
    this.show = show;
  }

  /** To be told of every state. */
  follow(state: PanelState): void {
    // An edit may leave all counts as they are.
    if (state.index?.state === "indexing") this.made = "";
    const wanted = wantedBy(state);
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    clearTimeout(this.timer);
    this.asking?.abort();
    if (wanted === "" || wanted === this.made) return;
    this.timer = setTimeout(() => void this.make(wanted), restMs);
  }

  private async make(wanted: string): Promise<void> {
    const controller = new AbortController();
    this.asking = controller;
    try {
      const examples = await this.request(controller.signal);
      if (controller.signal.aborted) return;
      this.made = wanted;
      this.show(examples);
    } catch {
      // Those that are shown stay; the next change of the index is another try.
    }
  }
}

/** What the examples depend on; "" where none are to be made now. */
function wantedBy({ engine, index, exchanges, draft, hasFolder }: PanelState): string {
  const isSeen = hasFolder && exchanges.length === 0 && draft === "";
  if (!isSeen || engine.state !== "running" || index?.state !== "ready" || index.files === 0) return "";
  return `${index.files} ${index.chunks} ${index.embedding}`;
}
