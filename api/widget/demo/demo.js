// Reads which agent to show from the address, starts the widget and writes down its events.
const wanted = Object.fromEntries(new URLSearchParams(location.search));
const form = document.querySelector("form");
for (const field of form.elements) if (field.name && wanted[field.name]) field.value = wanted[field.name];

const options = { agentId: wanted.agent_id || "agent_abc123", apiKey: wanted.api_key || "pk_live_xxxxx" };
if (wanted.position) options.position = wanted.position;
if (wanted.theme) options.theme = wanted.theme;
const shown = Object.entries(options).map(([name, value]) => `    ${name}: ${JSON.stringify(value)}`).join(",\n");
document.querySelector("#snippet").textContent =
  `<script src="${location.origin}/widget.js"></` + `script>\n<script>\n  InsydrAI.init({\n${shown}\n  });\n</` + "script>";

if (wanted.agent_id && wanted.api_key) {
  const events = document.querySelector("#events");
  document.querySelector("#calls").hidden = false;
  const lines = [];
  for (const name of ["ready", "open", "close", "message", "error", "feedback", "escalate"]) {
    InsydrAI.on(name, (data) => {
      lines.push(`${name} ${JSON.stringify(data)}`);
      events.textContent = lines.slice(-8).join("\n");
    });
  }
  for (const button of document.querySelectorAll("[data-call]")) {
    button.addEventListener("click", () => InsydrAI[button.dataset.call](button.dataset.value));
  }
  InsydrAI.init(options);
}
