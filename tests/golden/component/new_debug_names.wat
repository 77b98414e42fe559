;; RUN: component new -t --debug-names --wit component/new_world.wit -w shim %
(module
  (import "test:shim/log" "write" (func $write (param i32 i32 i32)))
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    i32.const 1024)
  (func $run (export "run") (param i32 i32) (result i32)
    i32.const 0))
