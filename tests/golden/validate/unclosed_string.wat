;; RUN: validate %
(module (export "a))
