import type { RequestContext } from "../../protocol/channel.ts";
import type { ChatModel, ChatServer, ModelOffer, ModelStore, PullProgress } from "../../protocol/data.ts";
import type { Machine } from "../../protocol/machine.ts";
import type { Fetch } from "../egress/gate.ts";
import type { Library } from "./wellKnown.ts";

export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** A piece of a streamed answer. */
export type ChatEvent =
  | { readonly type: "thinking"; readonly text: string }
  | { readonly type: "text"; readonly text: string }
  /** All text so far was thought, which only its end told. */
  | { readonly type: "unsaid" }
  | {
      readonly type: "done";
      readonly promptTokens: number;
      readonly answerTokens: number;
      /** True when the answer ended at its length limit, not because it was complete. */
      readonly cut: boolean;
    };

/** What must be known about a model before it is asked. */
export interface ModelFacts {
  /** The name by which the server is asked; it may be stricter than the one that people see. */
  readonly name: string;
  /** 0 where the server does not tell. */
  readonly sizeBytes: number;
  /** The longest context that the model was trained for, in tokens. */
  readonly contextLength: number | undefined;
  /** Memory in bytes that each token of context takes. */
  readonly bytesPerToken: number | undefined;
  /**
   * Whether it thinks before it answers: never, unless it is asked not to, whatever it is asked, or ("unasked")
   * always while its server does not know that it thinks and refuses to be asked.
   */
  readonly thinking: "never" | "optional" | "always" | "unasked";
  /** The context that the model is loaded with now, in tokens; undefined when it is not loaded. */
  readonly loadedContext: number | undefined;
  /** Whether that context was chosen when the server was started, so that no request can change it. */
  readonly isContextFixed?: boolean;
}

export interface ChatRequest {
  /** A model's name as `server` lists it. */
  readonly model: string;
  /** What `inspect` has just told of it: the proof that it runs on that very server. */
  readonly facts: ModelFacts;
  readonly messages: readonly ChatMessage[];
  /** Expected length of the messages, in tokens. */
  readonly promptTokens: number;
  /** Context to load the model with, in tokens: prompt and answer must fit. */
  readonly contextTokens: number;
  /** The longest answer, in tokens. */
  readonly maxTokens: number;
  /** The most that may be thought beside the answer, in tokens; for a model that always thinks. */
  readonly thoughtTokens: number;
  readonly signal: AbortSignal;
}

/** How a model server is reached. Every kind of server (see ../chatServers.ts) is made from this. */
export interface ChatClientOptions {
  /** Address of the server, such as http://127.0.0.1:11434. */
  readonly url: string;
  /** A fetch of the egress gate. */
  readonly fetch: Fetch;
  /** What the server wants to be shown; it goes nowhere else. */
  readonly key?: string | undefined;
  /** This machine's memory in bytes, for choosing a model; the real one by default. */
  readonly memoryBytes?: number;
  /** What this machine can do, where it has been looked at: decides among several models that are installed. */
  readonly machine?: () => Promise<Machine>;
  /** Milliseconds that each question of a look at the server may take. */
  readonly lookMs?: number;
  /** Milliseconds without a byte after which a begun answer counts as dead. */
  readonly idleMs?: number;
  /** How often, in milliseconds, a server that prepares an answer is asked whether it is alive. */
  readonly aliveMs?: number;
  /** Milliseconds that a server that is alive may take to begin an answer: it may have to load a large model. */
  readonly startMs?: number;
  /** Milliseconds that a begun answer may take in all. */
  readonly answerMs?: number;
}

/**
 * The part of a model server that gets, deletes and unloads models. All of it is done by the server, and only what
 * a person said to. Everything throws CarrelErrors.
 */
export interface ModelKeeper {
  readonly url: string;
  look(signal?: AbortSignal): Promise<ModelStore>;
  /** Throws for a name that is none or a cloud's. Asks nobody. */
  offer(name: string): ModelOffer;
  /** The downloaded model, looked at anew. Leaving off closes the connection; what has come is kept. */
  pull(name: string, context: RequestContext<PullProgress>): Promise<ChatModel>;
  remove(name: string, signal?: AbortSignal): Promise<void>;
  /** Frees the memory that a model takes. */
  unload(name: string, signal?: AbortSignal): Promise<void>;
}

/**
 * A model server that can write answers. All that the engine knows of any kind of server is this and the errors
 * of errors.ts. No prompt may go to a model that is not known to run on that very server.
 */
export interface ChatClient {
  readonly url: string;
  /** Models that many people use, where this kind of server can fetch them. */
  readonly library?: Library;
  /**
   * The server's state and models, with what to do where something is missing. Never throws but when cancelled.
   * `chosen` is the user's model, or "" for the best installed one.
   */
  server(chosen: string, signal?: AbortSignal): Promise<ChatServer>;
  /** Asks for one model. Throws a CarrelError for one that is not installed, can't chat or runs in a cloud. */
  inspect(model: string, signal?: AbortSignal): Promise<ModelFacts>;
  /**
   * Streams an answer. Ends with "done", or throws: a ContextOverflowError for a prompt that does not fit, else
   * another CarrelError. Leaving the loop closes the connection.
   */
  chat(request: ChatRequest): AsyncGenerator<ChatEvent>;
  /** Only of a server that can be told to get and delete models. */
  readonly keeper?: ModelKeeper;
}
