const ollamaPort = "11434";

/**
 * The address of this machine's Ollama as OLLAMA_HOST names it, where it is set up otherwise than by default, for
 * use where the user has set none. Undefined for everything that is not this machine by a literal address: no
 * variable of the environment makes Carrel send files to another host. Ollama reads the variable as the address to
 * listen at too, so that 0.0.0.0 means a server that is reached here, at 127.0.0.1.
 */
export function localOllama(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const given = (env["OLLAMA_HOST"] ?? "").trim().replace(/^["']+|["']+$/g, "");
  const parts =
    /^(?:(https?):\/\/)?(\[[\da-f:]*\]|[^:/[\]]*|[\da-f:]*:[\da-f:]*:[\da-f]*)(?::(\d+))?\/*$/i.exec(given);
  if (given === "" || !parts) return undefined;
  const [, scheme, named = "", port] = parts;
  const host = loopback(named.replace(/^\[|\]$/g, "").toLowerCase());
  if (host === undefined || Number(port ?? 0) > 65_535) return undefined;
  const usual = scheme === undefined ? ollamaPort : scheme.toLowerCase() === "https" ? "443" : "80";
  return `${scheme?.toLowerCase() ?? "http"}://${host}:${port ?? usual}`;
}

function loopback(host: string): string | undefined {
  if (["", "localhost", "0.0.0.0"].includes(host)) return "127.0.0.1";
  if (host === "::" || host === "::1") return "[::1]";
  return /^127(?:\.\d{1,3}){3}$/.test(host) ? host : undefined;
}
