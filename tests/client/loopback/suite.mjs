/**
 * What the client does with a real Chime, run as it is on every runtime: hence JavaScript, which needs nothing else.
 * Each case is given the client, and the test that started Chime.
 *
 * @module
 */

/** Longer than any case takes, in ms. */
const DEADLINE_MS = 40_000;

/** The test that started Chime, which acts for a case. */
function connect(control) {
  const ask = async (path, body = "") => {
    const response = await fetch(new URL(path, control), {
      method: "POST",
      body,
    });
    if (!response.ok) throw new Error(await response.text());
    return await response.json();
  };
  return {
    /** Starts a proxy in front of Chime, and returns its URL, and what it can do to its connections. */
    async proxy() {
      const { id, url } = await ask("/proxy");
      const act = (action) => () => ask(`/${action}?id=${id}`);
      return { url, drop: act("drop"), silence: act("silence") };
    },
    publish: (channel, data, event = "message") =>
      ask(`/publish?channel=${channel}&event=${event}`, data),
    ticket: (channel) => ask(`/ticket?channel=${channel}`),
    restart: () => ask("/restart"),
  };
}

/** Cases that may run at the same time. */
const CASES = {
  async "A message brings its channel, type, data and id"(ChimeSource, test) {
    const { url } = await test.proxy();
    const source = new ChimeSource(`${url}sse/`, { channels: ["a1", "a2"] });
    const events = collect(source, "order");
    await until(() => events.some(({ state }) => state === "live"));
    const { id } = await test.publish("a2", '{"total": "ключ"}', "order");
    const event = await until(() => events.find(({ json }) => json));
    source.close();
    equal(event.type, "order");
    equal(event.channel, "a2");
    equal(event.lastEventId, id);
    equal(event.json().total, "ключ");
    equal(event.origin, new URL(url).origin);
  },

  async "What is published over two cuts, one before the first event, comes once and in order"(
    ChimeSource,
    test,
  ) {
    const proxy = await test.proxy();
    const source = new ChimeSource(`${proxy.url}sse/cuts`);
    const events = collect(source);
    const sent = [];
    const publish = async () => {
      for (let i = 0; i < 10; i++) {
        sent.push(`${sent.length}`);
        await test.publish("cuts", sent.at(-1));
      }
    };
    const states = () => events.map(({ state }) => state).filter(Boolean);
    await until(() => states().includes("live"));
    for (let cuts = 1; cuts <= 2; cuts++) {
      await proxy.drop();
      await until(() => states().at(-1) === "reconnecting");
      await publish();
      await until(() => states().at(-1) === "resumed");
      await publish();
    }
    await until(() => events.some(({ data }) => data === "39"));
    source.close();
    equal(
      events.filter(({ json }) => json).map(({ data }) => data).join(),
      sent.join(),
    );
    equal(
      states().join(),
      "live,reconnecting,resumed,reconnecting,resumed",
    );
  },

  async "A connection that went silent is lost"(ChimeSource, test) {
    const proxy = await test.proxy();
    const source = new ChimeSource(`${proxy.url}sse/quiet`, { heartbeat: 2 });
    const events = collect(source);
    await until(() => events.some(({ state }) => state === "live"));
    await proxy.silence();
    const lost = await until(() =>
      events.find(({ state }) => state === "reconnecting")
    );
    source.close();
    equal(lost.reason, "silent");
  },

  async "Heartbeats keep a quiet stream"(ChimeSource, test) {
    const { url } = await test.proxy();
    const source = new ChimeSource(`${url}sse/calm`, { heartbeat: 2 });
    const events = collect(source);
    await until(() => events.some(({ state }) => state === "live"));
    // Longer than it may be silent.
    await new Promise((resolve) => setTimeout(resolve, 7_000));
    source.close();
    equal(events.map(({ state }) => state).join(), "live");
  },

  async "What is not allowed is refused for good, and Chime says why"(
    ChimeSource,
    test,
  ) {
    const { url } = await test.proxy();
    const source = new ChimeSource(`${url}sse/`, { channels: ["private.a"] });
    const failed = await new Promise((resolve) => source.onerror = resolve);
    equal(failed.status, 401);
    if (!failed.detail.includes("private.a")) throw new Error(failed.detail);
    equal(source.readyState, ChimeSource.CLOSED);
  },

  async "A private stream is opened again with a new ticket after a cut"(
    ChimeSource,
    test,
  ) {
    const proxy = await test.proxy();
    let tickets = 0;
    const source = new ChimeSource(`${proxy.url}sse/private.b`, {
      ticket: () => {
        tickets++;
        return test.ticket("private.b");
      },
    });
    const events = collect(source);
    await until(() => events.some(({ state }) => state === "live"));
    await proxy.drop();
    await test.publish("private.b", "missed");
    await until(() => events.some(({ data }) => data === "missed"));
    source.close();
    equal(tickets, 2);
  },

  async "A loop reads what is published, and a new source goes on where the stored id says"(
    ChimeSource,
    test,
  ) {
    const { url } = await test.proxy();
    const map = new Map();
    const storage = {
      getItem: (key) => map.get(key) ?? null,
      setItem: (key, value) => map.set(key, value),
    };
    const read = [];
    for (const count of [2, 3]) {
      const source = new ChimeSource(`${url}sse/loop`, { storage });
      for await (const event of source) {
        if (event.state === "live" && read.length === 0) {
          for (const data of ["a", "b", "c"]) await test.publish("loop", data);
        }
        if (event.json) read.push(event.data);
        if (read.length === count) break;
      }
      source.close();
    }
    // The loop was left at the second, so that counts as not done.
    equal(read.join(), "a,b,b");
  },

  async "The clock ticks"(ChimeSource, test) {
    const { url } = await test.proxy();
    const source = new ChimeSource(`${url}sse/?tz=Asia/Tokyo`);
    const { data, channel } = await new Promise((resolve) =>
      source.onmessage = resolve
    );
    source.close();
    if (!data.startsWith("The current time is ")) throw new Error(data);
    equal(channel, "");
  },
};

