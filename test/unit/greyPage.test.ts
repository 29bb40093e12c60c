import assert from "node:assert/strict";
import { test } from "node:test";
import { combined, GreyPage, type Matrix, type Picture } from "../../indexer/read/greyPage.ts";

/** The unit square over the whole of a page with so many pixels, upright: PDF's y goes up, the page's down. */
const whole = (width: number, height: number): Matrix => [width, 0, 0, -height, 0, height];

function picture(rows: readonly (readonly number[])[], opacity?: readonly number[]): Picture {
  const width = rows[0]?.length ?? 0;
  const grey = Uint8Array.from(rows.flat());
  return { width, height: rows.length, grey, ...(opacity && { opacity: Uint8Array.from(opacity) }) };
}

function rowsOf({ width, height, pixels }: GreyPage): number[][] {
  return Array.from({ length: height }, (_, y) => [...pixels.subarray(y * width, (y + 1) * width)]);
}

const marked = picture([
  [10, 20, 30],
  [40, 50, 60],
]);

test("a picture of the page's size is put down pixel by pixel", () => {
  const page = new GreyPage(3, 2);
  assert.equal(page.paint(marked, whole(3, 2)), 6);
  assert.deepEqual(rowsOf(page), [
    [10, 20, 30],
    [40, 50, 60],
  ]);
});

test("the matrix turns and mirrors it as PDF says", () => {
  // A quarter turn: what was left comes to the bottom.
  const turned = new GreyPage(2, 3);
  turned.paint(marked, combined([0, 1, -1, 0, 1, 0], whole(2, 3)));
  assert.deepEqual(rowsOf(turned), [
    [30, 60],
    [20, 50],
    [10, 40],
  ]);
  const mirrored = new GreyPage(3, 2);
  mirrored.paint(marked, combined([-1, 0, 0, 1, 1, 0], whole(3, 2)));
  assert.deepEqual(rowsOf(mirrored), [
    [30, 20, 10],
    [60, 50, 40],
  ]);
});

test("a finer picture is averaged, a coarser one spread, and what lies outside cut off", () => {
  const small = new GreyPage(1, 1);
  small.paint(marked, whole(1, 1));
  assert.deepEqual(rowsOf(small), [[35]]);
  const large = new GreyPage(6, 4);
  large.paint(marked, whole(6, 4));
  assert.deepEqual(rowsOf(large)[0], [10, 10, 20, 20, 30, 30]);
  assert.deepEqual(rowsOf(large)[3], [40, 40, 50, 50, 60, 60]);
  const beside = new GreyPage(2, 2);
  beside.paint(marked, combined(whole(3, 2), [1, 0, 0, 1, -2, 1]));
  assert.deepEqual(rowsOf(beside), [
    [255, 255],
    [30, 255],
  ]);
});

test("strips make one page, and a mask leaves what is beneath it", () => {
  const page = new GreyPage(2, 2);
  page.paint(picture([[1, 2]]), [2, 0, 0, -1, 0, 1]);
  page.paint(picture([[3, 4]]), [2, 0, 0, -1, 0, 2]);
  page.paint(picture([[0, 0]], [0, 255]), [2, 0, 0, -1, 0, 2]);
  assert.deepEqual(rowsOf(page), [
    [1, 2],
    [3, 0],
  ]);
});

test("a matrix without area or with numbers that are none paints nothing", () => {
  const page = new GreyPage(2, 2);
  for (const place of [
    [0, 0, 0, 0, 0, 0],
    [1, 1, 1, 1, 0, 0],
    [Number.NaN, 0, 0, 1, 0, 0],
    [Number.POSITIVE_INFINITY, 0, 0, 1, 0, 0],
  ] as unknown as Matrix[]) {
    assert.equal(page.paint(marked, place), 0);
  }
  assert.ok(page.pixels.every((value) => value === 255));
});

test("a picture that stands askew has its own corners, and the page's stay as they were", () => {
  const side = 64;
  for (const grains of [8, 64, 200]) {
    const black = { width: grains, height: grains, grey: new Uint8Array(grains * grains) };
    const page = new GreyPage(side, side);
    // A square on its corner, 30.3 pixels from its middle to each of them.
    page.paint(black, [30.3, 30.3, -30.3, 30.3, 32, 1.7]);
    rowsOf(page).forEach((row, y) => {
      row.forEach((value, x) => {
        const isInside = Math.abs(x + 0.5 - 32) + Math.abs(y + 0.5 - 32) < 30.3;
        assert.equal(value, isInside ? 0 : 255, `${grains}: ${x}, ${y}`);
      });
    });
  }
});

test("a page turns clockwise", () => {
  const page = new GreyPage(3, 2, marked.grey);
  assert.deepEqual(rowsOf(page.turned(90)), [
    [40, 10],
    [50, 20],
    [60, 30],
  ]);
  assert.deepEqual(rowsOf(page.turned(180)), [
    [60, 50, 40],
    [30, 20, 10],
  ]);
  assert.deepEqual(rowsOf(page.turned(270)), [
    [30, 60],
    [20, 50],
    [10, 40],
  ]);
});

test("maps are put one after the other, and a page that is not turned stays the same one", () => {
  assert.deepEqual(combined([1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12]), [25, 28, 57, 64, 100, 112]);
  const page = new GreyPage(3, 2);
  assert.equal(page.turned(0), page);
});

test("what is half transparent is mixed with what is beneath, and what lies within the page is counted", () => {
  const page = new GreyPage(4, 4, new Uint8Array(16).fill(100));
  const half = picture([[0, 200]], [128, 51]);
  assert.equal(page.paint(half, combined(whole(2, 1), [1, 0, 0, 1, 1, 2])), 2);
  assert.deepEqual(rowsOf(page), [
    [100, 100, 100, 100],
    [100, 100, 100, 100],
    [100, 49, 120, 100],
    [100, 100, 100, 100],
  ]);
  assert.equal(page.paint(half, combined(whole(2, 1), [1, 0, 0, 1, 3, 3])), 1);
  assert.equal(page.paint(half, combined(whole(2, 1), [1, 0, 0, 1, 9, 9])), 0);
});
