;; The border between Lua and JavaScript: C functions that call an import, look at its answer, and raise or yield
;; themselves. So lua_error and lua_yieldk always run in wasm, and no unwinding starts below a JavaScript frame.
;;
;; The build puts these functions inside lua.wasm (scripts/wasm/bridge.ts); beside the stock glue.wasm they are a module
;; of their own. Answers of the imports: 0 or more = that many results on the stack, -1 = raise what is on top.
(module
  (import "lua" "lua_gettop" (func $lua_gettop (param i32) (result i32)))
  (import "lua" "lua_touserdata" (func $lua_touserdata (param i32 i32) (result i32)))
  (import "lua" "lua_error" (func $lua_error (param i32) (result i32)))
  (import "lua" "lua_yieldk" (func $lua_yieldk (param i32 i32 i32 i32) (result i32)))
  (import "lua" "lua_callk" (func $lua_callk (param i32 i32 i32 i32 i32)))
  (import "lua" "lua_gettable" (func $lua_gettable (param i32 i32) (result i32)))
  (import "lua" "lua_pushvalue" (func $lua_pushvalue (param i32 i32)))
  (import "lua" "lua_pushinteger" (func $lua_pushinteger (param i32 i64)))
  (import "lua" "lua_pushnil" (func $lua_pushnil (param i32)))
  (import "lua" "lua_pushboolean" (func $lua_pushboolean (param i32 i32)))
  (import "lua" "lua_pushnumber" (func $lua_pushnumber (param i32 f64)))
  (import "lua" "lua_pushlstring" (func $lua_pushlstring (param i32 i32 i32) (result i32)))
  (import "lua" "lua_createtable" (func $lua_createtable (param i32 i32 i32)))
  (import "lua" "lua_rawset" (func $lua_rawset (param i32 i32)))
  (import "lua" "lua_rawseti" (func $lua_rawseti (param i32 i32 i64)))
  (import "lua" "lua_rawgeti" (func $lua_rawgeti (param i32 i32 i64) (result i32)))
  (import "lua" "lua_next" (func $lua_next (param i32 i32) (result i32)))
  (import "lua" "lua_settop" (func $lua_settop (param i32 i32)))
  (import "lua" "lua_type" (func $lua_type (param i32 i32) (result i32)))
  (import "lua" "lua_toboolean" (func $lua_toboolean (param i32 i32) (result i32)))
  (import "lua" "lua_isinteger" (func $lua_isinteger (param i32 i32) (result i32)))
  (import "lua" "lua_tointegerx" (func $lua_tointegerx (param i32 i32 i32) (result i64)))
  (import "lua" "lua_tonumberx" (func $lua_tonumberx (param i32 i32 i32) (result f64)))
  (import "lua" "lua_tolstring" (func $lua_tolstring (param i32 i32 i32) (result i32)))
  (import "lua" "lua_rawlen" (func $lua_rawlen (param i32 i32) (result i64)))
  (import "lua" "lua_getmetatable" (func $lua_getmetatable (param i32 i32) (result i32)))
  (import "lua" "lua_checkstack" (func $lua_checkstack (param i32 i32) (result i32)))
  (import "lua" "lua_newuserdatauv" (func $lua_newuserdatauv (param i32 i32 i32) (result i32)))
  (import "lua" "lua_setmetatable" (func $lua_setmetatable (param i32 i32) (result i32)))
  (import "lua" "lua_setiuservalue" (func $lua_setiuservalue (param i32 i32 i32) (result i32)))

  (import "lua" "memory" (memory 0))

  ;; (L, function id, number of arguments). Also -2: the results are what the function above the arguments answers to what is
  ;; above it.
  (import "host" "host_call" (func $host_call (param i32 i32 i32) (result i32)))
  ;; As host_call, or -2: suspend by host_wait; -3 - ticket: yield the marker on top.
  (import "host" "host_begin" (func $host_begin (param i32 i32 i32) (result i32)))
  ;; Answers a ticket. Suspends the whole stack under JSPI; never called otherwise.
  (import "host" "host_wait" (func $host_wait (param i32) (result i32)))
  ;; (L, ticket)
  (import "host" "host_settled" (func $host_settled (param i32 i32) (result i32)))
  ;; Pushes a function and its arguments, answers their number.
  (import "host" "host_enter" (func $host_enter (param i32) (result i32)))
  (import "host" "host_leave" (func $host_leave (param i32) (result i32)))
  (import "host" "host_job" (func $host_job (param i32) (result i32)))
  (import "host" "host_failed" (func $host_failed (param i32)))
  (import "host" "host_hook" (func $host_hook (param i32) (result i32)))

  ;; Where waiting_resumed and run_returned stand in the function table; set once after instantiation.
  (global $slot_resumed (mut i32) (i32.const 0))
  (global $slot_returned (mut i32) (i32.const 0))

  (func $answer (param $L i32) (param $results i32) (result i32)
    (if (i32.lt_s (local.get $results) (i32.const 0))
      (then (return (call $lua_error (local.get $L)))))
    (local.get $results))

  ;; lua_CFunction; upvalue 1 is the function's id as a light userdata.
  (func $host_function (param $L i32) (result i32) (local $top i32) (local $answer i32)
    (local.set $top (call $lua_gettop (local.get $L)))
    (local.set $answer
      (call $host_call (local.get $L) (call $lua_touserdata (local.get $L) (i32.const -1001001)) (local.get $top)))
    (if (i32.eq (local.get $answer) (i32.const -2))
      (then
        (call $lua_callk (local.get $L)
          (i32.sub (i32.sub (call $lua_gettop (local.get $L)) (local.get $top)) (i32.const 1))
          (i32.const -1) (i32.const 0) (i32.const 0))
        (local.set $answer (i32.sub (call $lua_gettop (local.get $L)) (local.get $top)))))
    (call $answer (local.get $L) (local.get $answer)))

  ;; As host_function, for one that may wait.
  (func $waiting_host_function (param $L i32) (result i32) (local $answer i32)
    (local.set $answer
      (call $host_begin (local.get $L)
        (call $lua_touserdata (local.get $L) (i32.const -1001001))
        (call $lua_gettop (local.get $L))))
    (if (i32.eq (local.get $answer) (i32.const -2))
      (then (local.set $answer (call $host_settled (local.get $L) (call $host_wait (local.get $L))))))
    (if (i32.lt_s (local.get $answer) (i32.const -2))
      (then (return (call $lua_yieldk (local.get $L) (i32.const 1)
        (i32.sub (i32.const -3) (local.get $answer)) (global.get $slot_resumed)))))
    (call $answer (local.get $L) (local.get $answer)))

  ;; lua_KFunction after the yield above.
  (func $waiting_resumed (param $L i32) (param $status i32) (param $ticket i32) (result i32)
    (call $answer (local.get $L) (call $host_settled (local.get $L) (local.get $ticket))))

  ;; The bottom of every run: arguments go in and results come out inside the protected call.
  (func $run_entry (param $L i32) (result i32) (local $arguments i32)
    (local.set $arguments (call $host_enter (local.get $L)))
    (if (i32.lt_s (local.get $arguments) (i32.const 0))
      (then (return (call $lua_error (local.get $L)))))
    (call $lua_callk (local.get $L) (local.get $arguments) (i32.const -1) (i32.const 0) (global.get $slot_returned))
    (call $answer (local.get $L) (call $host_leave (local.get $L))))

  (func $run_returned (param $L i32) (param $status i32) (param $context i32) (result i32)
    (call $answer (local.get $L) (call $host_leave (local.get $L))))

  ;; Message handler: the error value stays, JavaScript notes the traceback.
  (func $run_failed (param $L i32) (result i32)
    (call $host_failed (local.get $L))
    (i32.const 1))

  ;; Any work on the Lua stack that may run out of memory.
  (func $protected_job (param $L i32) (result i32)
    (call $answer (local.get $L) (call $host_job (local.get $L))))

  ;; (table, key) → value, with metamethods; called through lua_pcallk.
  (func $get_index (param $L i32) (result i32)
    (drop (call $lua_gettable (local.get $L) (i32.const 1)))
    (i32.const 1))

  ;; (metatable, user value…) → full userdata
  (func $new_userdata (param $L i32) (result i32) (local $values i32) (local $i i32)
    (local.set $values (i32.sub (call $lua_gettop (local.get $L)) (i32.const 1)))
    (drop (call $lua_newuserdatauv (local.get $L) (i32.const 0) (local.get $values)))
    (call $lua_pushvalue (local.get $L) (i32.const 1))
    (drop (call $lua_setmetatable (local.get $L) (i32.const -2)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_s (local.get $i) (local.get $values)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (call $lua_pushvalue (local.get $L) (i32.add (local.get $i) (i32.const 1)))
        (drop (call $lua_setiuservalue (local.get $L) (i32.const -2) (local.get $i)))
        (br $next)))
    (i32.const 1))

  ;; Without a BigInt. The number is integral and within 2^53.
  (func $push_integer (param $L i32) (param $number f64)
    (call $lua_pushinteger (local.get $L) (i64.trunc_f64_s (local.get $number))))

  ;; ── tables into Lua ────────────────────────────────────────────────────────────────────────────────────────────

  ;; Runs the little program at [$at, $end): opcodes of one byte with operands behind them (src/lua/border/pack.ts writes it).
  ;; 0 nil, 1 false, 2 true, 3 i32 integer, 4 f64 float, 5 f64 integer, 6 u32 length and bytes: a string,
  ;; 7 i32 array size and i32 hash size: a table, 8 t[k] = v from t k v, 9 i32 index: t[index] = v from t v.
  (func $build (param $L i32) (param $at i32) (param $end i32) (local $op i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $op (i32.load8_u (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (block $seti (block $set (block $table (block $string (block $wide (block $float (block $int
          (block $true (block $false (block $nil
            (br_table $nil $false $true $int $float $wide $string $table $set $seti $done (local.get $op)))
            (call $lua_pushnil (local.get $L))
            (br $next))
            (call $lua_pushboolean (local.get $L) (i32.const 0))
            (br $next))
            (call $lua_pushboolean (local.get $L) (i32.const 1))
            (br $next))
          (call $lua_pushinteger (local.get $L) (i64.load32_s (local.get $at)))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (br $next))
          (call $lua_pushnumber (local.get $L) (f64.load (local.get $at)))
          (local.set $at (i32.add (local.get $at) (i32.const 8)))
          (br $next))
          (call $lua_pushinteger (local.get $L) (i64.trunc_f64_s (f64.load (local.get $at))))
          (local.set $at (i32.add (local.get $at) (i32.const 8)))
          (br $next))
          (drop (call $lua_pushlstring (local.get $L) (i32.add (local.get $at) (i32.const 4)) (i32.load (local.get $at))))
          (local.set $at (i32.add (i32.add (local.get $at) (i32.const 4)) (i32.load (local.get $at))))
          (br $next))
          (call $lua_createtable (local.get $L) (i32.load (local.get $at)) (i32.load offset=4 (local.get $at)))
          (local.set $at (i32.add (local.get $at) (i32.const 8)))
          (br $next))
          (call $lua_rawset (local.get $L) (i32.const -3))
          (br $next))
          (call $lua_rawseti (local.get $L) (i32.const -2) (i64.load32_s (local.get $at)))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (br $next))))

  ;; ── tables out of Lua ──────────────────────────────────────────────────────────────────────────────────────────

  ;; Entries of 32 bytes, 8-aligned (src/lua/border/scan.ts reads them):
  ;;   0 i32 type of the key | type of the value << 8; 19 = a number that is an integer
  ;;   4 i32 address, 8 i32 length of a string key; 24 i64 or f64 of a number key
  ;;   16 value: i32 address and 20 i32 length, i64, f64 or i32 boolean
  (func $describe (param $L i32) (param $out i32) (result i32) (local $type i32)
    (local.set $type (call $lua_type (local.get $L) (i32.const -1)))
    (if (i32.eq (local.get $type) (i32.const 4))
      (then
        (i32.store offset=16 (local.get $out)
          (call $lua_tolstring (local.get $L) (i32.const -1) (i32.add (local.get $out) (i32.const 20))))
        (return (i32.const 4))))
    (if (i32.eq (local.get $type) (i32.const 3))
      (then
        (if (call $lua_isinteger (local.get $L) (i32.const -1))
          (then
            (i64.store offset=16 (local.get $out) (call $lua_tointegerx (local.get $L) (i32.const -1) (i32.const 0)))
            (return (i32.const 19))))
        (f64.store offset=16 (local.get $out) (call $lua_tonumberx (local.get $L) (i32.const -1) (i32.const 0)))
        (return (i32.const 3))))
    (if (i32.eq (local.get $type) (i32.const 1))
      (then (i32.store offset=16 (local.get $out) (call $lua_toboolean (local.get $L) (i32.const -1)))))
    (local.get $type))

  ;; Begins a table: its raw length, negative when it has a metatable; 0 for one without elements, whose first key (nil)
  ;; is pushed; -2147483648 when the stack is full.
  (func $scan_open (param $L i32) (param $table i32) (result i32) (local $length i32)
    (if (i32.eqz (call $lua_checkstack (local.get $L) (i32.const 12)))
      (then (return (i32.const 0x80000000))))
    (local.set $length (i32.wrap_i64 (call $lua_rawlen (local.get $L) (local.get $table))))
    (if (i32.eqz (local.get $length))
      (then
        (call $lua_pushnil (local.get $L))
        (return (i32.const 0))))
    (if (call $lua_getmetatable (local.get $L) (local.get $table))
      (then
        (call $lua_settop (local.get $L) (i32.const -2))
        (return (i32.sub (i32.const 0) (local.get $length)))))
    (local.get $length))

  ;; Members of the table at $table, from the key on top (popped). Answers the number of entries; + 0x10000: more to come,
  ;; the key is on top; + 0x20000: the next one (its entry is written) is a table, it and its key are on top.
  (func $scan_members (param $L i32) (param $table i32) (param $out i32) (param $max i32) (result i32)
    (local $n i32) (local $key i32) (local $value i32)
    (loop $next
      (if (i32.eq (local.get $n) (local.get $max))
        (then (return (i32.or (local.get $n) (i32.const 0x10000)))))
      (if (i32.eqz (call $lua_next (local.get $L) (local.get $table)))
        (then (return (local.get $n))))
      (local.set $key (call $lua_type (local.get $L) (i32.const -2)))
      (if (i32.eq (local.get $key) (i32.const 4))
        (then
          (i32.store offset=4 (local.get $out)
            (call $lua_tolstring (local.get $L) (i32.const -2) (i32.add (local.get $out) (i32.const 8)))))
        (else
          (if (i32.eq (local.get $key) (i32.const 3))
            (then
              (if (call $lua_isinteger (local.get $L) (i32.const -2))
                (then
                  (i64.store offset=24 (local.get $out)
                    (call $lua_tointegerx (local.get $L) (i32.const -2) (i32.const 0)))
                  (local.set $key (i32.const 19)))
                (else
                  (f64.store offset=24 (local.get $out)
                    (call $lua_tonumberx (local.get $L) (i32.const -2) (i32.const 0)))))))))
      (local.set $value (call $describe (local.get $L) (local.get $out)))
      (i32.store (local.get $out) (i32.or (local.get $key) (i32.shl (local.get $value) (i32.const 8))))
      (if (i32.eq (local.get $value) (i32.const 5))
        (then (return (i32.or (local.get $n) (i32.const 0x20000)))))
      (call $lua_settop (local.get $L) (i32.const -2))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (local.set $out (i32.add (local.get $out) (i32.const 32)))
      (br $next))
    (unreachable))

  ;; As scan_members for the elements $from to $to, read raw; nothing on the stack but a table that comes next.
  (func $scan_elements (param $L i32) (param $table i32) (param $from i32) (param $to i32) (param $out i32) (param $max i32)
    (result i32) (local $n i32) (local $value i32)
    (loop $next
      (if (i32.gt_s (local.get $from) (local.get $to))
        (then (return (local.get $n))))
      (if (i32.eq (local.get $n) (local.get $max))
        (then (return (i32.or (local.get $n) (i32.const 0x10000)))))
      (drop (call $lua_rawgeti (local.get $L) (local.get $table) (i64.extend_i32_s (local.get $from))))
      (local.set $value (call $describe (local.get $L) (local.get $out)))
      (i32.store (local.get $out) (i32.shl (local.get $value) (i32.const 8)))
      (if (i32.eq (local.get $value) (i32.const 5))
        (then (return (i32.or (local.get $n) (i32.const 0x20000)))))
      (call $lua_settop (local.get $L) (i32.const -2))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (local.set $from (i32.add (local.get $from) (i32.const 1)))
      (local.set $out (i32.add (local.get $out) (i32.const 32)))
      (br $next))
    (unreachable))

  ;; One entry for the value on top, which stays there.
  (func $scan_top (param $L i32) (param $out i32) (result i32)
    (call $describe (local.get $L) (local.get $out)))

  ;; lua_Hook for modules that do not count themselves. 2: suspend, and stay so (see meter_hook in scripts/wasm/metering/budget.ts).
  (func $count_hook (param $L i32) (param $activation i32) (local $answer i32)
    (local.set $answer (call $host_hook (local.get $L)))
    (if (i32.eq (local.get $answer) (i32.const 2))
      (then (drop (call $host_wait (local.get $L)))))
    (if (local.get $answer)
      (then (drop (call $lua_error (local.get $L))))))

  (export "slot_resumed" (global $slot_resumed))
  (export "slot_returned" (global $slot_returned))
  (export "host_function" (func $host_function))
  (export "waiting_host_function" (func $waiting_host_function))
  (export "waiting_resumed" (func $waiting_resumed))
  (export "run_entry" (func $run_entry))
  (export "run_returned" (func $run_returned))
  (export "run_failed" (func $run_failed))
  (export "protected_job" (func $protected_job))
  (export "get_index" (func $get_index))
  (export "new_userdata" (func $new_userdata))
  (export "push_integer" (func $push_integer))
  (export "build" (func $build))
  (export "scan_open" (func $scan_open))
  (export "scan_members" (func $scan_members))
  (export "scan_elements" (func $scan_elements))
  (export "scan_top" (func $scan_top))
  (export "count_hook" (func $count_hook))
)
