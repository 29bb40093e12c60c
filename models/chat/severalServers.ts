import { CarrelError } from "../../protocol/channel.ts";
import type { ChatServer, OtherServer } from "../../protocol/data.ts";
import type { ChatClient } from "./chatClient.ts";
import { cancelled } from "./errors.ts";
import { withinTime } from "./patience.ts";
import { awayHost } from "./serverAddress.ts";

/** What stands before the names of a server's models, so that each name has one server. */
export interface Member {
  /** "" for the first, whose models go by their plain names. */
  readonly prefix: string;
  /** The same in the setting of the embedding model, where none of them is without. */
  readonly embeddingPrefix: string;
  /** The setting that names its address. */
  readonly setting: string;
  /** Missing where none is set up. */
  readonly client: ChatClient | undefined;
}

interface Looked {
  readonly member: Member;
  readonly client: ChatClient;
  readonly server: ChatServer;
}

/** A server that no answer waits for may tell its models for so long after the others, in milliseconds. */
const graceMs = 1_000;

/**
 * Several model servers as one. Each model is asked on the server that its name belongs to. Where the user chose no
 * model, one of this machine is taken: a server elsewhere is taken by itself only where it is the only one set up.
 */
export function joinServers(members: readonly [Member & { client: ChatClient }, ...Member[]]): ChatClient {
  const [first] = members;
  const reachable = members.flatMap((member) => (member.client ? [{ member, client: member.client }] : []));

  function find(name: string): { member: Member; plain: string } {
    const own = members.find(({ prefix }) => prefix !== "" && name.startsWith(prefix)) ?? first;
    return { member: own, plain: name.slice(own.prefix.length) };
  }

  function clientFor(name: string): { client: ChatClient; plain: string } {
    const { member, plain } = find(name);
    if (!member.client) throw notSetUp(name, member);
    return { client: member.client, plain };
  }

  return {
    url: first.client.url,
    ...(first.client.library ? { library: first.client.library } : {}),
    // Whose models go by their plain names.
    ...(first.client.keeper ? { keeper: first.client.keeper } : {}),

    async server(chosen, signal) {
      const wanted = find(chosen);
      const local = reachable.filter(({ client }) => awayHost(client.url) === undefined);
      const asked = reachable.filter(({ member }) => member === wanted.member);
      // Who answers must be known; what the others have can wait for another look.
      const awaited = chosen !== "" ? asked : local.length > 0 ? local : reachable.slice(0, 1);
      const looks = await look(
        reachable.map((one) => ({
          ...one,
          chosen: one.member === wanted.member ? wanted.plain : "",
          isAwaited: awaited.includes(one),
        })),
        signal,
      );
      const able = looks.filter(({ member }) => awaited.some((one) => one.member === member));
      if (chosen !== "" && able.length === 0)
        return joined(unready(chosen, wanted.member, first.client), looks);
      const lead =
        able.find(({ server }) => server.chosen !== undefined) ??
        able.find(({ server }) => server.state === "ready") ??
        // Somebody set up the later one; the first has an address without that.
        able.at(-1);
      return joined(lead && withAdvice(lead, looks, chosen), looks);
    },

    async inspect(model, signal) {
      const { client, plain } = clientFor(model);
      return await client.inspect(plain, signal);
    },

    async *chat(request) {
      const { client, plain } = clientFor(request.model);
      yield* client.chat({ ...request, model: plain });
    },
  };
}

interface Look {
  readonly member: Member;
  readonly client: ChatClient;
  readonly chosen: string;
  /** Whether an answer waits for it. */
  readonly isAwaited: boolean;
}

/** Asks all of them at once. Those that are not awaited have some time more than those that are. */
async function look(all: readonly Look[], signal: AbortSignal | undefined): Promise<Looked[]> {
  const late = new AbortController();
  const stop = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
  const asked = all.map((one) => ({ ...one, work: one.client.server(one.chosen, stop) }));
  for (const { work } of asked) work.catch(() => undefined);
  try {
    await Promise.all(asked.filter(({ isAwaited }) => isAwaited).map(({ work }) => work));
    return await Promise.all(
      asked.map(async ({ member, client, work }) => {
        const silent: ChatServer = {
          ...{ url: client.url, state: "down", models: [] },
          detail: `The model server at ${client.url} did not answer in time.`,
          remedy: `Start it, or clear the setting ${member.setting}.`,
        };
        const server = await withinTime(work, graceMs, cancelled).catch(() => silent);
        return { member, client, server };
      }),
    );
  } finally {
    late.abort();
  }
}

/** What is said of a server that answers, with a word on the one elsewhere that would have to be chosen. */
function withAdvice(lead: Looked, looks: readonly Looked[], chosen: string): Looked {
  const away = looks.find(({ server, client }) => awayHost(client.url) && server.chosen !== undefined);
  if (chosen !== "" || lead.server.chosen !== undefined || !away) return lead;
  const detail = `${lead.server.detail ?? ""} The server at ${away.client.url} is not this machine, so that none of its models is taken by itself.`;
  return {
    ...lead,
    server: {
      ...lead.server,
      detail: detail.trim(),
      remedy: "Choose one of its models, if they may read your files.",
    },
  };
}

function joined(lead: Looked | undefined, looks: readonly Looked[]): ChatServer {
  if (!lead) throw new CarrelError("No model server is set up.", "Set the address of one.");
  const isAlone = looks.length === 1;
  const models = looks.flatMap(({ member, client, server }) =>
    server.models.map((model) => ({
      ...model,
      name: member.prefix + model.name,
      ...(model.embeds ? { embedsAs: member.embeddingPrefix + model.name } : {}),
      ...(isAlone ? {} : { server: client.url }),
      ...awayOf(client),
    })),
  );
  const others = looks.filter((one) => one.client !== lead.client).map(otherServer);
  const { server, member, client } = lead;
  return {
    ...server,
    ...awayOf(client),
    models,
    ...(server.chosen === undefined ? {} : { chosen: member.prefix + server.chosen }),
    ...(others.length === 0 ? {} : { others }),
  };
}

function otherServer({ client, server }: Looked): OtherServer {
  const { url, state, product, version, detail, remedy } = server;
  return {
    ...{ url, state, ...awayOf(client) },
    ...(product === undefined ? {} : { product }),
    ...(version === undefined ? {} : { version }),
    ...(detail === undefined ? {} : { detail }),
    ...(remedy === undefined ? {} : { remedy }),
  };
}

function awayOf({ url }: ChatClient): { away?: string } {
  const away = awayHost(url);
  return away === undefined ? {} : { away };
}

function unready(chosen: string, member: Member, client: ChatClient): Looked {
  const { message, remedy } = notSetUp(chosen, member);
  const server: ChatServer = { url: "", state: "down", models: [], detail: message, remedy };
  return { member, client: { ...client, url: "" }, server };
}

function notSetUp(name: string, { setting }: Member): CarrelError {
  return new CarrelError(
    `No server is set up for the model "${name}".`,
    `Set ${setting} to its address, or choose another model.`,
  );
}
