import { render } from "preact";
import { vsCodeApi, webviewPort } from "../port.ts";
import { ReaderApp } from "./ReaderApp.tsx";
import { ReaderSession } from "./readerSession.ts";
import "../styles/base.css";
import "../styles/reader.css";

const api = vsCodeApi();
const session = new ReaderSession({
  port: webviewPort(api),
  saved: api.getState(),
  save: (state) => api.setState(state),
});
const root = document.getElementById("reader");
if (root) render(<ReaderApp session={session} />, root);
