;; RUN: component new -t --wit component/new_world.wit -w exports %
(module
  (func (export "test:shim/store#[constructor]cel") (param i32 i32)
    (result i32)
    i32.const 1))
