(component
  (component $exporter EXPORTER)
  (component $importer IMPORTER)
  (instance $e (instantiate $exporter))
  (instance $i (instantiate $importer
    (with "greet" (func $e "greet"))
    (with "test:pair/store" (instance $e "test:pair/store"))))
  (export "go" (func $i "go"))
  (export "pairs" (func $i "pairs")))
(assert_return (invoke "go") (u32.const 5072))
(assert_return (invoke "pairs") (u32.const 43))
