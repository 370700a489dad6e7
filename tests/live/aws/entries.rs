use std::collections::{BTreeMap, BTreeSet};

use eksodus::eks::{AwsErrorKind, EksApi as _, NewEntry};
use eksodus::model::{
    AccessScope, AuthenticationMode, EntryType, GroupName, PolicyArn, PrincipalArn, Username,
};

use super::{aws, create_cluster, options, run};
use crate::servers::ministack::Ministack;

fn groups(names: &[&str]) -> BTreeSet<GroupName> {
    names.iter().map(|name| GroupName::new(*name).unwrap()).collect()
}

fn new_entry(principal: &PrincipalArn, entry_type: EntryType) -> NewEntry {
    NewEntry {
        principal: principal.clone(),
        entry_type,
        username: None,
        groups: BTreeSet::new(),
        tags: BTreeMap::new(),
        client_token: "token".to_owned(),
    }
}

#[test]
fn an_entry_is_made_read_changed_and_deleted() {
    let Some(server) = Ministack::shared("aws::entries") else { return };
    run(async {
        create_cluster(&server.url(), "100000000001", "us-east-1", "one").await;
        let aws = aws(&server.url(), "100000000001", "one").await;
        let principal: PrincipalArn =
            "arn:aws:iam::100000000001:role/a/b+c=,.@-_/Dev+=,.@-_".parse().unwrap();
        let mut new = new_entry(&principal, EntryType::Standard);
        new.username = Some(Username::new("dev:{{SessionName}}").unwrap());
        new.groups = groups(&["readers", "writers"]);
        new.tags = BTreeMap::from([("team".to_owned(), "Ärger & Söhne".to_owned())]);

        let made = aws.create_access_entry(&new).await.unwrap();
        let read = aws.describe_access_entry(principal.as_str()).await.unwrap();
        assert_eq!(read, made);
        assert_eq!(read.principal, principal.as_str());
        assert_eq!(read.username, "dev:{{SessionName}}");
        assert_eq!(read.groups, ["readers".to_owned(), "writers".to_owned()].into());
        assert_eq!((&read.entry_type, &read.tags), (&EntryType::Standard, &new.tags));
        assert!(read.arn.starts_with("arn:aws:eks:us-east-1:100000000001:access-entry/one/"), "{}", read.arn);
        assert!(read.created_at().is_some(), "{}", read.created);
        assert_eq!(aws.create_access_entry(&new).await.unwrap_err().kind, AwsErrorKind::InUse);

        let name = Username::new("other").unwrap();
        let changed = aws.update_access_entry(&principal, &name, &BTreeSet::new()).await.unwrap();
        assert_eq!((changed.username.as_str(), changed.groups.len()), ("other", 0));
        assert_eq!(aws.describe_access_entry(principal.as_str()).await.unwrap(), changed);

        let listed = aws.list_access_entries(None).await.unwrap();
        assert!(listed.items.contains(&principal.to_string()) && listed.next.is_none(), "{listed:?}");
        aws.delete_access_entry(&principal).await.unwrap();
        for error in [
            aws.delete_access_entry(&principal).await.unwrap_err(),
            aws.describe_access_entry(principal.as_str()).await.unwrap_err(),
        ] {
            assert_eq!(error.kind, AwsErrorKind::NotFound, "{error}");
        }
    });
}

#[test]
fn what_is_not_said_is_not_sent() {
    let Some(server) = Ministack::shared("aws::entries") else { return };
    run(async {
        create_cluster(&server.url(), "100000000002", "us-east-1", "two").await;
        let aws = aws(&server.url(), "100000000002", "two").await;
        let principal: PrincipalArn = "arn:aws:iam::100000000002:role/Node".parse().unwrap();
        let made = aws.create_access_entry(&new_entry(&principal, EntryType::Ec2Linux)).await.unwrap();
        assert_eq!((&made.entry_type, made.username.as_str()), (&EntryType::Ec2Linux, ""));
        assert!(made.groups.is_empty() && made.tags.is_empty());
    });
}

