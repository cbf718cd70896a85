/** Calls beside each other, on a whole runtime of whatever host: milliseconds by the clock there. */

/** A runtime, or an engine. */
export interface Calls {
  call(name: string, args?: object): Promise<unknown>;
}

/** A loop of about so many turns runs for tens of milliseconds. */
const rounds = 4_000_000;
const busySkills = 8;

export const fairEntries = {
  short: "return function() local n = 0 for i = 1, 20000 do n = n + i end return 'ok' end",
  busy: "return function(args) local n = 0 for i = 1, args.rounds do n = n + i % 7 end return 'ok' end",
};

/** `s0` … `s8`, as files below a root of skills. */
export const fairSkills: Readonly<Record<string, string>> = Object.assign(
  {},
  ...Array.from({ length: busySkills + 1 }, (_, i) => {
    const list = Object.keys(fairEntries)
      .map((name) => `  - { name: ${name}, lua_entry: runtime/${name}.lua, lua_module: s${i}.${name} }\n`)
      .join("");
    const sources = Object.entries(fairEntries).map(([name, source]) => [`s${i}/runtime/${name}.lua`, source]);
    return { [`s${i}/skill.yaml`]: `name: S${i}\nversion: 1.0.0\nentries:\n${list}`, ...Object.fromEntries(sources) };
  }),
);

/** How long each of `n` short calls took while another skill computed. */
export async function besideBusy(runtime: Calls, n: number): Promise<number[]> {
  let over = false;
  const busy = (async () => {
    while (!over) await runtime.call(`s${busySkills}-busy`, { rounds });
  })();
  const took: number[] = [];
  for (let i = 0; i < n; i++) {
    const before = performance.now();
    await runtime.call("s1-short");
    took.push(performance.now() - before);
  }
  over = true;
  await busy;
  return took;
}

/** When each of eight busy calls, begun together, has ended; `n` times as long as usual. */
export async function busyTogether(runtime: Calls, n: number): Promise<number[]> {
  const before = performance.now();
  return Promise.all(
    Array.from({ length: busySkills }, async (_, i) => {
      await runtime.call(`s${i}-busy`, { rounds: rounds * n });
      return performance.now() - before;
    }),
  );
}
