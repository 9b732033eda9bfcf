//! Every kernel compiled for every path, chosen once at run time.

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::elementwise::{self as generic, LINEAR, SIGMOID, TANH};
#[cfg(target_arch = "aarch64")]
use super::simd::neon;
use super::simd::{Lanes, portable};
#[cfg(target_arch = "x86_64")]
use super::simd::{avx2, avx512};
use super::tile::{Tile, tile};
use super::vectors::{self, AdamStep};
use crate::numerics::Real;

/// Which of the processor's instructions the kernels use. Their results differ in the last bits: what a run comes to
/// depends on it. Stored by [`Self::name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KernelPath {
    /// 512-bit vectors (x86-64-v4).
    Avx512,
    /// 256-bit vectors with fused multiply-add (x86-64-v3).
    Avx2,
    /// 128-bit vectors with fused multiply-add (aarch64).
    Neon,
    /// What every processor of the target has: SSE2 on x86-64.
    Portable,
}

impl KernelPath {
    /// Those that this processor has, the fastest first.
    pub fn available() -> &'static [Self] {
        static AVAILABLE: OnceLock<Vec<KernelPath>> = OnceLock::new();
        AVAILABLE.get_or_init(|| {
            let mut paths = Vec::new();
            #[cfg(target_arch = "x86_64")]
            {
                if is_x86_feature_detected!("avx512f") {
                    paths.push(Self::Avx512);
                }
                if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                    paths.push(Self::Avx2);
                }
            }
            #[cfg(target_arch = "aarch64")]
            paths.push(Self::Neon); // part of the architecture
            paths.push(Self::Portable);
            paths
        })
    }

    /// The fastest that this processor has.
    pub fn best() -> Self {
        Self::available()[0]
    }

    /// "avx512", "avx2", "neon" or "portable": what it is stored as and parsed from.
    pub fn name(self) -> &'static str {
        match self {
            Self::Avx512 => "avx512",
            Self::Avx2 => "avx2",
            Self::Neon => "neon",
            Self::Portable => "portable",
        }
    }
}

/// "AVX-512", "AVX2", "NEON" or "portable": for people.
impl fmt::Display for KernelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Avx512 => "AVX-512",
            Self::Avx2 => "AVX2",
            Self::Neon => "NEON",
            Self::Portable => "portable",
        })
    }
}

/// A name that no kernel path has.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no kernel path is called {0:?}: the names are avx512, avx2, neon and portable")]
pub struct UnknownKernelPath(pub String);

impl FromStr for KernelPath {
    type Err = UnknownKernelPath;

    /// The path with this [`Self::name`], whether this processor has it or not.
    fn from_str(name: &str) -> Result<Self, UnknownKernelPath> {
        [Self::Avx512, Self::Avx2, Self::Neon, Self::Portable]
            .into_iter()
            .find(|path| path.name() == name)
            .ok_or_else(|| UnknownKernelPath(name.to_owned()))
    }
}

/// The most vectors that a tile is wide.
pub(super) const WIDEST: usize = 3;

