;; RUN: validate %
(module (func (param i32) local.get 3 drop))
