;; RUN: run --invoke top %
(module
  (func $deep (param i32) (result i32)
    (i32.add
      (i32.const 1)
      (i32.div_u
        (i32.const 1)
        (local.get 0))))
  (func (result i32)
    i32.const 0
    call $deep)
  (func (export "top") (result i32)
    (if (result i32) (i32.const 1)
      (then
        (call 1))
      (else
        unreachable))))
