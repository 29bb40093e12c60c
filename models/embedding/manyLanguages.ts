import type { ChatServer } from "../../protocol/data.ts";
import { findModelRow } from "./registry.ts";

/** The server with a mark on those of its embedding models that are known to know many languages. */
export function markLanguages(server: ChatServer): ChatServer {
  const models = server.models.map((model) => {
    const isMany = model.embeds && findModelRow(model.name)?.languages === "many";
    return isMany ? { ...model, manyLanguages: true } : model;
  });
  return { ...server, models };
}
