;; RUN: component new -t --wit component/new_world.wit -w shim %
(module
  (import "test:shim/log" "write" (func $write (param i32 i32 i32)))
  (import "$root" "name" (func $name (param i32)))
  (import "$root" "clock" (func $clock (result i64)))
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    i32.const 1024)
  (func (export "run") (param i32 i32) (result i32)
    i32.const 8
    call $name
    i32.const 0
    i32.const 8
    i32.load
    i32.const 12
    i32.load
    call $write
    call $clock
    i32.wrap_i64)
  (func (export "unused")))
