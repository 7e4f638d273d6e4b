// <insydr-widget>: puts the parts together and decides what happens. Its shadow root is closed.
class Widget {
  constructor(options, base, tell) {
    this.options = options;
    this.tell = tell;
    this.memory = new Memory(options.agentId);
    this.api = new Api(base, options.apiKey, this.memory);
    this.isOpen = false;
    this.waiting = [];
    this.queue = Promise.resolve();
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.ends = new AbortController();
    const { signal } = this.ends;
    this.dark.addEventListener("change", () => this.paint(), { signal });
    addEventListener("online", () => this.wentOnline(), { signal });
    addEventListener("offline", () => this.panel?.showOnline(), { signal });
    visualViewport?.addEventListener("resize", () => this.fit(), { signal });
    visualViewport?.addEventListener("scroll", () => this.fit(), { signal });
  }

  async mount(element, shadow) {
    this.element = element;
    this.root = el("div", { class: "root", lang: WORDS[LANGUAGE] ? LANGUAGE : "en", dir: getComputedStyle(document.documentElement).direction });
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.isOpen && !event.isComposing) this.close();
    });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS_TEXT);
    this.colors = new CSSStyleSheet();
    shadow.adoptedStyleSheets = [sheet, this.colors];
    shadow.append(this.root);
    try {
      this.config = await this.api.config(this.options.agentId);
    } catch (trouble) {
      this.failed(trouble);
      return;
    }
    this.launcher = new Launcher(this.config.agent_name, () => this.toggle());
    this.panel = new Panel(this.config, {
      send: (text) => this.send(text),
      close: () => this.close(),
      fresh: () => this.reset(),
      person: () => this.callPerson(),
    });
    this.root.append(this.panel.node, this.launcher.node);
    this.paint();
    this.restore();
    this.greet();
    this.tell("ready", { agent: this.config.agent_name });
    for (const go of this.waiting.splice(0)) go();
  }

  failed(trouble) {
    if (this.ends.signal.aborted) return;
    this.launcher = new Launcher(say("chat"), () => this.toggle());
    this.blank = unavailable(trouble, () => this.close());
    this.root.append(this.blank, this.launcher.node);
    this.paint();
    console.error(`InsydrAI: ${trouble.code}: ${trouble.message}`);
    this.tell("error", { code: trouble.code, message: trouble.message });
    for (const go of this.waiting.splice(0)) go();
  }

  // What needs the configuration waits for it.
  whenReady(go) {
    if (this.launcher) go();
    else this.waiting.push(go);
  }

  paint() {
    const look = this.config?.appearance || {};
    const theme = this.options.theme || look.theme || "auto";
    const isDark = theme === "dark" || (theme === "auto" && this.dark.matches);
    const colors = palette(look.primary_color || "#4f46e5", isDark);
    const radius = look.border_radius ?? 16;
    const set = Object.entries({ ...colors, radius: `${radius}px` }).map(([name, value]) => `--${name}:${value}`);
    this.colors.replaceSync(`:host{${set.join(";")}}`);
    this.element.dataset.theme = isDark ? "dark" : "light";
    this.root.classList.toggle("left", (this.options.position || look.position) === "bottom-left");
  }

  fit() {
    if (!visualViewport || !this.isOpen) return;
    this.root.style.setProperty("--seen", `${visualViewport.height}px`);
    this.root.style.setProperty("--top", `${visualViewport.offsetTop}px`);
  }

  restore() {
    const { greeting_message, suggested_questions } = this.config.behavior;
    this.panel.live(false);
    this.panel.clear();
    this.panel.add(new MessageView({ role: "assistant", text: greeting_message }, this.acts()));
    for (const message of this.memory.messages) {
      const view = new MessageView(message, this.acts());
      this.panel.add(message.role === "user" ? view : view.finish());
    }
    if (!this.memory.messages.length) this.panel.suggest(suggested_questions);
    this.panel.live(true);
  }

  greet() {
    const { greeting_enabled, greeting_delay, greeting_message } = this.config.behavior;
    if (!greeting_enabled || this.memory.messages.length || this.memory.dismissed) return;
    this.greeting = setTimeout(() => {
      if (this.isOpen || this.memory.messages.length) return;
      this.launcher.greet(greeting_message, () => this.open(), () => {
        this.memory.dismissed = true;
        this.memory.keep();
        this.launcher.button.focus();
      });
    }, greeting_delay);
  }

  open() {
    this.whenReady(() => {
      if (this.isOpen) return;
      this.show(true);
      if (this.panel) {
        this.panel.toEnd();
        this.panel.input.focus({ preventScroll: true });
      } else this.blank.querySelector("button").focus();
      this.tell("open", {});
    });
  }

  close() {
    this.whenReady(() => {
      if (!this.isOpen) return;
      this.show(false);
      this.launcher.button.focus({ preventScroll: true });
      this.tell("close", {});
    });
  }

  toggle() {
    return this.isOpen ? this.close() : this.open();
  }

  show(isOpen) {
    this.isOpen = isOpen;
    (this.panel?.node || this.blank).hidden = !isOpen;
    this.root.classList.toggle("is-open", isOpen);
    this.launcher.show(isOpen);
    this.fit();
  }

  // Messages go one after the other; the promise is of the answer, null when there is none.
  send(text) {
    const words = String(text).trim().slice(0, 4000);
    if (!words) return Promise.resolve(null);
    this.queue = this.queue.then(() => new Promise((done) => this.whenReady(() => done(this.panel ? this.ask(words) : null))));
    return this.queue;
  }

  async ask(text, asked = null) {
    this.panel.suggest([]);
    this.launcher.quiet();
    if (!asked) {
      const message = { role: "user", text };
      asked = new MessageView(message, this.acts());
      this.panel.add(asked);
      this.memory.add(message);
      this.tell("message", { role: "user", content: text });
    }
    await this.untilOnline();
    const answer = { role: "assistant", text: "", sources: [] };
    const view = new MessageView(answer, this.acts());
    this.panel.busy(true);
    this.panel.begin(view);
    try {
      await this.api.chat(this.options.agentId, text, (frame) => this.hear(frame, answer, view), this.ends.signal);
    } catch (trouble) {
      this.panel.busy(false);
      this.panel.pending.replaceChildren();
      if (!this.ends.signal.aborted) this.explain(trouble, text, asked);
      return null;
    }
    this.panel.busy(false);
    this.panel.follow(() => this.panel.log.append(view.finish().node));
    this.memory.add(answer);
    if (!this.isOpen) this.launcher.missed();
    const { id, sources, confidence } = answer;
    this.tell("message", { role: "assistant", content: answer.text, message_id: id, sources, confidence });
    return answer.text;
  }

  hear(frame, answer, view) {
    if (frame.type === "start") Object.assign(answer, { id: frame.message_id, text: "", sources: [] });
    else if (frame.type === "token") answer.text += frame.content;
    else if (frame.type === "sources") answer.sources = frame.sources;
    else if (frame.type === "done") Object.assign(answer, { confidence: frame.confidence, escalate: frame.escalate || frame.answered === false });
    if (answer.text) this.panel.follow(() => view.show());
  }

  explain(trouble, text, asked) {
    const failure = new MessageView({ role: "assistant", text: say("cut") }, this.acts());
    const again = () => {
      failure.node.remove();
      this.queue = this.queue.then(() => this.ask(text, asked));
    };
    if (trouble.code === "USAGE_LIMIT_REACHED") failure.fail(() => say("full"), { person: true });
    else if (trouble.status === 429) failure.fail((left) => (left > 0 ? say("wait", left) : say("cut")), { again, wait: Math.min(trouble.wait, 3600) });
    else failure.fail(() => say("cut"), { again });
    this.panel.add(failure);
    this.tell("error", { code: trouble.code, message: trouble.message });
  }

  untilOnline() {
    if (navigator.onLine !== false) return Promise.resolve();
    return new Promise((done) => (this.resume = done));
  }

  wentOnline() {
    this.panel?.showOnline();
    this.resume?.();
    this.resume = null;
  }

  callPerson() {
    this.open();
    this.panel?.askForPerson(this.memory.email, async (email, message) => {
      try {
        await this.api.escalate(this.options.agentId, email, message);
      } catch (trouble) {
        return trouble.status === 429 ? say("wait", trouble.wait) : say("failed");
      }
      this.memory.email = email;
      const sent = { role: "assistant", text: say("sent", email) };
      this.panel.add(new MessageView(sent, this.acts()));
      this.memory.add(sent);
      this.tell("escalate", { email });
      return null;
    });
  }

  acts() {
    return {
      person: () => this.callPerson(),
      announce: (text) => this.panel.announce(text),
      focus: () => this.panel.input.focus(),
      feedback: async (id, type, comment) => {
        await this.api.feedback(id, type, comment);
        this.memory.keep();
        this.tell("feedback", { message_id: id, feedback_type: type });
      },
    };
  }

  reset() {
    this.ends.signal.aborted || this.memory.begin();
    this.whenReady(() => {
      if (!this.panel) return;
      this.restore();
      if (this.isOpen) this.panel.input.focus();
    });
  }

  setTheme(theme) {
    this.options.theme = theme;
    if (this.launcher) this.paint();
  }

  destroy() {
    clearTimeout(this.greeting);
    this.ends.abort();
    this.element.remove();
  }
}

class InsydrWidget extends HTMLElement {
  start(widget) {
    return widget.mount(this, this.attachShadow({ mode: "closed" }));
  }
}
