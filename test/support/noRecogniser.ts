import type { Recogniser } from "../../indexer/scans/recogniser.ts";

/** For tests in whose files nothing is a scan: reading one fails. */
export const noRecogniser: Recogniser = {
  read: () => Promise.reject(new Error("No scan is read in this test.")),
  letThrough: () => undefined,
  close: () => Promise.resolve(),
};
