use crate::model::fold::fold;
use crate::model::{IamArn, InvalidArn, PrincipalKind};
use crate::reader::NeverMatches;

/// Why no identity that logs in can equal `arn`, which EKS compares without regard to case; `None` if one can.
pub(in crate::reader) fn never_matches(arn: &str) -> Option<NeverMatches> {
    let folded = fold(arn);
    match folded.parse::<IamArn>() {
        Ok(IamArn::Principal(principal))
            if principal.kind() == PrincipalKind::Role && principal.has_path() =>
        {
            // folding replaces characters one by one, so the fields can be cut out of the original
            let (head, resource) = split_resource(arn);
            let name = resource.rsplit('/').next().unwrap_or(resource);
            let kind = resource.split('/').next().unwrap_or(resource);
            Some(NeverMatches::RolePath { pathless: format!("{head}{kind}/{name}") })
        }
        Ok(IamArn::Principal(_) | IamArn::Root { .. } | IamArn::FederatedUser { .. }) => {
            arn.contains(['*', '?']).then_some(NeverMatches::Wildcard)
        }
        Ok(IamArn::AssumedRole { partition, account, .. }) => {
            let role = split_resource(arn).1.split('/').nth(1).unwrap_or_default();
            Some(NeverMatches::SessionArn {
                role: Some(format!("arn:{partition}:iam::{account}:role/{role}")),
            })
        }
        Err(why) => Some(refused(arn, &folded, &why)),
    }
}

fn refused(arn: &str, folded: &str, why: &InvalidArn) -> NeverMatches {
    if arn.contains(char::is_whitespace) {
        return NeverMatches::StraySpace;
    }
    if arn.contains(['*', '?']) {
        return NeverMatches::Wildcard;
    }
    if matches!(why, InvalidArn::Resource(_)) && split_resource(folded).1.starts_with("assumed-role") {
        return NeverMatches::SessionArn { role: None };
    }
    NeverMatches::NotAnIdentity { why: why.clone() }
}

/// Everything up to the fifth colon, and the rest.
fn split_resource(arn: &str) -> (&str, &str) {
    let at = arn.match_indices(':').nth(4).map_or(arn.len(), |(at, colon)| at + colon.len());
    arn.split_at(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_log_in_can_match() {
        for arn in [
            "arn:aws:iam::111122223333:role/Dev",
            "ARN:AWS:IAM::111122223333:ROLE/dev",
            "arn:aws:iam::111122223333:user/team/alice",
            "arn:aws:iam::111122223333:root",
            "arn:aws:sts::111122223333:federated-user/alice",
            "arn:aws:iam::111122223333:role/\u{17f}\u{212a}",
        ] {
            assert_eq!(never_matches(arn), None, "{arn}");
        }
    }

    #[test]
    fn the_rest_says_why_not() {
        use NeverMatches::{NotAnIdentity, RolePath, SessionArn, StraySpace, Wildcard};
        let why = |arn: &str| never_matches(arn).unwrap();
        let pathless = "arn:aws:iam::111122223333:role/Dev".to_owned();
        assert_eq!(why("arn:aws:iam::111122223333:role/team/a/Dev"), RolePath { pathless: pathless.clone() });
        assert_eq!(
            why("arn:aws:sts::111122223333:assumed-role/Dev/alice"),
            SessionArn { role: Some(pathless) }
        );
        assert_eq!(why("arn:aws:sts::111122223333:assumed-role/Dev"), SessionArn { role: None });
        assert_eq!(why(" arn:aws:iam::111122223333:role/Dev"), StraySpace);
        assert_eq!(why("arn:aws:iam::111122223333:role/De v"), StraySpace);
        assert_eq!(why("arn:aws:iam::111122223333:role/*"), Wildcard);
        assert_eq!(why("arn:aws:iam::111122223333:user/a?/b"), Wildcard);
        for arn in [
            "arn:aws-mars:iam::111122223333:role/Dev",
            "arn:aws:iam::11112222333:role/Dev",
            "arn:aws:iam::111122223333:group/Dev",
            "arn:aws:iam::111122223333:instance-profile/Dev",
            "arn:aws:eks:eu-west-1:111122223333:nodegroup/c/n/1",
            "arn:aws:iam:eu-west-1:111122223333:role/Dev",
            "Dev",
            "arn:aws:iam::111122223333:role/Dév",
        ] {
            assert!(matches!(why(arn), NotAnIdentity { .. }), "{arn}");
        }
    }
}
