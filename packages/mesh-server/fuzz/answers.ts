// What comes back on a connection, read as strictly as HTTP/1.1 is written (RFC 9112): an answer that a client could read
// as another is a failure of the server.

export interface Answer {
  status: number;
  headers: ReadonlyMap<string, string>;
  body: Buffer;
  /** The connection ends with it. */
  last: boolean;
}

export interface AnswerReader {
  /** The answers that are whole with these bytes. @throws what is not HTTP */
  push(bytes: Buffer): Answer[];
  /** The connection has ended: the answer whose end that is, if there is one. @throws if one was cut off */
  end(): Answer[];
}

const statusLine = /^HTTP\/1\.1 (\d{3}) [ -~]*$/;
const headerLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([\t -~\u0080-\u00ff]*)$/;

/** @param methods of the requests that were sent, in order: an answer to HEAD has no body */
export function answerReader(methods: readonly string[]): AnswerReader {
  let left: Buffer = Buffer.alloc(0);
  let answered = 0;

  function next(ended: boolean): Answer | undefined {
    for (;;) {
      const end = left.indexOf("\r\n\r\n");
      if (end < 0) {
        if (ended && left.length > 0) throw new Error(`an answer was cut off in its head: ${show(left)}`);
        return undefined;
      }
      const { status, headers } = readHead(left.toString("latin1", 0, end));
      const rest = left.subarray(end + 4);
      if (status < 200) {
        left = rest;
        continue;
      }
      const last = headers.get("connection")?.toLowerCase() === "close";
      const bodiless = methods[answered] === "HEAD" || status === 204 || status === 304;
      const body =
        bodiless && !last ? { bytes: Buffer.alloc(0), taken: 0 } : readBody(headers, rest, { last, ended, bodiless });
      if (body === undefined) return undefined;
      left = rest.subarray(body.taken);
      answered += 1;
      return { status, headers, body: body.bytes, last };
    }
  }

  function all(ended: boolean): Answer[] {
    const answers: Answer[] = [];
    for (let answer = next(ended); answer !== undefined; answer = next(ended)) answers.push(answer);
    return answers;
  }

  return {
    push(bytes) {
      left = left.length === 0 ? bytes : Buffer.concat([left, bytes]);
      return all(false);
    },
    end: () => all(true),
  };
}

function readHead(head: string): { status: number; headers: ReadonlyMap<string, string> } {
  const [first = "", ...lines] = head.split("\r\n");
  const [, status] = statusLine.exec(first) ?? [];
  if (status === undefined) throw new Error(`not a status line: ${JSON.stringify(first.slice(0, 200))}`);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name = "", value = ""] = headerLine.exec(line) ?? [];
    if (name === "") throw new Error(`not a header: ${JSON.stringify(line)}`);
    if (headers.has(name.toLowerCase())) throw new Error(`a header twice: ${name}`);
    headers.set(name.toLowerCase(), value);
  }
  if (headers.has("content-length") && headers.has("transfer-encoding")) throw new Error("two ways to end a body");
  return { status: Number(status), headers };
}

function readBody(
  headers: ReadonlyMap<string, string>,
  rest: Buffer,
  { last, ended, bodiless }: { last: boolean; ended: boolean; bodiless: boolean },
): { bytes: Buffer; taken: number } | undefined {
  const length = headers.get("content-length");
  // Whatever was asked, nothing comes after it: it may be an answer to what could not be read, or to HEAD.
  if (last && (bodiless || length === undefined) && headers.get("transfer-encoding") === undefined) {
    return ended ? { bytes: rest, taken: rest.length } : undefined;
  }
  if (last && bodiless) return ended ? { bytes: rest, taken: rest.length } : undefined;
  if (headers.get("transfer-encoding") === "chunked") {
    const chunked = readChunked(rest);
    if (chunked === undefined && ended) throw new Error("an answer in chunks was cut off");
    return chunked;
  }
  if (length === undefined || !/^\d+$/.test(length)) throw new Error(`no end of a body: content-length ${length}`);
  if (rest.length >= Number(length)) return { bytes: rest.subarray(0, Number(length)), taken: Number(length) };
  if (ended) throw new Error(`an answer of ${length} bytes was cut off at ${rest.length}`);
  return undefined;
}

function readChunked(rest: Buffer): { bytes: Buffer; taken: number } | undefined {
  const pieces: Buffer[] = [];
  for (let at = 0; ;) {
    const end = rest.indexOf("\r\n", at);
    if (end < 0) return undefined;
    const text = rest.toString("latin1", at, end);
    if (!/^[0-9a-f]+$/i.test(text)) throw new Error(`not the size of a chunk: ${JSON.stringify(text.slice(0, 50))}`);
    const size = Number.parseInt(text, 16);
    const after = end + 2 + size + 2;
    if (rest.length < after) return undefined;
    pieces.push(rest.subarray(end + 2, end + 2 + size));
    at = after;
    if (size === 0) return { bytes: Buffer.concat(pieces), taken: at };
  }
}

function show(bytes: Buffer): string {
  return JSON.stringify(bytes.toString("latin1", 0, 200));
}
