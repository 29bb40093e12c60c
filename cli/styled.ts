import { styleText } from "node:util";

export type Style = Parameters<typeof styleText>[0];

/** Colours only where a person reads; styleText also honours NO_COLOR. */
export function styled(style: Style, text: string): string {
  return process.stdout.isTTY ? styleText(style, text) : text;
}
