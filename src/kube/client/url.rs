use crate::network::percent_encode;

/// A path of the API, whose names are taken as they are: nothing in them is a slash or a question mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Url(String);

impl Url {
    /// Such as `/api/v1`.
    pub fn new(base: &str) -> Self {
        Self(base.to_owned())
    }

    pub fn segment(mut self, name: &str) -> Self {
        self.0.push('/');
        percent_encode(&mut self.0, name);
        self
    }

    /// `namespaces/NAME`, where there is one.
    pub fn namespace(self, name: Option<&str>) -> Self {
        match name {
            Some(name) => self.segment("namespaces").segment(name),
            None => self,
        }
    }

    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.0.push(if self.0.contains('?') { '&' } else { '?' });
        self.0.push_str(name);
        self.0.push('=');
        percent_encode(&mut self.0, value);
        self
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_one_segment_and_values_one_value() {
        let url = Url::new("/api/v1")
            .namespace(Some("a/b"))
            .segment("system:node é")
            .query("x", "1&y=2")
            .query("z", "=");
        assert_eq!(url.as_str(), "/api/v1/namespaces/a%2Fb/system%3Anode%20%C3%A9?x=1%26y%3D2&z=%3D");
        assert_eq!(Url::new("/api/v1").namespace(None).as_str(), "/api/v1");
    }
}
