// The round button that opens and closes the panel, and the greeting beside it.
class Launcher {
  constructor(name, toggle) {
    this.name = name;
    this.count = el("span", { class: "badge", hidden: true });
    this.button = el("button", { type: "button", class: "launcher", "aria-controls": "panel", onclick: toggle },
      icon("talk", "talk"), icon("close", "close"), this.count);
    this.node = el("div", {}, this.button);
    this.unread = 0;
    this.show(false);
  }

  show(isOpen) {
    this.button.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.unread = 0;
    const label = isOpen ? say("close") : say("open", this.name);
    this.button.setAttribute("aria-label", this.unread ? `${label}, ${say("unread", this.unread)}` : label);
    this.count.hidden = !this.unread;
    this.count.textContent = this.unread;
    if (isOpen) this.quiet();
  }

  missed() {
    this.unread += 1;
    this.show(false);
  }

  greet(text, open, dismiss) {
    this.quiet();
    const leave = () => {
      this.quiet();
      dismiss();
    };
    this.hello = el("div", { class: "hello", role: "status" },
      el("button", { type: "button", "aria-label": say("greeting", this.name), onclick: open }, text),
      iconButton("close", say("dismiss"), leave));
    this.node.append(this.hello);
  }

  quiet() {
    this.hello?.remove();
    this.hello = null;
  }
}
