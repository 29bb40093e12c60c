import { EventEmitter } from "node:events";
import type { Readable } from "node:stream";
import type { EngineProcess } from "../../extension/forkEngine.ts";
import { Channel, type Handlers } from "../../protocol/channel.ts";
import type { IndexStatus } from "../../protocol/data.ts";
import {
  type EngineClientContract,
  type EngineContract,
  engineClientContract,
  engineContract,
} from "../../protocol/engine.ts";

export const readyStatus: IndexStatus = {
  state: "ready",
  done: 3,
  total: 3,
  files: 3,
  chunks: 12,
  refined: 0,
  skipped: 1,
  writer: true,
  embedding: "test",
};

type Script = Partial<Handlers<EngineContract>>;

/** A child process without a process: it speaks the protocol as `script` says, and dies when told to. */
export class ScriptedEngine extends EventEmitter implements EngineProcess {
  readonly stdout: Readable | null = null;
  readonly stderr: Readable | null = null;
  readonly engine: Channel<EngineClientContract, EngineContract>;
  killed: string[] = [];
  private receive: (message: unknown) => void = () => undefined;
  private ended = false;

  constructor(script: Script = {}) {
    super();
    const handlers: Script = { initialize: () => ({ version: "1", status: readyStatus }), ...script };
    this.engine = new Channel<EngineClientContract, EngineContract>(
      {
        send: (message) => this.toHost(message),
        listen: (onMessage) => {
          this.receive = onMessage;
        },
      },
      engineClientContract,
      engineContract,
      handlers as Handlers<EngineContract>,
    );
  }

  send(message: object): boolean {
    const copy: unknown = JSON.parse(JSON.stringify(message));
    queueMicrotask(() => {
      if (!this.ended) this.receive(copy);
    });
    return true;
  }

  /** As a real process does: the connection goes first, then the process. */
  die(code: number | null, signal: string | null = null): void {
    if (this.ended) return;
    this.ended = true;
    this.emit("disconnect");
    this.emit("exit", code, signal);
  }

  kill(signal = "SIGTERM"): boolean {
    this.killed.push(signal);
    queueMicrotask(() => this.die(null, signal));
    return true;
  }

  private toHost(message: unknown): void {
    const copy: unknown = JSON.parse(JSON.stringify(message));
    queueMicrotask(() => {
      if (!this.ended) this.emit("message", copy);
    });
  }
}
