import * as v from "valibot";
import { addressOf, toWireError, type WireMessage, wireMessage } from "./wire.ts";

/** One request that a peer answers: its parameters, its result, and what it may report on the way. */
interface RequestSpec {
  readonly params: v.GenericSchema;
  readonly result: v.GenericSchema;
  readonly progress?: v.GenericSchema;
}

/** One side of a channel: the requests that it answers and the notifications that it sends. */
export interface Contract {
  readonly requests: Record<string, RequestSpec>;
  readonly notifications: Record<string, v.GenericSchema>;
}

/** How bytes travel is the port's business: a child process, a webview, or two ends in one test. */
export interface Port {
  send(message: unknown): void;
  /** Called once, before any message is sent. */
  listen(onMessage: (message: unknown) => void, onClose: (reason: string) => void): void;
}

/** "unindexed": there is no index to answer from, and none will be there unless a person asks for one. */
export type ErrorCode = "failed" | "cancelled" | "gone" | "invalid" | "unindexed";

/** An error that reaches a person: `message` says what happened and why, `remedy` what to do. */
export class CarrelError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string;

  constructor(message: string, remedy = "", code: ErrorCode = "failed") {
    super(message);
    this.name = "CarrelError";
    this.code = code;
    this.remedy = remedy;
  }
}

type Requests<C extends Contract> = C["requests"];
type Notifications<C extends Contract> = C["notifications"];
type Params<C extends Contract, M extends keyof Requests<C>> = v.InferOutput<Requests<C>[M]["params"]>;
type Result<C extends Contract, M extends keyof Requests<C>> = v.InferOutput<Requests<C>[M]["result"]>;
type Progress<C extends Contract, M extends keyof Requests<C>> = Requests<C>[M] extends {
  readonly progress: infer P extends v.GenericSchema;
}
  ? v.InferOutput<P>
  : never;

export interface RequestContext<P> {
  readonly signal: AbortSignal;
  progress(value: P): void;
}

/** What a side must implement: one handler for each request it understands. */
export type Handlers<C extends Contract> = {
  [M in keyof Requests<C>]: (
    params: Params<C, M>,
    context: RequestContext<Progress<C, M>>,
  ) => Promise<Result<C, M>> | Result<C, M>;
};

export interface RequestOptions<P> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (value: P) => void;
}

interface Pending {
  readonly method: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: CarrelError) => void;
  readonly onProgress: ((value: unknown) => void) | undefined;
}

/**
 * Both ends of a typed conversation between two processes. `Remote` is what the peer understands, `Local`
 * what this side does. Every request ends: with a result, an error, a cancellation, or the peer's end.
 */
export class Channel<Remote extends Contract, Local extends Contract> {
  private nextId = 1;
  private readonly pending = new Map<number, Pending>();
  private readonly running = new Map<number, AbortController>();
  private readonly listeners = new Map<string, Set<(params: unknown) => void>>();
  private readonly closeListeners = new Set<(reason: string) => void>();
  private closed: string | undefined;
  private readonly port: Port;
  private readonly remote: Remote;
  private readonly local: Local;
  private readonly handlers: Handlers<Local>;
  private readonly onError: (error: unknown) => void;

  /** @param onError Hears what no answer can carry: what listeners throw, and what can't be sent. */
  constructor(
    port: Port,
    remote: Remote,
    local: Local,
    handlers: Handlers<Local>,
    onError: (error: unknown) => void = () => undefined,
  ) {
    this.port = port;
    this.remote = remote;
    this.local = local;
    this.handlers = handlers;
    this.onError = onError;
    port.listen(
      (message) => this.receive(message),
      (reason) => this.close(reason),
    );
  }

