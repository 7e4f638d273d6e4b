// The four calls. An answer is read from its stream; a stream that is cut is taken up again where it was.
const RESUMES = 4;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

class Trouble extends Error {
  constructor(code, message, { status = 0, wait = 0 } = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.wait = wait;
  }
}

class Api {
  constructor(base, key, memory) {
    this.base = base;
    this.key = key;
    this.memory = memory;
  }

  async call(method, path, body, more = {}) {
    let answer;
    try {
      answer = await fetch(`${this.base}/api/v1/widget/${path}`, {
        method,
        credentials: "omit",
        cache: "no-store",
        headers: { "X-API-Key": this.key, ...(body ? { "Content-Type": "application/json" } : {}), ...more.headers },
        body: body && JSON.stringify(body),
        signal: more.signal,
      });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Trouble("UNREACHABLE", String(error));
    }
    if (answer.ok) return answer;
    const told = await answer.json().catch(() => ({}));
    const wait = Number(answer.headers.get("Retry-After")) || 0;
    throw new Trouble(told.code || `HTTP_${answer.status}`, told.detail || answer.statusText, { status: answer.status, wait });
  }

  async config(agentId) {
    return (await this.call("GET", `config/${encodeURIComponent(agentId)}`)).json();
  }

  // Calls hear(frame) for each frame of the answer. Throws a Trouble when there is no whole answer.
  async chat(agentId, message, hear, signal) {
    const body = { agent_id: agentId, session_id: this.memory.session, message, metadata: this.metadata() };
    const headers = { "Idempotency-Key": random() };
    let isOver = false;
    for (let tries = 0; ; tries += 1) {
      try {
        const answer = await this.call("POST", "chat", body, { headers, signal });
        for await (const [id, frame] of events(answer.body)) {
          if (id) headers["Last-Event-ID"] = id;
          if (frame.type === "error") throw new Trouble(frame.code, frame.detail, { status: 500 });
          isOver = frame.type === "done";
          tries = 0;
          hear(frame);
        }
        if (isOver) return;
        throw new Trouble("CUT", "The stream ended too early.");
      } catch (error) {
        const mayResume = error.name !== "AbortError" && (!error.status || error.status === 503);
        if (!mayResume || tries >= RESUMES) throw error;
        await pause(error.wait ? error.wait * 1000 : 300 * 2 ** tries);
      }
    }
  }

  feedback(messageId, type, comment) {
    return this.call("POST", "feedback", { message_id: messageId, feedback_type: type, comment: comment || undefined });
  }

  escalate(agentId, email, message) {
    const body = { agent_id: agentId, session_id: this.memory.session, email, message, metadata: this.metadata() };
    return this.call("POST", "escalate", body);
  }

  metadata() {
    return {
      page_url: location.href.slice(0, 2000),
      user_agent: navigator.userAgent.slice(0, 1000),
      visitor_id: this.memory.visitor,
      email: this.memory.email || undefined,
    };
  }
}

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      let chunk;
      try {
        chunk = await reader.read();
      } catch (error) {
        if (error.name === "AbortError") throw error;
        throw new Trouble("CUT", String(error));
      }
      if (chunk.done) return;
      const blocks = (rest + chunk.value).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const lines = block.split("\n");
        const data = lines.find((line) => line.startsWith("data: "));
        const id = lines.find((line) => line.startsWith("id: "));
        if (data) yield [id && id.slice(4), JSON.parse(data.slice(6))];
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
