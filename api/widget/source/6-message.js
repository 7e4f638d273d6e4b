// One message of the conversation as elements: its bubble, sources, feedback and what can be done about it.
class MessageView {
  constructor(message, acts) {
    this.message = message;
    this.acts = acts;
    const mine = message.role === "user";
    this.bubble = el("div", { class: "bubble" });
    this.node = el("div", { class: `row${mine ? " mine" : ""}` }, mine && el("span", { class: "sr" }, `${say("you")}:`), this.bubble);
    if (message.text || mine) this.show();
    else this.bubble.append(el("span", { class: "dots" }, el("i"), el("i"), el("i")));
  }

  show() {
    this.bubble.replaceChildren(...rich(this.message.text, (number) => this.cite(number)));
  }

  // The whole answer is there: what belongs below it.
  finish() {
    this.show();
    const { sources = [], id, escalate } = this.message;
    if (id || sources.length) this.node.append(this.tools(id, sources));
    if (sources.length) this.node.append(this.list);
    if (escalate) this.offerPerson();
    return this;
  }

  offerPerson() {
    this.node.append(el("button", { type: "button", class: "chip", onclick: this.acts.person }, say("person")));
  }

  // The message did not get through: why, and a way to try again after `wait` seconds.
  fail(text, { again, wait = 0, person = false }) {
    this.node.classList.add("failed");
    this.bubble.replaceChildren(text(wait));
    const retry = again && el("button", { type: "button", class: "small", onclick: again, disabled: wait > 0 }, say("retry"));
    if (retry) this.node.append(retry);
    if (person) this.offerPerson();
    if (wait <= 0) return;
    const timer = setInterval(() => {
      wait -= 1;
      this.bubble.replaceChildren(text(wait));
      if (wait > 0 && this.node.isConnected) return;
      clearInterval(timer);
      retry?.removeAttribute("disabled");
    }, 1000);
  }

  cite(number) {
    const source = (this.message.sources || []).find((one) => one.n === number);
    if (!source) return el("span", { class: "cite" }, number);
    const label = `${say("source", number)}: ${source.title}`;
    return el("button", { type: "button", class: "cite", "aria-label": label, title: source.title, onclick: () => this.point(number) }, number);
  }

  point(number) {
    this.unfold(true);
    for (const item of this.list.children) {
      item.classList.toggle("now", Number(item.dataset.n) === number);
      if (Number(item.dataset.n) === number) item.scrollIntoView({ block: "nearest" });
    }
  }

  unfold(isOpen) {
    this.list.hidden = !isOpen;
    this.fold.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.list.scrollIntoView({ block: "nearest" });
  }

  sourceToggle(sources) {
    const items = sources.map((one) => {
      const url = one.url && safeUrl(one.url);
      const title = one.page ? `${one.title}, ${say("page", one.page)}` : one.title;
      const named = el("strong", {}, url ? link(url, title) : title);
      return el("li", { "data-n": one.n }, el("b", { "aria-hidden": "true" }, one.n), el("div", {}, named, el("q", {}, one.chunk_preview)));
    });
    this.list = el("ol", { class: "sources", "aria-label": say("sources"), hidden: true }, items);
    this.fold = el("button", { type: "button", class: "small fold", "aria-expanded": "false", onclick: () => this.unfold(this.list.hidden) },
      `${say("sources")} (${sources.length})`, icon("down"));
    return this.fold;
  }

  tools(id, sources) {
    const fold = sources.length > 0 && this.sourceToggle(sources);
    if (!id) return el("div", { class: "tools" }, fold);
    const judge = (type, button) => this.judge(id, type, button);
    const copy = iconButton("copy", say("copy"), () => this.copy(copy));
    this.up = iconButton("up", say("up"), () => judge("THUMBS_UP", this.up));
    this.down = iconButton("up", say("down"), () => judge("THUMBS_DOWN", this.down), "flip");
    const given = { THUMBS_UP: this.up, THUMBS_DOWN: this.down }[this.message.feedback];
    for (const one of [this.up, this.down]) one.setAttribute("aria-pressed", String(one === given));
    return el("div", { class: "tools" }, copy, this.up, this.down, fold);
  }

  async copy(button) {
    try {
      await navigator.clipboard.writeText(this.message.text);
    } catch {
      return this.acts.announce(say("failed"));
    }
    button.replaceChildren(icon("tick"));
    this.acts.announce(say("copied"));
    setTimeout(() => button.replaceChildren(icon("copy")), 1600);
  }

  async judge(id, type, button) {
    const before = this.message.feedback;
    const press = (value) => {
      this.message.feedback = value;
      for (const one of [this.up, this.down]) one.setAttribute("aria-pressed", String(value != null && one === button));
    };
    press(type);
    try {
      await this.acts.feedback(id, type);
    } catch {
      press(before);
      return this.acts.announce(say("failed"));
    }
    this.acts.announce(say("thanks"));
    if (type === "THUMBS_DOWN" && !this.form) this.askWhy(id);
    else this.form?.remove();
  }

  askWhy(id) {
    const why = el("textarea", { name: "why", maxlength: 2000, rows: 2 });
    const close = () => {
      this.form.remove();
      this.form = null;
    };
    const submit = async (event) => {
      event.preventDefault();
      if (why.value.trim()) await this.acts.feedback(id, "THUMBS_DOWN", why.value.trim()).catch(() => {});
      close();
      this.acts.announce(say("thanks"));
      this.acts.focus();
    };
    this.form = el(
      "form", { class: "form", onsubmit: submit },
      el("label", {}, say("why"), why),
      el("div", { class: "acts" }, el("button", { type: "button", class: "button plain", onclick: close }, say("cancel")),
        el("button", { class: "button" }, say("submit"))),
    );
    this.node.classList.add("wide");
    this.node.append(this.form);
    why.focus();
  }
}