/** The case that ends Chime, and so runs alone. */
const RESTART = {
  async "What is published around a restart of Chime comes once and in order"(
    ChimeSource,
    test,
  ) {
    const { url } = await test.proxy();
    const source = new ChimeSource(`${url}sse/restart`);
    const events = collect(source);
    await until(() => events.some(({ state }) => state === "live"));
    await test.publish("restart", "before");
    await until(() => events.some(({ data }) => data === "before"));
    await test.restart();
    await test.publish("restart", "between");
    await until(() => events.some(({ state }) => state === "resumed"));
    await test.publish("restart", "after");
    await until(() => events.some(({ data }) => data === "after"));
    source.close();
    equal(
      events.filter(({ json }) => json).map(({ data }) => data).join(),
      "before,between,after",
    );
  },
};

/**
 * Runs every case.
 *
 * @param control The URL of the test that started Chime.
 * @returns The name of each case, and its error if it failed.
 */
export async function runSuite(ChimeSource, control) {
  const test = connect(control);
  const results = [];
  for (const cases of [CASES, RESTART]) {
    const running = Object.entries(cases).map(async ([name, run]) => {
      const ended = within(run(ChimeSource, test));
      const error = await ended.then(() => undefined, ({ stack }) => stack);
      return { name, error };
    });
    results.push(...await Promise.all(running));
  }
  return results;
}

/** Waits for a case, which may hang where it fails. */
async function within(running) {
  let timer;
  const late = new Promise((_, reject) => {
    const error = new Error(`Not done in ${DEADLINE_MS} ms`);
    timer = setTimeout(() => reject(error), DEADLINE_MS);
  });
  try {
    return await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The messages of the type, and the statuses, as they come. */
function collect(source, type = "message") {
  const events = [];
  for (const name of [type, "status"]) {
    source.addEventListener(name, (event) => events.push(event));
  }
  return events;
}

/** Resolves with what the condition returns, once that is truthy. */
async function until(condition) {
  const endMs = Date.now() + DEADLINE_MS;
  for (;;) {
    const answer = condition();
    if (answer) return answer;
    if (Date.now() > endMs) throw new Error(`Never held: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function equal(actual, expected) {
  if (actual === expected) return;
  throw new Error(`${JSON.stringify(actual)} is not ${expected}`);
}
