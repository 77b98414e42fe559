;; RUN: size --json %
(module (func $only (export "only")))
