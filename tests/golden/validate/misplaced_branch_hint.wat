;; RUN: validate %
(module
  (func $f (local i64)
    nop
  )
  (func $g (local i64)
    nop
    (@metadata.code.branch_hint "\00")
    nop
  )
)
