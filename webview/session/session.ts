import type * as v from "valibot";
import { mayBeConfirmed } from "../../protocol/answerLabels.ts";
import { CarrelError, Channel, type Port } from "../../protocol/channel.ts";
import type { Answer, Hit } from "../../protocol/data.ts";
import { type Filtered, hasFilters, readQuestion } from "../../protocol/filters.ts";
import {
  type PanelContract,
  type PanelHostContract,
  panelContract,
  panelHostContract,
} from "../../protocol/panel.ts";
import { spokenAnswer } from "../render/labels.ts";
import { ExampleKeeper } from "./exampleKeeper.ts";
import { type Action, reduce } from "./reduce.ts";
import { fromSaved, toSaved } from "./savedState.ts";
import { current, describe, historyOf, initialState, type PanelState, understood } from "./state.ts";

type Requests = PanelHostContract["requests"];
type Question = v.InferOutput<Requests["ask"]["params"]>;
export type CommandName = v.InferOutput<Requests["command"]["params"]>["name"];

/** A page that is taken away without notice loses at most this much of what was typed. */
const saveDelayMs = 500;

/** What the session needs of the page. */
export interface SessionHost {
  readonly port: Port;
  readonly saved: unknown;
  save(state: unknown): void;
  /** Runs a function before the next picture is drawn. */
  nextFrame(run: () => void): void;
}

/** The panel's logic without its looks: holds the state, talks to the extension. */
export class Session {
  state: PanelState;
  private readonly host: SessionHost;
  private readonly channel: Channel<PanelHostContract, PanelContract>;
  private readonly listeners = new Set<() => void>();
  private readonly exampleKeeper: ExampleKeeper;
  private asking: AbortController | undefined;
  private reading: AbortController | undefined;
  private nextId: number;
  /** Counts the looks at the model server. */
  private looks = 0;
  private drawn = true;
  private saving = false;

  constructor(host: SessionHost) {
    this.host = host;
    this.state = fromSaved(initialState, host.saved);
    this.nextId = this.state.exchanges.length + 1;
    this.channel = new Channel(host.port, panelHostContract, panelContract, {});
    this.exampleKeeper = new ExampleKeeper(
      async (signal) => (await this.channel.request("examples", {}, { signal })).examples,
      (examples) => this.dispatch({ type: "examples", examples }),
    );
    this.channel.on("engine", (engine) => {
      const before = this.state.engine.state;
      this.dispatch({ type: "engine", engine });
      if (engine.state === "running" && before !== "running") void this.refreshChat();
    });
    this.channel.on("status", (index) => {
      this.dispatch({ type: "index", index });
      this.askAgainIfRead();
    });
    this.channel.on("focus", () => this.dispatch({ type: "focus" }));
    this.channel.on("models", () => void this.refreshChat());
    this.channel.on("newConversation", () => this.newConversation());
    this.channel.on("prefill", ({ question, selection, send }) => {
      this.dispatch({ type: "prefill", question, selection });
      // While another answer is being written the question waits in the box.
      if (send) this.ask(question);
    });
  }

  /** Asks the extension what to show, and shows it. Never rejects: a failure is shown too. */
  async start(): Promise<void> {
    try {
      const { engine, status, folders, opensOutside } = await this.channel.request("ready", {});
      this.dispatch({ type: "engine", engine });
      this.dispatch({ type: "folders", count: folders.length, opensOutside });
      if (status) this.dispatch({ type: "index", index: status });
      if (engine.state === "running") await this.refreshChat();
    } catch (error) {
      this.dispatch({ type: "engine", engine: { state: "failed", message: describe(error).message } });
    }
  }

  /** Calls `listener` before the next frame after a change, once for all changes in between. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  draft(text: string): void {
    this.dispatch({ type: "draft", text });
  }

  dropSelection(): void {
    this.dispatch({ type: "selection", selection: undefined });
    this.dispatch({ type: "focus" });
  }

  /**
   * Sends a question, with the selection that is shown. Does nothing while another is being answered; one whose
   * filters can't be understood stays in the box, with the reason above it.
   */
  ask(typed: string): void {
    const question = typed.trim();
    if (question === "" || current(this.state)) return;
    const read = this.understand(question);
    if (!read) return;
    const { text, filter } = read;
    // The model is wanted for the question now.
    this.stopReading();
    const id = this.nextId++;
    const history = historyOf(this.state.exchanges);
    const { selection } = this.state;
    this.dispatch({ type: "ask", id, question, selection });
    void this.answer(id, {
      question: text,
      history,
      ...(selection ? { selection } : {}),
      ...(hasFilters(filter) ? { filter } : {}),
    });
  }

  private understand(question: string): Filtered | undefined {
    try {
      return readQuestion(question);
    } catch (error) {
      this.dispatch({ type: "draft", text: question });
      this.dispatch({ type: "trouble", failure: describe(error) });
      return undefined;
    }
  }

  /** Asks the last question again, with the selection that it had. */
  retry(id: number): void {
    const exchange = this.state.exchanges.find((candidate) => candidate.id === id);
    if (!exchange || current(this.state)) return;
    const { draft, selection } = this.state;
    this.dispatch({ type: "remove", id });
    this.dispatch({ type: "selection", selection: exchange.selection });
    this.ask(exchange.question);
    // What the person was writing meanwhile stays.
    this.dispatch({ type: "draft", text: draft });
    this.dispatch({ type: "selection", selection });
  }

