import type { ChatClient, ChatEvent, ChatRequest, ModelFacts } from "../../models/chat/chatClient.ts";
import type { ChatServer } from "../../protocol/data.ts";

const facts: ModelFacts = {
  name: "tiny",
  sizeBytes: 0,
  contextLength: undefined,
  bytesPerToken: undefined,
  thinking: "never",
  loadedContext: undefined,
};

/** A kind of model server that the product does not know: it has no HTTP, no versions and no sizes. */
export class OtherServer implements ChatClient {
  readonly url = "unix:/run/model";
  readonly requests: ChatRequest[] = [];
  /** What the model is loaded with. */
  loadedContext: number | undefined;
  /** What else is known of the model. */
  facts: Partial<ModelFacts> = {};
  private readonly state: Partial<ChatServer>;
  private readonly reply: (attempt: number) => Iterable<ChatEvent>;

  constructor(reply: (attempt: number) => Iterable<ChatEvent>, state: Partial<ChatServer> = {}) {
    this.reply = reply;
    this.state = state;
  }

  async server(): Promise<ChatServer> {
    return { url: this.url, state: "ready", models: [], chosen: "tiny", ...this.state };
  }

  async inspect(): Promise<ModelFacts> {
    return { ...facts, loadedContext: this.loadedContext, ...this.facts };
  }

  async *chat(request: ChatRequest): AsyncGenerator<ChatEvent> {
    this.requests.push(request);
    yield* this.reply(this.requests.length);
  }
}
