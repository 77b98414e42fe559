;; RUN: validate %
(module
  (table i64 funcref (elem $f))
  (func $f)
  (table externref
    (elem $f)))
