export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** A piece of a streamed answer. */
export type ChatEvent =
  | { readonly type: "thinking" }
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "done";
      readonly promptTokens: number;
      readonly answerTokens: number;
      /** True when the answer ended at its length limit, not because it was complete. */
      readonly cut: boolean;
    };
