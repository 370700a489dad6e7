use std::sync::Arc;

use eksodus::carrier::carry;
use eksodus::checks::{Check, login_as};
use eksodus::eks::aws::SESSION;
use eksodus::kube::client::{KubeClient, Login};
use eksodus::model::PrincipalArn;
use eksodus::planner::Plan;

use super::Live;
use super::error::LiveError;
use crate::cli::cluster::Cluster as _;
use crate::cli::output::CliError;

impl Live {
    /// Takes on a role, logs in to Kubernetes with its token, and holds who it is there against the plan.
    ///
    /// # Errors
    /// When the role cannot be taken on.
    pub fn login_as(&self, role: &PrincipalArn, plan: &Plan) -> Result<Check, CliError> {
        self.wait(async {
            let observe = |error| CliError::Observe(eksodus::observe::ApiError::Aws(error));
            let role_arn = role.to_string();
            let assumed = carry(Some(&*self.waiting), "sts:AssumeRole", self.aws.assume(&role_arn)).await;
            let assumed = assumed.map_err(observe)?;
            let eks = self.aws.endpoint().await.map_err(LiveError::from)?;
            let login = Login::Token { endpoint: eks.url, ca: eks.ca, tokens: Arc::new(assumed.tokens()) };
            let kube = KubeClient::connect(login).await.map_err(LiveError::Kube)?;
            Ok(login_as(&self.clock, &kube, plan, role, SESSION).await)
        })
    }
}
