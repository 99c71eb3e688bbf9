import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { temporaryFolder, waitFor } from "@restante/testbed";
import { type Lie, type NetworkOptions, startNetwork, type TestNetwork } from "@restante/testkit";

interface End {
  readonly socket: Socket;
  readonly got: () => string;
  readonly ended: () => boolean;
  /** How it ended: an error's code, or "closed". */
  readonly fate: () => string | undefined;
}

function followed(socket: Socket): End {
  let got = "";
  let ended = false;
  let fate: string | undefined;
  let code: string | undefined;
  socket
    .on("data", (bytes) => (got += bytes.toString()))
    .on("end", () => (ended = true))
    .on("error", (error: NodeJS.ErrnoException) => (code = error.code))
    .on("close", () => (fate = code ?? "closed"));
  return { socket, got: () => got, ended: () => ended, fate: () => fate };
}

/** A server that says nothing by itself; `accepted` are its ends. At a socket in a folder, if a path is given. */
async function listening(t: TestContext, path?: string): Promise<{ to: string; accepted: End[]; server: Server }> {
  const accepted: End[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => accepted.push(followed(socket)));
  if (path === undefined) server.listen(0, "127.0.0.1");
  else server.listen(path);
  await once(server, "listening");
  t.after(() => {
    for (const { socket } of accepted) socket.destroy();
    server.close();
  });
  const address = server.address() as string | { port: number };
  const to = typeof address === "string" ? `unix:${address}` : `127.0.0.1:${address.port}`;
  return { to, accepted, server };
}

async function network(t: TestContext, options: NetworkOptions): Promise<TestNetwork> {
  const started = await startNetwork(options);
  t.after(() => started.close());
  return started;
}

function call(t: TestContext, { url }: TestNetwork): End {
  const [host = "", port] = url.split(":");
  const end = followed(connect({ host, port: Number(port), allowHalfOpen: true }));
  t.after(() => end.socket.destroy());
  return end;
}

/** Both ends of a connection through a network that tells this lie. */
async function ends(t: TestContext, lie?: Lie): Promise<{ client: End; server: End; net: TestNetwork }> {
  const { to, accepted } = await listening(t);
  const net = await network(t, { to, lies: lie === undefined ? [] : [lie] });
  const client = call(t, net);
  const server = await waitFor(() => accepted[0]);
  return { client, server, net };
}

test("without a lie, bytes and ends pass both ways, each by itself", async (t) => {
  const { client, server, net } = await ends(t);
  client.socket.end("hello");
  await waitFor(() => server.ended() && server.got() === "hello");
  assert.equal(client.ended(), false);
  server.socket.end("good day");
  await waitFor(() => client.fate() === "closed" && client.got() === "good day");
  assert.deepEqual(net.told, []);
  assert.equal(net.describe(), "no lies told");
});

test("a reset passes to the other side, and no byte is held back by the network's own end", async (t) => {
  const { client, server } = await ends(t);
  client.socket.write("x");
  await waitFor(() => server.got() === "x");
  client.socket.resetAndDestroy();
  await waitFor(() => server.fate() === "ECONNRESET");
});

for (const after of [0, 1, 5]) {
  test(`cut to the server after ${after} bytes: the server has these and the end, the client a reset`, async (t) => {
    const { client, server, net } = await ends(t, { do: "cut", way: "to-server", after });
    client.socket.write("hello world");
    await waitFor(() => server.ended() && client.fate() !== undefined);
    assert.deepEqual([server.got(), client.got()], ["hello world".slice(0, after), ""]);
    assert.match(client.fate() ?? "", /ECONNRESET|EPIPE/);
    assert.deepEqual(net.told, [{ do: "cut", way: "to-server", after, connection: 1 }]);
  });

  test(`cut to the client after ${after} bytes: the client has these and the end, the server a reset`, async (t) => {
    const { client, server } = await ends(t, { do: "cut", way: "to-client", after });
    server.socket.write("hello world");
    await waitFor(() => client.ended() && server.fate() !== undefined);
    assert.deepEqual([client.got(), server.got()], ["hello world".slice(0, after), ""]);
    assert.match(server.fate() ?? "", /ECONNRESET|EPIPE/);
  });
}

test("closed one way: it ends after so many bytes, the rest is lost, and the other way goes on", async (t) => {
  const { client, server, net } = await ends(t, { do: "close", way: "to-server", after: 4 });
  client.socket.write("hello world");
  await waitFor(() => server.ended());
  server.socket.write("still here");
  await waitFor(() => client.got() === "still here");
  client.socket.write("more");
  server.socket.end();
  await waitFor(() => client.ended());
  assert.deepEqual([server.got(), client.fate()], ["hell", undefined]);
  assert.equal(net.told.length, 1);
});

