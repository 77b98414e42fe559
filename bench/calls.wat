;; What the calls are measured with: a number and a string there and back, and
;; a number that goes on to an import.
(component
  (import "host" (func $host (param "a" u32) (result u32)))
  (core func $host' (canon lower (func $host)))
  (core module $m
    (import "" "host" (func $host (param i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (i32.const 1024))
    (func (export "add-one") (param i32) (result i32)
      (i32.add (local.get 0) (i32.const 1)))
    (func (export "echo") (param i32 i32) (result i32)
      (i32.store (i32.const 16) (local.get 0))
      (i32.store (i32.const 20) (local.get 1))
      (i32.const 16))
    ;; n calls of the host
    (func (export "loop") (param i32) (result i32)
      (local i32)
      (loop $again
        (local.set 1 (call $host (local.get 1)))
        (br_if $again
          (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (local.get 1)))
  (core instance $i (instantiate $m
    (with "" (instance (export "host" (func $host'))))))
  (alias core export $i "memory" (core memory $memory))
  (alias core export $i "realloc" (core func $realloc))
  (func (export "add-one") (param "a" u32) (result u32)
    (canon lift (core func $i "add-one")))
  (func (export "echo") (param "text" string) (result string)
    (canon lift (core func $i "echo") (memory $memory) (realloc $realloc)))
  (func (export "loop") (param "n" u32) (result u32)
    (canon lift (core func $i "loop"))))
