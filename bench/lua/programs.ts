/**
 * Eight kinds of Lua code, each about half a millisecond (short, so that a busy machine rarely interrupts one): what the
 * guard costs depends on the kind.
 * @module
 */
export const programs: Readonly<Record<string, string>> = {
  fib: "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end return fib(20)",
  "numeric loop": "local s = 0 for i = 1, 22000 do s = s + i % 7 end return s",
  strings: 'local t = {} for i = 1, 1500 do t[#t + 1] = ("x" .. i):upper() end return #table.concat(t)',
  sort: "local t = {} for i = 1, 2200 do t[i] = (i * 7919) % 10007 end table.sort(t) return t[1]",
  "small tables": "local n = 0 for i = 1, 4500 do local t = {i, x = i} n = n + t.x end return n",
  calls: "local f = function(a) return a end local n = 0 for i = 1, 35000 do n = f(i) end return n",
  patterns:
    'local s = ("key=value; "):rep(4000) local n = 0 for k, v in s:gmatch("(%w+)=(%w+)") do n = n + #k end return n',
  fields: `local b = {} for i = 1, 5 do b[i] = {x = i, y = i * 2, z = i * 3, vx = 0, vy = 0, vz = 0, m = 1 / i} end
    for step = 1, 400 do for i = 1, 5 do local p = b[i] for j = i + 1, 5 do local q = b[j]
      local dx, dy, dz = p.x - q.x, p.y - q.y, p.z - q.z local d = dx * dx + dy * dy + dz * dz + 0.01
      local mag = 0.001 / (d * d ^ 0.5) p.vx = p.vx - dx * q.m * mag q.vx = q.vx + dx * p.m * mag end end
      for i = 1, 5 do local p = b[i] p.x = p.x + 0.01 * p.vx end end return b[1].x`,
};
