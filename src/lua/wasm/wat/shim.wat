;; setjmp/longjmp for the stock glue.wasm with wasm exceptions, so that no JavaScript frame stands between Lua frames
;; (JSPI cannot suspend through one). The shipped lua.wasm has the same inside; see scripts/wasm/longjmp.ts.
(module
  (type $vii (func (param i32 i32)))
  (type $ri (func (result i32)))
  (type $vi (func (param i32)))
  ;; A copy of the glue's function table (only its static functions are ever invoked), followed by stackSave,
  ;; stackRestore and setThrew from index $ss on.
  (import "e" "t" (table $t 2 funcref))
  (import "e" "ss" (global $ss i32))
  (tag $longjmp)
  (func (export "throw_longjmp") (throw $longjmp))
  ;; A function of its own: WebKit 2.50's interpreter tier does not catch what is thrown through a call_indirect written
  ;; directly inside `try`, so the first error on a cold instance would escape.
  (func $callee (param $f i32) (param $a i32) (param $b i32)
    (call_indirect $t (type $vii) (local.get $a) (local.get $b) (local.get $f)))
  (func (export "invoke_vii") (param $f i32) (param $a i32) (param $b i32)
    (local $sp i32)
    (local.set $sp (call_indirect $t (type $ri) (global.get $ss)))
    (try
      (do (call $callee (local.get $f) (local.get $a) (local.get $b)))
      (catch $longjmp
        (call_indirect $t (type $vi) (local.get $sp) (i32.add (global.get $ss) (i32.const 1)))
        (call_indirect $t (type $vii) (i32.const 1) (i32.const 0) (i32.add (global.get $ss) (i32.const 2))))))
)
