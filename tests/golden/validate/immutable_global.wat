;; RUN: validate %
(module (global $g i32 (i32.const 1)) (func i32.const 2 global.set $g))
