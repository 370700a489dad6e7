/// Whether EKS offers access entries on a cluster of this version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntrySupport {
    Supported,
    /// `needs`: the least that would do, such as `platform version eks.6`.
    TooOld {
        needs: String,
    },
    /// Not a version of the form `1.30`, or not a platform version of the form `eks.5`.
    Unreadable,
}

/// The published minima (EKS user guide, "Grant IAM users and roles access to Kubernetes APIs"); later versions all do.
const MINIMUM: [(u32, u32); 8] =
    [(23, 17), (24, 15), (25, 12), (26, 11), (27, 10), (28, 6), (29, 1), (30, 2)];

impl EntrySupport {
    /// Of a Kubernetes version such as `1.30` and a platform version such as `eks.5`.
    pub fn of(version: &str, platform: &str) -> Self {
        let Some(minor) = version.strip_prefix("1.").and_then(|minor| minor.parse::<u32>().ok()) else {
            return Self::Unreadable;
        };
        let Some((_, minimum)) = MINIMUM.into_iter().find(|(known, _)| *known == minor) else {
            return match MINIMUM.last().is_some_and(|(last, _)| minor > *last) {
                true => Self::Supported,
                false => Self::TooOld { needs: format!("Kubernetes 1.{}", MINIMUM[0].0) },
            };
        };
        match platform.strip_prefix("eks.").and_then(|number| number.parse::<u32>().ok()) {
            None => Self::Unreadable,
            Some(platform) if platform >= minimum => Self::Supported,
            Some(_) => Self::TooOld { needs: format!("platform version eks.{minimum}") },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::EntrySupport::{self, Supported, TooOld, Unreadable};

    #[test]
    fn the_published_minimum_of_each_version_holds() {
        let too_old = |needs: &str| TooOld { needs: needs.to_owned() };
        assert_eq!(EntrySupport::of("1.28", "eks.6"), Supported);
        assert_eq!(EntrySupport::of("1.28", "eks.5"), too_old("platform version eks.6"));
        assert_eq!(EntrySupport::of("1.22", "eks.99"), too_old("Kubernetes 1.23"));
        assert_eq!(EntrySupport::of("1.31", "?"), Supported);
        assert_eq!(EntrySupport::of("1.30", "?"), Unreadable);
        assert_eq!(EntrySupport::of("2.0", "eks.1"), Unreadable);
    }
}
