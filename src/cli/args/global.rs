use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, ValueEnum};
use eksodus::model::{ClusterId, InvalidClusterArn, PrincipalArn};
use eksodus::render::shell_word;

use super::format::Format;

#[derive(Debug, Args)]
pub struct Global {
    /// Read aws-auth from this file (- is standard input)
    #[arg(long, global = true, value_name = "FILE", help_heading = "Input")]
    pub aws_auth: Option<PathBuf>,
    /// Use a snapshot folder instead of a live cluster
    #[arg(long, global = true, value_name = "DIR", help_heading = "Input")]
    pub snapshot: Option<PathBuf>,
    /// Name or ARN of the EKS cluster
    #[arg(long, global = true, value_name = "NAME", help_heading = "Cluster", conflicts_with = "snapshot")]
    pub cluster: Option<String>,
    /// The cluster, where it was named by its ARN.
    #[arg(skip)]
    #[cfg_attr(
        not(any(feature = "live", test)),
        expect(dead_code, reason = "only a live cluster can be another one")
    )]
    pub cluster_arn: Option<ClusterId>,
    /// AWS Region [default: AWS_REGION, or the profile's]
    #[arg(long, global = true, value_name = "REGION", help_heading = "Cluster")]
    pub region: Option<String>,
    /// AWS profile [default: AWS_PROFILE, or the default profile]
    #[arg(long, global = true, value_name = "PROFILE", help_heading = "Cluster")]
    pub profile: Option<String>,
    /// Assume this role first, for AWS and for Kubernetes
    #[arg(
        long,
        global = true,
        value_name = "ROLE_ARN",
        help_heading = "Cluster",
        value_parser = role_arn
    )]
    pub role_arn: Option<PrincipalArn>,
    /// Use this kubeconfig [default: a token from your AWS credentials]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Cluster")]
    pub kubeconfig: Option<PathBuf>,
    /// Use this context of the kubeconfig
    #[arg(long, global = true, value_name = "NAME", help_heading = "Cluster")]
    pub context: Option<String>,
    /// How to read IAM in another account: a role to assume or a profile (repeatable)
    #[arg(long, global = true, value_name = "ACCOUNT=ROLE_ARN|PROFILE", help_heading = "Cluster")]
    pub assume_role_for: Vec<String>,
    /// Where to keep journals: a folder or s3://BUCKET/PREFIX [default: .eksodus]
    #[arg(long, global = true, value_name = "PLACE", help_heading = "Cluster")]
    pub state: Option<String>,
    /// Time limit for reading the cluster [default: 900]; does not limit a run in progress
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        help_heading = "Cluster",
        value_parser = clap::value_parser!(u64).range(1..=86_400)
    )]
    pub timeout: Option<u64>,
    /// Decisions file [default: eksodus.yaml in the snapshot folder, then in the current directory]; given
    /// again, later files win key by key
    #[arg(long, global = true, value_name = "FILE", help_heading = "Input")]
    pub config: Vec<PathBuf>,
    /// Output format
    #[arg(
        long,
        short,
        global = true,
        value_enum,
        value_name = "FORMAT",
        default_value_t,
        help_heading = "Output"
    )]
    pub output: Format,
    /// When to use colour
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t, help_heading = "Output")]
    pub color: ColorWhen,
    /// Format of stderr: text for people, or one JSON event a line (docs/events.md)
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value_t, help_heading = "Output")]
    pub log_format: LogFormat,
    /// Print only errors, warnings and hints on stderr
    #[arg(long, short, global = true, conflicts_with = "verbose", help_heading = "Output")]
    pub quiet: bool,
    /// Also show informational messages
    #[arg(long, short, global = true, help_heading = "Output")]
    pub verbose: bool,
    /// Show ARNs in full
    #[arg(long, global = true, help_heading = "Output")]
    pub full: bool,
    /// Hide account ids in all output
    #[arg(long, global = true, help_heading = "Output")]
    pub redact: bool,
}