test("swallowed one way: nothing more arrives, neither side is told, and the other way goes on", async (t) => {
  const { client, server, net } = await ends(t, { do: "swallow", way: "to-client", after: 3 });
  server.socket.write("hello world");
  await waitFor(() => client.got() === "hel");
  server.socket.end("more");
  client.socket.write("are you there?");
  await waitFor(() => server.got() === "are you there?");
  assert.deepEqual([client.got(), client.ended(), client.fate(), server.fate()], ["hel", false, undefined, undefined]);
  await net.cut();
  await waitFor(() => client.fate() === "ECONNRESET");
});

test("slow one way: all of it arrives, a piece at a time, and its end behind it", async (t) => {
  const { client, server } = await ends(t, { do: "slow", way: "to-server", after: 10, bytesPerSecond: 500 });
  const pieces: number[] = [];
  server.socket.on("data", (bytes: Buffer) => pieces.push(bytes.length));
  const text = "0123456789".repeat(6);
  client.socket.end(text);
  await waitFor(() => server.ended());
  assert.equal(server.got(), text);
  assert.ok(pieces.slice(1).every((length) => length <= 20) && pieces.length >= 4, pieces.join());
});

test("what a slow way has not given when its sender breaks off, never arrives", async (t) => {
  const { client, server } = await ends(t, { do: "slow", way: "to-server", bytesPerSecond: 50 });
  client.socket.write("0123456789".repeat(10));
  await waitFor(() => server.got() !== "");
  client.socket.resetAndDestroy();
  await waitFor(() => server.fate() === "ECONNRESET");
  assert.ok(server.got().length < 100);
});

test("refused for a while: the connection is reset, the next ones refused, and then all is well on the same port", async (t) => {
  const { to, accepted } = await listening(t);
  const net = await network(t, { to, lies: [{ do: "refuse", for: "200ms", connection: 2 }] });
  const before = call(t, net);
  await waitFor(() => accepted.length === 1);
  const met = call(t, net);
  await waitFor(() => met.fate() === "ECONNRESET");
  const refused = call(t, net);
  await waitFor(() => refused.fate() !== undefined);
  assert.equal(refused.fate(), "ECONNREFUSED");
  before.socket.write("I am still here");
  await waitFor(() => accepted[0]?.got() === "I am still here");
  await waitFor(async () => {
    const again = call(t, net);
    await waitFor(() => again.fate() !== undefined || accepted.length > 1);
    return accepted.length > 1;
  });
  assert.deepEqual(net.told, [{ do: "refuse", for: "200ms", connection: 2 }]);
});

test("refused from now on, for as long as the last call says", async (t) => {
  const { to, accepted } = await listening(t);
  const net = await network(t, { to });
  await net.refuse("20ms");
  await net.refuse("1h");
  const refused = call(t, net);
  await waitFor(() => refused.fate() === "ECONNREFUSED");
  assert.equal(accepted.length, 0);
});

test("silent for a while: nothing arrives at either side and neither is told, and then all of it does, in its order", async (t) => {
  const { client, server, net } = await ends(t);
  const second = call(t, net);
  client.socket.write("before, ");
  await waitFor(() => server.got() === "before, ");
  await net.silence("1h");
  client.socket.write("meanwhile, ");
  server.socket.end("the end");
  const begun = call(t, net);
  second.socket.resetAndDestroy();
  await once(begun.socket, "connect");
  begun.socket.write("hello");
  client.socket.end("and last");
  // A connection around the network, and back, takes longer than bytes through it would.
  await waitFor(async () => once(call(t, net).socket, "connect"));
  assert.deepEqual(
    [server.got(), server.ended(), server.fate(), client.got(), client.ended(), net.connections],
    ["before, ", false, undefined, "", false, 2],
  );

  await net.silence("0s");

  await waitFor(() => server.got() === "before, meanwhile, and last" && server.ended());
  await waitFor(() => client.got() === "the end" && client.ended());
  await waitFor(() => net.connections === 4);
  assert.deepEqual([client.fate(), server.fate()], ["closed", "closed"]);
});

