import { CarrelError } from "../../protocol/channel.ts";

/** What is wrong and what to do about it, as sentences for a person. */
export interface Problem {
  readonly message: string;
  readonly remedy: string;
}

/** What an error says to a person, after `what`. `remedy` is for an error that brings none. */
export function problemOf(
  what: string,
  error: unknown,
  remedy = "Run “Carrel: Index Workspace Now”.",
): Problem {
  const message = error instanceof Error ? error.message : String(error);
  const own = error instanceof CarrelError ? error.remedy : "";
  return { message: `${what} ${message}`, remedy: own === "" ? remedy : own };
}

export function errorOf({ message, remedy }: Problem): CarrelError {
  return new CarrelError(message, remedy);
}
