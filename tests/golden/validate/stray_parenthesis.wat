;; RUN: validate %
(module (func)))
