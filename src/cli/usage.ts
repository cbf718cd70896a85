export const usage = `luaskills-wasm: runs LuaSkills packages in a WebAssembly sandbox

Usage
  luaskills-wasm call <skills-dir> <entry> [--args '{"key": "value"}'] [options]
  luaskills-wasm list <skills-dir> [options]
  luaskills-wasm bridge [--origin URL] [--allow PROGRAM] [--root DIR] [--native] [options]

<skills-dir> is a folder of skill folders. Its parent is the runtime root: state, databases and
configuration are kept there between runs, and it is all of the disk that skills can see. list
writes nothing.

Options
  --args JSON      arguments of the entry, one JSON object; @file reads a file, - reads stdin
  --context JSON   what the host tells the entry, given like --args:
                   {"client_budget": {…}, "tool_config": {…}, "request_context": {…}}
  --json           print the whole result (or the registry, or the error) as JSON
  --memory         write nothing: changes stay in memory and end with the process
  --allow-home     skills may see your whole home directory; without it such a folder is refused
  --timeout MS     end the call after so many milliseconds
  -q, --quiet      no log lines
  -h, --help       this text
  --version        the version

bridge lets skills of a page run programs of this machine, of which each must be allowed
  --origin URL     a page that may pair, such as http://localhost:5173; may be repeated
  --allow PROGRAM  a program that may run: a name, NAME=PATH or a path; may be repeated
  --root DIR       a directory that programs may use; may be repeated
  --native         runtimes in Node and Deno may pair, too
  --library NAME   a shared library for ffi.load, or NAME=FILE; may be repeated
  --config FILE    all of it as JSON; --schema prints the schema of the file
  --host, --port   where it listens (127.0.0.1, 7333)
  --tokens FILE    where tokens are kept; --forget voids them
  --log FILE       one line of JSON for everything it does

The result goes to stdout, everything else to stderr.

Exit codes
  0 done    1 the skill failed    2 bad command line, arguments or folder    3 no such entry
  4 a limit ended the call    5 storage or WebAssembly files failed    70 a bug of luaskills-wasm
`;
