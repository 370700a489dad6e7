use futures_util::future::BoxFuture;

/// Where the bearer token of each request comes from. It is asked before every request, keeps a token for as long
/// as that is good, and then makes another.
pub trait TokenSource: Send + Sync {
    /// Fails with words for people; they never hold a token.
    fn token(&self) -> BoxFuture<'_, Result<String, String>>;
}
