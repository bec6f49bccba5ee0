//! Chooses the device and precision of the networks, and turns failures of libtorch
//! into errors.
//!
//! Knows the machine; does not know the networks.

use std::ffi::{CStr, CString};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::OnceLock;

use tch::{Cuda, Device, Kind};

use super::Error;

/// The first GPU that libtorch can use, or the CPU.
pub fn best_device() -> Device {
    cuda();
    if Cuda::is_available() { Device::Cuda(0) } else { Device::Cpu }
}

/// What the user can do if this machine seems to have a GPU that libtorch cannot use.
pub fn idle_gpu() -> Option<&'static str> {
    match cuda() {
        Backend::Missing => Some(
            "NVIDIA's driver is here, but not what libtorch needs of CUDA: `make gpu` fetches it",
        ),
        Backend::NoDriver | Backend::Loaded => None,
    }
}

/// libtorch's backend for GPUs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Backend {
    NoDriver,
    /// There is a driver, but no backend.
    Missing,
    Loaded,
}

/// Loads libtorch's backend for GPUs if there is a driver, from the loader's path or
/// from where `make gpu` puts it. The binary links the backend for CPUs alone, so that
/// the same binary starts on every machine.
fn cuda() -> Backend {
    static BACKEND: OnceLock<Backend> = OnceLock::new();
    *BACKEND.get_or_init(|| {
        let placed = option_env!("PHOTOPLAY_LIBTORCH").and_then(|libtorch| {
            CString::new(format!("{libtorch}-cuda/torch/lib/libtorch_cuda.so")).ok()
        });
        if !loads(c"libcuda.so.1") {
            Backend::NoDriver
        } else if loads(c"libtorch_cuda.so") || placed.is_some_and(|file| loads(&file)) {
            Backend::Loaded
        } else {
            Backend::Missing
        }
    })
}

/// Loads a library for the rest of the process; returns whether it could.
#[cfg(target_os = "linux")]
fn loads(library: &CStr) -> bool {
    // SAFETY: the name ends with a zero byte; loading the libraries of the driver and
    // of libtorch runs the same code as linking them would.
    #[allow(unsafe_code, reason = "dlopen has no safe form")]
    let handle = unsafe { libc::dlopen(library.as_ptr(), libc::RTLD_NOW | libc::RTLD_GLOBAL) };
    !handle.is_null()
}

#[cfg(not(target_os = "linux"))]
fn loads(_: &CStr) -> bool {
    false
}

/// bf16 where the hardware multiplies it, f32 elsewhere.
pub fn best_kind(device: Device) -> Kind {
    match device {
        Device::Cuda(_) => Kind::BFloat16,
        _ if cpu_has_bf16() => Kind::BFloat16,
        _ => Kind::Float,
    }
}

#[cfg(target_arch = "x86_64")]
fn cpu_has_bf16() -> bool {
    // Every CPU with AMX also has this.
    is_x86_feature_detected!("avx512bf16")
}

#[cfg(not(target_arch = "x86_64"))]
fn cpu_has_bf16() -> bool {
    false
}

/// Makes the allocator keep freed memory for the next allocations of the networks.
///
/// By default glibc maps every large block afresh and the kernel zeroes it page by
/// page, which costs several times the arithmetic of a cheap layer. The largest blocks
/// still go back to the system: large networks have no cheap layers, and between other
/// blocks theirs would leave holes that nothing fits.
pub fn keep_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        /// Blocks of this many bytes and more go back to the system; glibc allows no
        /// higher limit.
        const LARGE: libc::c_int = 32 << 20;
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(|| {
            // SAFETY: `mallopt` takes two integers and is safe at any time.
            #[allow(unsafe_code, reason = "mallopt has no safe form")]
            unsafe {
                libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
                libc::mallopt(libc::M_TRIM_THRESHOLD, libc::c_int::MAX);
            }
        });
    }
}

/// Makes an error of a failure of libtorch.
pub(super) fn failed(error: tch::TchError) -> Error {
    let reason = match error {
        tch::TchError::Torch(reason) => reason,
        other => other.to_string(),
    };
    named(reason.lines().next().unwrap_or_default())
}

/// Makes an error of the first line of libtorch's message.
fn named(line: &str) -> Error {
    let short = ["out of memory", "can't allocate memory", "not enough memory"];
    let lower = line.to_ascii_lowercase();
    // The place in libtorch's code does not help a user who is short of memory.
    let reason = line.split_once("DefaultCPUAllocator: ").map_or(line, |(_, reason)| reason);
    if short.iter().any(|words| lower.contains(words)) {
        return Error::Memory(reason.trim_end_matches('.').to_owned());
    }
    Error::Torch(line.to_owned())
}

/// Runs `f` without gradients. A failure inside libtorch (out of memory, for example)
/// becomes an error; any other panic goes on.
pub(super) fn guarded<T>(f: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    match catch_unwind(AssertUnwindSafe(|| tch::no_grad(f))) {
        Ok(result) => result,
        Err(panic) => {
            let message = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied());
            // tch panics by unwrapping its `TchError`.
            match message.and_then(|message| message.split_once("Torch(")) {
                Some((_, reason)) => {
                    let reason = reason.trim_start_matches('"');
                    let line = reason.split("\\n").next().unwrap_or(reason);
                    Err(named(line.trim_end_matches(['"', ')'])))
                }
                None => resume_unwind(panic),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::Tensor;

    #[test]
    fn memory_that_runs_out_has_a_remedy() {
        let result = guarded(|| Ok(Tensor::zeros([1 << 50], (Kind::Float, Device::Cpu))));
        match result {
            Err(error @ Error::Memory(_)) => {
                let words = error.to_string();
                assert!(words.contains("allocate") && words.contains("smaller"), "{words}");
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn failures_of_libtorch_are_errors() {
        let result = guarded(|| {
            let a = Tensor::zeros([2, 3], (Kind::Float, Device::Cpu));
            Ok(a.matmul(&a))
        });
        match result {
            Err(Error::Torch(reason)) => assert!(reason.contains("shapes"), "{reason}"),
            other => panic!("{other:?}"),
        }
    }
}
