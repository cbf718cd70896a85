// node test/ffi/expect-from-luajit.mjs: what the system's `luajit` (x64) says of declarations.mjs and behaviours.mjs, into
// expectations.json and answers.json. Every text gets a process of its own, so that names do not meet.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { behaviours, program } from "./behaviours.mjs";
import { declarations } from "./declarations.mjs";

// A struct written out is one type.
const list = (text) => (!text ? [] : text.includes("{") ? [text] : text.split(";"));
const quote = (text) => `"${text.replaceAll(/[\\"\n]/g, (c) => (c === "\n" ? "\\n" : `\\${c}`))}"`;
const luajit = (code) => execFileSync("luajit", ["-e", code], { encoding: "utf8" });
const write = (name, value) =>
  writeFileSync(new URL(name, import.meta.url), `${JSON.stringify(value, undefined, 2)}\n`);

function measuring([text, types, fields]) {
  const lines = [
    'local ffi = require("ffi")',
    "local function say(...) io.write(table.concat({ ... }, '\\t'), '\\n') end",
    `local ok, message = pcall(ffi.cdef, ${quote(text)})`,
    "say('cdef', tostring(ok), tostring(message))",
  ];
  for (const type of list(types)) {
    lines.push(
      `do local ok, t = pcall(ffi.typeof, ${quote(type)}) if ok then`,
      "local sized, size = pcall(ffi.sizeof, t)",
      `say('type', ${quote(type)}, tostring(sized and size or 'nil'), tostring(ffi.alignof(t)), (tostring(t):gsub('(%l) %d+', '%1 #')))`,
      `else say('type', ${quote(type)}, 'error', tostring(t), '') end end`,
    );
  }
  for (const each of list(fields)) {
    const [type, names] = each.split(":");
    for (const name of names.split(" ")) {
      lines.push(
        `say('field', ${quote(type)}, ${quote(name)}, tostring(ffi.offsetof(${quote(type)}, ${quote(name)})))`,
      );
    }
  }
  return lines.join("\n");
}

const expectations = declarations.map((entry) => {
  const found = { text: entry[0], types: {}, fields: {} };
  for (const line of luajit(measuring(entry)).trimEnd().split("\n")) {
    const [kind, a, b, c, d] = line.split("\t");
    if (kind === "cdef" && a === "false") found.error = b;
    if (kind === "type") found.types[a] = b === "error" ? { error: c } : { size: Number(b), align: Number(c), name: d };
    if (kind === "type" && b === "nil") found.types[a].size = null;
    if (kind === "field") found.fields[`${a}:${b}`] = Number(c);
  }
  return found;
});
write("expectations.json", expectations);

const answers = behaviours.map((body) => ({
  body,
  answer: luajit(`io.write((function() ${program(body)} end)())`).split("\n"),
}));
write("answers.json", answers);
console.log(`${expectations.length} declarations, ${answers.length} programs`);
