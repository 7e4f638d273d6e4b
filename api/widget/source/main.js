// window.InsydrAI: what a page may call. Calls made before the widget is ready wait for it.
const SCRIPT = document.currentScript;
const BASE = SCRIPT ? new URL(SCRIPT.src).origin : location.origin;
const EVENTS = ["ready", "open", "close", "message", "error", "feedback", "escalate"];
const THEMES = ["light", "dark", "auto"];
const TAG = "insydr-widget";

const isSupported = () =>
  "customElements" in window && "adoptedStyleSheets" in Document.prototype && "replaceSync" in CSSStyleSheet.prototype && "TextDecoderStream" in window;

const start = () => {
  let widget = null;
  let early = [];
  const listeners = new Map(EVENTS.map((name) => [name, new Set()]));

  const tell = (name, data) => {
    for (const listener of [...listeners.get(name)]) {
      try {
        listener(data);
      } catch (error) {
        console.error(error); // a page's own mistake must not stop the chat
      }
    }
  };
  const withWidget = (go) => (widget ? go(widget) : new Promise((done) => early.push((made) => done(go(made)))));
  const listenersOf = (name) => {
    if (!listeners.has(name)) throw new TypeError(`InsydrAI: there is no event "${name}"; there are ${EVENTS.join(", ")}`);
    return listeners.get(name);
  };

  const api = {
    init(options = {}) {
      if (!options.agentId || !options.apiKey) throw new TypeError("InsydrAI.init needs agentId and apiKey");
      if (widget && widget.options.agentId === options.agentId && widget.options.apiKey === options.apiKey) {
        Object.assign(widget.options, options);
        if (widget.launcher) widget.paint();
        return api;
      }
      api.destroy();
      if (!isSupported()) {
        console.error("InsydrAI: this browser is too old for the chat");
        tell("error", { code: "UNSUPPORTED", message: "This browser is too old for the chat." });
        return api;
      }
      if (!customElements.get(TAG)) customElements.define(TAG, InsydrWidget);
      widget = new Widget({ ...options }, options.baseUrl || BASE, tell);
      const element = document.createElement(TAG);
      const put = () => {
        if (!widget || widget.ends.signal.aborted) return;
        document.body.append(element);
        element.start(widget);
      };
      widget.element = element;
      if (document.body) put();
      else document.addEventListener("DOMContentLoaded", put, { once: true });
      for (const go of early.splice(0)) go(widget);
      return api;
    },
    on(name, listener) {
      listenersOf(name).add(listener);
      return api;
    },
    off(name, listener) {
      if (listener) listenersOf(name).delete(listener);
      else listenersOf(name).clear();
      return api;
    },
    open: () => (withWidget((one) => one.open()), api),
    close: () => (withWidget((one) => one.close()), api),
    toggle: () => (withWidget((one) => one.toggle()), api),
    sendMessage: (text) => withWidget((one) => one.send(text)),
    identify(who = {}) {
      withWidget((one) => {
        one.memory.email = who.email || null;
        one.memory.keep();
      });
      return api;
    },
    setTheme(theme) {
      if (!THEMES.includes(theme)) throw new TypeError(`InsydrAI: a theme is one of ${THEMES.join(", ")}`);
      withWidget((one) => one.setTheme(theme));
      return api;
    },
    reset: () => (withWidget((one) => one.reset()), api),
    destroy() {
      widget?.destroy();
      widget = null;
      early = [];
      return api;
    },
  };
  return Object.freeze(api);
};

if (!window.InsydrAI) window.InsydrAI = start();
