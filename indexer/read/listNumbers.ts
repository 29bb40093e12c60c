/** A number as lists write it ("4", "d", "IV"); formats have the names that Word's XML gives them. */
export function written(number: number, format: string): string {
  if (format === "none") return "";
  if (format === "decimalZero") return String(number).padStart(2, "0");
  const isLower = format.startsWith("lower");
  if (/Letter$/.test(format) && number > 0) {
    // After "z" comes "aa", then "bb".
    const letter = String.fromCharCode(65 + ((number - 1) % 26)).repeat(Math.min(9, Math.ceil(number / 26)));
    return isLower ? letter.toLowerCase() : letter;
  }
  if (/Roman$/.test(format) && number > 0 && number < 4000) {
    return isLower ? roman(number).toLowerCase() : roman(number);
  }
  return String(number);
}

function roman(number: number): string {
  const signs = [
    [1000, "M"],
    [900, "CM"],
    [500, "D"],
    [400, "CD"],
    [100, "C"],
    [90, "XC"],
    [50, "L"],
    [40, "XL"],
    [10, "X"],
    [9, "IX"],
    [5, "V"],
    [4, "IV"],
    [1, "I"],
  ] as const;
  let left = number;
  let text = "";
  for (const [value, sign] of signs) {
    for (; left >= value; left -= value) text += sign;
  }
  return text;
}
