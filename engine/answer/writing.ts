import { totalmem } from "node:os";
import type { ChatClient, ChatEvent, ModelFacts } from "../../models/chat/chatClient.ts";
import { ContextOverflowError, cancelled } from "../../models/chat/errors.ts";
import { CarrelError, type RequestContext } from "../../protocol/channel.ts";
import type { AnswerEvent, ContextUse, Hit } from "../../protocol/data.ts";
import { AnswerText } from "./answerText.ts";
import { buildPrompt, largestContext, type Prompt, type PromptLimits, type PromptRequest } from "./prompt.ts";
import type { ReadingSpeed } from "./promptPace.ts";
import type { ScriptTokens, TokenRatios } from "./tokenEstimate.ts";

/** What a model writes an answer with. */
export interface WriteParts {
  readonly chat: ChatClient;
  /** Kept from one question to the next, so that it can learn. */
  readonly ratios: TokenRatios;
  /** The same; a fast reader is given more passages. */
  readonly speed?: ReadingSpeed;
  /** This machine's memory in bytes; the real one by default. */
  readonly memoryBytes?: number;
}

interface WriteRequest extends PromptRequest {
  readonly model: string;
  /** Given in place of `passages` where the context that the model is loaded with holds them all. */
  readonly morePassages?: readonly Hit[] | undefined;
}

/** What a model wrote, as far as it came. */
export interface Written {
  text: string;
  /** What it was given, as its citations count them; those that did not fit are among them. */
  passages: readonly Hit[];
  cut: boolean;
  /** Whether the model thought before it wrote. */
  thought: boolean;
  firstTokenMs: number | undefined;
  context: ContextUse | undefined;
  /** Why the text is not complete. */
  problem: CarrelError | undefined;
}

/** Streams the answer. A failure of the model is part of the result, because what was written stays. */
export async function writeAnswer(
  request: WriteRequest,
  parts: WriteParts,
  context: RequestContext<AnswerEvent>,
  started: number,
): Promise<Written> {
  const { model } = request;
  const written: Written = {
    text: "",
    passages: request.passages,
    cut: false,
    thought: false,
    firstTokenMs: undefined,
    context: undefined,
    problem: undefined,
  };
  try {
    const facts = await parts.chat.inspect(model, context.signal);
    const limits = {
      largestContext: largestContext(facts, parts.memoryBytes ?? totalmem()),
      loadedContext: facts.loadedContext,
      thinks: facts.thinking === "always" || facts.thinking === "unasked",
    };
    // How far the server's count was above what was expected, once it has told that.
    let excess = 1;
    const expected = (estimated: ScriptTokens): number => parts.ratios.expected(model, estimated) * excess;
    const give = (passages: readonly Hit[]): void => {
      if (passages === written.passages) return;
      written.passages = passages;
      context.progress({ type: "passages", passages: [...passages] });
    };
    give(asManyAsFit(request, { ...limits, expected }));
    for (let attempt = 1; ; attempt++) {
      const prompt = buildPrompt({ ...request, passages: written.passages }, { ...limits, expected });
      try {
        const stage = facts.loadedContext === prompt.contextTokens ? "thinking" : "loading-model";
        context.progress({ type: "stage", stage });
        await stream(prompt, facts, model, parts, context, started, written);
        if (written.thought && written.text.trim() === "") written.problem = onlyThought(written.cut);
        return written;
      } catch (error) {
        // The server counted more than was expected: what it counted is known now, so once more with that.
        if (!(error instanceof ContextOverflowError) || attempt > 1 || written.text !== "") throw error;
        if (error.promptTokens !== undefined) parts.ratios.learn(model, prompt.estimated, error.promptTokens);
        const real = error.promptTokens ?? prompt.contextTokens * 1.25;
        excess = Math.max(1, (real * 1.05) / expected(prompt.estimated));
        // A loaded context that was too small after all is not to be taken again.
        limits.loadedContext = undefined;
        give(request.passages);
      }
    }
  } catch (error) {
    if (context.signal.aborted) throw cancelled();
    written.problem =
      error instanceof CarrelError
        ? error
        : new CarrelError(error instanceof Error ? error.message : String(error));
    return written;
  }
}

