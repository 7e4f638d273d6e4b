// The panel: head, conversation, composer. It shows and asks; what happens is decided in 9-element.js.
class Panel {
  constructor(config, acts) {
    this.config = config;
    this.acts = acts;
    const name = config.agent_name;
    this.state = el("p", {});
    this.note = el("div", { class: "notice", role: "status", hidden: true }, say("offlineNote"));
    this.log = el("div", { class: "log", role: "log", "aria-label": name });
    this.pending = el("div", { class: "pending", "aria-hidden": "true" });
    this.chips = el("div", { class: "chips" });
    this.scroll = el("div", { class: "scroll", tabindex: "-1" }, this.log, this.pending, this.chips);
    this.typing = el("div", { class: "sr", role: "status" });
    this.said = el("div", { class: "sr", role: "status" });
    this.input = el("textarea", {
      rows: 1, maxlength: 4000, placeholder: say("write"), "aria-label": say("write"), enterkeyhint: "send",
      oninput: () => this.grow(),
      onkeydown: (event) => event.key === "Enter" && !event.shiftKey && !event.isComposing && this.submit(event),
    });
    this.send = el("button", { class: "send", "aria-label": say("send"), title: say("send") }, icon("send"));
    this.compose = el("form", { class: "compose", onsubmit: (event) => this.submit(event) }, this.input, this.send);
    const foot = el("div", { class: "foot" },
      el("button", { type: "button", class: "small", onclick: acts.person }, say("person")),
      config.branding.show_powered_by && link("https://insydr.ai", say("powered")));
    this.node = el("section", { class: "panel", id: "panel", role: "dialog", "aria-modal": "false", "aria-label": name, hidden: true },
      el("header", { class: "head" }, avatar(config), el("div", { class: "title" }, el("h2", {}, name), this.state),
        iconButton("fresh", say("fresh"), acts.fresh), iconButton("down", say("close"), acts.close)),
      this.note, this.scroll, this.compose, foot, this.typing, this.said);
    this.grow();
    this.showOnline();
  }

  // Sends what was written; while an answer is under way it stays in the field and goes when that is over.
  submit(event) {
    event?.preventDefault();
    const text = this.input.value.trim();
    this.isWanted = this.isBusy;
    if (!text || this.isBusy) return;
    this.input.value = "";
    this.grow();
    this.acts.send(text);
  }

  grow() {
    this.input.style.height = "44px";
    this.input.style.height = `${Math.min(Math.max(this.input.scrollHeight, 44), 140)}px`;
    this.send.setAttribute("aria-disabled", String(this.isBusy || !this.input.value.trim()));
  }

  busy(isBusy) {
    this.isBusy = isBusy;
    this.typing.textContent = isBusy ? say("typing", this.config.agent_name) : "";
    this.grow();
    if (!isBusy && this.isWanted) this.submit();
  }

  showOnline() {
    const isOff = navigator.onLine === false;
    this.follow(() => (this.note.hidden = !isOff)); // the note takes room from the log
    this.node.classList.toggle("offline", isOff);
    this.state.textContent = say(isOff ? "offline" : "online");
  }

  // What is added is read aloud once, whole; what is restored is not.
  live(isLive) {
    this.log.setAttribute("aria-live", isLive ? "polite" : "off");
  }

  add(view) {
    this.log.append(view.node);
    this.toEnd();
  }

  begin(view) {
    this.pending.replaceChildren(view.node);
    this.toEnd();
  }

  toEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
  }

  // Follows growing text only while its reader is at the end.
  follow(change) {
    const { scrollTop, scrollHeight, clientHeight } = this.scroll;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < 80;
    change();
    if (isAtEnd) this.toEnd();
  }

  suggest(questions) {
    this.chips.replaceChildren(...questions.map((text) =>
      el("button", { type: "button", class: "chip", onclick: () => this.acts.send(text) }, text)));
  }

  clear() {
    this.log.replaceChildren();
    this.pending.replaceChildren();
    this.chips.replaceChildren();
  }

  announce(text) {
    this.said.textContent = "";
    setTimeout(() => (this.said.textContent = text), 60); // a changed text is read aloud, the same one is not
  }

  // The form that calls a person; submit(email, message) tells whether it went through.
  askForPerson(email, submit) {
    if (this.form) return this.form.querySelector("input").focus();
    const address = el("input", { type: "email", name: "email", autocomplete: "email", required: true, maxlength: 254 });
    address.value = email || "";
    const message = el("textarea", { name: "message", maxlength: 4000 });
    const wrong = el("span", { class: "error", role: "alert", id: "wrong" });
    const close = () => {
      this.form.remove();
      this.form = null;
      this.input.focus();
    };
    const onsubmit = async (event) => {
      event.preventDefault();
      const isGood = /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(address.value.trim());
      address.setAttribute("aria-invalid", String(!isGood));
      wrong.textContent = isGood ? "" : say("badEmail");
      if (!isGood) return address.focus();
      const button = event.submitter || event.target.querySelector(".button:not(.plain)");
      button.disabled = true;
      const failure = await submit(address.value.trim(), message.value.trim());
      button.disabled = false;
      if (failure) wrong.textContent = failure;
      else close();
    };
    this.form = el("div", { class: "row wide" }, el("form", { class: "form", novalidate: true, onsubmit },
      el("h3", {}, say("person")),
      el("label", {}, say("email"), address, wrong),
      el("label", {}, say("message"), message),
      el("div", { class: "acts" }, el("button", { type: "button", class: "button plain", onclick: close }, say("cancel")),
        el("button", { class: "button" }, say("submit")))));
    address.setAttribute("aria-describedby", "wrong");
    this.pending.after(this.form);
    this.toEnd();
    address.focus();
  }
}

const avatar = (config) => {
  const url = config.branding.avatar_url && safeUrl(config.branding.avatar_url);
  const letter = () => el("span", { class: "avatar", "aria-hidden": "true" }, Array.from(config.agent_name)[0].toUpperCase());
  if (!url) return letter();
  const picture = el("img", { class: "avatar", src: url, alt: "" });
  picture.addEventListener("error", () => picture.replaceWith(letter()));
  return picture;
};

// What stands in the panel's place when there is no agent to talk with.
const unavailable = (trouble, close) =>
  el("section", { class: "panel", id: "panel", role: "dialog", "aria-modal": "false", "aria-label": say("off"), hidden: true },
    el("header", { class: "head" }, el("div", { class: "title" }, el("h2", {}, say("chat"))), iconButton("down", say("close"), close)),
    el("div", { class: "blank" }, icon("off"), el("b", {}, say("off")), el("span", {}, say("offHint")), el("code", {}, trouble.code)));