/// The tiles of one path for one precision: by vectors − 1, then by rows − 1.
pub(super) type Tiles<T> = [&'static [Tile<T>]; WIDEST];

/// The kernels of one path for one precision, as function pointers. `super::passes` and `super::product` have their
/// safe faces.
#[expect(
    clippy::type_complexity,
    reason = "each signature is used once; the function it points to names the arguments"
)]
pub struct Kernels<T: 'static> {
    pub(super) path: KernelPath,
    /// Numbers in a vector.
    pub(super) width: usize,
    /// A read down its rows.
    pub(super) tiles: Tiles<T>,
    /// A read across its rows.
    pub(super) tiles_across: Tiles<T>,
    pub(super) hidden: [unsafe fn(usize, usize, *mut T, *mut T, *mut T, *mut T); 2],
    pub(super) output:
        [unsafe fn(usize, usize, usize, *mut T, *const T, usize, T, *mut T, *mut T); 3],
    pub(super) curvature: [unsafe fn(usize, usize, usize, *mut T, *const T, usize); 3],
    pub(super) activate: [unsafe fn(usize, usize, *mut T); 3],
    pub(super) hidden_delta: [unsafe fn(usize, usize, *mut T, *const T, *const T, *mut T); 2],
    pub(super) spread:
        unsafe fn(usize, usize, *const T, *const T, *const T, *mut T, *mut T, *mut T, *mut T),
    pub(super) descend: unsafe fn(usize, *mut T, *const T, T),
    pub(super) momentum: unsafe fn(usize, *mut T, *mut T, *const T, T, T),
    pub(super) adam: unsafe fn(usize, *mut T, *mut T, *mut T, *const T, AdamStep<T>),
    pub(super) add_to: unsafe fn(usize, *mut T, *const T),
    pub(super) add_to_f64: unsafe fn(usize, *mut f64, *const T),
    pub(super) sums_of_squares: unsafe fn(usize, *const T, *mut f64),
    pub(super) dot: unsafe fn(usize, *const T, *const T) -> f64,
    pub(super) transpose: unsafe fn(usize, usize, *const T, usize, *mut T, usize),
    pub(super) decode: unsafe fn(usize, *mut T, *const u8, f32),
}