test("a silence as long as the last call says, and what stands is broken off in it", async (t) => {
  const { client, server, net } = await ends(t, { do: "slow", way: "to-server", bytesPerSecond: 500 });
  client.socket.write("0123456789".repeat(10));
  await waitFor(() => server.got() !== "");
  await net.silence("1h");
  const [got] = [server.got()];
  await net.silence("50ms");
  await waitFor(() => server.got().length > got.length);
  await net.silence("1h");
  await net.cut();
  await waitFor(() => client.fate() !== undefined && server.fate() !== undefined);
});

test("what listens at a socket in a folder is reached by a port, and another network there is the server moved", async (t) => {
  const folder = await temporaryFolder(t);
  const one = await listening(t, join(folder, "one socket"));
  const net = await startNetwork({ to: one.to });
  call(t, net).socket.write("hello");
  await waitFor(() => one.accepted[0]?.got() === "hello");
  await net.close();

  const two = await listening(t, join(folder, "two"));
  const moved = await network(t, { to: two.to, port: Number(net.url.split(":")[1]) });

  call(t, net).socket.write("hello again");
  await waitFor(() => two.accepted[0]?.got() === "hello again");
  assert.deepEqual([moved.url, moved.connections], [net.url, 1]);
});

test("a server that is not there is a connection that is reset", async (t) => {
  const { to, server } = await listening(t);
  server.close();
  const client = call(t, await network(t, { to }));
  await waitFor(() => client.fate() === "ECONNRESET");
});

test("a lie is for the connection of its number, for the next one, or for every one; then comes the truth", async (t) => {
  const { to } = await listening(t);
  const net = await network(t, { to, lies: [{ do: "cut", way: "to-client", after: 0, connection: 3 }] });
  net.next({ do: "cut", way: "to-server", after: 0 });
  for (let count = 0; count < 3; count += 1) {
    const client = call(t, net);
    await once(client.socket, "connect");
    if (count !== 1) await waitFor(() => client.ended() || client.fate() !== undefined);
  }
  assert.deepEqual(
    net.told.map((lie) => ("connection" in lie ? [lie.connection, lie.do === "cut" && lie.way] : [])),
    [
      [1, "to-server"],
      [3, "to-client"],
    ],
  );
  net.next({ do: "refuse", for: "0s", connection: "every" });
  for (let count = 0; count < 2; count += 1) await waitFor(() => call(t, net).fate() ?? net.told.length >= 3 + count);
  net.clear();
});

test("the same seed tells the same lies, and what was told can be told again without it", async (t) => {
  const { to } = await listening(t);
  const random = { seed: 7, chance: 0.5, mostBytes: 1, kinds: ["cut", "close", "swallow"] as const };
  const told = async (options: Partial<NetworkOptions>): Promise<TestNetwork> => {
    const net = await network(t, { to, ...options });
    for (let count = 0; count < 20; count += 1) await once(call(t, net).socket, "connect");
    await waitFor(() => net.connections === 20);
    return net;
  };
  const first = await told({ random });
  assert.ok(first.told.length > 4 && first.told.length < 16, first.describe());
  assert.deepEqual((await told({ random })).told, first.told);
  assert.notDeepEqual((await told({ random: { ...random, seed: 8 } })).told, first.told);
  assert.deepEqual((await told({ lies: first.told })).told, first.told);
  assert.match(first.describe(), /^seed 7, lies told: \[\n {2}\{"do":/);
});

test("what a network is told wrongly is refused, all of it at once", async (t) => {
  const { to } = await listening(t);
  const wrong = {
    to,
    ports: 1,
    port: -1,
    lies: [{ do: "lose-answer" }, { do: "cut", way: "up" }, { do: "lie" }, { do: "refuse", for: "soon" }],
    random: { seed: 0.5, chance: 2, kinds: ["cuts"] },
  } as unknown as NetworkOptions;
  await assert.rejects(startNetwork(wrong), (error: { code?: string; message?: string }) => {
    assert.equal(error.code, "options-invalid");
    const lines = error.message?.split("\n").slice(1) ?? [];
    assert.deepEqual(
      lines.map((line) => line.trim().split(":")[0]),
      [
        "ports",
        "port",
        "lies[0].do",
        "lies[1].way",
        "lies[2].do",
        "lies[3].for",
        "random.seed",
        "random.chance",
        "random.kinds",
      ],
    );
    return true;
  });
  await assert.rejects(startNetwork({ to: "nonsense" }), { code: "options-invalid" });
  const net = await network(t, { to });
  assert.throws(() => net.next({ do: "slow", way: "to-client", bytesPerSecond: 0 }), { code: "options-invalid" });
});
