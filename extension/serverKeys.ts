import type { ServerKey } from "../protocol/data.ts";

/** The part of VS Code's `SecretStorage` that is used. */
export interface Secrets {
  get(name: string): PromiseLike<string | undefined>;
  store(name: string, value: string): PromiseLike<void>;
  delete(name: string): PromiseLike<void>;
}

/**
 * The keys of model servers. They lie in VS Code's secret storage, each under the address that it is for, are given
 * to the engine in a message, and stand in no setting, log or report.
 */
export class ServerKeys {
  private held: ServerKey[] = [];
  private readings = 0;
  private readonly secrets: Secrets;
  private readonly readUrl: () => string;

  /** @param readUrl The address of the server that may want a key, as it is set now; "" for none. */
  constructor(secrets: Secrets, readUrl: () => string) {
    this.secrets = secrets;
    this.readUrl = readUrl;
  }

  get serverUrl(): string {
    return this.readUrl();
  }

  /** The keys that were read last. */
  now(): ServerKey[] {
    return this.held;
  }

  /**
   * Looks at the storage: at the beginning, and when the server's address or the storage has changed. True when
   * `now` gives something else than before.
   */
  async read(): Promise<boolean> {
    const reading = ++this.readings;
    const url = this.serverUrl;
    const key = url === "" ? undefined : await this.secrets.get(nameOf(url));
    // What a later look finds is newer.
    if (reading !== this.readings) return false;
    const found = key === undefined ? [] : [{ url, key }];
    if (JSON.stringify(found) === JSON.stringify(this.held)) return false;
    this.held = found;
    return true;
  }

  /** Keeps the key of the server at `url`; an empty one takes it away. */
  async keep(url: string, key: string): Promise<void> {
    const clean = key.trim();
    if (clean === "") await this.secrets.delete(nameOf(url));
    else await this.secrets.store(nameOf(url), clean);
  }
}

function nameOf(url: string): string {
  return `server key ${url}`;
}
