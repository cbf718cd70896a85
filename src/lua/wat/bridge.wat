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
  (import "lua" "lua_newuserdatauv" (func $lua_newuserdatauv (param i32 i32 i32) (result i32)))
  (import "lua" "lua_setmetatable" (func $lua_setmetatable (param i32 i32) (result i32)))

  ;; (L, function id, number of arguments)
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
  (func $host_function (param $L i32) (result i32)
    (call $answer (local.get $L)
      (call $host_call (local.get $L)
        (call $lua_touserdata (local.get $L) (i32.const -1001001))
        (call $lua_gettop (local.get $L)))))

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

  ;; (metatable) → full userdata
  (func $new_userdata (param $L i32) (result i32)
    (drop (call $lua_newuserdatauv (local.get $L) (i32.const 0) (i32.const 0)))
    (call $lua_pushvalue (local.get $L) (i32.const 1))
    (drop (call $lua_setmetatable (local.get $L) (i32.const -2)))
    (i32.const 1))

  ;; Without a BigInt. The number is integral and within 2^53.
  (func $push_integer (param $L i32) (param $number f64)
    (call $lua_pushinteger (local.get $L) (i64.trunc_f64_s (local.get $number))))

  ;; lua_Hook for modules that do not count themselves.
  (func $count_hook (param $L i32) (param $activation i32)
    (if (call $host_hook (local.get $L))
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
  (export "count_hook" (func $count_hook))
)
