import type { Handlers } from "../../protocol/channel.ts";
import type { PanelHostContract } from "../../protocol/panel.ts";
import { readyIndex, written } from "../webview/conversations.ts";

/** What the extension does for the panel, as a test lets it be. */
export type PanelHandlers = Handlers<PanelHostContract>;

export type Asked = Parameters<PanelHandlers["ask"]>[0];

type Ready = Awaited<ReturnType<PanelHandlers["ready"]>>;

/** The extension runs and has indexed a folder, but for what differs here. */
export function readyWith(changes: Partial<Ready>): PanelHandlers["ready"] {
  return () => ({
    engine: { state: "running" },
    status: readyIndex,
    folders: [{ path: "/a", name: "a" }],
    opensOutside: true,
    ...changes,
  });
}

/** Commands are noted by their names, and do nothing. */
export function noteIn(commands: string[]): PanelHandlers["command"] {
  return ({ name }) => {
    commands.push(name);
    return {};
  };
}

/** Questions are noted and answered by their number: "Answer 1". */
export function countIn(asked: Asked[]): PanelHandlers["ask"] {
  return (params) => {
    asked.push(params);
    return written(`Answer ${asked.length}`);
  };
}
