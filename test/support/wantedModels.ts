import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type ModelParts, WantedModel } from "../../engine/workspace/wantedModel.ts";
import type { EmbeddingModel } from "../../models/embedding/embeddingModel.ts";
import { CarrelError } from "../../protocol/channel.ts";
import { defaultSettings, type Settings } from "../../protocol/data.ts";

interface TestModel extends EmbeddingModel {
  closed: number;
}

/** A model that counts how often it is closed. */
export function modelNamed(id: string): TestModel {
  const model: TestModel = {
    id,
    dimension: 4,
    closed: 0,
    embed: async () => [],
    async close() {
      model.closed += 1;
    },
  };
  return model;
}

/** One attempt to open a model, which the test lets succeed or fail. */
interface Attempt {
  readonly settings: Settings;
  succeed(model?: TestModel): Promise<void>;
  fail(error?: unknown): Promise<void>;
}

interface Wanted {
  readonly wanted: WantedModel;
  readonly attempts: Attempt[];
  readonly logged: string[];
  readonly changes: () => number;
}

/** Settings with this embedding model. */
export const settings = (embeddingModel: string, more: Partial<Settings> = {}): Settings => ({
  ...defaultSettings,
  embeddingModel,
  ...more,
});
export const bundled = defaultSettings;

/** The wanted model, whose attempts the test settles and whose clock it moves. */
export function wantedModel(
  t: TestContext,
  openRefining: ModelParts["openRefining"] = () => Promise.resolve(undefined),
): Wanted {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const attempts: Attempt[] = [];
  const logged: string[] = [];
  let changes = 0;
  const wanted = new WantedModel(
    {
      openEmbedding: (asked) =>
        new Promise((resolve, reject) => {
          attempts.push({
            settings: asked,
            async succeed(model = modelNamed(asked.embeddingModel)) {
              resolve(model);
              await nextTurn();
            },
            async fail(error = new CarrelError("Nothing listens there.", "Start the server.")) {
              reject(error);
              await nextTurn();
            },
          });
        }),
      openRefining,
      log: (level, message) => logged.push(`${level}: ${message}`),
    },
    () => {
      changes += 1;
    },
  );
  t.after(() => wanted.close());
  return { wanted, attempts, logged, changes: () => changes };
}

/** The attempt that was begun last. */
export const last = ({ attempts }: Wanted): Attempt => {
  const attempt = attempts.at(-1);
  assert.ok(attempt);
  return attempt;
};
