;; RUN: validate %
(module
  (func (export "größe") (result i32)
    (; größe ;) (i32.add (i32.const 1)
                         (i64.const 2))))
