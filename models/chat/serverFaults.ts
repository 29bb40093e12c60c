import { CarrelError } from "../../protocol/channel.ts";
import { ended, errorCode, ServerStateError } from "./errors.ts";

/** One kind of server, in the words that tell a person of it. */
export interface ServerKind {
  /** Within a sentence: its own name, or "the server". */
  readonly name: string;
  readonly protocol: string;
  /** The setting that holds its address, and what such an address looks like. */
  readonly setting: string;
  readonly example: string;
  /** Nothing answers there, or something else does. */
  down(url: string): CarrelError;
  unknown(url: string): CarrelError;
}

/** What goes wrong in the same way with every kind of server, in the words of this one. */
export function faultsOf({ name, protocol, setting, example, down, unknown }: ServerKind) {
  const again = "Try again. If it happens every time,";

  function badAddress(url: string): CarrelError {
    return new ServerStateError(
      "down",
      `"${url}" is not the address of a model server.`,
      `Set ${setting} to something like ${example}.`,
    );
  }

  function brokenOff(): CarrelError {
    return new CarrelError(
      "The model server broke off before the answer was complete.",
      `${again} look into ${name}'s log: the model may have run out of memory.`,
    );
  }

  function stalled(ms: number): CarrelError {
    return new CarrelError(
      `The model server sent nothing for ${Math.round(ms / 1000)} seconds and was given up.`,
      `${again} restart ${name} or choose a smaller model.`,
    );
  }

  function endless(): CarrelError {
    return new CarrelError(
      "The model server did not end its answer and was given up.",
      `${again} choose another model: this one does not stop.`,
    );
  }

  function garbled(): CarrelError {
    return new CarrelError(
      `The model server sent something that is not ${protocol} protocol.`,
      `Check that ${setting} is the address of ${name} itself, and update ${name}.`,
    );
  }

  /** An answer with a bad status that says nothing Carrel knows. */
  function reported(status: number, text: string): CarrelError {
    return new CarrelError(
      text === ""
        ? `The model server answered with error ${status}.`
        : `The model server reported: ${ended(text)}`,
      `${again} look into ${name}'s log or choose another model.`,
    );
  }

  /** What the connection itself failed with; undefined when it was something else. */
  function connectionFault(error: unknown, url: string): CarrelError | undefined {
    const code = errorCode(error);
    if (code === "ECONNRESET" || code === "EPIPE" || code === "ECONNABORTED") return brokenOff();
    if (code.startsWith("HPE_") || code === "EPROTO") return unknown(url);
    return code === "" ? undefined : down(url);
  }

  return { badAddress, brokenOff, stalled, endless, garbled, reported, connectionFault };
}
