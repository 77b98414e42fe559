// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Types of flags.

/// Defines a set of flags over an unsigned integer:
///
/// ```ignore
/// whit::flags! {
///     /// What may be done with a file.
///     pub struct Mode: u8 {
///         const READ = 1 << 0;
///         const WRITE = 1 << 1;
///     }
/// }
/// ```
#[macro_export]
macro_rules! flags {
    (
        $(#[$about:meta])*
        pub struct $name:ident: $bits:ty {
            $($(#[$flag_about:meta])* const $flag:ident = $value:expr;)*
        }
    ) => {
        $(#[$about])*
        #[repr(transparent)]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($bits);

        #[allow(dead_code)]
        impl $name {
            $($(#[$flag_about])* pub const $flag: Self = Self($value);)*

            /// No flag.
            pub const fn empty() -> Self {
                Self(0)
            }
            /// Every flag there is.
            pub const fn all() -> Self {
                Self(0 $(| $value)*)
            }
            /// The flags as bits of an integer.
            pub const fn bits(self) -> $bits {
                self.0
            }
            /// From bits; those without a flag are dropped.
            pub const fn from_bits_truncate(bits: $bits) -> Self {
                Self(bits & Self::all().0)
            }
            /// From bits, if each of them is a flag.
            pub const fn from_bits(bits: $bits) -> Option<Self> {
                if bits & !Self::all().0 == 0 {
                    Some(Self(bits))
                } else {
                    None
                }
            }
            /// Whether no flag is set.
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }
            /// Whether all of these flags are set.
            pub const fn contains(self, flags: Self) -> bool {
                self.0 & flags.0 == flags.0
            }
            /// Whether any of these flags is set.
            pub const fn intersects(self, flags: Self) -> bool {
                self.0 & flags.0 != 0
            }
            /// Sets flags.
            pub fn insert(&mut self, flags: Self) {
                self.0 |= flags.0;
            }
            /// Clears flags.
            pub fn remove(&mut self, flags: Self) {
                self.0 &= !flags.0;
            }
        }

        impl core::ops::BitOr for $name {
            type Output = Self;
            fn bitor(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }
        impl core::ops::BitOrAssign for $name {
            fn bitor_assign(&mut self, other: Self) {
                self.0 |= other.0;
            }
        }
        impl core::ops::BitAnd for $name {
            type Output = Self;
            fn bitand(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }
        }
        impl core::ops::Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0 & !other.0)
            }
        }
        impl core::ops::Not for $name {
            type Output = Self;
            fn not(self) -> Self {
                Self(!self.0 & Self::all().0)
            }
        }
    };
}
