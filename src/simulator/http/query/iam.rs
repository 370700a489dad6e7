use super::Exchange;
use super::wire::Service;
use super::xml::{nest, tag};
use crate::eks::{AwsErrorKind, Page};
use crate::model::{AccountId, PrincipalArn};
use crate::simulator::change::Target;
use crate::simulator::eks::compute::known;
use crate::simulator::http::caller::caller;
use crate::simulator::http::message::Response;
use crate::simulator::http::wire::call;
use crate::simulator::iam::principals::Named;
use crate::simulator::pages::{Wanted, in_given_order, page};
use crate::simulator::refusal::{AwsRefusal, Refusal, access_denied, rule};
use crate::simulator::state::State;
use crate::simulator::{Operation, time};
use crate::snapshot::{IamRole, IamUser, Listing};

/// Every list of IAM.
const MAX_ITEMS: usize = 1_000;

impl Exchange<'_> {
    pub(super) fn list_roles(&self) -> Response {
        let target = (Operation::ListRoles, Target::Named("roles"));
        let work = |state: &mut State| {
            let of = |role: &IamRole| role.arn.clone();
            self.list(state, state.iam.roles.as_ref(), Operation::ListRoles, of)
        };
        let show = |page: Page<IamRole>| {
            Service::Iam.answer("ListRoles", listed("Roles", &page, |it| nest("member", role(it))))
        };
        call(self.simulator, &Service::Iam, target, work, show)
    }

    pub(super) fn list_users(&self) -> Response {
        let target = (Operation::ListUsers, Target::Named("users"));
        let work = |state: &mut State| {
            let of = |user: &IamUser| user.arn.clone();
            self.list(state, state.iam.users.as_ref(), Operation::ListUsers, of)
        };
        let show = |page: Page<IamUser>| {
            Service::Iam.answer("ListUsers", listed("Users", &page, |it| nest("member", user(it))))
        };
        call(self.simulator, &Service::Iam, target, work, show)
    }

    pub(super) fn get_role(&self) -> Response {
        let name = self.parameter("RoleName").unwrap_or_default();
        let work = |state: &mut State| {
            let arn = self.named(state, name, Operation::GetRole)?;
            let mut roles = state.iam.roles.iter().flat_map(|list| &list.items);
            roles.find(|role| role.arn == arn).cloned().ok_or_else(|| no_such("role", name))
        };
        let show = |found: IamRole| Service::Iam.answer("GetRole", [nest("Role", role(&found))]);
        call(self.simulator, &Service::Iam, (Operation::GetRole, Target::Named(name)), work, show)
    }

    pub(super) fn get_user(&self) -> Response {
        let name = self.parameter("UserName").unwrap_or_default();
        let work = |state: &mut State| {
            let arn = self.named(state, name, Operation::GetUser)?;
            let mut users = state.iam.users.iter().flat_map(|list| &list.items);
            users.find(|user| user.arn == arn).cloned().ok_or_else(|| no_such("user", name))
        };
        let show = |found: IamUser| Service::Iam.answer("GetUser", [nest("User", user(&found))]);
        call(self.simulator, &Service::Iam, (Operation::GetUser, Target::Named(name)), work, show)
    }

    /// The account of whoever asks; what is not listed whole may not be listed at all, for IAM never tells a part.
    fn list<T: Clone>(
        &self,
        state: &State,
        listing: Option<&Listing<T>>,
        operation: Operation,
        arn: impl Fn(&T) -> PrincipalArn,
    ) -> Result<Page<T>, AwsRefusal> {
        let listing = known(state, listing, operation)?;
        let account = self.account(state)?;
        if !listing.complete || !state.iam.accounts().any(|known| *known == account) {
            return Err(access_denied(&caller(self.request, state).arn, operation.as_str(), "*"));
        }
        let prefix = self.parameter("PathPrefix").unwrap_or("/");
        let is_asked = |item: &&T| {
            let arn = arn(item);
            *arn.account() == account && arn.path().starts_with(prefix)
        };
        let items: Vec<T> = listing.items.iter().filter(is_asked).cloned().collect();
        let at_most = match self.parameter("MaxItems").map(str::parse) {
            None => None,
            Some(Ok(most @ 1..=MAX_ITEMS)) => Some(most),
            Some(_) => return Err(rule("MaxItems is 1 to 1000.")),
        };
        // AWS gives 100 where nobody says how many
        let wanted = Wanted { next: self.parameter("Marker"), at_most: at_most.or(Some(100)) };
        page(operation.as_str(), in_given_order(items), state.behaviour.iam_page_size, wanted)
    }

    fn named(&self, state: &State, name: &str, operation: Operation) -> Result<PrincipalArn, AwsRefusal> {
        let account = self.account(state)?;
        let kind = if operation == Operation::GetRole { "role" } else { "user" };
        match state.iam.named(&account, name, operation == Operation::GetRole) {
            Named::Listed(arn) => Ok(arn),
            Named::Absent => Err(no_such(kind, name)),
            Named::Unknown => Err(access_denied(
                &caller(self.request, state).arn,
                operation.as_str(),
                &format!("{kind} {name}"),
            )),
        }
    }

    fn account(&self, state: &State) -> Result<AccountId, AwsRefusal> {
        let account = caller(self.request, state).account;
        account.parse().map_err(|_| rule(format!("{account} is no account.")))
    }
}

/// AWS's own words.
fn no_such(kind: &str, name: &str) -> AwsRefusal {
    Refusal::new(AwsErrorKind::NotFound, format!("The {kind} with name {name} cannot be found."))
}

fn listed<T>(name: &str, page: &Page<T>, show: impl Fn(&T) -> String) -> Vec<String> {
    let mut result = vec![
        nest(name, page.items.iter().map(show)),
        tag("IsTruncated", if page.next.is_some() { "true" } else { "false" }),
    ];
    result.extend(page.next.as_deref().map(|next| tag("Marker", next)));
    result
}

fn role(IamRole { arn, id, created }: &IamRole) -> Vec<String> {
    principal("Role", arn, id, created)
}

fn user(IamUser { arn, id, created }: &IamUser) -> Vec<String> {
    principal("User", arn, id, created)
}

fn principal(kind: &str, arn: &PrincipalArn, id: &str, created: &str) -> Vec<String> {
    let created = time::parse(created).map_or_else(|| created.to_owned(), |time| time.to_string());
    vec![
        tag("Path", arn.path()),
        tag(&format!("{kind}Name"), arn.name()),
        tag(&format!("{kind}Id"), id),
        tag("Arn", &arn.to_string()),
        tag("CreateDate", &created),
    ]
}