  /**
   * Asks the last question again, now where all files have been read, else when they have: by itself, since it was
   * wanted, but only if no other question was asked meanwhile.
   */
  askAgain(id: number): void {
    const state = this.state.index?.state ?? "ready";
    if (state === "ready") this.retry(id);
    else this.dispatch({ type: "again", id, isWanted: true });
    if (state !== "ready" && state !== "indexing") void this.command("resumeIndexing");
  }

  dontAskAgain(id: number): void {
    this.dispatch({ type: "again", id, isWanted: false });
  }

  private askAgainIfRead(): void {
    const last = this.state.exchanges.at(-1);
    if (last?.isAgainWanted && this.state.index?.state === "ready") this.retry(last.id);
  }

  /** Has the files read, and asks the question that could not be answered without. */
  async readAndAsk(id: number): Promise<void> {
    if (await this.attempt(this.channel.request("command", { name: "resumeIndexing" }))) this.retry(id);
  }

  stop(): void {
    this.asking?.abort();
  }

  /** Lets the model read what could not be confirmed of an answer again. Does nothing while it is busy with another. */
  readAgain(id: number): void {
    const exchange = this.state.exchanges.find((candidate) => candidate.id === id);
    if (!exchange?.answer || current(this.state) || this.reading) return;
    void this.read(id, exchange.question, exchange.answer);
  }

  stopReading(): void {
    this.reading?.abort();
    this.reading = undefined;
  }

  newConversation(): void {
    this.stop();
    this.stopReading();
    this.dispatch({ type: "newConversation" });
  }

  openPassage(passage: Hit, original: boolean): void {
    void this.attempt(this.channel.request("openPassage", { passage, original }));
  }

  async copy(text: string): Promise<void> {
    const copied = await this.attempt(this.channel.request("copy", { text }));
    if (copied) this.dispatch({ type: "announce", text: "Copied." });
  }

  /** Runs one of the extension's commands, which may have changed the model. */
  async command(name: CommandName): Promise<void> {
    await this.attempt(this.channel.request("command", { name }));
    if (name === "chooseModel" || name === "setUpOllama") await this.refreshChat();
  }

  dismissTrouble(): void {
    this.dispatch({ type: "trouble", failure: undefined });
  }

  dismissLanguageHint(): void {
    this.dispatch({ type: "languageHintDismissed" });
  }

  /** Writes the state now: the page may be about to go. */
  saveNow(): void {
    this.saving = false;
    this.host.save(toSaved(this.state));
  }

  private async answer(id: number, params: Question): Promise<void> {
    const controller = new AbortController();
    this.asking = controller;
    try {
      const answer = await this.channel.request("ask", params, {
        signal: controller.signal,
        onProgress: (event) => this.dispatch({ type: "event", id, event }),
      });
      this.dispatch({ type: "answered", id, answer });
      this.dispatch({ type: "announce", text: spokenAnswer(answer) });
    } catch (error) {
      const cancelled = error instanceof CarrelError && error.code === "cancelled";
      this.dispatch(cancelled ? { type: "stopped", id } : { type: "failed", id, failure: describe(error) });
    } finally {
      if (this.asking === controller) this.asking = undefined;
    }
    this.saveNow();
    // The model server may have come or gone since the last look.
    await this.refreshChat();
  }

  private async read(id: number, question: string, answer: Answer): Promise<void> {
    const controller = new AbortController();
    this.reading = controller;
    const { text, passages, sentences } = answer;
    const of = sentences.filter(mayBeConfirmed).length;
    this.dispatch({ type: "reading", id, progress: { done: 0, of } });
    try {
      const params = { question: understood(question).text, text, passages, sentences };
      const reading = await this.channel.request("readAgain", params, {
        signal: controller.signal,
        onProgress: (progress) => this.dispatch({ type: "reading", id, progress }),
      });
      this.dispatch({ type: "readAgain", id, reading });
    } catch (error) {
      const cancelled = error instanceof CarrelError && error.code === "cancelled";
      this.dispatch({ type: "readingEnded", id, ...(cancelled ? {} : { failure: describe(error) }) });
    } finally {
      if (this.reading === controller) this.reading = undefined;
    }
    this.saveNow();
    await this.refreshChat();
  }

  private async refreshChat(): Promise<void> {
    const look = ++this.looks;
    try {
      const chat = await this.channel.request("chatServer", {});
      // What a later look has seen is newer, whichever comes first.
      if (look === this.looks) this.dispatch({ type: "chat", chat });
    } catch {
      // The engine's own state says what is wrong; what was known of the models stays.
    }
  }

  private async attempt(request: Promise<unknown>): Promise<boolean> {
    try {
      await request;
      return true;
    } catch (error) {
      const cancelled = error instanceof CarrelError && error.code === "cancelled";
      if (!cancelled) this.dispatch({ type: "trouble", failure: describe(error) });
      return false;
    }
  }

  private dispatch(action: Action): void {
    const before = this.state;
    this.state = reduce(before, action);
    if (this.state === before) return;
    this.exampleKeeper.follow(this.state);
    if (this.drawn) {
      this.drawn = false;
      this.host.nextFrame(() => {
        this.drawn = true;
        for (const listener of this.listeners) listener();
      });
    }
    this.saveSoon();
  }

  private saveSoon(): void {
    if (this.saving) return;
    this.saving = true;
    setTimeout(() => {
      if (this.saving) this.saveNow();
    }, saveDelayMs);
  }
}
