import { isLoopback } from "../egress/gate.ts";

/** The setting without credentials, query or a closing slash; undefined when it is no address. */
export function baseUrl(text: string): string | undefined {
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  return url?.host ? `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, "")}` : undefined;
}

/** The host of a server that is not this machine; undefined for one that is, and for what is no address. */
export function awayHost(text: string): string | undefined {
  const host = URL.parse(baseUrl(text) ?? "")?.hostname;
  return host === undefined || host === "localhost" || isLoopback(host) ? undefined : host;
}
