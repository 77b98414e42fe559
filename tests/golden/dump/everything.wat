;; RUN: dump %
(module $all
  (rec
    (type $node (sub (struct (field $next (mut (ref null $node)))
      (field i8))))
    (type $list (array (mut (ref null $node)))))
  (type $add (func (param i32 i32) (result i32)))
  (import "host" "log" (func $log (param i32)))
  (memory $m 1 2)
  (memory $big i64 1)
  (table $t 2 funcref)
  (tag $oops (param i32))
  (global $count (mut i32) (i32.const -5))
  (global f64 (f64.const 0x1.8p3))
  (elem $e (table $t) (i32.const 0) func $sum $sum)
  (data $d (memory $m) (i32.const 8) "hi\00\ff\"")
  (export "sum" (func $sum))
  (func $sum (type $add) (param $a i32) (param $b i32) (result i32)
    (local $x v128)
    block $out (result i32)
      local.get $a
      local.get $b
      i32.add
      br_if $out (i32.const 1) (local.get $b)
    end)
  (func $try (result i32)
    (block $caught (result i32)
      (try_table (result i32) (catch $oops $caught)
        (throw $oops (i32.const 3)))))
  (func $gc (result i32)
    (struct.get_u $node 1
      (struct.new $node (ref.null $node) (i32.const 300))))
  (func $vector (result v128)
    (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31
      (v128.const i32x4 1 2 3 4) (v128.const i64x2 5 6)))
  (func $memory (param i64)
    (i64.store $big offset=16 align=4 (local.get 0)
      (i64.load $m (i32.const 0)))
    (memory.copy $m $m (i32.const 0) (i32.const 1) (i32.const 2)))
  (@custom "note" (after code) "bytes"))