  /** Ask the peer. Rejects with a CarrelError; code "gone" when the peer ended, "cancelled" after `signal`. */
  request<M extends keyof Requests<Remote> & string>(
    method: M,
    params: Params<Remote, M>,
    options: RequestOptions<Progress<Remote, M>> = {},
  ): Promise<Result<Remote, M>> {
    const { signal, onProgress } = options;
    if (this.closed !== undefined) return Promise.reject(goneError(this.closed));
    if (signal?.aborted) return Promise.reject(cancelledError());
    if (!Object.hasOwn(this.remote.requests, method)) return Promise.reject(unknownError(method));
    const id = this.nextId++;
    return new Promise<Result<Remote, M>>((resolve, reject) => {
      const abort = (): void => {
        if (!this.pending.delete(id)) return;
        this.sendPlain({ type: "cancel", id });
        reject(cancelledError());
      };
      const settle = <T>(done: (value: T) => void): ((value: T) => void) => {
        return (value) => {
          signal?.removeEventListener("abort", abort);
          done(value);
        };
      };
      this.pending.set(id, {
        method,
        resolve: settle((value) => resolve(value as Result<Remote, M>)),
        reject: settle(reject),
        onProgress: onProgress as ((value: unknown) => void) | undefined,
      });
      signal?.addEventListener("abort", abort, { once: true });
      try {
        this.port.send({ type: "request", id, method, params });
      } catch (error) {
        // Either the port is broken, which the cancellation finds out, or the parameters can't be sent.
        this.sendPlain({ type: "cancel", id });
        this.take(id)?.reject(unsendableError(method, error));
      }
    });
  }

  /** Tell the peer something that needs no answer. */
  notify<M extends keyof Notifications<Local> & string>(
    method: M,
    params: v.InferOutput<Notifications<Local>[M]>,
  ): void {
    this.trySend({ type: "notify", method, params });
  }

  /** Hear the peer's notifications. Returns a function that stops listening. */
  on<M extends keyof Notifications<Remote> & string>(
    method: M,
    listener: (params: v.InferOutput<Notifications<Remote>[M]>) => void,
  ): () => void {
    const listeners = this.listeners.get(method) ?? new Set();
    this.listeners.set(method, listeners);
    const untyped = listener as (params: unknown) => void;
    listeners.add(untyped);
    return () => listeners.delete(untyped);
  }

  onClose(listener: (reason: string) => void): void {
    const { closed } = this;
    if (closed === undefined) this.closeListeners.add(listener);
    else this.tell(() => listener(closed));
  }

  /** End the conversation: pending requests reject with "gone", running handlers are aborted. */
  close(reason: string): void {
    if (this.closed !== undefined) return;
    this.closed = reason;
    for (const pending of this.pending.values()) pending.reject(goneError(reason));
    this.pending.clear();
    for (const controller of this.running.values()) controller.abort();
    for (const listener of this.closeListeners) this.tell(() => listener(reason));
  }

  /** Calls a listener. What it throws is reported: it must not keep others from hearing, nor end this process. */
  private tell(call: () => unknown): void {
    try {
      const result = call();
      if (result instanceof Promise) result.catch((error: unknown) => this.report(error));
    } catch (error) {
      this.report(error);
    }
  }

  private report(error: unknown): void {
    try {
      this.onError(error);
    } catch {
      // There is nobody left to tell.
    }
  }

  /** Sends what may hold anything. What can't be sent is reported. */
  private trySend(message: WireMessage): void {
    if (this.closed === undefined) this.tell(() => this.port.send(message));
  }

  /** Sends what any port can carry: when that fails, the port is broken. */
  private sendPlain(message: WireMessage): void {
    if (this.closed !== undefined) return;
    try {
      this.port.send(message);
    } catch (error) {
      this.close(toWireError(error).message);
    }
  }

