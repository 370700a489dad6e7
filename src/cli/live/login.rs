use std::path::Path;
use std::sync::Arc;

use eksodus::carrier::carry;
use eksodus::checks::{Check, login_as};
use eksodus::eks::aws::SESSION;
use eksodus::kube::client::{KubeClient, Login};
use eksodus::model::PrincipalArn;
use eksodus::observe::ApiError;
use eksodus::planner::Plan;
use eksodus::session::{Cluster as _, SessionError};

use super::Live;
use super::error::LiveError;
use crate::cli::output::CliError;
use crate::cli::target::Target;

impl Target for Live {
    fn folder(&self) -> Option<&Path> {
        None
    }

    fn options(&self) -> String {
        self.options.clone()
    }

    /// Takes on the role, and logs in to Kubernetes with its token.
    fn login_as(&self, role: &PrincipalArn, plan: &Plan) -> Result<Option<Check>, CliError> {
        self.wait(async {
            let observe = |error| SessionError::Observe(ApiError::Aws(error));
            let role_arn = role.to_string();
            let assumed = carry(Some(&*self.waiting), "sts:AssumeRole", self.aws.assume(&role_arn)).await;
            let assumed = assumed.map_err(observe)?;
            let eks = self.aws.endpoint().await.map_err(LiveError::from)?;
            let login = Login::Token { endpoint: eks.url, ca: eks.ca, tokens: Arc::new(assumed.tokens()) };
            let kube = KubeClient::connect(login).await.map_err(LiveError::Kube)?;
            Ok(Some(login_as(&self.clock, &kube, plan, role, SESSION).await))
        })
    }
}
