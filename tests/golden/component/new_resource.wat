;; RUN: component new -t --wit component/new_world.wit -w exports %
(module
  (import "[export]test:shim/store" "[resource-new]cell"
    (func $new (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    i32.const 1024)
  (func (export "test:shim/store#[constructor]cell") (param i32 i32)
    (result i32)
    i32.const 1
    call $new)
  (func (export "test:shim/store#[method]cell.get") (param i32) (result i32)
    i32.const 8)
  (func (export "cabi_post_test:shim/store#[method]cell.get") (param i32))
  (func (export "test:shim/store#[dtor]cell") (param i32))
  (func (export "test:shim/store#swap") (param i32 i32) (result i32)
    i32.const 16))
