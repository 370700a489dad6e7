use eksodus::eks::IamApi as _;
use eksodus::eks::aws::{AccountAccess, Aws, AwsOptions, OtherAccount};

use super::iam::create_role;
use super::{caller, options, run};
use crate::servers::ministack::Ministack;

const HOME: &str = "300000000001";
const OTHER: &str = "300000000002";

fn other(account: &str, role: &str) -> AwsOptions {
    let by = AccountAccess::Role(role.to_owned());
    let accounts = vec![OtherAccount { account: account.parse().unwrap(), by }];
    AwsOptions { accounts, ..options("any", "us-east-1") }
}

#[test]
fn another_accounts_roles_are_read_there() {
    let Some(server) = Ministack::shared("aws::others") else { return };
    run(async {
        create_role(&server.url(), HOME, "/", "Same").await;
        let reader = create_role(&server.url(), OTHER, "/", "Reader").await;
        create_role(&server.url(), OTHER, "/team/", "Same").await;
        let options = other(OTHER, &reader);
        let aws = Aws::connect_with(caller(&server.url(), HOME), &options).await.unwrap();
        let mut found = Vec::new();
        let mut next = None;
        loop {
            let roles = aws.list_roles(next.as_deref()).await.unwrap();
            assert!(roles.complete);
            found.extend(roles.page.items.into_iter().map(|role| role.arn.to_string()));
            next = roles.page.next;
            if next.is_none() {
                break;
            }
        }
        for arn in [
            format!("arn:aws:iam::{HOME}:role/Same"),
            format!("arn:aws:iam::{OTHER}:role/team/Same"),
            reader.clone(),
        ] {
            assert_eq!(found.iter().filter(|role| **role == arn).count(), 1, "{arn} in {found:?}");
        }
    });
}

#[test]
fn credentials_of_a_wrong_account_are_refused() {
    let Some(server) = Ministack::shared("aws::others") else { return };
    run(async {
        let account = "300000000003";
        let wrong = create_role(&server.url(), account, "/", "Reader").await;
        let why = async |options: &AwsOptions| {
            let error = Aws::connect_with(caller(&server.url(), HOME), options).await.unwrap_err();
            error.to_string()
        };
        assert_eq!(
            why(&other(OTHER, &wrong)).await,
            format!("the credentials for account {OTHER} belong to account {account}")
        );
        assert_eq!(
            why(&other(HOME, &wrong)).await,
            format!("account {HOME} is your own, and needs no other credentials")
        );
        let mut twice = other(account, &wrong);
        twice.accounts.extend(twice.accounts.clone());
        assert_eq!(why(&twice).await, format!("account {account} is listed twice"));
    });
}
