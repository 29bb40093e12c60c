import assert from "node:assert/strict";
import { CarrelError } from "../../protocol/channel.ts";

/** The error with which this ends: one for a person, with what to do, unless it was cancelled. */
export async function failure(work: Promise<unknown>): Promise<CarrelError> {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof CarrelError, `expected a CarrelError, got ${String(thrown)}`);
  if (thrown.code !== "cancelled") assert.notEqual(thrown.remedy, "", thrown.message);
  return thrown;
}