/// One tile compiled for `$feature`.
macro_rules! compiled_tile {
    ($lanes:ty, $across:literal, [$($feature:meta)?], $vectors:literal, $rows:literal) => {{
        $(#[$feature])?
        unsafe fn compiled(
            depth: usize,
            a: *const <$lanes as Lanes>::Scalar,
            a_stride: usize,
            b: *const <$lanes as Lanes>::Scalar,
            b_stride: usize,
            c: *mut <$lanes as Lanes>::Scalar,
            c_stride: usize,
            tail: usize,
            d: *const <$lanes as Lanes>::Scalar,
            d_stride: usize,
            scale: <$lanes as Lanes>::Scalar,
            ahead: *const <$lanes as Lanes>::Scalar,
            step: usize,
        ) {
            // SAFETY: the caller's; the features are this function's own
            unsafe {
                tile::<$lanes, $rows, $vectors, $across>(
                    depth, a, a_stride, b, b_stride, c, c_stride, tail, d, d_stride, scale, ahead,
                    step,
                );
            }
        }
        compiled
    }};
}

/// The table of tiles of `$lanes` for these numbers of rows.
macro_rules! tiles {
    ($lanes:ty, $across:literal, $feature:tt; $($vectors:literal: [$($rows:literal)*];)*) => {
        [$(&[$(compiled_tile!($lanes, $across, $feature, $vectors, $rows)),*]),*]
    };
}

/// One kernel compiled for `$feature`.
macro_rules! compiled {
    ([$($feature:meta)?], fn($($name:ident: $type:ty),*) $(-> $result:ty)?, $($kernel:tt)*) => {{
        $(#[$feature])?
        unsafe fn compiled($($name: $type),*) $(-> $result)? {
            // SAFETY: the caller's; the features are this function's own
            unsafe { $($kernel)*($($name),*) }
        }
        compiled
    }};
}

macro_rules! kernels {
    ($path:expr, $lanes:ty, $t:ty, $feature:tt; $($table:tt)*) => {
        Kernels {
            path: $path,
            width: <$lanes as Lanes>::WIDTH,
            tiles: tiles!($lanes, false, $feature; $($table)*),
            tiles_across: tiles!($lanes, true, $feature; $($table)*),
            hidden: [
                compiled!($feature, fn(r: usize, s: usize, z: *mut $t, f: *mut $t, p: *mut $t, q: *mut $t),
                    generic::hidden::<$lanes, false>),
                compiled!($feature, fn(r: usize, s: usize, z: *mut $t, f: *mut $t, p: *mut $t, q: *mut $t),
                    generic::hidden::<$lanes, true>),
            ],
            output: [
                kernels!(@output $lanes, $t, $feature, SIGMOID),
                kernels!(@output $lanes, $t, $feature, TANH),
                kernels!(@output $lanes, $t, $feature, LINEAR),
            ],
            curvature: [
                kernels!(@curvature $lanes, $t, $feature, SIGMOID),
                kernels!(@curvature $lanes, $t, $feature, TANH),
                kernels!(@curvature $lanes, $t, $feature, LINEAR),
            ],
            activate: [
                compiled!($feature, fn(r: usize, s: usize, z: *mut $t), generic::activate::<$lanes, SIGMOID>),
                compiled!($feature, fn(r: usize, s: usize, z: *mut $t), generic::activate::<$lanes, TANH>),
                compiled!($feature, fn(r: usize, s: usize, z: *mut $t), generic::activate::<$lanes, LINEAR>),
            ],
            hidden_delta: [
                kernels!(@hidden_delta $lanes, $t, $feature, false),
                kernels!(@hidden_delta $lanes, $t, $feature, true),
            ],
            spread: compiled!($feature,
                fn(r: usize, s: usize, a: *const $t, f: *const $t, c: *const $t, l: *mut $t, g: *mut $t, q: *mut $t, k: *mut $t),
                generic::spread::<$lanes>),
            descend: compiled!($feature, fn(n: usize, p: *mut $t, g: *const $t, a: $t),
                vectors::descend::<$lanes>),
            momentum: compiled!($feature, fn(n: usize, p: *mut $t, v: *mut $t, g: *const $t, a: $t, m: $t),
                vectors::momentum::<$lanes>),
            adam: compiled!($feature,
                fn(n: usize, p: *mut $t, m: *mut $t, v: *mut $t, g: *const $t, s: AdamStep<$t>),
                vectors::adam::<$lanes>),
            add_to: compiled!($feature, fn(n: usize, to: *mut $t, from: *const $t), vectors::add_to::<$lanes>),
            add_to_f64: compiled!($feature, fn(n: usize, to: *mut f64, from: *const $t), vectors::add_to_f64::<$t>),
            sums_of_squares: compiled!($feature, fn(n: usize, w: *const $t, s: *mut f64),
                vectors::sums_of_squares::<$lanes>),
            dot: compiled!($feature, fn(n: usize, a: *const $t, b: *const $t) -> f64, vectors::dot::<$lanes>),
            transpose: compiled!($feature,
                fn(r: usize, c: usize, f: *const $t, fs: usize, to: *mut $t, ts: usize), generic::transpose::<$lanes>),
            decode: compiled!($feature, fn(n: usize, to: *mut $t, from: *const u8, w: f32), vectors::decode::<$t>),
        }
    };
    (@output $lanes:ty, $t:ty, $feature:tt, $kind:expr) => {
        compiled!($feature,
            fn(r: usize, s: usize, c: usize, z: *mut $t, x: *const $t, xs: usize, k: $t, d: *mut $t, q: *mut $t),
            generic::output::<$lanes, { $kind }>)
    };
    (@curvature $lanes:ty, $t:ty, $feature:tt, $kind:expr) => {
        compiled!($feature,
            fn(r: usize, s: usize, c: usize, z: *mut $t, x: *const $t, xs: usize),
            generic::curvature::<$lanes, { $kind }>)
    };
    (@hidden_delta $lanes:ty, $t:ty, $feature:tt, $printed:literal) => {
        compiled!($feature,
            fn(r: usize, s: usize, b: *mut $t, f: *const $t, p: *const $t, d: *mut $t),
            generic::hidden_delta::<$lanes, $printed>)
    };
}

// The tiles are as large as the registers allow: 32 of them with AVX-512, else 16.
#[cfg(target_arch = "x86_64")]
macro_rules! kernels_avx512 {
    ($lanes:ty, $t:ty) => {
        kernels! { KernelPath::Avx512, $lanes, $t, [target_feature(enable = "avx512f")];
            1: [1 2 3 4 5 6 7 8 9 10 11 12];
            2: [1 2 3 4 5 6 7 8 9 10 11 12];
            3: [1 2 3 4 5 6 7 8];
        }
    };
}

#[cfg(target_arch = "x86_64")]
macro_rules! kernels_avx2 {
    ($lanes:ty, $t:ty) => {
        kernels! { KernelPath::Avx2, $lanes, $t, [target_feature(enable = "avx2,fma")];
            1: [1 2 3 4 5 6 7 8];
            2: [1 2 3 4 5 6];
            3: [1 2 3 4];
        }
    };
}

#[cfg(target_arch = "aarch64")]
macro_rules! kernels_neon {
    ($lanes:ty, $t:ty) => {
        kernels! { KernelPath::Neon, $lanes, $t, [];
            1: [1 2 3 4 5 6 7 8 9 10 11 12];
            2: [1 2 3 4 5 6 7 8 9 10 11 12];
            3: [1 2 3 4 5 6 7 8];
        }
    };
}

macro_rules! kernels_portable {
    ($lanes:ty, $t:ty) => {
        kernels! { KernelPath::Portable, $lanes, $t, [];
            1: [1 2 3 4 5 6 7 8];
            2: [1 2 3 4 5 6];
            3: [1 2 3 4];
        }
    };
}

#[cfg(target_arch = "x86_64")]
static AVX512_F32: Kernels<f32> = kernels_avx512!(avx512::F32x16, f32);
#[cfg(target_arch = "x86_64")]
static AVX512_F64: Kernels<f64> = kernels_avx512!(avx512::F64x8, f64);
#[cfg(target_arch = "x86_64")]
static AVX2_F32: Kernels<f32> = kernels_avx2!(avx2::F32x8, f32);
#[cfg(target_arch = "x86_64")]
static AVX2_F64: Kernels<f64> = kernels_avx2!(avx2::F64x4, f64);
#[cfg(target_arch = "aarch64")]
static NEON_F32: Kernels<f32> = kernels_neon!(neon::F32x4, f32);
#[cfg(target_arch = "aarch64")]
static NEON_F64: Kernels<f64> = kernels_neon!(neon::F64x2, f64);
static PORTABLE_F32: Kernels<f32> = kernels_portable!(portable::F32x4, f32);
static PORTABLE_F64: Kernels<f64> = kernels_portable!(portable::F64x2, f64);

/// The precisions that there are kernels for.
pub trait HasKernels: Sized + 'static {
    /// The kernels of `path`, or of the best path that this processor has where it lacks that one.
    fn kernels(path: KernelPath) -> &'static Kernels<Self>;
}

macro_rules! has_kernels {
    ($t:ty, $avx512:ident, $avx2:ident, $neon:ident, $portable:ident) => {
        impl HasKernels for $t {
            fn kernels(path: KernelPath) -> &'static Kernels<Self> {
                let path = if KernelPath::available().contains(&path) {
                    path
                } else {
                    KernelPath::best()
                };
                match path {
                    #[cfg(target_arch = "x86_64")]
                    KernelPath::Avx512 => &$avx512,
                    #[cfg(target_arch = "x86_64")]
                    KernelPath::Avx2 => &$avx2,
                    #[cfg(target_arch = "aarch64")]
                    KernelPath::Neon => &$neon,
                    _ => &$portable,
                }
            }
        }
    };
}

has_kernels!(f32, AVX512_F32, AVX2_F32, NEON_F32, PORTABLE_F32);
has_kernels!(f64, AVX512_F64, AVX2_F64, NEON_F64, PORTABLE_F64);

impl<T> fmt::Debug for Kernels<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kernels({})", self.path)
    }
}

/// The kernels of the best path for `T`.
pub fn best<T: Real>() -> &'static Kernels<T> {
    T::kernels(KernelPath::best())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_stored_and_parsed_by_its_name() {
        for path in [
            KernelPath::Avx512,
            KernelPath::Avx2,
            KernelPath::Neon,
            KernelPath::Portable,
        ] {
            assert_eq!(path.name().parse(), Ok(path));
            let stored = serde_json::to_string(&path).unwrap();
            assert_eq!(stored, format!("{:?}", path.name()));
            assert_eq!(serde_json::from_str::<KernelPath>(&stored).unwrap(), path);
        }
        assert!(KernelPath::available().contains(&KernelPath::best()));
        let error = "AVX-512".parse::<KernelPath>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "no kernel path is called \"AVX-512\": the names are avx512, avx2, neon and portable"
        );
    }
}
