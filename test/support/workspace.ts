import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { type EngineProcess, startEngine } from "../../cli/childEngine.ts";
import { defaultSettings, type Settings } from "../../protocol/data.ts";

/** A folder for one test, with what Carrel keeps beside it; everything goes with `remove`. */
export interface Workspace {
  readonly dir: string;
  readonly storage: string;
  write(path: string, content: string | Uint8Array): Promise<void>;
  /** A real engine process that serves this folder, with its index in `storage` or in another place. */
  start(settings?: Partial<Settings>, place?: string): Promise<EngineProcess>;
  remove(): Promise<void>;
}

export async function makeWorkspace(files: Record<string, string> = {}): Promise<Workspace> {
  const base = await mkdtemp(join(tmpdir(), "carrel-test-"));
  const dir = join(base, "workspace");
  const storage = join(base, "storage");
  await mkdir(dir);
  const engines: EngineProcess[] = [];
  const workspace: Workspace = {
    dir,
    storage,
    async write(path, content) {
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), content);
    },
    async start(settings = {}, place = storage) {
      const engine = startEngine();
      engines.push(engine);
      await engine.channel.request("initialize", {
        storage: place,
        folders: [{ path: dir, name: basename(dir) }],
        // A port that nothing listens on: no test may find a model server by chance.
        settings: { ...defaultSettings, modelServerUrl: "http://127.0.0.1:9", ...settings },
      });
      return engine;
    },
    async remove() {
      await Promise.all(engines.map((engine) => engine.stop()));
      // An engine whose terminal was cut off may write for a moment longer.
      await rm(base, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
  for (const [path, content] of Object.entries(files)) await workspace.write(path, content);
  return workspace;
}

/** A workspace that is removed when the test ends. */
export async function workspaceOf(t: TestContext, files: Record<string, string> = {}): Promise<Workspace> {
  const workspace = await makeWorkspace(files);
  t.after(() => workspace.remove());
  return workspace;
}

/**
 * Polls until `probe` gives something, for what another process does in its own time: on a busy machine that may be
 * long, and who waits in vain has failed anyway.
 */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  withinMs = 60_000,
): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const result = await probe();
    if (result) return result;
    if (performance.now() > end) throw new Error(`${what} did not happen within ${withinMs / 1000} s`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
