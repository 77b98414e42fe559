;; RUN: size %
(module (memory 1) (data (i32.const 0) "some data that takes bytes")
  (func $small (export "small"))
  (func $large (export "large") (result i32)
    (i32.mul (i32.add (i32.const 1) (i32.const 2))
      (i32.add (i32.const 3) (i32.const 4)))))