/** More passages, unless the model would have to be loaded anew for them, or something else be left out. */
function asManyAsFit(request: WriteRequest, limits: PromptLimits): readonly Hit[] {
  const { passages, morePassages } = request;
  if (!morePassages || limits.loadedContext === undefined) return passages;
  const usual = buildPrompt(request, limits);
  const larger = buildPrompt({ ...request, passages: morePassages }, limits);
  const fits =
    larger.contextTokens === limits.loadedContext &&
    larger.passagesLeftOut === 0 &&
    larger.turnsLeftOut === usual.turnsLeftOut &&
    larger.maxTokens === usual.maxTokens;
  return fits ? morePassages : passages;
}

async function stream(
  prompt: Prompt,
  facts: ModelFacts,
  model: string,
  parts: WriteParts,
  { signal, progress }: RequestContext<AnswerEvent>,
  started: number,
  written: Written,
): Promise<void> {
  const { messages, contextTokens, maxTokens, thoughtTokens } = prompt;
  const begun = performance.now();
  let readMs = 0;
  const lengths = { promptTokens: prompt.expectedTokens, contextTokens, maxTokens, thoughtTokens };
  const text = new AnswerText((piece) => {
    written.text += piece;
    progress({ type: "text", text: piece });
  });
  const take = taker(written, text, prompt, progress, started);
  try {
    for await (const event of parts.chat.chat({ model, facts, messages, ...lengths, signal })) {
      readMs ||= performance.now() - begun;
      take(event);
      if (event.type !== "done") continue;
      parts.ratios.learn(model, prompt.estimated, event.promptTokens);
      // One that was loaded for this question has not shown how fast it reads.
      if (facts.loadedContext === contextTokens) parts.speed?.learn(model, event.promptTokens, readMs);
    }
  } finally {
    text.end();
  }
}

/** Takes what comes from the model into what is written, and tells of it. */
function taker(
  written: Written,
  text: AnswerText,
  prompt: Prompt,
  progress: (event: AnswerEvent) => void,
  started: number,
): (event: ChatEvent) => void {
  const use: ContextUse = {
    promptTokens: prompt.expectedTokens,
    contextWindow: prompt.contextTokens,
    passagesUsed: prompt.passagesUsed,
    passagesLeftOut: prompt.passagesLeftOut,
    turnsLeftOut: prompt.turnsLeftOut,
  };
  return (event) => {
    switch (event.type) {
      case "thinking":
        if (!written.thought) progress({ type: "stage", stage: "thinking" });
        written.thought = true;
        progress({ type: "thought", text: event.text });
        break;
      case "unsaid":
        written.thought = true;
        written.text = "";
        text.clear();
        written.firstTokenMs = undefined;
        progress({ type: "unsaid" });
        break;
      case "text":
        if (written.firstTokenMs === undefined) {
          written.firstTokenMs = performance.now() - started;
          progress({ type: "stage", stage: "writing" });
        }
        written.context = use;
        text.push(event.text);
        break;
      case "done":
        written.cut = event.cut;
        written.context = event.promptTokens > 0 ? { ...use, promptTokens: event.promptTokens } : use;
    }
  };
}

/** A model that thought and wrote nothing: most often since its thoughts took all that it may write. */
function onlyThought(cut: boolean): CarrelError {
  return cut
    ? new CarrelError(
        "The model's thoughts used up all that it may write, before it came to an answer.",
        'Ask about less at once, or choose a model that answers without thinking, such as one with "instruct" in its name.',
      )
    : new CarrelError(
        "The model thought about it, but wrote no answer.",
        'Ask again, or choose a model that answers without thinking, such as one with "instruct" in its name.',
      );
}
