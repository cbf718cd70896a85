import { render } from "preact";
import { startEngine } from "./state/engine.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/data.css";
import "./styles/dialog.css";
import "./styles/editor.css";
import "./styles/file-tree.css";
import "./styles/log.css";
import "./styles/markdown.css";
import "./styles/run.css";
import "./styles/skills.css";
import { App } from "./views/app.tsx";

const mount = document.getElementById("app");
if (!mount) throw new Error("index.html has no #app");
render(<App />, mount);
void startEngine();
