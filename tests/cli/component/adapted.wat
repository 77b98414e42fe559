;; `run` gives what the adapter's stack pointer is.
(module
  (import "old" "stack" (func $stack (result i32)))
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (i32.const 4096))
  (func (export "run") (result i32)
    (call $stack)))
