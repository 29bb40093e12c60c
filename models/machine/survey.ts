import { fork } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { Channel } from "../../protocol/channel.ts";
import { engineArguments, engineEnvironment } from "../../protocol/launch.ts";
import type { Machine } from "../../protocol/machine.ts";
import { processPort } from "../../protocol/port.ts";
import { surveyClientContract, surveyContract } from "./surveyContract.ts";

interface SurveyOptions {
  /** Absolute path of the program that looks. */
  readonly program: string;
  /** Milliseconds that all of it may take. */
  readonly limitMs?: number;
}

type SurveyChannel = Channel<typeof surveyContract, typeof surveyClientContract>;

/** No single core reaches what all of them do together; eight come near it on every machine that is known. */
const mostReaders = 8;
/** All readers together, so that no cache holds it, and at least each. */
const readBytes = 256_000_000;
const leastBytes = 64_000_000;
const measureMs = 150;
const limitMs = 15_000;

const measured = v.object({ processor: v.string(), cores: v.number(), bytesPerSecond: v.number() });

/** Looks at this machine, and keeps in the storage how fast its memory is. */
export class Survey {
  private readonly options: SurveyOptions;
  private storage: string | undefined;
  private looking: Promise<Machine> | undefined;
  private last: Machine | undefined;

  constructor(options: SurveyOptions) {
    this.options = options;
  }

  /** Where the measurement is kept from now on. */
  openStorage(storage: string): void {
    this.storage = storage;
  }

  /** The machine as it was last seen; the first time it is looked at, and measured where that was never done. */
  known(): Promise<Machine> {
    return this.last ? Promise.resolve(this.last) : this.share(false);
  }

  /** Looks at the machine now, and measures it. Never rejects: what can't be found out is a note. */
  look(): Promise<Machine> {
    return this.share(true);
  }

  /** Two measurements at once would take memory's speed from one another. */
  private share(isNew: boolean): Promise<Machine> {
    this.looking ??= this.survey(isNew).finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private async survey(isNew: boolean): Promise<Machine> {
    const readers: Reader[] = [];
    const limit = setTimeout(() => endAll(readers), this.options.limitMs ?? limitMs);
    let machine = unseenMachine();
    try {
      const first = start(this.options.program, readers);
      machine = await first.channel.request("look", {});
      const kept = this.keptSpeed(machine);
      if (kept !== undefined) machine = { ...machine, bytesPerSecond: kept };
      if (kept === undefined || isNew) {
        const speed = await measure(machine, first, () => start(this.options.program, readers));
        // Other programs only ever make it slower, so that the fastest is the nearest to what memory can do.
        machine = { ...machine, bytesPerSecond: Math.max(speed, kept ?? 0) };
        this.keep(machine);
      }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      machine = {
        ...machine,
        notes: [...machine.notes, `This machine could not be looked at in full: ${ended(why)}`],
      };
    } finally {
      clearTimeout(limit);
      endAll(readers);
    }
    this.last = machine;
    return machine;
  }

  private keptSpeed({ processor, cores }: Machine): number | undefined {
    if (this.storage === undefined) return undefined;
    try {
      const text = readFileSync(join(this.storage, "machine.json"), "utf8");
      const kept = v.parse(measured, JSON.parse(text));
      const isSame = kept.processor === processor && kept.cores === cores;
      return isSame && kept.bytesPerSecond > 0 ? kept.bytesPerSecond : undefined;
    } catch {
      // Nothing is kept, or it is damaged: then it is measured.
      return undefined;
    }
  }

  private keep({ processor, cores, bytesPerSecond = 0 }: Machine): void {
    if (this.storage === undefined) return;
    const file = join(this.storage, "machine.json");
    const draft = `${file}.${process.pid}`;
    try {
      mkdirSync(this.storage, { recursive: true, mode: 0o700 });
      writeFileSync(draft, `${JSON.stringify({ processor, cores, bytesPerSecond })}\n`, { mode: 0o600 });
      renameSync(draft, file);
    } catch {
      // On a disk that can't be written it is measured again next time.
      rmSync(draft, { force: true });
    }
  }
}

/** What Node itself knows, for a machine that could not be looked at. */
function unseenMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() || "an unknown processor",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    isContainer: false,
    availableBytes: freemem(),
    graphics: [],
    notes: [],
  };
}

function ended(text: string): string {
  return text.endsWith(".") ? text : `${text}.`;
}

interface Reader {
  readonly channel: SurveyChannel;
  end(): void;
}

function start(program: string, readers: Reader[]): Reader {
  const child = fork(program, [], {
    execArgv: [...engineArguments],
    env: engineEnvironment(process.env),
    stdio: ["ignore", "ignore", 2, "ipc"],
  });
  const channel: SurveyChannel = new Channel(processPort(child), surveyContract, surveyClientContract, {});
  child.once("error", (error) => channel.close(error.message));
  child.once("exit", () => channel.close("it ended too soon"));
  const reader = {
    channel,
    end() {
      child.kill("SIGKILL");
      channel.close("it took too long");
    },
  };
  readers.push(reader);
  return reader;
}

function endAll(readers: readonly Reader[]): void {
  for (const reader of readers) reader.end();
}

/** Several processes read at the same time, as the threads of a model server do. */
async function measure(machine: Machine, first: Reader, another: () => Reader): Promise<number> {
  // Never more than an eighth of what is free.
  const most = Math.floor((machine.availableBytes ?? machine.memoryBytes / 4) / 8 / leastBytes);
  const count = Math.min(machine.cores, mostReaders, most);
  if (count < 1) throw new Error("there is too little free memory to measure how fast it is.");
  const readers = [first, ...Array.from({ length: count - 1 }, another)];
  const bytes = Math.max(leastBytes, Math.floor(Math.min(readBytes, most * leastBytes) / count));
  await Promise.all(readers.map(({ channel }) => channel.request("prepare", { bytes })));
  const results = await Promise.all(
    readers.map(({ channel }) => channel.request("measure", { ms: measureMs })),
  );
  return results.reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0);
}
