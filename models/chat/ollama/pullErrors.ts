import { CarrelError } from "../../../protocol/channel.ts";
import { ended, errorText } from "../errors.ts";
import { noModelName } from "./ollamaErrors.ts";

const tried = "What has come is kept: download it again, and it goes on from there.";

/** What each of Ollama's reasons for a failed download means to a person, by what its text says. */
const reasons: readonly {
  readonly says: RegExp;
  readonly what: (model: string, from: string) => string;
  readonly remedy: string;
  /** Where Ollama's own words tell more. */
  readonly quoted?: true;
}[] = [
  {
    says: /no space left|not enough space|disk (?:is )?full|quota exceeded/i,
    what: (model) => `There is no room for "${model}" on the disk where Ollama keeps its models.`,
    remedy: `Make room there, or set OLLAMA_MODELS for Ollama to a folder on another disk. ${tried}`,
  },
  {
    says: /newer version of ollama|\b412\b/i,
    what: (model) => `"${model}" needs a newer Ollama.`,
    remedy: "Update Ollama, then download it again.",
  },
  {
    says: /manifest: file does not exist|manifest unknown|\b404\b|repository not found/i,
    what: (model, from) => `There is no model "${model}" at ${from}.`,
    remedy: "Look up its name where it is published; those of Ollama are listed at ollama.com/library.",
  },
  {
    says: /unauthori[sz]ed|\b40[13]\b|access denied|forbidden/i,
    what: (model, from) =>
      `${from} does not let Ollama have "${model}": it is not there, or not for everybody.`,
    remedy: "Look up its name where it is published, or sign in there with Ollama itself.",
  },
  {
    says: /digest mismatch/i,
    what: (model) => `What came of "${model}" is damaged, and Ollama has thrown it away.`,
    remedy: "Download it again.",
  },
  {
    says: /requires MLX/i,
    what: (model) => `"${model}" is made for another kind of machine.`,
    remedy: "Choose another model.",
  },
  {
    says: /x509|tls:|certificate/i,
    what: (_, from) => `Ollama does not trust what answers as ${from}.`,
    remedy: "If a proxy stands between, let Ollama trust its certificate; see Ollama's own documentation.",
    quoted: true,
  },
  {
    says: /no such host|server misbehaving|lookup |dial tcp|unreachable|no route|i\/o timeout|connection refused|proxyconnect/i,
    what: (_, from) => `Ollama did not reach ${from}, from where it downloads models.`,
    remedy: `Connect the machine that it runs on to the internet, or give Ollama its proxy (HTTPS_PROXY), then download it again: it goes on from what has come.`,
    quoted: true,
  },
  {
    says: /max retries|EOF|reset by peer|timeout|stalled|deadline/i,
    what: (model, from) => `The connection from Ollama to ${from} broke while "${model}" came.`,
    remedy: tried,
    quoted: true,
  },
];

/** Why a download failed. `body` is Ollama's answer or a line of it. */
export function pullFailed(body: string, model: string, from: string): CarrelError {
  const text = errorText(body);
  if (/invalid model name|model is required/i.test(text)) return noModelName(model);
  const reason = reasons.find(({ says }) => says.test(text));
  if (!reason)
    return new CarrelError(
      `Ollama could not download "${model}": ${ended(text === "" ? "it gave no reason" : text)}`,
      "Try again. If it happens every time, look into Ollama's log.",
    );
  // Before the cause stands the address that was asked.
  const own = reason.quoted ? ` Its own words: ${ended(text.split(/": /).at(-1) ?? "")}` : "";
  return new CarrelError(reason.what(model, from) + own, reason.remedy);
}

export function goneInPull(model: string): CarrelError {
  return new CarrelError(
    `Ollama ended, or broke off, while it downloaded "${model}".`,
    "Start it, and download the model again: it goes on from what Ollama has kept.",
  );
}

export function gotNothing(model: string): CarrelError {
  return new CarrelError(
    `Ollama says that it has downloaded "${model}", but does not list it.`,
    "Look again in a moment; if it does not come, restart Ollama.",
  );
}

/** A name that does not look like a cloud's may still be one. */
export function gotCloudModel(model: string, refused: string): CarrelError {
  return new CarrelError(
    `"${model}" is there now, and Carrel does not use it: ${ended(refused)}`,
    "Delete it, and choose one that runs on this machine.",
  );
}
