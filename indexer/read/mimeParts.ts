/** A part of a MIME message: bytes as they are, whatever they were packed in. */
export interface MimePart {
  /** In lower case ("text/html"). */
  readonly type: string;
  /** The encoding of its text that it names; "" for none. */
  readonly charset: string;
  /** What other parts call it: "cid:…", and the address that it had; "" for none. */
  readonly names: readonly string[];
  readonly content: Buffer;
}

/** Parts in parts: deeper ones are not looked at. */
const deepest = 5;
const mostParts = 10_000;
/** Headers are no longer than this. */
const longestHead = 65_536;

/**
 * The parts of a message in their order, those of parts in their place; none where it has no headers.
 * @param wanted The types that are.
 */
export function mimeParts(bytes: Buffer, wanted: RegExp, depth = 0): MimePart[] {
  const { headers, content } = splitHead(bytes);
  if (headers.size === 0 && depth === 0) return [];
  const declared = headers.get("content-type") ?? "text/plain";
  const type = (/^[^;\s]+/.exec(declared)?.[0] ?? "").toLowerCase();
  const boundary = parameter(declared, "boundary");
  if (type.startsWith("multipart/") && boundary !== "") {
    if (depth >= deepest) return [];
    return cutAt(content, boundary).flatMap((part) => mimeParts(part, wanted, depth + 1));
  }
  if (!wanted.test(type)) return [];
  const id = /<([^>]+)>/.exec(headers.get("content-id") ?? "")?.[1];
  const names = [id === undefined ? "" : `cid:${id}`, headers.get("content-location") ?? ""];
  return [
    {
      type,
      charset: parameter(declared, "charset"),
      names: names.filter((name) => name !== ""),
      content: unpacked(content, headers.get("content-transfer-encoding") ?? ""),
    },
  ];
}

function splitHead(bytes: Buffer): { headers: Map<string, string>; content: Buffer } {
  const head = bytes.toString("latin1", 0, longestHead);
  const end = /(?:^|\r?\n)\r?\n/.exec(head);
  const length = end ? end.index + end[0].length : head.length;
  // A long header goes on in the next line, which then begins with white space.
  const lines = head
    .slice(0, end?.index ?? head.length)
    .replace(/\r?\n[ \t]+/g, " ")
    .split(/\r?\n/);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name = "", value = ""] = /^([\w-]+):\s*(.*)$/.exec(line) ?? [];
    if (name !== "" && !headers.has(name.toLowerCase())) headers.set(name.toLowerCase(), value.trim());
  }
  return { headers, content: bytes.subarray(length) };
}

function parameter(header: string, name: string): string {
  const [, quoted, plain] =
    new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^;\\s]*))`, "i").exec(header) ?? [];
  return quoted ?? plain ?? "";
}

/** What stands between the lines with the boundary. */
function cutAt(content: Buffer, boundary: string): Buffer[] {
  const mark = Buffer.from(`--${boundary}`, "latin1");
  const parts: Buffer[] = [];
  let from: number | undefined;
  for (let at = content.indexOf(mark); at >= 0; at = content.indexOf(mark, at + mark.length)) {
    if (at > 0 && content[at - 1] !== 10) continue;
    if (from !== undefined) parts.push(content.subarray(from, at));
    const end = content.indexOf(10, at);
    from = end < 0 ? content.length : end + 1;
    const isLast = content.toString("latin1", at + mark.length, at + mark.length + 2) === "--";
    if (isLast || parts.length >= mostParts) return parts;
  }
  if (from !== undefined) parts.push(content.subarray(from));
  return parts;
}

function unpacked(content: Buffer, packing: string): Buffer {
  const kind = packing.toLowerCase();
  if (kind === "base64") return Buffer.from(content.toString("latin1"), "base64");
  if (kind !== "quoted-printable") return content;
  const text = content
    .toString("latin1")
    .replace(/=[ \t]*\r?\n/g, "")
    .replace(/=([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return Buffer.from(text, "latin1");
}
