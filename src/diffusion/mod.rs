//! Networks on tensors: text encoder, transformer, VAE, schedulers, weights,
//! pipeline. Does not know films.