#[test]
fn policies_are_associated_in_every_partition() {
    let Some(server) = Ministack::shared("aws::entries") else { return };
    for (partition, region) in
        [("aws", "eu-west-1"), ("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")]
    {
        run(async {
            let account = "100000000003";
            create_cluster(&server.url(), account, region, "three").await;
            let loader = super::caller(&server.url(), account);
            let aws = eksodus::eks::aws::Aws::connect_with(loader, &options("three", region)).await.unwrap();
            let principal: PrincipalArn =
                format!("arn:{partition}:iam::{account}:role/ops/Admin").parse().unwrap();
            let policy = |name: &str| -> PolicyArn {
                format!("arn:{partition}:eks::aws:cluster-access-policy/{name}").parse().unwrap()
            };
            let (admin, view) = (policy("AmazonEKSClusterAdminPolicy"), policy("AmazonEKSViewPolicy"));
            let some = AccessScope::namespaces(["a".to_owned(), "dev-*".to_owned()]).unwrap();

            aws.create_access_entry(&new_entry(&principal, EntryType::Standard)).await.unwrap();
            aws.associate_access_policy(&principal, &admin, &AccessScope::Cluster).await.unwrap();
            aws.associate_access_policy(&principal, &view, &some).await.unwrap();
            let listed = aws.list_associated_access_policies(principal.as_str(), None).await.unwrap();
            let listed: BTreeMap<_, _> = listed.items.into_iter().collect();
            assert_eq!(listed, [(admin.clone(), AccessScope::Cluster), (view.clone(), some)].into());

            aws.disassociate_access_policy(&principal, &admin).await.unwrap();
            aws.disassociate_access_policy(&principal, &view).await.unwrap();
            let listed = aws.list_associated_access_policies(principal.as_str(), None).await.unwrap();
            assert_eq!((listed.items.len(), listed.next), (0, None), "{partition}");
        });
    }
}

#[test]
fn the_cluster_says_what_it_is() {
    let Some(server) = Ministack::shared("aws::entries") else { return };
    run(async {
        let account = "100000000004";
        create_cluster(&server.url(), account, "us-east-1", "four").await;
        let there = aws(&server.url(), account, "four").await;
        let cluster = there.describe_cluster().await.unwrap();
        assert_eq!(cluster.id.to_string(), format!("arn:aws:eks:us-east-1:{account}:cluster/four"));
        assert_eq!(cluster.mode, AuthenticationMode::ApiAndConfigMap);
        let endpoint = there.endpoint().await.unwrap();
        assert_eq!((Some(endpoint.url), endpoint.id), (cluster.endpoint, cluster.id));
        let error = aws(&server.url(), account, "none").await.describe_cluster().await.unwrap_err();
        assert_eq!((error.operation, error.kind), ("eks:DescribeCluster", AwsErrorKind::NotFound));
        assert!(error.message.contains("none"), "{error}");
    });
}

#[test]
fn node_groups_and_their_roles_are_read() {
    let Some(server) = Ministack::shared("aws::entries") else { return };
    run(async {
        let account = "100000000005";
        create_cluster(&server.url(), account, "us-east-1", "five").await;
        let role = format!("arn:aws:iam::{account}:role/nodes/Linux");
        aws_sdk_eks::Client::new(&super::sdk(&server.url(), account, "us-east-1").await)
            .create_nodegroup()
            .cluster_name("five")
            .nodegroup_name("workers")
            .node_role(&role)
            .subnets("subnet-1")
            .ami_type(aws_sdk_eks::types::AmiTypes::Al2023X8664Standard)
            .send()
            .await
            .unwrap();
        let aws = aws(&server.url(), account, "five").await;
        assert_eq!(aws.list_nodegroups(None).await.unwrap().items, ["workers"]);
        let group = aws.describe_nodegroup("workers").await.unwrap();
        assert_eq!((group.name.as_str(), group.node_role.as_str()), ("workers", role.as_str()));
        assert_eq!(group.ami_type.as_deref(), Some("AL2023_x86_64_STANDARD"));
    });
}
