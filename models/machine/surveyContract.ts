import * as v from "valibot";
import type { Contract } from "../../protocol/channel.ts";
import { machine } from "../../protocol/machine.ts";

const nothing = v.object({});

/** What the process understands that looks at the machine. */
export const surveyContract = {
  requests: {
    look: { params: nothing, result: machine },
    /** Takes so much memory, to be read by `measure`. */
    prepare: { params: v.object({ bytes: v.number() }), result: nothing },
    /** Reads it for so long. */
    measure: { params: v.object({ ms: v.number() }), result: v.object({ bytesPerSecond: v.number() }) },
  },
  notifications: {},
} as const satisfies Contract;

/** The process asks nothing of the engine. */
export const surveyClientContract = { requests: {}, notifications: {} } as const satisfies Contract;
