import { render } from "preact";
import { startEngine } from "./state/engine.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/panels.css";
import { App } from "./views/app.tsx";

const mount = document.getElementById("app");
if (!mount) throw new Error("index.html has no #app");
render(<App />, mount);
void startEngine();
