import { render } from "preact";
import { App } from "./components/App.tsx";
import { vsCodeApi, webviewPort } from "./port.ts";
import { Session } from "./session/session.ts";
import "./styles/base.css";
import "./styles/conversation.css";
import "./styles/answer.css";
import "./styles/comparison.css";
import "./styles/ask.css";

const api = vsCodeApi();
const session = new Session({
  port: webviewPort(api),
  saved: api.getState(),
  save: (state) => api.setState(state),
  nextFrame: (run) => requestAnimationFrame(run),
});
window.addEventListener("pagehide", () => session.saveNow());
const root = document.getElementById("carrel");
if (root) render(<App session={session} />, root);
void session.start();
