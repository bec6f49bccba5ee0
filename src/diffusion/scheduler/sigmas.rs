//! Arithmetic of noise levels, σ, that the schedulers share.

/// Half the logarithm of the signal to noise ratio.
pub(super) fn lambda(sigma: f64) -> f64 {
    (1.0 - sigma).ln() - sigma.ln()
}

pub(super) fn shifted(sigma: f64, shift: f64) -> f64 {
    shift * sigma / (1.0 + (shift - 1.0) * sigma)
}

/// `count` numbers from `start` to `end`, both included, like numpy's `linspace`.
pub(super) fn linspace(start: f64, end: f64, count: u32) -> Vec<f64> {
    let step = (end - start) / f64::from(count.max(2) - 1);
    (0..count)
        .map(|i| if i > 0 && i + 1 == count { end } else { f64::from(i) * step + start })
        .collect()
}
