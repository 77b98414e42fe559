;; RUN: validate %
(module (import "a" "b" (func (type 7))))