impl Global {
    /// With a cluster that is named by its ARN taken apart.
    ///
    /// # Errors
    /// When the ARN is none of a cluster, or in another Region than `--region` says.
    pub(super) fn settled(self) -> Result<Self, (ErrorKind, String)> {
        let Some(text) = self.cluster.as_ref().filter(|text| text.starts_with("arn:")) else {
            return Ok(self);
        };
        let id: ClusterId =
            text.parse().map_err(|told: InvalidClusterArn| (ErrorKind::InvalidValue, told.to_string()))?;
        if let Some(region) = self.region.as_ref().filter(|region| **region != id.region) {
            let told =
                format!("the cluster is in {}, and --region says {region}: leave --region out", id.region);
            return Err((ErrorKind::ArgumentConflict, told));
        }
        Ok(Self {
            cluster: Some(id.name.clone()),
            region: Some(id.region.clone()),
            cluster_arn: Some(id),
            ..self
        })
    }

    /// The options that name the live cluster again, such as `--cluster prod --region eu-west-1`; empty without one.
    pub fn cluster_options(&self) -> String {
        let Self {
            cluster,
            region,
            profile,
            role_arn,
            kubeconfig,
            context,
            assume_role_for,
            state,
            timeout,
            ..
        } = self;
        let kubeconfig = kubeconfig.as_ref().map(|path| path.display().to_string());
        let mut options = Vec::new();
        let mut add = |name: &str, value: &str| options.push(format!("--{name} {}", shell_word(value)));
        cluster.iter().for_each(|it| add("cluster", it));
        region.iter().for_each(|it| add("region", it));
        profile.iter().for_each(|it| add("profile", it));
        role_arn.iter().for_each(|it| add("role-arn", &it.to_string()));
        kubeconfig.iter().for_each(|it| add("kubeconfig", it));
        context.iter().for_each(|it| add("context", it));
        assume_role_for.iter().for_each(|it| add("assume-role-for", it));
        state.iter().for_each(|it| add("state", it));
        timeout.iter().for_each(|it| add("timeout", &it.to_string()));
        options.join(" ")
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    #[default]
    Auto,
    Always,
    Never,
}

fn role_arn(text: &str) -> Result<PrincipalArn, String> {
    match text.parse::<PrincipalArn>() {
        Ok(role) if role.is_role() => Ok(role),
        Ok(_) => Err("this is no role".to_owned()),
        Err(told) => Err(told.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::super::parse;
    use super::*;

    fn global(args: &[&str]) -> Result<Global, String> {
        let args = ["eksodus", "plan"].iter().chain(args).map(OsString::from).collect();
        parse(args, &|_| None).map(|typed| typed.cli.global).map_err(|told| told.to_string())
    }

    #[test]
    fn a_cluster_can_be_named_by_its_arn() {
        const ARN: &str = "arn:aws:eks:eu-west-1:111122223333:cluster/prod";
        let found = global(&["--cluster", ARN]).unwrap();
        assert_eq!(found.cluster_options(), "--cluster prod --region eu-west-1");
        assert_eq!(found.cluster_arn.unwrap().to_string(), ARN);
        assert!(global(&["--cluster", ARN, "--region", "eu-west-1"]).is_ok());
        let told = global(&["--cluster", ARN, "--region", "eu-west-2"]).unwrap_err();
        assert!(told.contains("leave --region out"), "{told}");
        let told = global(&["--cluster", "arn:aws:eks:eu-west-1:111122223333:nodegroup/prod"]).unwrap_err();
        assert!(told.contains("is not a cluster ARN"), "{told}");
    }

    #[test]
    fn a_role_is_assumed_and_named_again() {
        let role = "arn:aws:iam::111122223333:role/ops/Migrator";
        let found = global(&["--cluster", "prod", "--role-arn", role]).unwrap();
        assert_eq!(found.cluster_options(), format!("--cluster prod --role-arn {role}"));
        for wrong in ["arn:aws:iam::111122223333:user/x", "Migrator"] {
            assert!(global(&["--cluster", "prod", "--role-arn", wrong]).is_err(), "{wrong}");
        }
    }
}
