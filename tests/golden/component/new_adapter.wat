;; RUN: validate %
(module
  (import "env" "memory" (memory 0))
  (import "test:shim/log" "write" (func $write (param i32 i32 i32)))
  (import "__main_module__" "main" (func $main (result i32)))
  (func (export "print") (param i32 i32)
    i32.const 1
    local.get 0
    local.get 1
    call $write)
  (func (export "forgotten") (result i32)
    call $main)
  (func (export "run") (param i32 i32) (result i32)
    call $main)
  (func (export "cabi_export_realloc") (param i32 i32 i32 i32) (result i32)
    i32.const 2048))
