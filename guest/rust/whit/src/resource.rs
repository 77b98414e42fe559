// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Types of resources: an owner of a handle, and for resources of the
//! component itself also a borrowed one.

/// Defines a resource that is imported.
#[doc(hidden)]
#[macro_export]
macro_rules! imported_resource {
    (
        $(#[$about:meta])*
        pub struct $name:ident;
        module: $module:literal,
        drop: $drop:literal,
    ) => {
        $(#[$about])*
        #[repr(transparent)]
        #[derive(Debug)]
        pub struct $name {
            handle: $crate::abi::Handle,
        }

        #[allow(dead_code)]
        impl $name {
            #[doc(hidden)]
            #[inline]
            pub unsafe fn _from_handle(index: u32) -> Self {
                Self {
                    handle: $crate::abi::Handle::new(index),
                }
            }

            #[doc(hidden)]
            #[inline]
            pub fn _handle(&self) -> &$crate::abi::Handle {
                &self.handle
            }
        }

        impl Drop for $name {
            #[inline]
            fn drop(&mut self) {
                #[link(wasm_import_module = $module)]
                extern "C" {
                    #[link_name = $drop]
                    fn close(index: u32);
                }
                let index = self.handle.get();
                if index != 0 {
                    unsafe { close(index) }
                }
            }
        }
    };
}

/// Defines a resource that the component exports: `$name` owns a handle of
/// it, and what is behind the handle is a value of the user's type that
/// implements `$guest`.
#[doc(hidden)]
#[macro_export]
macro_rules! exported_resource {
    (
        $(#[$about:meta])*
        pub struct $name:ident, $borrow:ident, $guest:ident;
        module: $module:literal,
        drop: $drop:literal,
        new: $new:literal,
        rep: $rep:literal,
    ) => {
        $crate::imported_resource! {
            $(#[$about])*
            pub struct $name;
            module: $module,
            drop: $drop,
        }

        #[allow(dead_code)]
        impl $name {
            /// Makes a resource of a value.
            pub fn new<T: $guest>(value: T) -> Self {
                #[link(wasm_import_module = $module)]
                extern "C" {
                    #[link_name = $new]
                    fn make(rep: *mut u8) -> u32;
                }
                let rep = $crate::Box::into_raw($crate::Box::new(Some(value)));
                unsafe { Self::_from_handle(make(rep.cast())) }
            }

            fn rep<T: $guest>(&self) -> *mut Option<T> {
                #[link(wasm_import_module = $module)]
                extern "C" {
                    #[link_name = $rep]
                    fn rep(index: u32) -> *mut u8;
                }
                unsafe { rep(self.handle.get()).cast() }
            }

            /// The value, whose type is that which implements the resource.
            pub fn get<T: $guest>(&self) -> &T {
                unsafe { (*self.rep::<T>()).as_ref().unwrap() }
            }

            /// The value, to be changed.
            pub fn get_mut<T: $guest>(&mut self) -> &mut T {
                unsafe { (*self.rep::<T>()).as_mut().unwrap() }
            }

            /// Takes the value out and gives the handle up.
            pub fn into_inner<T: $guest>(self) -> T {
                unsafe { (*self.rep::<T>()).take().unwrap() }
            }
        }

        /// A borrowed handle.
        #[derive(Clone, Copy, Debug)]
        pub struct $borrow<'a> {
            rep: *mut u8,
            scope: core::marker::PhantomData<&'a $name>,
        }

        #[allow(dead_code)]
        impl<'a> $borrow<'a> {
            #[doc(hidden)]
            #[inline]
            pub unsafe fn _lift(rep: i32) -> Self {
                Self {
                    rep: rep as *mut u8,
                    scope: core::marker::PhantomData,
                }
            }

            /// The value, whose type is that which implements the resource.
            #[inline]
            pub fn get<T: $guest>(&self) -> &'a T {
                unsafe { (*self.rep.cast::<Option<T>>()).as_ref().unwrap() }
            }

            /// Frees the value when the last handle is gone.
            #[doc(hidden)]
            pub unsafe fn _drop<T: $guest>(rep: i32) {
                unsafe { drop($crate::Box::from_raw(rep as *mut Option<T>)) }
            }
        }
    };
}
