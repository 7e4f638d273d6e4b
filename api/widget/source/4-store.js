// What this browser keeps for a visitor: who they are, their session and its transcript. Pages may forbid keeping.
const KEPT_MS = 7 * 24 * 3600 * 1000;
const MOST_KEPT = 60;
const random = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
};

class Memory {
  constructor(agentId) {
    this.name = `insydr:${agentId}`;
    let kept = null;
    try {
      kept = JSON.parse(localStorage.getItem(this.name));
    } catch {
      kept = null; // storage is forbidden, or holds what we did not write
    }
    const fresh = kept && Date.now() - kept.at < KEPT_MS;
    this.visitor = (kept && kept.visitor) || random();
    this.session = (fresh && kept.session) || `sess_${random()}`;
    this.messages = (fresh && kept.messages) || [];
    this.email = (kept && kept.email) || null;
    this.dismissed = Boolean(fresh && kept.dismissed);
  }

  keep() {
    const { visitor, session, email, dismissed } = this;
    const messages = this.messages.slice(-MOST_KEPT);
    try {
      localStorage.setItem(this.name, JSON.stringify({ at: Date.now(), visitor, session, email, dismissed, messages }));
    } catch {
      // full or forbidden: the conversation lives as long as the page
    }
  }

  add(message) {
    this.messages.push(message);
    this.keep();
  }

  begin() {
    this.session = `sess_${random()}`;
    this.messages = [];
    this.keep();
  }
}
