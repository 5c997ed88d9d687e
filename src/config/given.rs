//! How single settings are given.

/// What is wrong with the address of a queue.
pub(super) fn wrong_queue(url: &str) -> Option<String> {
    let kinds =
        ["memory:", "redis:", "rediss:", "redis+unix:", "redis+cluster:", "rediss+cluster:"];
    let several = ["redis+sentinel:", "rediss+sentinel:"];
    let known = kinds.iter().chain(&several).any(|kind| url.starts_with(kind));
    (!known).then(|| "queue.url must be memory: or begin with redis://, redis+cluster:// or redis+sentinel:// (rediss for TLS)".to_owned())
}
