import assert from "node:assert/strict";
import { test } from "node:test";
import { isOrigin } from "../../engine/related.ts";

const hit = { folder: "/ws", path: "a/lease.pdf", startLine: 40, endLine: 60, page: 4, text: "" };
const text = "The Tenant may end the lease at nine\nmonths of notice.";

test("a passage is the one that related ones are sought for where it shares its lines", () => {
  const origin = { path: "/ws/a/lease.pdf", startLine: 60, endLine: 70 };
  assert.equal(isOrigin(hit, origin), true);
  assert.equal(isOrigin(hit, { ...origin, startLine: 61 }), false);
  assert.equal(isOrigin(hit, { ...origin, path: "/ws/b/lease.pdf" }), false);
  assert.equal(isOrigin(hit, { ...origin, path: "\\ws\\a\\lease.pdf" }), true, "as Windows writes it");
});

test("of a PDF it is where it shares some of its text, on its pages", () => {
  const origin = {
    ...{ path: "/ws/a/lease.pdf", startLine: 1, endLine: 1 },
    onPages: { from: 4, to: 5, text: `${text}\nThe deposit is three months of rent.` },
  };
  const same = { ...hit, text: `6.2 Early end\n${text.toUpperCase().replace("\n", " ")}` };
  assert.equal(isOrigin(same, origin), true);
  assert.equal(isOrigin({ ...same, page: 5, text: "The deposit is three months of rent. It" }, origin), true);
  assert.equal(isOrigin({ ...same, page: 6 }, origin), false, "another page says the same");
  assert.equal(isOrigin({ ...same, text: "The roof is the landlord's." }, origin), false);
  const { page: _, ...unpaged } = same;
  assert.equal(isOrigin({ ...unpaged, startLine: 1, endLine: 1 }, origin), false);
});
