;; RUN: validate %
(module
  (func $wrong (result i32)
    i64.const 1))
