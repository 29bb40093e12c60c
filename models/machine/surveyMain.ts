/**
 * The process that looks at the machine: it may start the few programs of the system that tell of it, which the
 * engine may not, and takes the memory that is measured with it when it ends. It lives for about a second, opens
 * no connection, and knows nothing of anybody's files.
 */
import { Channel } from "../../protocol/channel.ts";
import { processPort } from "../../protocol/port.ts";
import { endProcess } from "../../walls/endProcess.ts";
import { installSeatBelt } from "../../walls/seatBelt.ts";
import { fill, readingSpeed } from "./readingSpeed.ts";
import { readMachine } from "./readMachine.ts";
import { surveyClientContract, surveyContract } from "./surveyContract.ts";
import { commands, thisSystem } from "./system.ts";

installSeatBelt({ commands });

let buffer = fill(0);

const channel = new Channel(processPort(process), surveyClientContract, surveyContract, {
  look: () => readMachine(thisSystem()),
  prepare({ bytes }) {
    buffer = fill(bytes);
    return {};
  },
  measure: ({ ms }) => ({ bytesPerSecond: readingSpeed(buffer, ms) }),
});

channel.onClose(endProcess);
