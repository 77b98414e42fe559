;; RUN: component new -t --wit component/new_world.wit -w shim --adapt old=component/new_adapter.wat %
(module
  (import "old" "print" (func $print (param i32 i32)))
  (memory (export "memory") 1)
  (func (export "main") (result i32)
    i32.const 8
    i32.const 5
    call $print
    i32.const 0))