  private receive(raw: unknown): void {
    if (this.closed !== undefined) return;
    const parsed = v.safeParse(wireMessage, raw);
    if (!parsed.success) {
      this.refuse(raw, parsed.issues);
      return;
    }
    const message = parsed.output;
    switch (message.type) {
      case "request":
        void this.serve(message.id, message.method, message.params);
        break;
      case "cancel":
        this.running.get(message.id)?.abort();
        break;
      case "progress":
        this.receiveProgress(message.id, message.value);
        break;
      case "result":
        this.receiveResult(message.id, message.value);
        break;
      case "error": {
        const { message: text, remedy, code } = message.error;
        this.take(message.id)?.reject(new CarrelError(text, remedy, code));
        break;
      }
      case "notify":
        this.receiveNotification(message.method, message.params);
        break;
    }
  }

  /** Ends the request that a broken message is about, if it is about one: no answer would ever come. */
  private refuse(raw: unknown, issues: readonly v.BaseIssue<unknown>[]): void {
    const { type, id } = addressOf(raw);
    if (id === undefined) return;
    if (type === "request" && !this.running.has(id)) {
      this.sendPlain({ type: "error", id, error: toWireError(invalidError("request", issues)) });
    }
    if (type === "result" || type === "error") this.take(id)?.reject(invalidError(type, issues));
  }

  private receiveProgress(id: number, raw: unknown): void {
    const pending = this.pending.get(id);
    const schema = pending && this.remote.requests[pending.method]?.progress;
    const onProgress = pending?.onProgress;
    if (!onProgress || !schema) return;
    const value = v.safeParse(schema, raw);
    if (value.success) this.tell(() => onProgress(value.output));
  }

  private receiveResult(id: number, raw: unknown): void {
    const pending = this.take(id);
    const schema = pending && this.remote.requests[pending.method]?.result;
    if (!pending || !schema) return;
    const value = v.safeParse(schema, raw);
    if (value.success) pending.resolve(value.output);
    else pending.reject(invalidError(pending.method, value.issues));
  }

  private receiveNotification(method: string, params: unknown): void {
    const schema = ownValue(this.remote.notifications, method);
    const value = schema && v.safeParse(schema, params);
    if (!value?.success) return;
    for (const listener of this.listeners.get(method) ?? []) this.tell(() => listener(value.output));
  }

  private take(id: number): Pending | undefined {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    return pending;
  }

  private async serve(id: number, method: string, rawParams: unknown): Promise<void> {
    // A number that is in use would mix up two answers; the peer waits for one.
    if (this.running.has(id)) return;
    const controller = new AbortController();
    this.running.set(id, controller);
    try {
      const spec = ownValue(this.local.requests, method);
      const handler = this.handlers[method as keyof Handlers<Local>];
      if (!spec || !handler) throw unknownError(method);
      const params = v.safeParse(spec.params, rawParams);
      if (!params.success) throw invalidError(method, params.issues);
      const value = await handler(params.output as never, {
        signal: controller.signal,
        progress: (progress) => this.trySend({ type: "progress", id, value: progress }),
      });
      if (this.closed === undefined) this.port.send({ type: "result", id, value });
    } catch (error) {
      const told = controller.signal.aborted ? cancelledError() : error;
      this.sendPlain({ type: "error", id, error: toWireError(told) });
    } finally {
      this.running.delete(id);
    }
  }
}

/** The value of a key of the object itself: "toString" is no method of a contract. */
function ownValue<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function goneError(reason: string): CarrelError {
  return new CarrelError(`The other process has ended: ${reason}`, "Try again in a moment.", "gone");
}

function cancelledError(): CarrelError {
  return new CarrelError("Cancelled.", "", "cancelled");
}

function invalidError(method: string, issues: readonly v.BaseIssue<unknown>[]): CarrelError {
  const where = issues.map((issue) => `${v.getDotPath(issue) ?? "value"}: ${issue.message}`).join("; ");
  return new CarrelError(`"${method}" carried something unexpected: ${where}`, "", "invalid");
}

function unknownError(method: string): CarrelError {
  return new CarrelError(`Unknown request "${method}".`, "", "invalid");
}

function unsendableError(method: string, error: unknown): CarrelError {
  return new CarrelError(`"${method}" can't be sent: ${toWireError(error).message}`, "", "invalid");
}
