import { render } from "preact";
import "../styles/tokens.css";
import "../styles/base.css";
import "./agent.css";
import { start } from "./state/session.ts";
import { AgentApp } from "./views/agent-app.tsx";

const mount = document.getElementById("app");
if (!mount) throw new Error("agent.html has no #app");
render(<AgentApp />, mount);
void start();
