;; RUN: validate --without memory64 %
(module (memory i64 1))
