;; `go` sends "Hello" around through everything that is imported; the H is
;; what `_initialize` puts there.
(module
  (import "$root" "greet" (func $greet (param i32 i32 i32)))
  (import "test:pair/store" "[constructor]cell"
    (func $cell (param i32 i32) (result i32)))
  (import "test:pair/store" "[method]cell.get" (func $get (param i32 i32)))
  (import "test:pair/store" "[resource-drop]cell" (func $drop (param i32)))
  (import "test:pair/store" "swap" (func $swap (param i32 i32 i32)))
  (memory (export "memory") 1)
  (global $top (mut i32) (i32.const 1024))
  (data (i32.const 100) "hello")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (local.set $at
      (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
    (global.set $top (i32.add (local.get $at) (local.get 3)))
    (local.get $at))
  (func (export "_initialize")
    (i32.store8 (i32.const 100) (i32.const 72)))
  (func (export "go") (result i32) (local $handle i32)
    (call $greet (i32.const 100) (i32.const 5) (i32.const 8))
    (local.set $handle
      (call $cell (i32.load (i32.const 8)) (i32.load (i32.const 12))))
    (call $get (local.get $handle) (i32.const 16))
    (call $drop (local.get $handle))
    ;; The first letter, and a thousand times the length.
    (i32.add (i32.load8_u (i32.load (i32.const 16)))
      (i32.mul (i32.const 1000) (i32.load (i32.const 20)))))
  (func (export "pairs") (result i32)
    (call $swap (i32.const 3) (i32.const 4) (i32.const 32))
    (i32.add (i32.mul (i32.const 10) (i32.load (i32.const 32)))
      (i32.load (i32.const 36)))))
